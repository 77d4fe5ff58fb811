//! Who may sign in: passwords, tokens, sessions, and the viewer behind each of them.

mod accounts;
mod breached;
mod clients;
mod credentials;
mod links;
mod password;
mod provider;
mod repo;
mod roles;
mod seal;
mod second_factor;
mod sessions;
mod signing_keys;
mod tokens;
mod viewers;

pub use accounts::{
    RoleView, TenantView, UserView, count_users, list_users, load_tenant, names_of_actors,
    roles_of_users, users_by_id,
};
pub use clients::{
    ApiClientView, ApiKeyView, KeyBar, KeyHolder, KeyRefusal, NewApiClient, Proof,
    disable_api_client, insert_api_client, insert_api_key, keys_of_clients, list_api_clients,
    load_client_viewer, lock_api_client, revoke_api_key,
};
pub use credentials::{
    CredentialsView, credentials_by_email, credentials_by_id, holders_everywhere,
};
pub use links::{LinkKind, LinkToken, insert_link, use_link, user_of_link, void_links};
pub use password::{HashCost, HashSlots, PasswordCheck, PasswordFault, Passwords};
pub(crate) use provider::place as provider_place;
pub use provider::{
    Addressee, BegunSignIn, BrowserKey, CodeExchange, Discovered, KnownPerson, NewSignIn,
    PROVIDER_SIGN_IN_LIFETIME, PersonLink, ProviderFault, ProviderReach, ProviderView, Providers,
    SignInRequest, begin_sign_in, find_addressee, find_person, find_provider, link_person,
    put_provider, remove_provider, seal_provider_secret, unlink_person, use_sign_in,
    user_of_subject,
};
pub use repo::{
    EndedRole, NewRole, NewUser, disable_user, end_role, find_active_tenant, find_tenant,
    find_unclosed_tenant, insert_roles, insert_tenant, insert_users, move_tenant, rehash_password,
    set_password,
};
pub use roles::{
    CustomRoleView, GivenRole, Place, RoleGift, count_administrators, count_givers, give_role,
    holder_of_role, insert_custom_role, list_custom_roles, lock_custom_role, update_custom_role,
};
pub use seal::{Seal, SealBroken, SealFault, SealKeyId, add_seal_key, remove_seal_keys};
pub(crate) use second_factor::place as totp_place;
pub use second_factor::{
    RECOVERY_CODES, SecondFactorView, TotpSetup, confirm_second_factor, enrol_second_factor,
    new_recovery_codes, new_totp_secret, remove_second_factor, replace_recovery_codes,
    second_factor, totp_code, totp_setup, totp_step, use_recovery_code, use_totp_step,
};
pub use sessions::{
    Device, LivingSession, Rotation, SESSION_LIFETIME, SESSION_REST, SessionView, forget_sessions,
    insert_session, list_sessions, living_session, revoke_session, revoke_sessions, rotate_session,
};
pub use signing_keys::{
    Jwk, KeyFault, KeyRing, KeyState, SigningKey, add_signing_key, remove_keys_over,
};
pub(crate) use signing_keys::{new_pkcs8, write_private};
pub use tokens::{ACCESS_LIFETIME, Bearer, Claims, TokenRefused, Tokens, new_secret, secret_hash};
pub(crate) use viewers::{ACCOUNTS, EMPLOYED};
pub use viewers::{Account, Found, find_account, is_employed, load_user_viewer, users_who_may};
