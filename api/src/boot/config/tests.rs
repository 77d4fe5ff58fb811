use super::*;

fn of(pairs: &[(&str, &str)]) -> Result<Config, ConfigFault> {
    let variables = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::of(&Layers::gather(None, variables, &[])?)
}

#[test]
fn nothing_needs_to_be_configured() {
    let config = of(&[]).expect("configuration");
    assert_eq!(config.listen.to_string(), "127.0.0.1:4000");
    assert!(config.database.access().expect("no address").is_none());
    assert_eq!(config.token_key_dir, config.data_dir.join("token-keys"));
}

#[test]
fn a_value_that_does_not_fit_is_refused_with_its_place_and_what_would_do() {
    for (variable, value) in [
        ("TRUNKLINE_LISTEN", "localhost"),
        ("TRUNKLINE_OPS_LISTEN", "4001"),
        ("TRUNKLINE_PRODUCTION", "yes"),
        ("TRUNKLINE_POOL_SIZE", "0"),
        ("TRUNKLINE_AUDIT_RETENTION_DAYS", "-7"),
        ("TRUNKLINE_PROVIDER_REACH", "everywhere"),
        ("TRUNKLINE_SOCKET_ORIGINS", "board.example.com"),
        ("TRUNKLINE_LOG_FORMAT", "xml"),
        ("TRUNKLINE_LOG_FILTER", "trunkline=louder"),
        ("TRUNKLINE_SHUTDOWN_SECONDS", "-1"),
        ("TRUNKLINE_RECHECK_SECONDS", "14"),
        ("TRUNKLINE_PASSWORD_PASSES", "many"),
        ("TRUNKLINE_PUBLIC_URL", "trunkline.example.com"),
        ("TRUNKLINE_DATABASE_URL", "mysql://me:secret@db/calls"),
        ("TRUNKLINE_DATABASE_OWNER_URL", "me:secret@db/calls"),
    ] {
        let text = of(&[(variable, value)]).expect_err(variable).to_string();
        assert!(text.starts_with(&format!("variable {variable}: ")), "{text}");
        assert!(text.contains("wanted") && !text.contains("secret"), "{text}");
    }
}

#[test]
fn the_address_of_the_application_alone_serves_the_other_roles() {
    let config = of(&[("TRUNKLINE_DATABASE_APP_URL", "postgres://app:pw@db/calls")]);
    let access = config.expect("configuration").database.access().expect("address");
    assert_eq!(access.expect("access").place(), "calls at db:5432");
}

#[test]
fn production_asks_for_encryption_unless_it_is_told_not_to() {
    let address = ("TRUNKLINE_DATABASE_URL", "postgres://db.example.com/calls");
    let production = ("TRUNKLINE_PRODUCTION", "true");
    let opens =
        |pairs: &[(&str, &str)]| of(pairs).expect("configuration").database.access().is_ok();
    assert!(opens(&[address]), "development");
    assert!(!opens(&[address, production]));
    let plain = ("TRUNKLINE_PLAIN_CONNECTIONS", "true");
    assert!(opens(&[address, production, plain]));
    let redis = ("TRUNKLINE_REDIS_URL", "redis://cache.example.com");
    let config = of(&[redis, production]).expect("configuration");
    assert!(config.redis().is_some_and(|it| it.protected));
}

#[test]
fn production_has_no_identity_provider_on_its_own_machine() {
    let loopback = ("TRUNKLINE_PROVIDER_REACH", "loopback");
    assert!(of(&[loopback]).expect("configuration").provider_reach.is_loopback());
    assert!(of(&[loopback, ("TRUNKLINE_PRODUCTION", "true")]).is_err());
}

#[test]
fn a_password_in_an_address_is_never_shown() {
    assert_eq!(shown("postgres://me:s@cr:t@db/x"), "postgres://me:********@db/x");
    assert_eq!(shown("postgres://db/x"), "postgres://db/x");
    let parameter = "postgres://db:5432/x?user=me&password=s@cr:t&sslmode=require";
    assert_eq!(shown(parameter), "postgres://db:5432/x?user=me&password=********&sslmode=require");
    assert_eq!(shown("postgres://me:s?cr&t@db/x"), "postgres://me:********@db/x");
    assert_eq!(shown("redis+unix:///run/x?pass=secret"), "redis+unix:///run/x?pass=********");
    assert_eq!(shown(""), "(not set)");
}
