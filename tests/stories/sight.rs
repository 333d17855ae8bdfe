//! Nobody widens his own sight: what decides about conversations of everybody needs somebody who sees them, or the permission that fits.

use crate::support::*;
use deskbell::model::agent::Role;

/// Somebody new with a role of exactly this.
async fn agent_as(house: &House, owner: &Agent, name: &str, scope: &str, permissions: &[&str]) -> Agent {
    let body = json!({ "name": format!("role of {name}"), "scope": scope, "permissions": permissions });
    let role = text_at(&owner.post("/roles").json(body).await.ok(), "uuid");
    let uuid = house.hire(name, Role::Agent).await;
    owner.put(&format!("/agents/{uuid}")).json(json!({ "custom_role": role })).await.ok();
    Agent::logs_in(&house.shared, &format!("{name}@house.example"), house::PASSWORD).await
}

async fn team_of(owner: &Agent, name: &str, members: &[&str]) -> String {
    text_at(&owner.post("/teams").json(json!({ "name": name, "members": members })).await.ok(), "uuid")
}

/// What somebody is told who may not.
fn refused(answer: Answer) -> String {
    text_at(&answer.denied(403), "message")
}

/// security 8, 10: neither joining a team, nor bringing its conversations to one's own.
#[tokio::test]
async fn settings_do_not_lead_into_a_team() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let visitor = house.visitor();
    visitor.starts("The secret of the blue teapot").await;
    let conversation = visitor.conversation();
    let sam = agent_as(&house, &owner, "sam", "team", &["settings", "reply"]).await;
    let ann = agent_as(&house, &owner, "ann", "assigned", &["settings", "people", "reply"]).await;
    let pia = agent_as(&house, &owner, "pia", "team", &["settings", "people", "reply"]).await;
    let billing = team_of(&owner, "Billing", &[&owner.uuid]).await;
    let shipping = team_of(&owner, "Shipping", &[&sam.uuid, &ann.uuid, &pia.uuid]).await;
    owner.put(&format!("/conversations/{conversation}/assignment")).json(json!({ "team": billing })).await.ok();
    let edit = |agent: &Agent, team: &str, edit: Value| agent.put(&format!("/teams/{team}")).json(edit);
    // Settings alone change nobody's place in a team, not even in one's own.
    for team in [&billing, &shipping] {
        assert!(refused(edit(&sam, team, json!({ "members": [sam.uuid, owner.uuid] })).await).contains("sees its conversations"));
    }
    refused(edit(&sam, &shipping, json!({ "members": [] })).await);
    refused(sam.post("/teams").json(json!({ "name": "Mine", "members": [sam.uuid] })).await);
    // With `people`, only in a team whose conversations one sees; somebody who sees his own only sees none of a team's.
    refused(edit(&pia, &billing, json!({ "members": [owner.uuid, pia.uuid] })).await);
    refused(edit(&pia, &billing, json!({ "members": [] })).await);
    refused(edit(&ann, &shipping, json!({ "members": [ann.uuid] })).await);
    refused(edit(&ann, &shipping, json!({ "routing": "round_robin" })).await);
    refused(edit(&ann, &shipping, json!({ "places": { ann.uuid.clone(): "first" } })).await);
    refused(edit(&pia, &billing, json!({ "routing": "round_robin" })).await);
    edit(&pia, &shipping, json!({ "members": [sam.uuid, pia.uuid], "routing": "round_robin" })).await.ok();
    // What gets everything else, where inboxes lead, and rules: only somebody who sees everything.
    let inbox = house.inbox.clone();
    let inbox_edit = |agent: &Agent, config: Value| agent.put(&format!("/inboxes/{inbox}")).json(json!({ "config": config }));
    for agent in [&sam, &ann, &pia] {
        refused(edit(agent, &shipping, json!({ "default": true })).await);
        refused(inbox_edit(agent, json!({ "routing": { "team": shipping } })).await);
        refused(inbox_edit(agent, json!({ "home_buttons": [{ "name": "Ask", "team": shipping }] })).await);
        refused(inbox_edit(agent, json!({ "continuity": { "agents_address": "me@evil.example" } })).await);
        refused(agent.post(&format!("/inboxes/{inbox}/secret")).await);
        let rule = json!({ "name": "All mine", "trigger": "message", "conditions": { "match": "all", "items": [] },
            "actions": [{ "do": "assign_agent", "value": agent.uuid }] });
        refused(agent.post("/rules").json(rule).await);
        refused(agent.put("/rules/order").json(json!({ "rules": [] })).await);
        // What does not reach further stays theirs.
        edit(agent, &shipping, json!({ "name": "Shipping and returns", "members": [sam.uuid, pia.uuid] })).await.ok();
        inbox_edit(agent, json!({ "brand_name": "Acme" })).await.ok();
        agent.get(&format!("/conversations/{conversation}")).await.denied(404);
    }
    // Whoever sees everything does all of that, members apart.
    let alma = agent_as(&house, &owner, "alma", "all", &["settings"]).await;
    refused(edit(&alma, &shipping, json!({ "members": [alma.uuid] })).await);
    edit(&alma, &shipping, json!({ "default": true })).await.ok();
    inbox_edit(&alma, json!({ "routing": { "team": shipping } })).await.ok();
}

