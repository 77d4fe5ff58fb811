// Where browsers come back to from a company's identity provider.
import { comeBack, explain } from './api.js';
import { at } from './render.js';
import { speak } from './words.js';

const answer = new URLSearchParams(location.search);
// What was in the address stays in no history.
history.replaceState(null, '', location.pathname);
speak();
try {
  await comeBack(answer);
  location.replace('/');
} catch (error) {
  at('outcome').textContent = explain(error);
}
