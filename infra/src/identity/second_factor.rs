//! The second factor: codes of an authenticator app (TOTP, RFC 6238) and recovery codes.

use jiff::Timestamp;
use totp_rs::{Builder, Totp};
use trunkline_domain::id::UserId;

use super::{Seal, SealBroken, secret_hash};
use crate::{
    ctx::fill_random,
    db::{DbError, TenantTx},
    params, read_model,
};

/// 160 bits, as RFC 4226 recommends (4, R6).
const SECRET_BYTES: usize = 20;
/// Recovery codes of a user.
pub const RECOVERY_CODES: usize = 10;
/// Letters of a recovery code, of five random bits each. From 112 bits on, a plain hash is enough for
/// what is stored (OWASP ASVS 5.0, 6.5.2).
const RECOVERY_LETTERS: usize = 24;

/// A new secret to share with an authenticator app.
#[must_use]
pub fn new_totp_secret() -> Vec<u8> {
    let mut secret = vec![0; SECRET_BYTES];
    fill_random(&mut secret);
    secret
}

/// A secret as an app takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotpSetup {
    /// In base 32, to be typed.
    pub secret: String,
    /// `otpauth://…`, to be shown as a QR code.
    pub url: String,
}

fn totp(secret: &[u8]) -> Builder {
    // Six digits, 30 seconds, SHA-1: what every app can; one step either way for slow clocks.
    Builder::new().with_secret(secret.to_vec()).with_skew(1)
}

/// How an app is told of `secret`.
///
/// # Errors
/// [`SealBroken`] when the secret is none.
pub fn totp_setup(secret: &[u8], issuer: &str, account: &str) -> Result<TotpSetup, SealBroken> {
    let plain = |text: &str| text.replace(':', " ");
    let builder = totp(secret).with_account_name(plain(account)).with_issuer(Some(plain(issuer)));
    let url = builder.build().and_then(|totp| totp.to_url()).map_err(|_| SealBroken)?;
    Ok(TotpSetup { secret: totp_rs::Secret::from(secret).to_base32(), url })
}

/// The code of an app with `secret` at `now`, for tests and tools.
///
/// # Errors
/// [`SealBroken`] when the secret is none.
pub fn totp_code(secret: &[u8], now: Timestamp) -> Result<String, SealBroken> {
    Ok(built(secret)?.generate(seconds(now)).to_string())
}

