//! Who inside may do what, and whose conversations somebody sees.

use crate::base::id::{AgentId, TeamId};
use crate::model::agent::Role;
use crate::model::conversation::Conversation;

/// One thing that an agent may be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// Write to contacts, write notes, keep drafts, upload.
    Reply,
    /// Give conversations to agents and teams, take them from the queue.
    Assign,
    /// Set status, snooze, priority and tags of a conversation.
    Status,
    /// Edit contacts, note something about them, merge them.
    Contacts,
    /// Shut people out, decide about the quarantine.
    Ban,
    /// Keep macros and views for others; tags and statuses.
    Share,
    /// See who is on the site now, and write first.
    Visitors,
    /// Listen to conversations without a trace.
    Follow,
    /// Read numbers.
    Reports,
    /// Take out or erase everything about a person.
    Erase,
    /// Change inboxes, hours, teams, rules and the house.
    Settings,
    /// Add, edit and suspend agents; roles.
    People,
    /// Read the audit log.
    Audit,
}

impl Permission {
    /// All of them, in the order of the settings page.
    pub const ALL: [Permission; 13] = [
        Permission::Reply,
        Permission::Assign,
        Permission::Status,
        Permission::Contacts,
        Permission::Ban,
        Permission::Share,
        Permission::Visitors,
        Permission::Follow,
        Permission::Reports,
        Permission::Erase,
        Permission::Settings,
        Permission::People,
        Permission::Audit,
    ];

    /// The word of the database and of the wires.
    pub fn as_str(self) -> &'static str {
        match self {
            Permission::Reply => "reply",
            Permission::Assign => "assign",
            Permission::Status => "status",
            Permission::Contacts => "contacts",
            Permission::Ban => "ban",
            Permission::Share => "share",
            Permission::Visitors => "visitors",
            Permission::Follow => "follow",
            Permission::Reports => "reports",
            Permission::Erase => "erase",
            Permission::Settings => "settings",
            Permission::People => "people",
            Permission::Audit => "audit",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Permission> {
        Permission::ALL.into_iter().find(|permission| permission.as_str() == text)
    }
}

/// A set of permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Permissions(u32);

impl Permissions {
    /// Every one: owners and admins.
    pub fn all() -> Permissions {
        Permission::ALL.into_iter().collect()
    }

    /// What an agent without a role of his own may do.
    pub fn stock() -> Permissions {
        use Permission::{Assign, Ban, Contacts, Reply, Reports, Status, Visitors};
        [Reply, Assign, Status, Contacts, Ban, Visitors, Reports].into_iter().collect()
    }

    /// Reads the JSON list of the database; words that this version does not know are nothing.
    pub fn parse(json: &str) -> Permissions {
        let words: Vec<String> = serde_json::from_str(json).unwrap_or_default();
        words.iter().filter_map(|word| Permission::parse(word)).collect()
    }

    /// Whether `permission` is among them.
    pub fn has(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u32) != 0
    }

    /// Whether all of `others` are among them.
    pub fn cover(self, others: Permissions) -> bool {
        self.0 & others.0 == others.0
    }

    /// The words, in the order of `Permission::ALL`.
    pub fn words(self) -> Vec<&'static str> {
        Permission::ALL.into_iter().filter(|permission| self.has(*permission)).map(Permission::as_str).collect()
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<T: IntoIterator<Item = Permission>>(all: T) -> Permissions {
        Permissions(all.into_iter().fold(0, |set, permission| set | 1 << permission as u32))
    }
}

/// Whose conversations somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Everybody's.
    All,
    /// One's own and those of one's teams.
    Team,
    /// One's own.
    Assigned,
}

impl Scope {
    /// The word of the database and of the wires.
    pub fn as_str(self) -> &'static str {
        match self {
            Scope::All => "all",
            Scope::Team => "team",
            Scope::Assigned => "assigned",
        }
    }

    /// Whether whoever sees this sees all of `other`, too.
    pub fn covers(self, other: Scope) -> bool {
        match self {
            Scope::All => true,
            Scope::Team => other != Scope::All,
            Scope::Assigned => other == Scope::Assigned,
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Scope> {
        [Scope::All, Scope::Team, Scope::Assigned].into_iter().find(|scope| scope.as_str() == text)
    }
}

/// What an agent may do and see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rights {
    pub permissions: Permissions,
    pub scope: Scope,
}

