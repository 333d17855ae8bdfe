//! Somebody outside: a tab with a session, a conversation and a socket. Opens a session with the first message and joins, as a widget does.

use super::form::Form;
use super::house::Shared;
use super::http::{Answer, Call, Client};
use super::socket::Socket;
use super::{number_at, text_at};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A visitor of one inbox.
pub struct Visitor {
    pub shared: Arc<Shared>,
    /// Carries the inbox header, and an origin or address when the visitor has one.
    pub client: Client,
    pub inbox: String,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    token: Option<String>,
    conversation: Option<String>,
    socket: Option<Arc<Socket>>,
    seq: i64,
}

impl Visitor {
    pub fn new(shared: Arc<Shared>, inbox: &str) -> Visitor {
        let client = Client::new(shared.address).with("x-libredesk-inbox-id", inbox);
        Visitor { shared, client, inbox: inbox.to_owned(), state: Mutex::default() }
    }

    /// The same person in another tab: same session, no socket yet.
    pub fn another_tab(&self) -> Visitor {
        let tab = Visitor { shared: self.shared.clone(), client: self.client.clone(), inbox: self.inbox.clone(), state: Mutex::default() };
        {
            let (mine, mut theirs) = (self.state(), tab.state());
            theirs.token.clone_from(&mine.token);
            theirs.conversation.clone_from(&mine.conversation);
            theirs.seq = mine.seq;
        }
        tab
    }

    /// As if from this address; the house must trust its proxy (`Options::behind_a_proxy`).
    pub fn from(mut self, ip: &str) -> Visitor {
        self.client = self.client.with("x-forwarded-for", ip);
        self
    }

    /// As if from a page of this origin.
    pub fn on(mut self, origin: &str) -> Visitor {
        self.client = self.client.with("origin", origin);
        self
    }

    /// Takes over a session.
    pub fn holding(self, token: &str) -> Visitor {
        self.hold(token);
        self
    }

    pub fn hold(&self, token: &str) {
        self.shared.keep_secret(token);
        self.state().token = Some(token.to_owned());
    }

    #[track_caller]
    pub fn token(&self) -> String {
        self.state().token.clone().expect("this visitor has no session yet")
    }

    #[track_caller]
    pub fn conversation(&self) -> String {
        self.state().conversation.clone().expect("this visitor has no conversation yet")
    }

    /// The newest change number any answer told.
    pub fn seq(&self) -> i64 {
        self.state().seq
    }

    /// Any call of the widget API, below `/api/v1/widget`, with the session when there is one.
    pub fn call(&self, method: &str, path: &str) -> Call {
        let call = self.client.call(method, &format!("/api/v1/widget{path}"));
        match &self.state().token {
            Some(token) => call.bearer(token),
            None => call,
        }
    }

    pub fn get(&self, path: &str) -> Call {
        self.call("GET", path)
    }

    pub fn post(&self, path: &str) -> Call {
        self.call("POST", path)
    }

    /// Begins a conversation; the whole answer. Keeps session and conversation, and joins.
    pub async fn starts_with(&self, body: Value) -> Value {
        let answer = self.post("/chat/conversations/init").json(body).await;
        let data = answer.data();
        self.began(&data, answer.seq());
        self.joins().await;
        data
    }

    pub async fn starts(&self, words: &str) -> Value {
        self.starts_with(json!({ "message": words })).await
    }

    /// Takes over what an `init` answered.
    pub fn began(&self, data: &Value, seq: i64) {
        if let Some(token) = data["session_token"].as_str() {
            self.hold(token);
        }
        let mut state = self.state();
        state.conversation = Some(text_at(data, "conversation/uuid"));
        state.seq = state.seq.max(seq);
    }

    /// Writes: the first message begins a conversation. Answers the stored message.
    pub async fn says(&self, words: &str) -> Value {
        if self.state().conversation.is_none() {
            return self.starts(words).await["messages"][0].clone();
        }
        let answer = self.tries_to_say(words).await;
        self.note(&answer);
        answer.data()
    }

    /// The same without insisting that it succeeds.
    pub async fn tries_to_say(&self, words: &str) -> Answer {
        let path = format!("/chat/conversations/{}/message", self.conversation());
        self.post(&path).json(json!({ "message": words })).await
    }

    /// Sends files into the conversation, in one message.
    pub async fn sends(&self, files: &[(&str, &[u8])]) -> Value {
        let answer = self.tries_to_send(files).await;
        self.note(&answer);
        answer.data()
    }

    pub async fn tries_to_send(&self, files: &[(&str, &[u8])]) -> Answer {
        let form = Form::new().text("conversation_uuid", &self.conversation());
        let form = files.iter().fold(form, |form, (name, bytes)| form.file(name, bytes));
        self.post("/media/upload").form(form).await
    }

    /// What the house calls this person inside.
    pub async fn contact(&self, house: &super::House) -> deskbell::model::event::Topic {
        let inbox = house.desk().inbox(deskbell::base::id::Uuid::parse(&self.inbox).expect("a uuid")).await.expect("the inbox");
        deskbell::model::event::Topic::Contact(house.desk().authenticate(&inbox, &self.token()).await.expect("a session").contact)
    }

