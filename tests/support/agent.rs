//! Somebody inside: a logged-in desk with its socket.

use super::form::Form;
use super::house::Shared;
use super::http::{Answer, Call, Client};
use super::socket::Socket;
use super::{list_at, number_at, text_at};
use serde_json::{Value, json};
use std::sync::Arc;

/// An agent at the desk.
pub struct Agent {
    pub shared: Arc<Shared>,
    /// Carries cookie, Origin and the CSRF word.
    pub client: Client,
    pub email: String,
    pub uuid: String,
    pub csrf: String,
    pub cookie: String,
    pub socket: Socket,
}

impl Agent {
    /// Logs in and connects.
    pub async fn logs_in(shared: &Arc<Shared>, email: &str, password: &str) -> Agent {
        let client = Client::new(shared.address).with("origin", &shared.origin());
        let answer = client.post("/api/desk/session").json(json!({ "email": email, "password": password })).await;
        Agent::of(shared, answer).await
    }

    /// From the answer of a login, a set-up or an invitation.
    pub async fn of(shared: &Arc<Shared>, answer: Answer) -> Agent {
        let welcome = answer.ok();
        let cookie = answer.header("set-cookie").and_then(|cookie| cookie.split(';').next()).expect("a cookie").to_owned();
        let csrf = text_at(&welcome, "csrf");
        shared.keep_secret(cookie.split_once('=').map_or("", |(_, token)| token));
        shared.keep_secret(&csrf);
        let client = Client::new(shared.address).with("origin", &shared.origin()).with("cookie", &cookie).with("x-deskbell-csrf", &csrf);
        let socket = Socket::open(shared.address, "/desk/ws", &client.headers).await.expect("the desk's socket opens");
        socket.hears_type("ready").await;
        let (email, uuid) = (text_at(&welcome, "agent/email"), text_at(&welcome, "agent/uuid"));
        Agent { shared: shared.clone(), client, email, uuid, csrf, cookie, socket }
    }

    /// Any call of the desk's API, below `/api/desk`.
    pub fn call(&self, method: &str, path: &str) -> Call {
        self.client.call(method, &format!("/api/desk{path}"))
    }

    pub fn get(&self, path: &str) -> Call {
        self.call("GET", path)
    }

    pub fn post(&self, path: &str) -> Call {
        self.call("POST", path)
    }

    pub fn put(&self, path: &str) -> Call {
        self.call("PUT", path)
    }

    pub fn delete(&self, path: &str) -> Call {
        self.call("DELETE", path)
    }

    /// Waits for a message with exactly this plain text; the frame's data.
    pub async fn sees(&self, words: &str) -> Value {
        let fits = |frame: &Value| frame["type"] == "message" && frame["data"]["message"]["text"] == words;
        self.socket.hears(&format!("the message {words:?}"), fits).await["data"].clone()
    }

    /// Waits for any frame that fits; its data.
    pub async fn sees_frame(&self, kind: &str, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let fits = |frame: &Value| frame["type"] == kind && fits(&frame["data"]);
        self.socket.hears(&format!("{kind}: {what}"), fits).await["data"].clone()
    }

    /// Answers; the stored message.
    pub async fn replies(&self, conversation: &str, markdown: &str) -> Value {
        self.writes(conversation, json!({ "kind": "reply", "body": markdown })).await.ok()["message"].clone()
    }

    pub async fn notes(&self, conversation: &str, markdown: &str) -> Value {
        self.writes(conversation, json!({ "kind": "note", "body": markdown })).await.ok()["message"].clone()
    }

    pub async fn writes(&self, conversation: &str, body: Value) -> Answer {
        self.post(&format!("/conversations/{conversation}/messages")).json(body).await
    }

    /// Uploads files for a conversation; their uuids.
    pub async fn uploads(&self, conversation: &str, files: &[(&str, &[u8])]) -> Vec<Value> {
        let form = files.iter().fold(Form::new(), |form, (name, bytes)| form.file(name, bytes));
        list_at(&self.post(&format!("/conversations/{conversation}/attachments")).form(form).await.ok(), "attachments")
    }

    pub async fn opens(&self, conversation: &str) -> Value {
        self.get(&format!("/conversations/{conversation}")).await.ok()
    }

    pub async fn list(&self, query: &str) -> Value {
        self.get(&format!("/conversations?{query}")).await.ok()
    }

    pub async fn assigns(&self, conversation: &str, to: Option<&str>) -> Value {
        self.put(&format!("/conversations/{conversation}/assignment")).json(json!({ "agent": to })).await.ok()["conversation"].clone()
    }

    pub async fn sets_status(&self, conversation: &str, status: &str) -> Value {
        self.put(&format!("/conversations/{conversation}/status")).json(json!({ "status": status })).await.ok()["conversation"].clone()
    }

    pub async fn snoozes(&self, conversation: &str, until: i64) -> Value {
        let body = json!({ "status": "open", "snoozed_until": until });
        self.put(&format!("/conversations/{conversation}/status")).json(body).await.ok()["conversation"].clone()
    }

    /// Marks everything of a conversation as read.
    pub async fn has_read(&self, conversation: &str) {
        let seq = number_at(&self.opens(conversation).await, "conversation/last_seq");
        self.put(&format!("/conversations/{conversation}/seen")).json(json!({ "seq": seq })).await.ok();
    }

    pub async fn types(&self, conversation: &str, is_typing: bool, note: bool) {
        let data = json!({ "conversation": conversation, "is_typing": is_typing, "note": note });
        self.socket.send(json!({ "type": "typing", "data": data })).await;
    }

    /// Edits the contact of a conversation.
    pub async fn edits_contact_of(&self, conversation: &str, edit: Value) -> Value {
        let contact = text_at(&self.opens(conversation).await, "contact/uuid");
        self.put(&format!("/contacts/{contact}")).json(edit).await.ok()
    }

    pub async fn blocks_contact_of(&self, conversation: &str) {
        self.edits_contact_of(conversation, json!({ "blocked": true })).await;
    }

    pub async fn searches(&self, words: &str) -> Value {
        self.get(&format!("/search?q={}", encoded(words))).await.ok()
    }

    /// The session is over: told, closed, and every call is a 401.
    pub async fn is_shut_out(&self) {
        self.socket.hears_type("signed_out").await;
        assert_eq!(self.socket.ends().await, 4401);
        self.get("/session").await.denied(401);
    }
}

/// A text as it stands in a query.
pub fn encoded(text: &str) -> String {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
