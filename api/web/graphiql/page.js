// Starts GraphiQL with a fetcher of our own: queries and mutations by POST, subscriptions by
// server-sent events, so that the `Authorization` header of the headers tab serves both.
'use strict';

async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value.replaceAll('\r\n', '\n');
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n');
      text = text.slice(end + 2);
      const field = (name) => lines
        .filter((line) => line.startsWith(`${name}:`))
        .map((line) => line.slice(name.length + 1).trimStart())
        .join('\n');
      if (field('event') === 'complete') return;
      if (field('event') === 'next') yield JSON.parse(field('data'));
    }
  }
}

function isSubscription(params, options) {
  const definitions = options?.documentAST?.definitions ?? [];
  const operations = definitions.filter((it) => it.kind === 'OperationDefinition');
  const named = operations.find((it) => it.name?.value === params.operationName) ?? operations[0];
  return named?.operation === 'subscription';
}

async function fetcher(params, options) {
  const stream = isSubscription(params, options);
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: stream ? 'text/event-stream' : 'application/graphql-response+json, application/json',
      ...options?.headers,
    },
    body: JSON.stringify(params),
  });
  const opened = response.headers.get('content-type')?.startsWith('text/event-stream');
  return stream && opened ? events(response) : response.json();
}

const welcome = `# Sign in, then put the token into the headers tab:
#   {"authorization": "Bearer <accessToken>"}
mutation SignIn {
  sessionCreate(input: {tenantSlug: "huayin", email: "office@huayin.example", password: ""}) {
    session { accessToken accessTokenExpiresAt }
    userErrors { message }
  }
}
`;

// The schema is public, introspection is for who has signed in: what can be asked is shown at once.
async function start() {
  const schema = GraphiQL.GraphQL.buildSchema(await (await fetch('/schema.graphql')).text());
  ReactDOM.createRoot(document.getElementById('editor')).render(
    React.createElement(GraphiQL, { fetcher, schema, defaultQuery: welcome, shouldPersistHeaders: false }),
  );
}

start();