/// security 26: an account is opened neither by a link somebody makes for himself nor by mail that passes his own server.
#[tokio::test]
async fn nobody_gets_into_an_account_that_sees_more() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let pia = agent_as(&house, &owner, "pia", "team", &["settings", "people", "reply"]).await;
    let alma = agent_as(&house, &owner, "alma", "all", &["settings"]).await;
    let ben = agent_as(&house, &owner, "ben", "team", &["reply"]).await;
    team_of(&owner, "Billing", &[&ben.uuid]).await;
    let shipping = team_of(&owner, "Shipping", &[&pia.uuid]).await;
    // The same breadth, other conversations.
    assert!(refused(pia.post(&format!("/agents/{}/invitation", ben.uuid)).await).contains("do not see"));
    // Whom she invites herself gets a new link, as long as the account opens nothing of others.
    let role = text_at(&pia.post("/roles").json(json!({ "name": "Hands", "scope": "team", "permissions": ["reply"] })).await.ok(), "uuid");
    let body = json!({ "email": "new@house.example", "first_name": "N", "role": "agent", "custom_role": role });
    let new = text_at(&pia.post("/agents").json(body).await.ok(), "agent/uuid");
    pia.put(&format!("/teams/{shipping}")).json(json!({ "members": [pia.uuid, new] })).await.ok();
    pia.post(&format!("/agents/{new}/invitation")).await.ok();
    team_of(&owner, "Returns", &[&new]).await;
    refused(pia.post(&format!("/agents/{new}/invitation")).await);
    for agent in [&pia, &alma] {
        let body = json!({ "name": "Post", "config": { "address": "post@house.example" } });
        assert!(refused(agent.post("/mailboxes").json(body).await).contains("only owners and admins"));
    }
}

/// Two people become one only before eyes that see all of both, and so does an address to which answers go.
#[tokio::test]
async fn a_person_is_merged_or_redirected_only_by_who_sees_all_of_it() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let zoe = house.signed_in("zoe").await;
    zoe.starts("The secret of the blue teapot").await;
    let hidden = zoe.conversation();
    let other = zoe.another_tab();
    other.starts("Where is my parcel?").await;
    let known = other.conversation();
    assert_ne!(hidden, known);
    let visitor = house.visitor();
    visitor.starts("It is me, from my phone").await;
    let mine = visitor.conversation();
    let ben = agent_as(&house, &owner, "ben", "assigned", &["contacts", "reply", "assign"]).await;
    for conversation in [&known, &mine] {
        owner.assigns(conversation, Some(&ben.uuid)).await;
    }
    let person = text_at(&ben.opens(&known).await, "contact/uuid");
    let phone = text_at(&ben.opens(&mine).await, "contact/uuid");
    for (from, into) in [(&person, &phone), (&phone, &person)] {
        let answer = ben.post(&format!("/contacts/{from}/merge")).json(json!({ "into": into })).await;
        assert!(refused(answer).contains("conversations that you do not see"));
    }
    refused(ben.put(&format!("/contacts/{person}")).json(json!({ "email": "me@evil.example" })).await);
    ben.put(&format!("/contacts/{person}")).json(json!({ "first_name": "Zoë" })).await.ok();
    assert_eq!(house.count("SELECT count(*) FROM contacts WHERE merged_into IS NOT NULL"), 0);
    // With everything in sight, it is one step.
    owner.assigns(&hidden, Some(&ben.uuid)).await;
    ben.post(&format!("/contacts/{phone}/merge")).json(json!({ "into": person })).await.ok();
    assert_eq!(text_at(&ben.opens(&mine).await, "contact/uuid"), person);
}
