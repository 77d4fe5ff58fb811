use std::fmt;

use jiff::Timestamp;
use trunkline_domain::id::AuditEventId;
use uuid::Uuid;

use super::{
    SealKey,
    chain::{Content, START, Segment, link},
};
use crate::{
    db::{DbError, Json, TenantTx},
    params, read_model,
};

/// What is wrong with a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// The row says something else than when it was written.
    Changed,
    /// The row is gone.
    RowGone,
    /// The link is gone.
    LinkGone,
    /// Another row stood here, or other digests: the row was moved, or exchanged with its digest.
    OutOfPlace,
    /// The links of a segment do not lead to its root.
    WrongRoot,
    /// A segment is gone, or does not follow the one before it.
    SegmentGone,
    /// The signature is not ours.
    WrongSignature,
    /// The row was put in past the record: it has no place in the chain and none is due.
    Smuggled,
}

/// A flaw and where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub flaw: Flaw,
    /// Position in the chain; of a segment its first one. `None` = it has no position.
    pub position: Option<i64>,
    /// The row, where one is concerned.
    pub event: Option<AuditEventId>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some(position) => write!(f, "position {position}: ")?,
            None => f.write_str("without position: ")?,
        }
        if let Some(event) = self.event {
            write!(f, "{event} ")?;
        }
        f.write_str(match self.flaw {
            Flaw::Changed => "was changed after it was written",
            Flaw::RowGone => "is gone",
            Flaw::LinkGone => "the link is gone",
            Flaw::OutOfPlace => "does not belong here: it was moved or exchanged",
            Flaw::WrongRoot => "the links of this segment do not lead to its root",
            Flaw::SegmentGone => "a segment is missing before this one",
            Flaw::WrongSignature => "this segment is not signed with the key of the audit",
            Flaw::Smuggled => "was put in past the record",
        })
    }
}

/// What a look at a tenant's whole audit found.
#[derive(Debug, Default)]
pub struct Verification {
    /// Rows in the chain.
    pub rows: usize,
    /// Segments of the chain.
    pub segments: usize,
    /// Segments whose rows retention has taken out, root kept.
    pub pruned: usize,
    /// Rows that wait for their place.
    pub waiting: usize,
    /// In order of position.
    pub findings: Vec<Finding>,
}

read_model! {
    struct SegmentRow {
        number: i64,
        first_position: i64,
        last_position: i64,
        previous: Vec<u8>,
        root: Vec<u8>,
        until_at: Timestamp,
        signature: Vec<u8>,
    }
}

read_model! {
    struct LinkRow {
        position: i64,
        event_id: AuditEventId,
        hash: Vec<u8>,
        digest: Option<Vec<u8>>,
        at: Option<Timestamp>,
        actor_id: Option<Uuid>,
        address: Option<String>,
        client: Option<String>,
        action: Option<String>,
        subject: Option<String>,
        request_id: Option<String>,
        reason: Option<String>,
        before: Option<Json>,
        after: Option<Json>,
        rule_version: Option<String>,
        detail: Option<Json>,
    }
}

read_model! {
    struct LooseRow {
        event_id: AuditEventId,
        here: bool,
        due: bool,
    }
}

/// Looks at every row, link and segment of the tenant. Rows of segments that ended before
/// `kept_since` may be gone, all of a segment or none.
///
/// # Errors
/// What the database says.
pub async fn verify(
    tx: &TenantTx,
    key: &SealKey,
    kept_since: Timestamp,
) -> Result<Verification, DbError> {
    let mut verification = Verification::default();
    let segments: Vec<SegmentRow> = tx
        .all(
            "select number, first_position, last_position, previous, root, until_at, signature
             from app.audit_segment where tenant_id = $1 order by number",
            params![tx.tenant()],
        )
        .await?;
    let (mut number, mut last, mut root) = (0, 0, START.to_vec());
    for row in segments {
        let found = |flaw| Finding { flaw, position: Some(row.first_position), event: None };
        let follows = row.number == number + 1 && row.first_position == last + 1;
        if !follows || row.previous != root {
            verification.findings.push(found(Flaw::SegmentGone));
        }
        (number, last, root) = (row.number, row.last_position, row.root.clone());
        let may_be_gone = row.until_at < kept_since;
        let signature = row.signature.clone();
        let segment = Segment {
            tenant: tx.tenant(),
            number: row.number,
            first: row.first_position,
            last: row.last_position,
            previous: row.previous,
            root: row.root,
            until: row.until_at,
        };
        verification.segments += 1;
        if !key.has_signed(&segment.statement(), &signature) {
            verification.findings.push(Finding {
                flaw: Flaw::WrongSignature,
                position: Some(segment.first),
                event: None,
            });
        }
        verification.look_at(tx, &segment, may_be_gone).await?;
    }
    verification.look_for_loose_rows(tx, last).await?;
    Ok(verification)
}

