//! Reaching us where sockets do not: calls that wait, the page without a script, links and codes that lead there.

#[path = "../support/binary.rs"]
mod binary;

use crate::support::*;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

/// A tab that cannot open sockets and lives on waiting calls alone.
struct Poller {
    visitor: Visitor,
    seq: AtomicI64,
    /// Every message frame that ever came, in order: uuid and text.
    heard: Mutex<Vec<(String, String)>>,
}

impl Poller {
    /// Begins a conversation without ever opening a socket.
    async fn begins(house: &House, words: &str) -> Poller {
        let visitor = house.visitor();
        let answer = visitor.post("/chat/conversations/init").json(json!({ "message": words })).await;
        let data = answer.data();
        let token = text_at(&data, "session_token");
        visitor.began(&data, answer.seq());
        assert_eq!(visitor.token(), token);
        Poller { visitor, seq: AtomicI64::new(answer.seq()), heard: Mutex::default() }
    }

    /// One call that waits; its answer.
    async fn asks(&self, wait: u32) -> Answer {
        let after = self.seq.load(Ordering::Relaxed);
        self.visitor.get(&format!("/chat/changes?after={after}&wait={wait}")).await
    }

    /// Takes an answer in, as the widget does: cursor forward, frames noted.
    fn takes(&self, answer: &Answer) -> Vec<Value> {
        let data = answer.data();
        assert_eq!(data["reload"], false, "{data}");
        self.seq.store(number_at(&data, "seq"), Ordering::Relaxed);
        let frames = list_at(&data, "frames");
        let mut heard = self.heard.lock().expect("nobody panics here");
        for frame in frames.iter().filter(|frame| frame["type"] == "new_message") {
            heard.push((text_at(frame, "data/uuid"), text_at(frame, "data/text_content")));
        }
        frames
    }

    /// Asks again and again until a frame fits.
    async fn hears(&self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        in_time(what, async {
            loop {
                let frames = self.takes(&self.asks(25).await);
                if let Some(found) = frames.into_iter().find(|frame| fits(frame)) {
                    return found;
                }
            }
        })
        .await
    }

    async fn hears_words(&self, words: &str) {
        self.hears(words, |frame| frame["type"] == "new_message" && frame["data"]["text_content"] == words).await;
    }

    async fn says(&self, words: &str) {
        self.visitor.tries_to_say(words).await.data();
    }
}

// The middle rung of the ladder: two people chat while one lives on waiting calls only.
#[tokio::test]
async fn two_people_chat_and_one_of_them_lives_on_waiting_calls() {
    let house = House::boot_with(Options::default().patient()).await;
    let agent = house.agent().await;
    let poller = Arc::new(Poller::begins(&house, "hello?").await);
    let conversation = poller.visitor.conversation();
    agent.sees("hello?").await;
    for turn in 0..10 {
        let (question, answer) = (format!("question {turn}"), format!("answer {turn}"));
        poller.says(&question).await;
        agent.sees(&question).await;
        let waiting = tokio::spawn({
            let (poller, answer) = (poller.clone(), answer.clone());
            async move { poller.hears_words(&answer).await }
        });
        agent.replies(&conversation, &answer).await;
        waiting.await.expect("the answer arrives");
    }
    let heard = poller.heard.lock().expect("nobody panics here").clone();
    let uuids: BTreeSet<&String> = heard.iter().map(|(uuid, _)| uuid).collect();
    assert_eq!(uuids.len(), heard.len(), "nothing is told twice: {heard:?}");
    let answers: Vec<&str> = heard.iter().map(|(_, text)| text.as_str()).filter(|text| text.starts_with("answer")).collect();
    assert_eq!(answers, (0..10).map(|turn| format!("answer {turn}")).collect::<Vec<_>>(), "nothing is lost, and in order");
}

#[tokio::test]
async fn a_call_with_news_does_not_wait_and_one_without_ends_after_its_time() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let poller = Poller::begins(&house, "hello?").await;
    agent.replies(&poller.visitor.conversation(), "at once").await;
    // 25 seconds are longer than the patience of nobody here: it answers because there is something.
    assert!(!poller.takes(&poller.asks(25).await).is_empty());
    // The reply also took the conversation; once all of that is told there is nothing left.
    let started = std::time::Instant::now();
    let mut frames = poller.takes(&poller.asks(1).await);
    while !frames.is_empty() {
        frames = poller.takes(&poller.asks(1).await);
    }
    assert!(started.elapsed() >= Duration::from_secs(1), "it waited");
    poller.visitor.get("/chat/changes?after=0&wait=soon").await.refused(400);
}

