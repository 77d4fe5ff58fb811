//! The log: standard error, for people or for machines.

use std::io::{self, IsTerminal as _, Write, stderr};

use tracing_subscriber::{EnvFilter, fmt};

use super::config::{Config, LogFormat};

/// Starts to write the log. What others logged before is lost.
pub(crate) fn start_log(config: &Config) {
    // The filter was read when the configuration was; should that ever change, log as usual.
    let filter = EnvFilter::try_new(&config.log_filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = fmt().with_env_filter(filter).with_writer(|| Lines);
    // A second start within one process (tests) keeps the first log.
    let _ = match config.log_format {
        LogFormat::Text => lines.with_ansi(stderr().is_terminal()).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
}

/// Standard error, whose reader may go away, or whose disk be full, while the program goes on: told of
/// that, the subscriber would complain on standard error again, and panic.
struct Lines;

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let _ = stderr().lock().write_all(bytes);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
