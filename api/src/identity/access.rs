use trunkline_domain::{
    fault::{Fault, FaultCode},
    identity::{Access, Permission, Target},
};
use trunkline_infra::ctx::Ctx;

use crate::error::Outcome;

/// Asks beside the act: may the caller do what `write` names with `target`?
///
/// # Errors
/// FORBIDDEN at `path` for who may only see it by `read`, NOT_FOUND for who may not see it.
pub fn permit(
    ctx: &Ctx,
    write: Permission,
    read: Permission,
    target: &Target,
    path: &str,
) -> Outcome<()> {
    match ctx.viewer().access(write, read, target, ctx.now()) {
        Access::Allowed => Ok(()),
        Access::Forbidden => Err(Fault::new(FaultCode::Forbidden).at(path).into()),
        Access::Hidden => Err(Fault::not_found(path).into()),
    }
}

/// Asks for an act on the network as a whole, which everybody knows to be there.
///
/// # Errors
/// FORBIDDEN of the whole request for who has not the right for all sites.
pub fn permit_network(ctx: &Ctx, write: Permission) -> Outcome<()> {
    if ctx.viewer().sees(write, &Target::NETWORK, ctx.now()) {
        Ok(())
    } else {
        Err(FaultCode::Forbidden.into())
    }
}