#[tokio::test]
async fn typing_is_heard_while_waiting() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let poller = Arc::new(Poller::begins(&house, "hello?").await);
    poller.takes(&poller.visitor.get(&format!("/chat/changes?after={}", poller.seq.load(Ordering::Relaxed))).await);
    let waiting = tokio::spawn({
        let poller = poller.clone();
        async move { poller.hears("typing", |frame| frame["type"] == "typing").await }
    });
    let contact = poller.visitor.contact(&house).await;
    house.until("the call waits", |desk| desk.hub.is_present(contact)).await;
    agent.types(&poller.visitor.conversation(), true, false).await;
    let frame = waiting.await.expect("typing is heard");
    assert_eq!(frame["data"]["author"]["type"], "agent");
    assert!(frame.get("seq").is_none(), "it has no number: {frame}");
}

#[tokio::test]
async fn whoever_waits_is_present_and_gone_after_the_grace() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let poller = Arc::new(Poller::begins(&house, "hello?").await);
    let waiting = tokio::spawn({
        let poller = poller.clone();
        async move { poller.asks(25).await }
    });
    agent.sees_frame("presence", "the visitor is here", |data| data["online"] == true && data.get("contact").is_some()).await;
    waiting.abort();
    let _ = waiting.await;
    let contact = poller.visitor.contact(&house).await;
    house.until("the torn call gives its seat back", |desk| !desk.hub.is_present(contact)).await;
    house.later(seconds(9)).await;
    agent.sees_frame("presence", "the visitor is gone", |data| data["online"] == false && data.get("contact").is_some()).await;
}

#[tokio::test]
async fn a_session_that_ends_ends_its_waiting_calls() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let poller = Arc::new(Poller::begins(&house, "hello?").await);
    let waiting = tokio::spawn({
        let poller = poller.clone();
        async move { poller.asks(25).await }
    });
    let contact = poller.visitor.contact(&house).await;
    house.until("the call waits", |desk| desk.hub.is_present(contact)).await;
    agent.blocks_contact_of(&poller.visitor.conversation()).await;
    waiting.await.expect("an answer").refused(401);
    poller.asks(25).await.refused(401);
}

#[tokio::test]
async fn a_house_that_stops_lets_nobody_wait_and_what_was_said_meanwhile_is_told_afterwards() {
    let house = House::boot().await;
    let poller = Arc::new(Poller::begins(&house, "hello?").await);
    let waiting = tokio::spawn({
        let poller = poller.clone();
        async move { poller.asks(25).await }
    });
    let contact = poller.visitor.contact(&house).await;
    house.until("the call waits", |desk| desk.hub.is_present(contact)).await;
    let started = std::time::Instant::now();
    let house = house.restarts(Options::default()).await;
    assert!(started.elapsed() < Duration::from_secs(8), "the stop did not wait for the call");
    poller.takes(&waiting.await.expect("an answer"));
    let agent = house.agent().await;
    agent.replies(&poller.visitor.conversation(), "we are back").await;
    // The same person at the new port.
    let moved = house.visitor().holding(&poller.visitor.token());
    let after = poller.seq.load(Ordering::Relaxed);
    let data = moved.get(&format!("/chat/changes?after={after}&wait=25")).await.data();
    let told = list_at(&data, "frames").into_iter().filter(|frame| frame["data"]["text_content"] == "we are back").count();
    assert_eq!(told, 1, "{data}");
}

#[tokio::test]
async fn one_session_may_let_only_a_few_calls_wait() {
    let house = House::boot().await;
    let poller = Arc::new(Poller::begins(&house, "hello?").await);
    let most = deskbell::base::limits::POLLS_PER_SESSION_MAX;
    let waiting: Vec<_> = (0..most)
        .map(|_| {
            let poller = poller.clone();
            tokio::spawn(async move { poller.asks(25).await })
        })
        .collect();
    house.until("they all wait", |desk| desk.hub.seats() == most).await;
    let refused = poller.asks(25).await;
    refused.refused(429);
    assert!(refused.header("retry-after").is_some());
    // Who does not want to wait is answered all the same.
    poller.asks(0).await.data();
    waiting.iter().for_each(|one| one.abort());
}

