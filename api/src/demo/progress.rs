//! Bars for a person who waits; nothing where nobody looks (a pipe, a log).

use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

/// The bars of one start.
#[derive(Clone)]
pub(super) struct Progress(MultiProgress);

impl Progress {
    pub(super) fn new() -> Self {
        Self(MultiProgress::new())
    }

    /// Something of unknown length. `finish_and_clear` it when done.
    pub(super) fn spinner(&self, what: &str) -> ProgressBar {
        let bar = self.0.add(ProgressBar::new_spinner());
        bar.set_message(what.to_owned());
        bar.enable_steady_tick(Duration::from_millis(100));
        bar
    }

    /// Something of `steps` steps.
    pub(super) fn bar(&self, what: &str, steps: u64) -> ProgressBar {
        let bar = self.0.add(ProgressBar::new(steps));
        if let Ok(style) = ProgressStyle::with_template("{msg:34} {bar:40} {pos}/{len} {elapsed}") {
            bar.set_style(style);
        }
        bar.set_message(what.to_owned());
        bar.enable_steady_tick(Duration::from_millis(200));
        bar
    }
}
