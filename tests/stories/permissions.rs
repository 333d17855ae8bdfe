//! Who inside may do what and see what, walked over the table of routes: a route that is forgotten here cannot exist.

use crate::support::*;
use deskbell::agent::routes::{Needs, ROUTES, Route};
use deskbell::base::id::{AgentSessionId, Uuid};
use deskbell::desk::templates::Words;
use deskbell::model::access::{Permission, Permissions, Scope};
use deskbell::model::agent::{AgentSession, Role};
use deskbell::model::letter::LetterKind;

const REFUSED: &str = "Your role does not allow this.";

/// An agent with a role of exactly this.
async fn agent_with(house: &House, name: &str, scope: Scope, permissions: Permissions) -> Agent {
    let uuid = house.hire(name, Role::Agent).await;
    let (role, words) = (format!("role of {name}"), json!(permissions.words()).to_string());
    house
        .desk()
        .store
        .write(move |tx| {
            let id = tx.insert(
                "INSERT INTO roles (uuid, name, scope, permissions, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, 0, 0)",
                (Uuid::new(), role, scope, words),
            )?;
            tx.exec("UPDATE agents SET role_id = ?1 WHERE uuid = ?2", (id, uuid))?;
            Ok(())
        })
        .await
        .unwrap();
    Agent::logs_in(&house.shared, &format!("{name}@house.example"), house::PASSWORD).await
}

/// The route's path with `conversation` and `contact` where they stand and ids of nothing everywhere else.
fn path_of(route: &Route, conversation: &str, contact: &str) -> String {
    let nothing = "00000000-0000-4000-8000-000000000000";
    let segments = route.path.split('/').map(|segment| match segment {
        "{conversation}" => conversation,
        "{contact}" => contact,
        "{locale}" => "de",
        segment if segment.starts_with('{') => nothing,
        segment => segment,
    });
    format!("/{}", segments.collect::<Vec<_>>().join("/"))
}

fn refused(answer: &Answer) -> bool {
    answer.status == 403 && answer.text().contains(REFUSED)
}

