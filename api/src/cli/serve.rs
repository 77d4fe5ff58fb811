use trunkline_infra::tenants::{has_users, served_tenants};

use super::{arguments::ServeArguments, console::say};
use crate::{
    app::App,
    boot::{Own, Program, StartFault, config::Config, serve, worker},
    error::Outcome,
};

impl ServeArguments {
    /// As the highest layer of the configuration.
    pub(super) fn flags(&self) -> Vec<(&'static str, Option<String>)> {
        let Self { listen, production } = self;
        vec![("listen", listen.clone()), ("production", production.then(|| "true".to_owned()))]
    }
}

/// Serves until it is asked to end.
pub(super) async fn serve(config: &Config) -> Result<(), StartFault> {
    let (listener, ops) = (serve::listen(config.listen)?, serve::open_ops(config)?);
    // Port 0 becomes whichever is free.
    let address = listener.local_addr().unwrap_or(config.listen);
    let program = Program::open(config, &|step| tracing::info!("{step}"), Own::Made).await?;
    let first = first_step(config, &program.app).await.unwrap_or_else(|fault| {
        tracing::warn!(%fault, "cannot look whether there is a user yet");
        String::new()
    });
    let serving = serve::serve(config, &program.app, &ops, listener, || {
        say(format_args!("Trunkline serves at http://{address}/ and ends with Ctrl-C.{first}"));
    });
    let served = program.during(serving).await;
    program.close().await?;
    served
}

/// What is to be done before anybody can sign in, as one more sentence; nothing where somebody can.
async fn first_step(config: &Config, app: &App) -> Outcome<String> {
    if has_users(&app.db).await? {
        return Ok(String::new());
    }
    let some_tenant = !served_tenants(&app.db).await?.is_empty();
    let command = if some_tenant { "user create" } else { "tenant create" };
    Ok(format!(" There is no user yet: begin with {}.", config.next(command)))
}

/// Works until it is asked to end. There is nothing to do in a database that it would make itself.
pub(super) async fn work(config: &Config) -> Result<(), StartFault> {
    let ops = serve::open_ops(config)?;
    let program = Program::open(config, &|step| tracing::info!("{step}"), Own::Found).await?;
    say("The worker runs and ends with Ctrl-C.");
    let worked = program.during(worker::work(config, &program.app, &ops)).await;
    program.close().await?;
    worked
}