impl Verification {
    async fn look_at(
        &mut self,
        tx: &TenantTx,
        segment: &Segment,
        may_be_gone: bool,
    ) -> Result<(), DbError> {
        // Each row by itself, which the limit makes sure of: a join could read the whole audit, all its
        // partitions, for each segment.
        let rows: Vec<LinkRow> = tx
            .all(
                "select l.position, l.event_id, l.hash, e.digest, e.at, e.actor_id, e.address,
                        e.client, e.action, e.subject, e.request_id, e.reason, e.before, e.after, e.rule_version,
                        e.detail
                 from app.audit_link l
                 left join lateral (
                     select * from app.audit_event e
                     where e.tenant_id = $1 and e.id = l.event_id limit 1) e on true
                 where l.tenant_id = $1 and l.position between $2 and $3 order by l.position",
                params![tx.tenant(), segment.first, segment.last],
            )
            .await?;
        if rows.is_empty() && may_be_gone {
            self.pruned += 1;
            return Ok(());
        }
        let mut before = segment.previous.clone();
        let mut rows = rows.into_iter().peekable();
        for position in segment.first..=segment.last {
            let Some(row) = rows.next_if(|row| row.position == position) else {
                self.find(Flaw::LinkGone, position, None);
                before.clear();
                continue;
            };
            self.rows += 1;
            match (row.content(tx), &row.digest) {
                (Some(content), Some(digest)) => {
                    if content.digest() != digest.as_slice() {
                        self.find(Flaw::Changed, position, Some(row.event_id));
                    } else if !before.is_empty()
                        && link(tx.tenant(), position, &before, digest) != row.hash.as_slice()
                    {
                        self.find(Flaw::OutOfPlace, position, Some(row.event_id));
                    }
                }
                _ => self.find(Flaw::RowGone, position, Some(row.event_id)),
            }
            // From here on as the chain has it, so that one flaw is found once.
            before = row.hash;
        }
        if !before.is_empty() && before != segment.root {
            self.find(Flaw::WrongRoot, segment.first, None);
        }
        Ok(())
    }

    /// Rows without a link, and notes for the sealer without a row.
    async fn look_for_loose_rows(&mut self, tx: &TenantTx, last: i64) -> Result<(), DbError> {
        let rows: Vec<LooseRow> = tx
            .all(
                "select coalesce(e.id, u.event_id) as event_id, e.id is not null as here,
                        u.event_id is not null as due
                 from (select id from app.audit_event where tenant_id = $1) e
                 full join (select event_id from app.audit_unsealed where tenant_id = $1) u
                     on u.event_id = e.id
                 where not exists (select from app.audit_link l
                                   where l.tenant_id = $1 and l.event_id = e.id
                                     and l.position <= $2)",
                params![tx.tenant(), last],
            )
            .await?;
        for LooseRow { event_id, here, due } in rows {
            let flaw = match (here, due) {
                (true, true) => {
                    self.waiting += 1;
                    continue;
                }
                (true, false) => Flaw::Smuggled,
                (false, _) => Flaw::RowGone,
            };
            self.findings.push(Finding { flaw, position: None, event: Some(event_id) });
        }
        Ok(())
    }

    fn find(&mut self, flaw: Flaw, position: i64, event: Option<AuditEventId>) {
        self.findings.push(Finding { flaw, position: Some(position), event });
    }
}

impl LinkRow {
    /// What the row says; `None` when it is gone.
    fn content(&self, tx: &TenantTx) -> Option<Content<'_>> {
        Some(Content {
            tenant: tx.tenant(),
            id: self.event_id,
            at: self.at?,
            actor: self.actor_id,
            address: self.address.as_deref(),
            client: self.client.as_deref(),
            action: self.action.as_deref()?,
            subject: self.subject.as_deref()?,
            request_id: self.request_id.as_deref(),
            reason: self.reason.as_deref(),
            before: self.before.as_ref(),
            after: self.after.as_ref(),
            rule_version: self.rule_version.as_deref(),
            detail: self.detail.as_ref()?,
        })
    }
}