// Killed in the middle of everything: what was acknowledged is told after the restart, once.
#[test]
fn a_kill_loses_and_doubles_nothing_for_whoever_lives_on_waiting_calls() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("deskbell.db");
    let mut server = binary::Server::demo(&file);
    let inbox = server.inbox();
    let headers = [("x-libredesk-inbox-id", inbox.as_str()), ("content-type", "application/json")];
    let begin = json!({ "message": "hello?", "echo_id": echo_id() }).to_string();
    let answer = server.http().call("POST", "/api/v1/widget/chat/conversations/init", &headers, begin.as_bytes()).expect("an answer");
    let data = answer.json()["data"].clone();
    let (bearer, conversation) = (format!("Bearer {}", text_at(&data, "session_token")), text_at(&data, "conversation/uuid"));
    let mut seq: i64 = answer.header("x-deskbell-seq").and_then(|seq| seq.parse().ok()).expect("a number");
    let mut heard: Vec<String> = Vec::new();
    let mut said: Vec<String> = Vec::new();
    for round in 0..3 {
        let headers = [("x-libredesk-inbox-id", inbox.as_str()), ("content-type", "application/json"), ("authorization", bearer.as_str())];
        for n in 0..4 {
            let words = format!("words {round}.{n}");
            let body = json!({ "message": words, "echo_id": format!("echo-{round}-{n}") }).to_string();
            let path = format!("/api/v1/widget/chat/conversations/{conversation}/message");
            assert_eq!(server.http().call("POST", &path, &headers, body.as_bytes()).expect("an answer").status, 200);
            said.push(words);
            if n == 1 {
                server.kill();
                server = binary::Server::demo(&file);
            }
        }
        let path = format!("/api/v1/widget/chat/changes?after={seq}&wait=25");
        let data = server.http().call("GET", &path, &headers, b"").expect("an answer").json()["data"].clone();
        seq = number_at(&data, "seq");
        heard.extend(list_at(&data, "frames").iter().filter_map(|frame| frame["data"]["text_content"].as_str().map(str::to_owned)));
    }
    assert_eq!(heard, said);
}

/// The page without scripts, as a browser without scripts uses it: it sends exactly the fields of a form, follows the redirect, keeps
/// the cookie.
struct Reader<'h> {
    house: &'h House,
    path: String,
    cookie: Mutex<Option<String>>,
}

