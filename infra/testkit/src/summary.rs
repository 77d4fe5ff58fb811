use std::{fs, path::Path};

/// What a suite has to say of itself, as one text to be printed. Of a test that passes nothing printed is
/// shown, so it is kept besides, as `<name>.txt` in `folder`: the one that cargo has for the files of tests,
/// `env!("CARGO_TARGET_TMPDIR")`.
///
/// # Panics
/// When the file cannot be written.
#[expect(clippy::expect_used, reason = "a test that cannot tell has failed")]
#[must_use]
pub fn keep_summary(folder: &str, name: &str, lines: &[String]) -> String {
    let text = lines.join("\n");
    fs::create_dir_all(folder).expect("folder of the tests");
    fs::write(Path::new(folder).join(name).with_extension("txt"), format!("{text}\n"))
        .expect("summary");
    text
}