/// security 8, 9, 26, 28: each route × nobody, each single permission, none, all; and every change without the page's own word.
#[tokio::test]
async fn every_route_asks_for_what_its_row_says() {
    let house = House::boot().await;
    let nothing = "00000000-0000-4000-8000-000000000000";
    let mut callers = Vec::new();
    for permission in Permission::ALL {
        let name = permission.as_str();
        callers.push((
            name,
            [permission].into_iter().collect(),
            agent_with(&house, name, Scope::All, [permission].into_iter().collect()).await,
        ));
    }
    callers.push(("none", Permissions::default(), agent_with(&house, "none", Scope::All, Permissions::default()).await));
    callers.push(("all", Permissions::all(), agent_with(&house, "all", Scope::All, Permissions::all()).await));
    let mut broken = Vec::new();
    for route in ROUTES {
        let path = path_of(route, nothing, nothing);
        let told = format!("{} {}", route.method, route.path);
        let nobody = house.nobody().call(route.method, &format!("/api/desk{path}")).json(json!({})).await;
        match route.needs {
            Needs::Nothing => continue,
            Needs::Session | Needs::May(_) if nobody.status != 401 => broken.push(format!("{told}: nobody got {}", nobody.status)),
            Needs::Session | Needs::May(_) => {}
        }
        if route.method != "GET" {
            let forged = callers[0].2.call(route.method, &path).without("x-deskbell-csrf").json(json!({})).await;
            if forged.status != 403 {
                broken.push(format!("{told}: without the page's word it got {}", forged.status));
            }
        }
        let Needs::May(permission) = route.needs else { continue };
        for (name, permissions, agent) in &callers {
            let answer = agent.call(route.method, &path).json(json!({})).await;
            if refused(&answer) == permissions.has(permission) || answer.status == 500 {
                broken.push(format!("{told}: with {name} it got {}", answer.status));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// security 8, 9: what is out of sight is not found, on every route, in every list, and not heard of.
#[tokio::test]
async fn what_is_out_of_sight_does_not_exist() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let visitor = house.visitor();
    visitor.starts("The secret of the blue teapot").await;
    let conversation = visitor.conversation();
    let contact = text_at(&owner.opens(&conversation).await, "contact/uuid");
    let team = owner.post("/teams").json(json!({ "name": "Billing" })).await.ok()["uuid"].as_str().unwrap().to_owned();
    let mine = agent_with(&house, "mine", Scope::Assigned, Permissions::all()).await;
    let ours = agent_with(&house, "ours", Scope::Team, Permissions::all()).await;
    owner.put(&format!("/teams/{team}")).json(json!({ "members": [ours.uuid, mine.uuid] })).await.ok();
    let mut broken = Vec::new();
    for agent in [&mine, &ours] {
        for route in ROUTES.iter().filter(|route| route.path.contains("{conversation}") || route.path.contains("{contact}")) {
            let answer = agent.call(route.method, &path_of(route, &conversation, &contact)).json(json!({})).await;
            // What cannot be understood is refused before anything is looked up.
            let fits = answer.status == 404 || (route.method != "GET" && answer.status == 400);
            if !fits || answer.text().contains("teapot") {
                broken.push(format!("{} {}: {}", route.method, route.path, answer.status));
            }
        }
        for path in ["/conversations?box=all&status=any", "/conversations?box=unassigned", "/search?q=teapot", "/changes?after=0"] {
            let answer = agent.get(path).await;
            if answer.status != 200 || answer.text().contains("teapot") || answer.text().contains(&contact) {
                broken.push(format!("{path}: {}", answer.text()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
    // Given to the team, those of the team see it and hear of it; the other one only when it is his own.
    owner.put(&format!("/conversations/{conversation}/assignment")).json(json!({ "team": team })).await.ok();
    ours.sees_frame("conversation", "it came to the team", |data| data["uuid"] == conversation.as_str()).await;
    mine.get(&format!("/conversations/{conversation}")).await.denied(404);
    visitor.says("Is the teapot still blue?").await;
    ours.sees("Is the teapot still blue?").await;
    owner.assigns(&conversation, Some(&mine.uuid)).await;
    mine.sees_frame("conversation", "it is his now", |data| data["assignee"]["uuid"] == mine.uuid.as_str()).await;
    assert_eq!(mine.get("/notices").await.ok()["notices"][0]["kind"], "assignment");
    mine.opens(&conversation).await;
    // Taken away again, it is gone from his sight, live and when he asks what he missed.
    owner.assigns(&conversation, None).await;
    mine.sees_frame("conversation_gone", "it is not his any more", |data| data["uuid"] == conversation.as_str()).await;
    mine.get(&format!("/conversations/{conversation}")).await.denied(404);
    assert_eq!(mine.get("/notices").await.ok()["notices"], json!([]), "what he was told of it is out of sight too");
}

/// What mail says and where it goes is asked for by the desk itself, and not by the table of routes alone.
#[tokio::test]
async fn the_desk_itself_asks_before_mail_is_changed_or_sent() {
    let house = House::boot().await;
    let visitor = house.visitor();
    visitor.says("hi").await;
    let _ben = agent_with(&house, "ben", Scope::All, [Permission::Status].into_iter().collect()).await;
    let found = house.desk().store.read(|tx| deskbell::store::agents::find_by_email(tx, "ben@house.example")).await.unwrap();
    let ben = AgentSession { id: AgentSessionId(0), agent: found.expect("ben").0, csrf: String::new() };
    let conversation = Uuid::parse(&visitor.conversation()).unwrap();
    let words = Words { kind: LetterKind::Test, name: String::new(), locale: String::new(), subject: "s".into(), body: "b".into() };
    let refused = [
        house.desk().put_template(&ben, words).await.unwrap_err(),
        house.desk().delete_template(&ben, Uuid::new()).await.unwrap_err(),
        house.desk().send_transcript(&ben, conversation, None).await.unwrap_err(),
    ];
    assert!(refused.iter().all(|error| error.message.starts_with(REFUSED)), "{refused:?}");
}
