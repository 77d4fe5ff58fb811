//! Bars for a person who waits, and a line a phase where nobody looks at them (a pipe, a log).

use std::{
    io::{IsTerminal as _, Write as _, stderr},
    time::Duration,
};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

/// The bars of one start.
#[derive(Clone)]
pub(super) struct Progress {
    bars: MultiProgress,
    /// Whether bars are drawn.
    drawn: bool,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self { bars: MultiProgress::new(), drawn: stderr().is_terminal() }
    }

    /// Something of unknown length. `finish_and_clear` it when done.
    pub(super) fn spinner(&self, what: &str) -> ProgressBar {
        let bar = self.quiet();
        self.step(&bar, what);
        bar
    }

    /// Something of which the steps are told one by one.
    pub(super) fn quiet(&self) -> ProgressBar {
        let bar = self.bars.add(ProgressBar::new_spinner());
        bar.enable_steady_tick(Duration::from_millis(100));
        bar
    }

    /// The next step of it.
    pub(super) fn step(&self, bar: &ProgressBar, what: &str) {
        self.tell(what);
        bar.set_message(what.to_owned());
    }

    /// Something of `steps` steps.
    pub(super) fn bar(&self, what: &str, steps: u64) -> ProgressBar {
        self.tell(what);
        let bar = self.bars.add(ProgressBar::new(steps));
        if let Ok(style) = ProgressStyle::with_template("{msg:34} {bar:40} {pos}/{len} {elapsed}") {
            bar.set_style(style);
        }
        bar.set_message(what.to_owned());
        bar.enable_steady_tick(Duration::from_millis(200));
        bar
    }

    /// Says something that stays, above the bars where they are drawn.
    pub(super) fn note(&self, what: &str) {
        if self.drawn {
            let _ = self.bars.println(what);
        } else {
            self.tell(what);
        }
    }

    /// Says where no bar is drawn what is begun. A reader that has gone away is no fault.
    fn tell(&self, what: &str) {
        if !self.drawn {
            let _ = writeln!(stderr().lock(), "demo: {what}");
        }
    }
}
