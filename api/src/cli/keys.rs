use jiff::SignedDuration;
use trunkline_infra::{
    clock::Clock,
    identity::{ACCESS_LIFETIME, KeyRing, KeyState, add_signing_key, remove_keys_over},
};

use super::{
    arguments::{KeysCommand, RotateArguments},
    console::say,
};
use crate::boot::{StartFault, config::Config};

/// Shows or changes the keys that sign access tokens. Asks no server: each looks at the files itself.
pub(super) fn run(config: &Config, command: &KeysCommand) -> Result<(), StartFault> {
    match command {
        KeysCommand::List => list(config),
        KeysCommand::Rotate(arguments) => rotate(config, arguments),
    }
}

fn list(config: &Config) -> Result<(), StartFault> {
    let directory = &config.token_key_dir;
    if !directory.exists() {
        say(format_args!("None yet in {}: the first start makes one.", directory.display()));
        return Ok(());
    }
    let ring = KeyRing::read(directory, ACCESS_LIFETIME)?;
    for (key, state) in ring.states(Clock::System.now()) {
        let does = match state {
            KeyState::Next => "will sign".to_owned(),
            KeyState::Current => "signs".to_owned(),
            KeyState::Retired(until) => format!("honoured until {until:.0}"),
            KeyState::Over => format!("over; {} takes it away", config.next("keys rotate")),
        };
        say(format_args!("{}  from {:.0}  {does}", key.kid, key.begins));
    }
    Ok(())
}

fn rotate(config: &Config, arguments: &RotateArguments) -> Result<(), StartFault> {
    let directory = &config.token_key_dir;
    let now = Clock::System.now();
    let begins = now + SignedDuration::from_mins(arguments.in_minutes.into());
    let path = add_signing_key(directory, begins)?;
    say(format_args!("Made {}: it signs from {begins:.0} on.", path.display()));
    for gone in remove_keys_over(directory, ACCESS_LIFETIME, now)? {
        say(format_args!("Took {} away: its last token has expired.", gone.display()));
    }
    say(format_args!(
        "Next: see to it that every server has the file by then; {} shows what is there.",
        config.next("keys list")
    ));
    Ok(())
}