impl<'h> Reader<'h> {
    fn new(house: &'h House) -> Reader<'h> {
        Reader { house, path: format!("/chat/{}/plain", house.inbox), cookie: Mutex::default() }
    }

    fn cookie(&self) -> Option<String> {
        self.cookie.lock().expect("nobody panics here").clone()
    }

    fn call(&self, method: &str, path: &str) -> Call {
        let call = self.house.nobody().call(method, path).header("accept", "text/html");
        let call = if method == "POST" { call.header("origin", &self.house.origin()) } else { call };
        match self.cookie() {
            Some(cookie) => call.header("cookie", &cookie),
            None => call,
        }
    }

    async fn reads(&self, query: &str) -> String {
        let answer = self.call("GET", &format!("{}{query}", self.path)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert!(answer.header("content-security-policy").is_some_and(|policy| policy.starts_with("default-src 'none'")), "strict");
        assert!(answer.header("set-cookie").is_none(), "reading sets nothing");
        answer.text()
    }

    /// Fills in the form `number` of a page and sends it; nothing is followed yet.
    async fn sends(&self, page: &str, number: usize, filled: &[(&str, &str)], files: &[(&str, &[u8])]) -> Answer {
        let form = page.split("<form").nth(number + 1).and_then(|rest| rest.split("</form>").next()).expect("a form");
        let mut fields = Form::new();
        for (name, value) in hidden(form).iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(filled.iter().copied()) {
            fields = fields.text(name, value);
        }
        let fields = files.iter().fold(fields, |form, (name, bytes)| form.file(name, bytes));
        let answer = self.call("POST", &self.path).form(fields).await;
        if let Some(cookie) = answer.header("set-cookie") {
            for rule in ["HttpOnly", "SameSite=Strict", &format!("Path={}", self.path)] {
                assert!(cookie.contains(rule), "{cookie}");
            }
            let value = cookie.split(';').next().expect("a value").to_owned();
            self.house.shared.keep_secret(value.split_once('=').map_or("", |(_, token)| token));
            *self.cookie.lock().expect("nobody panics here") = Some(value).filter(|value| !value.ends_with('='));
        }
        answer
    }

    /// Writes, and reads what is shown then.
    async fn says(&self, page: &str, words: &str) -> String {
        // What a browser sends for a file field in which nothing was chosen.
        let answer = self.sends(page, 0, &[("message", words)], &[("", b"")]).await;
        self.follows(&answer).await
    }

    async fn follows(&self, answer: &Answer) -> String {
        assert_eq!(answer.status, 303, "{}", answer.text());
        let location = answer.header("location").expect("a place to go").split('#').next().expect("a path").to_owned();
        self.reads(location.strip_prefix(&self.path).expect("below the same path")).await
    }
}

/// The hidden fields of a form.
fn hidden(form: &str) -> Vec<(String, String)> {
    let value = |tag: &str, name: &str| Some(tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?.to_owned());
    let inputs = form.split("<input").skip(1).filter_map(|tag| tag.split('>').next()).filter(|tag| tag.contains("type=\"hidden\""));
    inputs.filter_map(|tag| Some((value(tag, "name")?, value(tag, "value")?))).collect()
}

// The last rung: a whole conversation without a script, at a link.
#[tokio::test]
async fn a_conversation_without_scripts() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let reader = Reader::new(&house);
    let page = reader.reads("").await;
    assert!(page.contains("<html lang=\"en") && page.contains("dir=\"ltr\"") && page.contains("<label for=\"p-message\""), "{page}");
    assert!(!page.contains("<script") && !page.contains("style="), "{page}");
    let page = reader.says(&page, "hello **there** <b>").await;
    assert!(reader.cookie().is_some());
    assert!(page.contains("hello <strong>there</strong> &lt;b&gt;"), "{page}");
    let seen = agent.sees("hello there <b>").await;
    let conversation = text_at(&seen, "conversation/uuid");
    agent.replies(&conversation, "Hi! See [this](https://shop.example/a).").await;
    let page = reader.reads("").await;
    assert!(page.contains("Olga") && page.contains("href=\"https://shop.example/a\""), "{page}");
    assert!(page.contains(" UTC</time>"), "{page}");
    // With a file, into the same conversation.
    let answer = reader.sends(&page, 0, &[("message", "")], &[("words.txt", b"some words")]).await;
    let page = reader.follows(&answer).await;
    let link = page.split("href=\"").find(|rest| rest.starts_with("/uploads/")).and_then(|rest| rest.split('"').next()).expect("a link");
    assert_eq!(house.get(&link.replace("&amp;", "&")).await.body, b"some words");
    assert_eq!(list_at(&agent.opens(&conversation).await, "messages").iter().filter(|message| message["kind"] == "incoming").count(), 2);
    // Forgetting ends the session itself.
    let forms = page.matches("<form").count();
    let old = reader.cookie().expect("a cookie");
    let answer = reader.sends(&page, forms - 1, &[], &[]).await;
    assert_eq!(answer.status, 303);
    assert!(reader.cookie().is_none());
    let again = house.get(&reader.path).header("cookie", &old).await;
    assert!(!again.text().contains("some words") && again.header("set-cookie").is_some_and(|cookie| cookie.contains("Max-Age=0")));
}

#[tokio::test]
async fn a_form_sent_twice_is_stored_once_and_a_foreign_one_not_at_all() {
    let house = House::boot().await;
    let reader = Reader::new(&house);
    let first_page = reader.reads("").await;
    // Twice before the first answer was there: the same person, the same conversation.
    let first = reader.sends(&first_page, 0, &[("message", "once")], &[]).await;
    *reader.cookie.lock().expect("nobody panics here") = None;
    let second = reader.sends(&first_page, 0, &[("message", "once")], &[]).await;
    assert_eq!((first.status, second.status), (303, 303));
    assert_eq!(first.header("location"), second.header("location"));
    let page = reader.reads("").await;
    for _ in 0..2 {
        reader.sends(&page, 0, &[("message", "twice")], &[]).await;
    }
    assert_eq!(house.count("SELECT count(*) FROM messages WHERE kind = 'incoming'"), 2);
    // From another site, from nowhere, without the ticket, with somebody else's.
    let cookie = reader.cookie().expect("a cookie");
    let fields = hidden(page.split("<form").nth(1).expect("a form"));
    let body = |skip: &str| {
        let kept = fields.iter().filter(|(name, _)| name != skip);
        kept.fold("message=evil".to_owned(), |body, (name, value)| format!("{body}&{name}={value}"))
    };
    let post = |body: String| {
        house.post(&reader.path).header("content-type", "application/x-www-form-urlencoded").header("cookie", &cookie).body(body)
    };
    for origin in ["https://evil.example", "null"] {
        let answer = post(body("")).header("origin", origin).await;
        assert_eq!(answer.status, 403, "{origin}");
        assert!(answer.text().contains("role=\"alert\""));
    }
    assert_eq!(post(body("")).header("referer", "https://evil.example/x").await.status, 403);
    assert_eq!(post(body("form")).header("origin", &house.origin()).await.status, 409);
    let stranger = Reader::new(&house);
    let theirs = hidden(stranger.reads("").await.split("<form").nth(1).expect("a form"));
    let swapped = theirs.iter().fold("message=evil".to_owned(), |body, (name, value)| format!("{body}&{name}={value}"));
    assert_eq!(post(swapped).header("origin", &house.origin()).await.status, 409);
    assert_eq!(house.count("SELECT count(*) FROM messages WHERE kind = 'incoming'"), 2);
    // A plain form (no files) and a browser that only says Referer are fine; and the same form with other words (somebody went back in
    // his browser) is another message.
    assert_eq!(post(body("")).header("referer", &format!("{}{}", house.origin(), reader.path)).await.status, 303);
    assert_eq!(house.count("SELECT count(*) FROM messages WHERE kind = 'incoming'"), 3);
    // The first form once more, now that its sender is known: the same first message, and nothing else.
    let again = reader.sends(&first_page, 0, &[("message", "once")], &[]).await;
    assert_eq!((again.status, again.header("location")), (303, second.header("location")));
    assert_eq!(reader.sends(&first_page, 0, &[("message", "something else")], &[]).await.status, 409);
    assert_eq!(house.count("SELECT count(*) FROM messages WHERE kind = 'incoming'"), 3);
}

#[tokio::test]
async fn what_was_typed_survives_a_refusal() {
    let house = House::boot().await;
    house
        .configure(json!({
            "prechat_form": { "enabled": true, "title": "About you", "fields": [
                { "key": "name", "type": "text", "label": "Name", "required": true, "is_default": true, "order": 1 },
                { "key": "plan", "type": "list", "label": "Plan", "values": ["free", "pro"], "required": true, "order": 2 },
            ] },
            "consent": { "enabled": true, "text": "I agree & more", "link_text": "Terms", "link_url": "https://shop.example/terms" },
        }))
        .await;
    let reader = Reader::new(&house);
    let page = reader.reads("").await;
    assert!(page.contains("I agree &amp; more") && page.contains("<option value=\"pro\""), "{page}");
    let answers = [("f.name", "Zo\"e"), ("f.plan", "gold"), ("message", "long & <dear> text"), ("consent", "1")];
    let refused = reader.sends(&page, 0, &answers, &[]).await;
    assert_eq!(refused.status, 400);
    let page = refused.text();
    assert!(
        page.contains("role=\"alert\"") && page.contains("long &amp; &lt;dear&gt; text") && page.contains("value=\"Zo&quot;e\""),
        "{page}"
    );
    assert!(page.contains("aria-invalid=\"true\"") && page.contains("href=\"#p-plan\""), "{page}");
    assert!(reader.cookie().is_none(), "nothing is remembered before the first message");
    let answers = [("f.name", "Zoe"), ("f.plan", "pro"), ("message", "long text")];
    let refused = reader.sends(&page, 0, &answers, &[("a.txt", b"x")]).await;
    assert!(refused.text().contains("agree") && refused.text().contains("choose the files again"), "{}", refused.text());
    let answer = reader.sends(&refused.text(), 0, &[answers[0], answers[1], answers[2], ("consent", "1")], &[]).await;
    reader.follows(&answer).await;
    assert_eq!(house.count("SELECT count(*) FROM consents"), 1);
    assert_eq!(house.count("SELECT count(*) FROM contacts WHERE first_name = 'Zoe'"), 1);
}

// rows 119–124: who must say first who he is, does it here in pages; whoever needs a token is told where.
#[tokio::test]
async fn the_code_is_asked_for_in_pages() {
    let house = House::boot().await;
    house.configure(json!({ "access": "identify" })).await;
    let reader = Reader::new(&house);
    let page = reader.reads("").await;
    assert!(page.contains("We cannot send codes by e-mail right now.") && !page.contains("name=\"email\""), "no code would come: {page}");
    let smtp = json!({ "host": "127.0.0.1", "port": 1, "security": "none" });
    let mailbox = json!({ "name": "Mail", "enabled": true, "config": { "address": "chat@shop.example", "smtp": smtp } });
    house.agent().await.post("/mailboxes").json(mailbox).await.ok();
    let page = reader.reads("").await;
    assert!(!page.contains("name=\"message\""), "{page}");
    let refused = reader.sends(&page, 0, &[("name", "Zoe"), ("email", "nonsense")], &[]).await;
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains("value=\"nonsense\""), "{}", refused.text());
    let answer = reader.sends(&refused.text(), 0, &[("name", "Zoe"), ("email", "zoe@example.com")], &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let page = answer.text();
    assert!(page.contains("zoe@example.com") && page.contains("one-time-code"), "{page}");
    let wrong = reader.sends(&page, 0, &[("code", "000000")], &[]).await;
    assert_eq!(wrong.status, 400, "{}", wrong.text());
    let page = wrong.text();
    assert!(page.contains("one-time-code") && reader.cookie().is_none(), "still at the code: {page}");
    let code: String = {
        let file = rusqlite::Connection::open(house.file_path()).expect("the file opens");
        let payload: String =
            file.query_row("SELECT payload FROM jobs ORDER BY id DESC LIMIT 1", [], |row| row.get(0)).expect("a mail is owed");
        let digits: Vec<char> = payload.chars().collect();
        let at = digits.windows(6).position(|six| six.iter().all(char::is_ascii_digit)).expect("a code");
        digits[at..at + 6].iter().collect()
    };
    let answer = reader.sends(&page, 0, &[("code", &code)], &[]).await;
    let page = reader.follows(&answer).await;
    assert!(page.contains("name=\"message\""), "{page}");
    let page = reader.says(&page, "it is me").await;
    assert!(page.contains("it is me"), "{page}");
    house.configure(json!({ "access": "verified", "website_url": "https://shop.example/" })).await;
    let page = Reader::new(&house).reads("").await;
    assert!(!page.contains("<form") && page.contains("https://shop.example/"), "{page}");
}

#[tokio::test]
async fn the_page_of_its_own_is_open_to_all_but_the_blocked() {
    let house = House::boot_with(Options::default().behind_a_proxy()).await;
    house.configure(json!({ "trusted_domains": ["shop.example"], "blocked_ips": ["203.0.113.0/24"], "brand_name": "Ada & <Co>" })).await;
    let path = format!("/chat/{}", house.inbox);
    let page = house.get(&path).await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("<title>Ada &amp; &lt;Co&gt;</title>"), "{}", page.text());
    assert!(page.text().contains(&format!("<noscript><a href=\"{path}/plain\">")), "{}", page.text());
    assert!(page.header("content-security-policy").is_some_and(|policy| policy.contains("frame-ancestors 'none'")));
    let reader = Reader::new(&house);
    let page = reader.reads("").await;
    reader.says(&page, "trusted domains do not matter here").await;
    for path in [path.clone(), format!("{path}/plain")] {
        assert_eq!(house.get(&path).header("x-forwarded-for", "203.0.113.9").await.status, 403);
        assert_eq!(house.get(&path.replace(&house.inbox, "00000000-0000-4000-8000-000000000000")).await.status, 404);
        assert_eq!(house.get(&path.replace(&house.inbox, "nonsense")).await.status, 404);
    }
    let agent = house.agent().await;
    agent.put(&format!("/inboxes/{}", house.inbox)).json(json!({ "enabled": false })).await.ok();
    assert_eq!(house.get(&path).await.status, 404);
    assert_eq!(house.get(&format!("{path}/plain")).await.status, 404);
}

