//! Reading the log of who did what, and checking that nothing was taken out of it.

use super::Desk;
use crate::base::error::Result;
use crate::base::limits;
use crate::model::access::Permission;
use crate::model::agent::AgentSession;
use crate::store::audit::{self, Break, Entry, Link, Wanted};

/// What a check of the chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Rows that fit, from the first one on.
    pub entries: u64,
    /// The hash of the last row that fits: whoever noted an older one can find it again.
    pub head: Vec<u8>,
    /// Where it breaks, if it does.
    pub broken: Option<Break>,
}

impl Desk {
    /// One page of the log, newest first, and whether there is more.
    pub async fn audit(&self, by: &AgentSession, wanted: Wanted) -> Result<(Vec<Entry>, bool)> {
        by.may(Permission::Audit)?;
        let mut entries = self.store.read(move |tx| audit::page(tx, &wanted, limits::AUDIT_PAGE + 1)).await?;
        let more = entries.len() > limits::AUDIT_PAGE as usize;
        entries.truncate(limits::AUDIT_PAGE as usize);
        Ok((entries, more))
    }

    /// Follows the whole chain, in steps, so that no snapshot is held for long: rows that are there never change.
    pub async fn check_audit(&self, by: &AgentSession) -> Result<Verdict> {
        by.may(Permission::Audit)?;
        let mut last = Link::default();
        let broken = loop {
            let from = last.clone();
            let (reached, broken) = self.store.read(move |tx| audit::follow(tx, &from, limits::AUDIT_STEP)).await?;
            let is_end = reached == last;
            last = reached;
            if broken.is_some() {
                break broken;
            }
            if is_end {
                let end = last.clone();
                break self.store.read(move |tx| audit::missing_end(tx, &end)).await?;
            }
        };
        Ok(Verdict { entries: last.entries, head: last.hash, broken })
    }
}
