//! Every route of this door and what it needs. What is not in this table does not exist: the door looks here before anything else of a
//! request is read, and a test walks the table with every role and scope.

use crate::model::access::Permission::{self, *};

/// What a caller must bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: ways in.
    Nothing,
    /// Any session.
    Session,
    /// A session with this permission.
    May(Permission),
}

/// One route. Parameters stand in braces and say what they name; a name of the first kind is always a uuid, but
/// `{report}` and `{backup}`, which are words.
#[derive(Debug)]
pub struct Route {
    pub method: &'static str,
    /// Below `/api/desk/`.
    pub path: &'static str,
    pub needs: Needs,
}

const fn open(method: &'static str, path: &'static str) -> Route {
    Route { method, path, needs: Needs::Nothing }
}

const fn inside(method: &'static str, path: &'static str) -> Route {
    Route { method, path, needs: Needs::Session }
}

const fn may(permission: Permission, method: &'static str, path: &'static str) -> Route {
    Route { method, path, needs: Needs::May(permission) }
}

/// The table.
pub static ROUTES: &[Route] = &[
    // Ways in.
    inside("GET", "session"),
    open("POST", "session"),
    open("POST", "session/code"),
    inside("DELETE", "session"),
    open("POST", "setup"),
    open("POST", "invitation"),
    open("PUT", "invitation"),
    open("POST", "password/forgotten"),
    inside("PUT", "me"),
    inside("GET", "me/two-factor"),
    inside("POST", "me/two-factor"),
    inside("PUT", "me/two-factor"),
    inside("DELETE", "me/two-factor"),
    inside("POST", "me/recovery"),
    inside("GET", "me/sessions"),
    inside("DELETE", "me/sessions"),
    inside("DELETE", "me/sessions/{session}"),
    // People.
    inside("GET", "agents"),
    may(People, "POST", "agents"),
    may(People, "PUT", "agents/{agent}"),
    may(People, "POST", "agents/{agent}/invitation"),
    may(People, "GET", "agents/{agent}/sessions"),
    may(People, "DELETE", "agents/{agent}/sessions"),
    may(People, "DELETE", "agents/{agent}/two-factor"),
    may(Audit, "GET", "audit"),
    may(Audit, "GET", "audit/check"),
    may(People, "GET", "roles"),
    may(People, "POST", "roles"),
    may(People, "PUT", "roles/{role}"),
    may(People, "DELETE", "roles/{role}"),
    // Conversations.
    inside("GET", "conversations"),
    inside("GET", "conversations/{conversation}"),
    inside("GET", "conversations/{conversation}/messages"),
    may(Reply, "POST", "conversations/{conversation}/messages"),
    may(Reply, "DELETE", "conversations/{conversation}/messages/{message}"),
    inside("GET", "conversations/{conversation}/messages/{message}/rest"),
    may(Contacts, "DELETE", "contacts/{contact}/mail-trouble"),
    may(Reply, "POST", "conversations/{conversation}/messages/{message}/mail"),
    may(Reply, "POST", "conversations/{conversation}/attachments"),
    inside("GET", "drafts"),
    may(Reply, "PUT", "conversations/{conversation}/draft"),
    may(Reply, "DELETE", "conversations/{conversation}/draft"),
    may(Assign, "PUT", "conversations/{conversation}/assignment"),
    may(Status, "PUT", "conversations/{conversation}/status"),
    may(Status, "PUT", "conversations/{conversation}/priority"),
    may(Status, "PUT", "conversations/{conversation}/tags"),
    inside("POST", "conversations/{conversation}/macro"),
    may(Status, "POST", "conversations/bulk"),
    inside("PUT", "conversations/{conversation}/seen"),
    may(Assign, "POST", "conversations/{conversation}/transfer"),
    may(Follow, "PUT", "conversations/{conversation}/follow"),
    may(Follow, "DELETE", "conversations/{conversation}/follow"),
    may(Assign, "GET", "queue"),
    may(Assign, "POST", "queue/next"),
    inside("GET", "conversations/{conversation}/transcript"),
    may(Reply, "POST", "conversations/{conversation}/transcript"),
    may(Status, "POST", "conversations/{conversation}/survey"),
    may(Contacts, "PUT", "contacts/{contact}"),
    // People outside.
    may(Contacts, "GET", "contacts"),
    may(Contacts, "GET", "contacts/{contact}"),
    may(Contacts, "GET", "contacts/{contact}/duplicates"),
    may(Contacts, "POST", "contacts/{contact}/merge"),
    may(Contacts, "GET", "contacts/{contact}/notes"),
    may(Contacts, "POST", "contacts/{contact}/notes"),
    may(Contacts, "PUT", "contacts/{contact}/notes/{note}"),
    may(Contacts, "DELETE", "contacts/{contact}/notes/{note}"),
    may(Contacts, "PUT", "contacts/{contact}/fields"),
    may(Contacts, "PUT", "conversations/{conversation}/fields"),
    may(Ban, "GET", "bans"),
    may(Ban, "POST", "bans"),
    may(Ban, "DELETE", "bans/{ban}"),
    may(Ban, "PUT", "conversations/{conversation}/quarantine"),
    may(Visitors, "GET", "visitors"),
    may(Visitors, "POST", "visitors/{visitor}/conversations"),
    may(Erase, "GET", "contacts/{contact}/erase"),
    may(Erase, "POST", "contacts/{contact}/erase"),
    may(Erase, "GET", "contacts/{contact}/export"),
    inside("GET", "search"),
    may(Reports, "GET", "reports/{report}"),
    inside("GET", "changes"),
    inside("GET", "notices"),
    inside("PUT", "notices/read"),
    inside("GET", "me/prefs"),
    inside("PUT", "me/prefs"),
    inside("GET", "push"),
    inside("POST", "push"),
    inside("POST", "push/test"),
    inside("DELETE", "push/{subscription}"),
    // What the desk is ordered with.
    inside("GET", "tags"),
    may(Share, "POST", "tags"),
    may(Share, "PUT", "tags/{tag}"),
    may(Share, "POST", "tags/{tag}/merge"),
    may(Share, "DELETE", "tags/{tag}"),
    inside("GET", "statuses"),
    may(Share, "POST", "statuses"),
    may(Share, "PUT", "statuses/{status}"),
    may(Share, "DELETE", "statuses/{status}"),
    inside("GET", "macros"),
    inside("POST", "macros"),
    inside("PUT", "macros/{macro}"),
    inside("DELETE", "macros/{macro}"),
    // Settings.
    inside("GET", "inboxes"),
    may(Settings, "POST", "inboxes"),
    may(Settings, "PUT", "inboxes/{inbox}"),
    may(Settings, "POST", "inboxes/{inbox}/secret"),
    may(Settings, "DELETE", "inboxes/{inbox}/secret"),
    may(Settings, "POST", "inboxes/{inbox}/token-check"),
    inside("GET", "inboxes/{inbox}/qr"),
    may(Settings, "GET", "inboxes/{inbox}/translations"),
    may(Settings, "PUT", "inboxes/{inbox}/translations/{locale}"),
    may(Settings, "POST", "inboxes/{inbox}/logo"),
    inside("GET", "fields"),
    may(Settings, "POST", "fields"),
    may(Settings, "PUT", "fields/{field}"),
    may(Settings, "DELETE", "fields/{field}"),
    may(Settings, "GET", "inboxes/{inbox}/retention"),
    may(Settings, "GET", "status"),
    may(Settings, "PUT", "status/log"),
    may(Settings, "GET", "problems"),
    may(Settings, "POST", "problems/jobs/{job}"),
    may(Settings, "GET", "backups"),
    may(Settings, "POST", "backups"),
    may(Settings, "DELETE", "backups/{backup}"),
    may(Settings, "POST", "backups/{backup}/ticket"),
    may(Settings, "GET", "backups/{backup}/file"),
    may(Settings, "POST", "backups/{backup}/restore"),
    may(Settings, "GET", "privacy-sheet"),
    may(Settings, "GET", "start"),
    may(Settings, "PUT", "start"),
    inside("GET", "house"),
    may(Settings, "PUT", "house"),
    may(Settings, "GET", "mail/templates"),
    may(Settings, "PUT", "mail/templates"),
    may(Settings, "POST", "mail/templates/preview"),
    may(Settings, "DELETE", "mail/templates/{template}"),
    inside("GET", "icons"),
    inside("GET", "hours"),
    may(Settings, "POST", "hours"),
    may(Settings, "PUT", "hours/{hours}"),
    may(Settings, "DELETE", "hours/{hours}"),
    inside("GET", "teams"),
    may(Settings, "POST", "teams"),
    may(Settings, "PUT", "teams/{team}"),
    may(Settings, "DELETE", "teams/{team}"),
    // Order by itself.
    inside("GET", "views"),
    inside("POST", "views"),
    inside("POST", "views/try"),
    inside("PUT", "views/{view}"),
    inside("DELETE", "views/{view}"),
    may(Settings, "GET", "rules"),
    may(Settings, "POST", "rules"),
    may(Settings, "POST", "rules/try"),
    may(Settings, "PUT", "rules/order"),
    may(Settings, "PUT", "rules/{rule}"),
    may(Settings, "DELETE", "rules/{rule}"),
    inside("GET", "slas"),
    may(Settings, "POST", "slas"),
    may(Settings, "PUT", "slas/{sla}"),
    may(Settings, "DELETE", "slas/{sla}"),
    // Mailboxes.
    may(Settings, "GET", "mailboxes"),
    may(Settings, "POST", "mailboxes"),
    may(Settings, "POST", "mailboxes/test"),
    may(Settings, "PUT", "mailboxes/{mailbox}"),
    may(Settings, "DELETE", "mailboxes/{mailbox}"),
    // The house and people's privacy.
];

/// The route of a call.
pub fn find(method: &str, path: &[&str]) -> Option<&'static Route> {
    ROUTES.iter().find(|route| {
        let mut pattern = route.path.split('/');
        route.method == method
            && path.iter().all(|segment| pattern.next().is_some_and(|wanted| wanted.starts_with('{') || wanted == *segment))
            && pattern.next().is_none()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_found_by_its_whole_path_and_fixed_words_come_first() {
        assert_eq!(find("PUT", &["notices", "read"]).map(|route| route.path), Some("notices/read"));
        assert_eq!(find("GET", &["conversations", "x"]).map(|route| route.path), Some("conversations/{conversation}"));
        assert!(find("GET", &["conversations", "x", "y", "z"]).is_none() && find("PATCH", &["session"]).is_none());
        for (index, route) in ROUTES.iter().enumerate() {
            let path: Vec<&str> = route.path.split('/').collect();
            let found = ROUTES.iter().position(|other| std::ptr::eq(other, find(route.method, &path).unwrap_or(route)));
            assert_eq!(found, Some(index), "{} {} is hidden by a row above it", route.method, route.path);
        }
    }
}