#[tokio::test]
async fn buttons_of_cards_work_without_scripts() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let reader = Reader::new(&house);
    let page = reader.reads("").await;
    reader.says(&page, "which?").await;
    let conversation = text_at(&agent.sees("which?").await, "conversation/uuid");
    let rich = json!({ "template": "quick_replies", "elements": [{ "title": "Pick", "buttons": [
        { "type": "message", "text": "A <b>", "value": "I take A", "postback_id": "a" }, { "type": "url", "text": "Help", "value": "https://x.example/" } ] }] });
    let message = agent.writes(&conversation, json!({ "kind": "reply", "rich": rich })).await.ok()["message"]["uuid"].clone();
    let page = reader.reads("").await;
    assert!(page.contains("A &lt;b&gt;</button>") && page.contains("https://x.example/"), "{page}");
    let press = format!("{}:a", message.as_str().expect("a uuid"));
    let answer = reader.sends(&page, 0, &[("press", &press)], &[]).await;
    reader.follows(&answer).await;
    assert_eq!(agent.sees("I take A").await["message"]["postback"]["postback_id"], "a");
    let page = reader.reads("").await;
    assert_eq!(reader.sends(&page, 0, &[("press", &press.replace(":a", ":b"))], &[]).await.status, 404);
}

// Embed codes of others, inboxes by their number, the link as a code to hold up.
#[tokio::test]
async fn links_codes_and_numbers_lead_here() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let inbox = &list_at(&agent.get("/inboxes").await.ok(), "inboxes")[0];
    let number = number_at(inbox, "number");
    let script = house.get(&format!("/w/{number}.js")).await;
    assert!(script.text().contains(&house.inbox), "{}", script.text());
    assert!(house.get("/w/99999.js").await.text().starts_with("console.error("));
    let launcher = house.get(&format!("/api/v1/widget/chat/settings/launcher?license={number}")).await.data();
    assert!(launcher["launcher"].is_object());
    house.get("/api/v1/widget/chat/settings/launcher?license=99999").await.refused(400);
    for (path, asset) in [
        ("/static/widgets/v1/seggwat-feedback.js", "embed/seggwat.js"),
        ("/en/chat/widget.js", "embed/supportpal.js"),
        ("/de/chat/widget.js", "embed/supportpal.js"),
        ("/tracking.js", "embed/livechat.js"),
    ] {
        let answer = house.get(path).await;
        let there = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets").join(asset).exists();
        assert_eq!(answer.status, if there { 200 } else { 404 }, "{path}");
        if there {
            let etag = answer.header("etag").expect("a tag").to_owned();
            assert_eq!(answer.header("cache-control"), Some("public, no-cache"));
            assert_eq!(house.get(path).header("if-none-match", &etag).await.status, 304);
        }
    }
    assert_eq!(house.get("/../chat/widget.js").await.status, 404);
    let code = agent.get(&format!("/inboxes/{}/qr", house.inbox)).await;
    assert_eq!((code.status, code.header("content-type")), (200, Some("image/svg+xml")));
    assert!(code.text().starts_with("<svg ") && !code.text().contains("<script"));
    house.get(&format!("/api/desk/inboxes/{}/qr", house.inbox)).await.denied(401);
}