impl Rights {
    /// Of a fixed role, or of the custom role of an agent.
    pub fn of(role: Role, custom: Option<(Scope, Permissions)>) -> Rights {
        match (role, custom) {
            (Role::Owner | Role::Admin, _) => Rights { permissions: Permissions::all(), scope: Scope::All },
            (Role::Agent, None) => Rights { permissions: Permissions::stock(), scope: Scope::All },
            (Role::Agent, Some((scope, permissions))) => Rights { permissions, scope },
        }
    }

    /// Whether somebody with these rights may do and see all that somebody with `others` may.
    pub fn cover(self, others: Rights) -> bool {
        self.permissions.cover(others.permissions) && self.scope.covers(others.scope)
    }
}

/// Who has a conversation: by this it is decided who sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Holder {
    pub agent: Option<AgentId>,
    pub team: Option<TeamId>,
}

impl Holder {
    /// Who has `conversation`.
    pub fn of(conversation: &Conversation) -> Holder {
        Holder { agent: conversation.assignee.as_ref().map(|agent| agent.id), team: conversation.team.as_ref().map(|team| team.id) }
    }
}

/// What one agent sees, for what is told live. The same rule as the WHERE of `store/sight.rs`.
#[derive(Debug, Clone)]
pub struct Sight {
    pub agent: AgentId,
    pub permissions: Permissions,
    pub scope: Scope,
    pub teams: Vec<TeamId>,
}

impl Sight {
    /// Whether a conversation that `holder` has is in sight.
    pub fn sees(&self, holder: Holder) -> bool {
        match self.scope {
            Scope::All => true,
            Scope::Team => holder.agent == Some(self.agent) || holder.team.is_some_and(|team| self.teams.contains(&team)),
            Scope::Assigned => holder.agent == Some(self.agent),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_sets_agree() {
        for permission in Permission::ALL {
            assert_eq!(Permission::parse(permission.as_str()), Some(permission));
            assert!(Permissions::all().has(permission));
        }
        let stock = Permissions::stock();
        assert!(!stock.has(Permission::Settings) && Permissions::all().cover(stock) && !stock.cover(Permissions::all()));
        assert_eq!(Permissions::parse(r#"["reply","no such thing","audit"]"#).words(), ["reply", "audit"]);
    }

    #[test]
    fn rights_cover_only_what_is_within_them() {
        let of = |scope, words: &str| Rights { scope, permissions: Permissions::parse(words) };
        let all = Rights::of(Role::Admin, None);
        let stock = Rights::of(Role::Agent, None);
        assert!(all.cover(all) && all.cover(stock) && stock.cover(stock) && !stock.cover(all));
        let people = of(Scope::Team, r#"["people","reply"]"#);
        assert!(people.cover(of(Scope::Assigned, r#"["reply"]"#)) && people.cover(people));
        assert!(!people.cover(of(Scope::All, r#"["reply"]"#)), "a wider scope");
        assert!(!people.cover(of(Scope::Team, r#"["audit"]"#)), "another permission");
        assert!(!people.cover(stock) && !of(Scope::Assigned, "[]").cover(of(Scope::Team, "[]")));
    }

    #[test]
    fn a_team_sees_its_own_and_an_agent_his_own() {
        let of = |agent, team| Holder { agent: Some(AgentId(agent)), team: Some(TeamId(team)) };
        let sight = |scope| Sight { agent: AgentId(1), permissions: Permissions::default(), scope, teams: vec![TeamId(7)] };
        assert!(sight(Scope::All).sees(Holder::default()));
        assert!(sight(Scope::Team).sees(of(2, 7)) && sight(Scope::Team).sees(of(1, 8)) && !sight(Scope::Team).sees(of(2, 8)));
        assert!(!sight(Scope::Team).sees(Holder::default()));
        assert!(sight(Scope::Assigned).sees(of(1, 8)) && !sight(Scope::Assigned).sees(of(2, 7)));
    }
}
