//! What may be counted by those who read no request.

use async_graphql::{Context, Object, SimpleObject};
use trunkline_domain::{
    id::SiteId,
    requests::{Satisfaction, SwapState},
};
use trunkline_infra::requests::SwapCount;

use super::types::ShiftSwapState;
use crate::{
    graphql::{Decimal, Operation},
    network::Site,
};

/// How many swaps of a site are in a state.
#[derive(Debug)]
pub struct ShiftSwapCount(pub(super) SwapCount);

/// How many swaps of a site are in a state.
#[Object]
impl ShiftSwapCount {
    /// Site of the offered shifts. `null` when the caller may not see the site.
    async fn site(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Site>> {
        let operation = Operation::of(ctx)?;
        Site::visible(operation, self.0.site_id).await.map_err(|error| operation.fail(error))
    }
    /// Where they stand, as it was last written.
    async fn state(&self) -> ShiftSwapState {
        SwapState::parse(&self.0.state).unwrap_or(SwapState::Cancelled).into()
    }
    /// How many.
    async fn swaps(&self) -> i32 {
        i32::try_from(self.0.swaps).unwrap_or(i32::MAX)
    }
}

/// How many requests were met.
#[derive(Debug, SimpleObject)]
pub struct RequestSatisfaction {
    /// Sites with requests that the caller may count.
    pub sites: Vec<RequestSatisfactionSums>,
    /// All sites together, from sums. `null` for who may not count in the whole network.
    pub network: Option<RequestSatisfactionSums>,
}

/// Requests of a site, or of the network.
#[derive(Debug)]
pub struct RequestSatisfactionSums {
    pub(super) site: Option<SiteId>,
    pub(super) sums: Satisfaction,
}

/// Requests of a site, or of the network.
#[Object]
impl RequestSatisfactionSums {
    /// Site of the offered shifts. `null` = the network, or a site that the caller may not see.
    async fn site(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Site>> {
        let Some(site) = self.site else { return Ok(None) };
        let operation = Operation::of(ctx)?;
        Site::visible(operation, site).await.map_err(|error| operation.fail(error))
    }
    /// Granted, turned down or expired; what was taken back is left out, and what still runs.
    async fn decided(&self) -> i32 {
        i32::try_from(self.sums.decided).unwrap_or(i32::MAX)
    }
    /// Those of them that were granted.
    async fn satisfied(&self) -> i32 {
        i32::try_from(self.sums.satisfied).unwrap_or(i32::MAX)
    }
    /// Percent of the decided ones that were granted, rounded to two decimals: KPI `shift_request_satisfaction_rate`. `null` while none is decided.
    async fn satisfied_percent(&self) -> Option<Decimal> {
        self.sums.rate().map(Decimal)
    }
}