// security rows 1, 2: the corpus of hostile strings stays text on the page without scripts and in every rendering of the API.
#[tokio::test]
async fn hostile_strings_are_text_on_the_page_without_scripts() {
    let house = House::boot_with(Options::default().patient()).await;
    let agent = house.agent().await;
    let payloads: Vec<&str> = include_str!("../fixtures/payloads.txt").lines().filter(|line| !line.trim().is_empty()).collect();
    // Labels and the brand: what an admin types is text as well.
    let fields: Vec<Value> = payloads.iter().take(25).enumerate().map(|(n, payload)| {
        json!({ "key": format!("k{n}"), "type": if n % 2 == 0 { "text" } else { "list" }, "label": payload, "placeholder": payload, "values": [payload], "order": n })
    }).collect();
    let odd = payloads.iter().find(|payload| payload.contains("<script")).expect("a payload");
    house
        .configure(json!({
            "brand_name": odd, "introduction_message": odd, "prechat_form": { "enabled": true, "title": odd, "fields": fields },
            "consent": { "enabled": true, "text": odd, "link_text": odd, "link_url": "https://x.example/" },
        }))
        .await;
    let reader = Reader::new(&house);
    let begin = reader.reads("").await;
    assert_harmless(&begin);
    assert_harmless(&house.get(&format!("/chat/{}", house.inbox)).await.text().replacen("<script type=\"module\"", "<module", 1).replacen(
        "</script>",
        "",
        1,
    ));
    let answer = reader.sends(&begin, 0, &[("message", payloads[0]), ("f.name", odd), ("consent", "1")], &[]).await;
    let mut page = reader.follows(&answer).await;
    for payload in &payloads {
        assert_harmless(&page);
        let name = format!("{payload}.txt");
        let answer = reader.sends(&page, 0, &[("message", payload)], &[(name.as_str(), b"x")]).await;
        page = match answer.status {
            303 => reader.follows(&answer).await,
            // Refused (an empty or forbidden name): the page with the error shows it as text too.
            _ => {
                assert_harmless(&answer.text());
                reader.reads("").await
            }
        };
    }
    assert_harmless(&page);
    // The same words through both doors of the API: one rendering, the same for both sides.
    let conversation = list_at(&agent.list("status=open").await, "conversations")[0]["uuid"].as_str().expect("a uuid").to_owned();
    let token = reader.cookie().and_then(|cookie| cookie.split_once('=').map(|(_, token)| token.to_owned())).expect("a session");
    let theirs = house.visitor().holding(&token).get(&format!("/chat/conversations/{conversation}?limit=100")).await.data();
    let ours = agent.get(&format!("/conversations/{conversation}/messages?limit=100")).await.ok();
    let by_uuid = |list: Vec<Value>| {
        list.into_iter().map(|message| (text_at(&message, "uuid"), text_at(&message, "html"))).collect::<std::collections::BTreeMap<_, _>>()
    };
    let (theirs, ours) = (by_uuid(list_at(&theirs, "messages")), by_uuid(list_at(&ours, "messages")));
    assert!(theirs.len() > 50);
    for (uuid, html) in theirs.iter().filter(|(uuid, _)| ours.contains_key(*uuid)) {
        assert_eq!(html, &ours[uuid], "decision 10: both sides see the same");
        assert_harmless(html);
    }
}

