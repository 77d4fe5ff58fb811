use super::{arguments::ServeArguments, console::say};
use crate::boot::{Own, Program, StartFault, config::Config, serve, worker};

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
    let served = serve::serve(config, &program.app, &ops, listener, || {
        say(format_args!(
            "Trunkline serves at http://{address}/ and ends with Ctrl-C. No user yet? Begin with {}.",
            config.next("tenant create")
        ));
    })
    .await;
    program.close().await?;
    served
}

/// Works until it is asked to end. There is nothing to do in a database that it would make itself.
pub(super) async fn work(config: &Config) -> Result<(), StartFault> {
    let ops = serve::open_ops(config)?;
    let program = Program::open(config, &|step| tracing::info!("{step}"), Own::Found).await?;
    say("The worker runs and ends with Ctrl-C.");
    let worked = worker::work(config, &program.app, &ops).await;
    program.close().await?;
    worked
}
