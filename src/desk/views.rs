//! Saved views: everybody keeps his own, whoever may share keeps those of teams and of everybody. What a view shows is what its filter
//! finds in the sight of whoever looks.

use super::Desk;
use crate::base::error::{Error, Result};
use crate::base::id::{AgentId, Seq, TeamId, Uuid};
use crate::base::{limits, text};
use crate::model::access::Permission;
use crate::model::agent::AgentSession;
use crate::model::conversation::Listed;
use crate::model::filter::Group;
use crate::model::macros::Sharing;
use crate::model::view::View;
use crate::store::conversations::Counts;
use crate::store::{ReadTx, WriteTx, audit, conversations, facts, teams, views};
use serde_json::{Value, json};

/// Changes to a view; `None` stays.
#[derive(Debug, Clone, Default)]
pub struct ViewEdit {
    pub name: Option<String>,
    pub filter: Option<Value>,
    pub audience: Option<String>,
    pub team: Option<Option<Uuid>>,
    /// Comes before the view that has this place now.
    pub position: Option<i64>,
}

/// Views with the number of open conversations in each; `false` when there was more to count.
pub type Counted = (Vec<(View, u32)>, bool);

/// One page of a list with the counts of all tabs.
pub struct ViewPage {
    pub found: Vec<Listed>,
    pub next: Option<Seq>,
    pub counts: Counts,
    pub seq: Seq,
}

impl Desk {
    /// The views that an agent sees, with what is open in each.
    pub async fn views(&self, by: &AgentSession) -> Result<Counted> {
        let agent = by.agent.id;
        self.store
            .read(move |tx| {
                let all = views::all(tx, agent)?;
                let filters = all.iter().map(|view| seen(tx, agent, &view.filter)).collect::<Result<Vec<_>>>()?;
                let (counts, whole) = if all.is_empty() { (Vec::new(), true) } else { facts::open_counts(tx, agent, &filters)? };
                Ok((all.into_iter().zip(counts).collect(), whole))
            })
            .await
    }

    /// Makes a view.
    pub async fn create_view(&self, by: &AgentSession, edit: ViewEdit) -> Result<Uuid> {
        let blank = View {
            uuid: Uuid::new(),
            name: String::new(),
            filter: Group::everything(),
            audience: Sharing::Own,
            team: None,
            mine: true,
            position: 0,
        };
        let (agent, shares) = (by.agent.id, by.may(Permission::Share).is_ok());
        self.store
            .write(move |tx| {
                if views::count(tx, agent)? >= limits::VIEWS_MAX {
                    return Err(Error::conflict(format!("There can be {} views. Please delete one first.", limits::VIEWS_MAX)));
                }
                let view = edited(tx, agent, blank, edit, shares)?;
                views::insert(tx, agent, &view)?;
                tell(tx, agent, "view.created", &view)?;
                Ok(view.uuid)
            })
            .await
    }

    /// Changes a view, or moves it.
    pub async fn edit_view(&self, by: &AgentSession, uuid: Uuid, edit: ViewEdit) -> Result<()> {
        let (agent, shares) = (by.agent.id, by.may(Permission::Share).is_ok());
        self.store
            .write(move |tx| {
                let before = to_change(tx, agent, uuid, shares)?;
                let position = edit.position;
                let view = edited(tx, agent, before, edit, shares)?;
                views::update(tx, &view)?;
                if let Some(position) = position {
                    move_to(tx, agent, &view, position)?;
                }
                tell(tx, agent, "view.edited", &view)
            })
            .await
    }

    /// Deletes a view.
    pub async fn delete_view(&self, by: &AgentSession, uuid: Uuid) -> Result<()> {
        let (agent, shares) = (by.agent.id, by.may(Permission::Share).is_ok());
        self.store
            .write(move |tx| {
                let view = to_change(tx, agent, uuid, shares)?;
                tell(tx, agent, "view.deleted", &view)?;
                views::delete(tx, &view)
            })
            .await
    }

    /// One page of what a view shows.
    pub async fn list_view(&self, by: &AgentSession, uuid: Uuid, before: Option<Seq>, limit: u32) -> Result<ViewPage> {
        let agent = by.agent.id;
        let limit = limit.clamp(1, limits::LIST_PAGE_MAX);
        self.store
            .read(move |tx| {
                let view = views::find(tx, agent, uuid)?.ok_or_else(not_found)?;
                let filter = seen(tx, agent, &view.filter)?;
                let page = facts::page(tx, agent, &filter, before, limit)?;
                Ok(ViewPage { found: page.found, next: page.next, counts: conversations::counts(tx, agent)?, seq: tx.seq()? })
            })
            .await
    }