/// No tag but ours, no handler, no address with a scheme of its own: read tag by tag, as a browser would find them.
#[track_caller]
fn assert_harmless(page: &str) {
    const TAGS: &str = " !doctype html head meta title link body main h1 h2 p a div section ol ul li time bdi form input textarea label button select option span nav \
                        br strong em code pre blockquote del hr img noscript module ";
    for tag in page.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        let name = tag.trim_start_matches('/').split([' ', '\n']).next().unwrap_or_default().to_ascii_lowercase();
        assert!(TAGS.contains(&format!(" {name} ")), "<{tag}> in {page}");
        // Between quotes there is no quote: whatever stands outside of them is ours.
        let outside: String = tag.split('"').step_by(2).collect();
        assert!(!outside.contains('\'') && !outside.to_ascii_lowercase().contains(" on"), "<{tag}>");
        for (index, value) in tag.split('"').enumerate().filter(|(index, _)| index % 2 == 1) {
            let attribute = tag.split('"').nth(index - 1).unwrap_or_default();
            if [" href=", " src=", " action="].iter().any(|ends| attribute.ends_with(ends)) {
                let lower = value.to_ascii_lowercase();
                let known = ["/", "?", "#", "http://", "https://", "mailto:", "data:,"].iter().any(|start| lower.starts_with(start));
                assert!(known && !lower.starts_with("//"), "<{tag}>");
            }
        }
    }
}