/// The step whose code this is, if it is one of now.
///
/// # Errors
/// [`SealBroken`] when the secret is none.
pub fn totp_step(secret: &[u8], code: &str, now: Timestamp) -> Result<Option<i64>, SealBroken> {
    let step = built(secret)?.check(code, seconds(now));
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

fn built(secret: &[u8]) -> Result<Totp, SealBroken> {
    totp(secret).build().map_err(|_| SealBroken)
}

fn seconds(now: Timestamp) -> u64 {
    u64::try_from(now.as_second()).unwrap_or(0)
}

/// Ten new recovery codes of 120 random bits, such as `k3vq-7m2x-d9ra-p0te-4hwn-zy6b`.
#[must_use]
pub fn new_recovery_codes() -> Vec<String> {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let code = |_| {
        let mut bytes = [0u8; RECOVERY_LETTERS];
        fill_random(&mut bytes);
        let letters = bytes.map(|byte| char::from(ALPHABET[usize::from(byte & 31)]));
        letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join("-")
    };
    (0..RECOVERY_CODES).map(code).collect()
}

/// What is stored of a recovery code, however it was typed. 120 random bits cannot be guessed, so a
/// plain hash will do.
#[must_use]
pub fn recovery_code_hash(code: &str) -> Vec<u8> {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    secret_hash(&plain.to_ascii_lowercase())
}

read_model! {
    /// The second factor of a user.
    pub struct SecondFactorView {
        sealed_secret: Vec<u8>,
        /// Since when it is asked for; `None` = set up, and not confirmed yet.
        pub confirmed_at: Option<Timestamp>,
    }
}

/// The place for which a shared secret is sealed.
pub(crate) fn place(user: UserId) -> String {
    format!("totp {user}")
}

impl SecondFactorView {
    /// The shared secret.
    ///
    /// # Errors
    /// [`SealBroken`] when it was sealed by keys that are gone.
    pub fn secret(&self, seal: &Seal, user: UserId) -> Result<Vec<u8>, SealBroken> {
        seal.open(&place(user), &self.sealed_secret)
    }
}

/// The second factor of a user, confirmed or not.
///
/// # Errors
/// What the database says.
pub async fn second_factor(
    tx: &TenantTx,
    user: UserId,
) -> Result<Option<SecondFactorView>, DbError> {
    tx.one(
        "select sealed_secret, confirmed_at from app.user_totp where tenant_id = $1 and user_id = $2",
        params![tx.tenant(), user],
    )
    .await
}

/// Sets a second factor up, in place of one that was not confirmed. Says whether it could: a
/// confirmed one has to be switched off first.
///
/// # Errors
/// What the database says.
pub async fn enrol_second_factor(
    tx: &TenantTx,
    user: UserId,
    secret: &[u8],
    seal: &Seal,
    now: Timestamp,
) -> Result<bool, DbError> {
    let sealed = seal.seal(&place(user), secret);
    let sealed = sealed.map_err(|error| DbError::Internal(error.to_string()))?;
    let rows = tx
        .run(
            "insert into app.user_totp as t (tenant_id, user_id, sealed_secret, created_at)
             values ($1, $2, $3, $4)
             on conflict (tenant_id, user_id) do update
             set sealed_secret = excluded.sealed_secret, created_at = excluded.created_at
             where t.confirmed_at is null",
            params![tx.tenant(), user, sealed, now],
        )
        .await?;
    Ok(rows == 1)
}

/// Confirms a second factor by the code of a step, which is then used. Says whether it was open.
///
/// # Errors
/// What the database says.
pub async fn confirm_second_factor(
    tx: &TenantTx,
    user: UserId,
    step: i64,
    now: Timestamp,
) -> Result<bool, DbError> {
    let rows = tx
        .run(
            "update app.user_totp set confirmed_at = $4, last_step = $3
             where tenant_id = $1 and user_id = $2 and confirmed_at is null",
            params![tx.tenant(), user, step, now],
        )
        .await?;
    Ok(rows == 1)
}

/// Uses the code of a step up. Says whether it was unused, as every later one is.
///
/// # Errors
/// What the database says.
pub async fn use_totp_step(tx: &TenantTx, user: UserId, step: i64) -> Result<bool, DbError> {
    let rows = tx
        .run(
            "update app.user_totp set last_step = $3
             where tenant_id = $1 and user_id = $2 and confirmed_at is not null and last_step < $3",
            params![tx.tenant(), user, step],
        )
        .await?;
    Ok(rows == 1)
}

/// Puts new recovery codes in the place of all that the user has.
///
/// # Errors
/// What the database says.
pub async fn replace_recovery_codes(
    tx: &TenantTx,
    user: UserId,
    codes: &[String],
    now: Timestamp,
) -> Result<(), DbError> {
    delete_recovery_codes(tx, user).await?;
    let hashes: Vec<Vec<u8>> = codes.iter().map(|code| recovery_code_hash(code)).collect();
    tx.run(
        "insert into app.recovery_code (tenant_id, user_id, code_hash, created_at)
         select $1, $2, hash, $4 from unnest($3::bytea[]) as hash",
        params![tx.tenant(), user, hashes, now],
    )
    .await?;
    Ok(())
}

async fn delete_recovery_codes(tx: &TenantTx, user: UserId) -> Result<(), DbError> {
    tx.run(
        "delete from app.recovery_code where tenant_id = $1 and user_id = $2",
        params![tx.tenant(), user],
    )
    .await?;
    Ok(())
}

/// Uses a recovery code up. Says whether the user had it, unused.
///
/// # Errors
/// What the database says.
pub async fn use_recovery_code(
    tx: &TenantTx,
    user: UserId,
    code: &str,
    now: Timestamp,
) -> Result<bool, DbError> {
    let rows = tx
        .run(
            "update app.recovery_code set used_at = $4
             where tenant_id = $1 and user_id = $2 and code_hash = $3 and used_at is null",
            params![tx.tenant(), user, recovery_code_hash(code), now],
        )
        .await?;
    Ok(rows == 1)
}

/// Switches the second factor off and throws its recovery codes away. Gives the one there was.
///
/// # Errors
/// What the database says.
pub async fn remove_second_factor(
    tx: &TenantTx,
    user: UserId,
) -> Result<Option<SecondFactorView>, DbError> {
    delete_recovery_codes(tx, user).await?;
    tx.one(
        "delete from app.user_totp where tenant_id = $1 and user_id = $2
         returning sealed_secret, confirmed_at",
        params![tx.tenant(), user],
    )
    .await
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("instant")
    }

    /// RFC 6238, appendix B, the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = b"12345678901234567890";
        for (second, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")]
        {
            assert_eq!(totp_code(secret, at(second)).as_deref(), Ok(code));
            assert_eq!(totp_step(secret, code, at(second)), Ok(Some(second / 30)));
        }
    }

    #[test]
    fn a_code_is_good_one_step_either_way() {
        let secret = new_totp_secret();
        let code = totp_code(&secret, at(900)).expect("code");
        for (second, step) in [(869, None), (870, Some(30)), (959, Some(30)), (960, None)] {
            assert_eq!(totp_step(&secret, &code, at(second)), Ok(step), "{second}");
        }
        assert_eq!(totp_step(&secret, "", at(900)), Ok(None));
    }

    #[test]
    fn an_app_is_told_whose_secret_it_is() {
        let setup = totp_setup(b"12345678901234567890", "Acme: East", "li@acme.example");
        let setup = setup.expect("setup");
        assert_eq!(setup.secret, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert!(setup.url.starts_with("otpauth://totp/Acme"), "{}", setup.url);
        assert!(setup.url.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), "{}", setup.url);
    }

    #[test]
    fn a_recovery_code_has_120_random_bits() {
        let codes: Vec<String> =
            (0..50).flat_map(|_| new_recovery_codes()).map(|code| code.replace('-', "")).collect();
        assert!(codes.iter().all(|code| code.len() == RECOVERY_LETTERS));
        let letters: Vec<char> = codes.iter().flat_map(|code| code.chars()).collect();
        let different: BTreeSet<&char> = letters.iter().collect();
        assert_eq!(different.len(), 32, "five bits a letter, all of them used");
        let counts = different.iter().map(|it| letters.iter().filter(|one| *one == *it).count());
        // 12,000 letters, 375 of each on average with a deviation of 19.
        assert!(counts.clone().min() > Some(250) && counts.max() < Some(500), "evenly");
        let unlike: BTreeSet<&String> = codes.iter().collect();
        assert_eq!(unlike.len(), codes.len());
    }

    #[test]
    fn a_recovery_code_may_be_typed_anyhow() {
        let codes = new_recovery_codes();
        assert_eq!(codes.len(), RECOVERY_CODES);
        let typed = format!(" {} ", codes[0].to_uppercase().replace('-', " "));
        assert_eq!(recovery_code_hash(&codes[0]), recovery_code_hash(&typed));
        assert_ne!(recovery_code_hash(&codes[0]), recovery_code_hash(&codes[1]));
    }
}