    /// What a filter that is not saved yet would show: the newest, and whether there is more.
    pub async fn preview_view(&self, by: &AgentSession, filter: &Value) -> Result<(Vec<Listed>, bool)> {
        let agent = by.agent.id;
        let filter = Group::parse(filter, "filter")?;
        self.store
            .read(move |tx| {
                let page = facts::page(tx, agent, &seen(tx, agent, &filter)?, None, 5)?;
                Ok((page.found, page.next.is_some()))
            })
            .await
    }
}

/// The filter as this agent means it.
fn seen(tx: &ReadTx, agent: AgentId, filter: &Group) -> Result<Group> {
    let me = crate::store::agents::agent(tx, agent)?.uuid;
    Ok(filter.seen_by(me, &views::teams_of(tx, agent)?))
}

fn edited(tx: &WriteTx, agent: AgentId, mut view: View, edit: ViewEdit, shares: bool) -> Result<View> {
    if let Some(name) = edit.name {
        view.name = text::clean_line(&name, 60);
    }
    if view.name.is_empty() {
        return Err(Error::invalid("Please give the view a name.").in_field("name"));
    }
    if let Some(filter) = edit.filter {
        view.filter = Group::parse(&filter, "filter")?;
        if view.filter.asks(&crate::model::filter::Field::Changed) {
            return Err(Error::invalid("What changed is known at that moment only: rules can ask for it, views cannot.").in_field("filter"));
        }
    }
    if let Some(word) = edit.audience {
        view.audience = Sharing::parse(&word).ok_or_else(|| Error::invalid("A view is for you, a team or all.").in_field("audience"))?;
    }
    if let Some(team) = edit.team {
        view.team = team.map(|uuid| team_of(tx, uuid)).transpose()?;
    }
    match view.audience {
        Sharing::Own => view.team = None,
        Sharing::All | Sharing::Team if !shares => {
            return Err(Error::forbidden("Your role does not allow sharing views. An admin can change that.").in_field("audience"));
        }
        Sharing::All => view.team = None,
        Sharing::Team if view.team.is_none() => return Err(Error::invalid("Please choose a team.").in_field("team")),
        Sharing::Team => {}
    }
    // A shared view that becomes somebody's own becomes the own of whoever does that, and nobody else's.
    if view.audience == Sharing::Own && !view.mine {
        views::take_over(tx, agent, view.uuid)?;
    }
    Ok(view)
}

fn team_of(tx: &WriteTx, uuid: Uuid) -> Result<(TeamId, Uuid)> {
    let team = teams::find(tx, uuid)?.ok_or_else(|| Error::not_found("team").in_field("team"))?;
    Ok((team.id, team.uuid))
}

/// Puts a view at a place among those of its kind that this agent sees.
fn move_to(tx: &WriteTx, agent: AgentId, moved: &View, position: i64) -> Result<()> {
    let mut row: Vec<View> = views::all(tx, agent)?.into_iter().filter(|view| view.audience == moved.audience).collect();
    let Some(at) = row.iter().position(|view| view.uuid == moved.uuid) else { return Ok(()) };
    let view = row.remove(at);
    let place = usize::try_from(position).unwrap_or(0).min(row.len());
    row.insert(place, view);
    for (position, mut view) in row.into_iter().enumerate() {
        if view.position != position as i64 {
            view.position = position as i64;
            views::update(tx, &view)?;
        }
    }
    Ok(())
}

fn to_change(tx: &WriteTx, agent: AgentId, uuid: Uuid, shares: bool) -> Result<View> {
    if let Some(view) = views::find_to_change(tx, agent, uuid, shares)? {
        return Ok(view);
    }
    // Somebody's own stays unknown to everybody else; a shared one is in sight, but not to be changed.
    match views::find(tx, agent, uuid)? {
        Some(_) => Err(Error::forbidden("Your role does not allow changing shared views. An admin can change that.")),
        None => Err(not_found()),
    }
}

/// What is shared is of interest to others; what somebody keeps for himself is not.
fn tell(tx: &WriteTx, agent: AgentId, action: &str, view: &View) -> Result<()> {
    match view.audience {
        Sharing::Own => Ok(()),
        Sharing::Team | Sharing::All => audit::append(tx, Some(agent), action, &view.uuid.to_string(), &json!({ "name": view.name })),
    }
}

fn not_found() -> Error {
    Error::not_found("view")
}