// In the language that its address names: every form and every way on keeps it, and an answer is the choice as it was typed.
#[tokio::test]
async fn the_page_without_scripts_stays_in_its_language() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let fields = json!([{ "key": "plan", "label": "Plan", "type": "list", "required": true, "enabled": true, "values": ["free", "pro"] }]);
    let config = json!({ "prechat_form": { "enabled": true, "fields": fields } });
    agent.put(&format!("/inboxes/{}", house.inbox)).json(json!({ "config": config })).await.ok();
    let texts = json!({ "set.field.plan.values": "Gratis\nProfi", "set.field.plan.label": "Tarif" });
    agent.put(&format!("/inboxes/{}/translations/de", house.inbox)).json(json!({ "texts": texts })).await.ok();
    let reader = Reader::new(&house);
    let page = reader.reads("?lang=de").await;
    assert!(page.contains("<html lang=\"de") && page.contains("<option value=\"pro\">Profi</option>"), "{page}");
    let action = format!("{}?lang=de", reader.path);
    assert!(page.contains(&format!("action=\"{action}\"")), "{page}");
    let sends = async |page: &str, filled: &[(&str, &str)]| {
        let form = page.split("<form").nth(1).and_then(|rest| rest.split("</form>").next()).expect("a form");
        let fields = hidden(form).into_iter().chain(filled.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let fields = fields.fold(Form::new(), |form, (name, value)| form.text(&name, &value));
        reader.call("POST", &action).form(fields).await
    };
    let refused = sends(&page, &[("message", "hallo")]).await;
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains("Bitte füllen Sie „Tarif“ aus."), "{}", refused.text());
    let refused = sends(&page, &[("message", "hallo"), ("f.plan", "Profi")]).await;
    assert!(refused.text().contains("Bitte wählen Sie bei „Tarif“"), "{}", refused.text());
    let sent = sends(&page, &[("message", "hallo"), ("f.plan", "pro")]).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    assert!(sent.header("location").is_some_and(|to| to.starts_with(&format!("{action}&c="))), "{:?}", sent.header("location"));
    agent.sees("hallo").await;
    let cookie = sent.header("set-cookie").and_then(|cookie| cookie.split(';').next()).expect("a session").to_owned();
    house.shared.keep_secret(cookie.split_once('=').map_or("", |(_, token)| token));
    let page = house.get(&action).header("cookie", &cookie).await.text();
    let ways: Vec<&str> = page.split(&format!("\"{}", reader.path)).skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(ways.len() > 2 && ways.iter().all(|way| way.starts_with("?lang=de")), "{ways:?}");
    // Nothing but a code comes back from an address.
    let odd = house.get(&format!("{}?lang=de%22%3E%3Cb%3E", reader.path)).await.text();
    assert!(!odd.contains("<b>") && !odd.contains("?lang="), "{odd}");
}