    /// The open conversation as the widget fetches it.
    pub async fn thread(&self) -> Value {
        let answer = self.get(&format!("/chat/conversations/{}", self.conversation())).await;
        self.note(&answer);
        answer.data()
    }

    /// Texts of the open conversation, oldest first.
    pub async fn texts(&self) -> Vec<String> {
        let mut texts: Vec<String> =
            super::list_at(&self.thread().await, "messages").iter().map(|message| text_at(message, "text_content")).collect();
        texts.reverse();
        texts
    }

    pub async fn conversations(&self) -> Vec<Value> {
        let answer = self.get("/chat/conversations").await;
        self.note(&answer);
        answer.data().as_array().expect("always a list").clone()
    }

    pub async fn changes(&self, after: i64) -> Value {
        self.get(&format!("/chat/changes?after={after}")).await.data()
    }

    pub async fn has_seen_everything(&self) {
        let path = format!("/chat/conversations/{}/update-last-seen", self.conversation());
        assert_eq!(self.post(&path).await.data(), true);
    }

    pub async fn closes(&self) -> Answer {
        self.post(&format!("/chat/conversations/{}/close", self.conversation())).await
    }

    pub async fn logs_out(&self) {
        assert_eq!(self.post("/chat/auth/logout").await.data(), true);
    }

    /// Opens the socket and joins; answers the change number of `joined`.
    pub async fn joins(&self) -> i64 {
        self.joins_with(json!({ "inbox_id": self.inbox })).await
    }

    pub async fn joins_with(&self, data: Value) -> i64 {
        let socket = self.opens_socket().await.expect("the socket opens");
        socket.send(json!({ "type": "join", "token": self.token(), "data": data })).await;
        let joined = socket.hears("joined or error", |frame| frame["type"] == "joined" || frame["type"] == "error").await;
        assert_eq!(joined["type"], "joined", "{joined}");
        self.state().socket = Some(Arc::new(socket));
        number_at(&joined, "data/seq")
    }

    /// The bare socket, not joined.
    pub async fn opens_socket(&self) -> Result<Socket, u16> {
        Socket::open(self.shared.address, "/widget/ws", &self.client.headers).await
    }

    /// The line tears.
    pub fn loses_the_line(&self) {
        self.state().socket = None;
    }

    #[track_caller]
    pub fn socket(&self) -> Arc<Socket> {
        self.state().socket.clone().expect("this visitor has not joined")
    }

    /// Waits for a message with exactly this plain text; the message.
    pub async fn hears(&self, words: &str) -> Value {
        let fits = |frame: &Value| frame["type"] == "new_message" && frame["data"]["text_content"] == words;
        self.socket().hears(&format!("the message {words:?}"), fits).await["data"].clone()
    }

    /// Waits for a `conversation_update` that fits; its data.
    pub async fn hears_update(&self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let fits = |frame: &Value| frame["type"] == "conversation_update" && fits(&frame["data"]);
        self.socket().hears(what, fits).await["data"].clone()
    }

    pub async fn types(&self, is_typing: bool) {
        let data = json!({ "conversation_uuid": self.conversation(), "is_typing": is_typing });
        self.socket().send(json!({ "type": "typing", "data": data })).await;
    }

    pub async fn visits(&self, url: &str, title: &str) {
        self.socket().send(json!({ "type": "page_visit", "data": { "url": url, "title": title } })).await;
    }

    /// The session is over: told, closed, and every call is a 401.
    pub async fn is_shut_out(&self) {
        let socket = self.socket();
        socket.hears_type("session_ended").await;
        assert_eq!(socket.ends().await, 4401);
        self.get("/chat/auth/me").await.refused(401);
    }

    /// Whether anything heard so far, in any frame, contains this text.
    pub fn ever_heard(&self, text: &str) -> bool {
        self.socket().all().iter().any(|frame| frame.to_string().contains(text))
    }

    fn note(&self, answer: &Answer) {
        if let Some(seq) = answer.header("x-deskbell-seq").and_then(|seq| seq.parse().ok()) {
            let mut state = self.state();
            state.seq = state.seq.max(seq);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The work that a house under pressure asks for, done as a widget does it.
pub fn solve(asked: &Value) -> Value {
    use sha2::Digest;
    let (puzzle, bits) = (super::text_at(asked, "puzzle"), super::number_at(asked, "bits") as u32);
    let zeros = |hash: &[u8]| {
        let whole = hash.iter().take_while(|byte| **byte == 0).count();
        whole as u32 * 8 + hash.get(whole).map_or(0, |byte| byte.leading_zeros())
    };
    let nonce = (0u64..).find(|nonce| zeros(&sha2::Sha256::digest(format!("{puzzle}:{nonce}"))) >= bits).expect("there is one");
    json!({ "puzzle": puzzle, "nonce": nonce.to_string() })
}
