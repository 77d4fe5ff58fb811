//! Which rows a caller's board has.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use trunkline_domain::{
    id::{QueueId, SiteId},
    intraday::{Audience, BoardRow, BoardScope, RowGoal, common_goal},
    kpis::ServiceLevelMethod,
    time::Span,
};
use trunkline_infra::{
    ctx::Ctx,
    intraday::{BoardFacts, Period},
    network::{Directory, QueueView},
};

use crate::{app::App, error::Outcome};

/// A board as a caller may see it.
#[derive(Debug)]
pub(super) struct Board {
    /// When it was looked at: ages are counted to here.
    pub(super) now: Timestamp,
    /// Network first, then sites, then queues.
    pub(super) rows: Vec<(BoardScope, BoardRow)>,
    /// Volumes by half hour of all that the board speaks of.
    pub(super) periods: Vec<Period>,
    /// Whether the longest wait stays hidden.
    pub(super) hides_longest_wait: bool,
    /// Names of what the rows speak of.
    pub(super) directory: Arc<Directory>,
}

/// The board of a site, or of all that the caller may see; `None` when the site is none of it.
pub(super) async fn board(app: &App, ctx: &Ctx, site: Option<SiteId>) -> Outcome<Option<Board>> {
    let audience = Audience::of(ctx.viewer(), ctx.now());
    if site.is_some_and(|site| !audience.includes(Some(site))) {
        return Ok(None);
    }
    let directory = match app.known_directory(ctx.tenant()) {
        Some(known) => known,
        None => app.directory(&app.db.begin(ctx).await?, ctx).await?,
    };
    if site.is_some_and(|site| directory.site(site).is_none()) {
        return Ok(None);
    }
    let facts = app.board_facts(ctx).await?;
    let scopes = scopes(&directory, &audience, site);
    Ok(Some(Board {
        now: ctx.now(),
        rows: rows(&facts, &scopes, ctx.now()),
        periods: periods(&facts, &audience, site),
        hides_longest_wait: audience.agents_only && facts.hides_longest_wait_from_agents,
        directory,
    }))
}

/// What the board has rows of: the network and its queues for who sees it, sites and their queues
/// for who sees those only.
fn scopes(directory: &Directory, audience: &Audience, site: Option<SiteId>) -> Vec<BoardScope> {
    let whole = audience.network && site.is_none();
    let sites: Vec<SiteId> = directory
        .sites
        .iter()
        .filter(|it| it.state != "CLOSED" && audience.includes(Some(it.id)))
        .map(|it| it.id)
        .filter(|it| site.is_none_or(|wanted| wanted == *it))
        .collect();
    let mut scopes = Vec::new();
    if whole {
        scopes.push(BoardScope::default());
    }
    scopes.extend(sites.iter().map(|site| BoardScope { site: Some(*site), queue: None }));
    for queue in &directory.queues {
        let at = |site| BoardScope { queue: Some(queue.id), site };
        if whole {
            scopes.push(at(None));
        } else {
            let served = sites.iter().filter(|site| queue.site_ids.contains(site));
            scopes.extend(served.map(|site| at(Some(*site))));
        }
    }
    scopes
}

fn rows(facts: &BoardFacts, scopes: &[BoardScope], now: Timestamp) -> Vec<(BoardScope, BoardRow)> {
    let board = facts.board();
    // The facts are those of each queue's own local day already: no day is further away than this.
    let days = SignedDuration::from_hours(48);
    let around = Span::new(now - days, now + days).unwrap_or_else(|| Span::of_seconds(now, 0));
    scopes.iter().map(|scope| (*scope, board.row(*scope, around))).collect()
}

fn periods(facts: &BoardFacts, audience: &Audience, site: Option<SiteId>) -> Vec<Period> {
    let mut sums: Vec<Period> = Vec::new();
    let seen = facts.periods.iter().filter(|period| match site {
        Some(site) => period.site == Some(site),
        None => audience.includes(period.site),
    });
    let add = |a: Option<u64>, b: Option<u64>| Some(a?.saturating_add(b?));
    // They come in order of time.
    for period in seen {
        match sums.last_mut() {
            Some(last) if last.starts_at == period.starts_at => {
                last.offered = last.offered.saturating_add(period.offered);
                last.answered = add(last.answered, period.answered);
                last.abandoned = add(last.abandoned, period.abandoned);
            }
            _ => sums.push(Period { site, ..*period }),
        }
    }
    sums
}

impl Board {
    /// Names what the board says, ages left out: equal boards have equal cursors, on all servers.
    pub(super) fn cursor(&self) -> String {
        let told: Vec<_> = self
            .rows
            .iter()
            .map(|(scope, row)| {
                let stale = [
                    row.waiting.map(|it| it.is_stale(self.now)),
                    row.today.map(|it| it.is_stale(self.now)),
                    row.staff.map(|it| it.is_stale(self.now)),
                ];
                let goal = self.goal(*scope).map(|it| (it.service_level, it.threshold_seconds));
                (scope, row, stale, goal)
            })
            .collect();
        // Numbers, ids and instants can always be written.
        let text = serde_json::to_vec(&(told, &self.periods)).unwrap_or_default();
        Sha256::digest(text).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }

    /// How service levels of a row are taken: as its queue's goal says; by the usual method where
    /// several queues are summed.
    pub(super) fn method(&self, queue: Option<QueueId>) -> ServiceLevelMethod {
        queue
            .and_then(|id| self.directory.queue(id))
            .and_then(|queue| queue.method.as_deref())
            .and_then(ServiceLevelMethod::from_code)
            .unwrap_or_default()
    }

    /// What a row is measured by: the goal of its queue, of several the one that all of them have.
    pub(super) fn goal(&self, scope: BoardScope) -> Option<RowGoal> {
        let queues = self.directory.queues.iter();
        let inside = queues.filter(|queue| scope.takes_in(queue.id, &queue.site_ids));
        common_goal(self.method(scope.queue), inside.map(goal_of))
    }
}

/// The goal of a queue; `None` when it has none, or one that this build cannot count.
fn goal_of(queue: &QueueView) -> Option<RowGoal> {
    Some(RowGoal {
        service_level: queue.service_level?,
        threshold_seconds: u32::try_from(queue.threshold_seconds?).ok()?,
        method: ServiceLevelMethod::from_code(queue.method.as_deref()?)?,
    })
}
