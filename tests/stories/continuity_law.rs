//! The law of continuity, for any course of events: random messages, looks, comings and goings, crashes at the worst moments, with moved time.
//!
//! A post office of the test's own stands in for SMTP. It delivers a mail once per name, as mail servers recognise a Message-ID, and crashes
//! after the delivery, or before it is noted, when the dice say so.

use super::support::*;
use deskbell::app;
use deskbell::base::clock::Clock;
use deskbell::base::config::RawConfig;
use deskbell::base::id::{AgentSessionId, ConversationId, MessageId, Uuid, new_token};
use deskbell::base::secret::Secret;
use deskbell::desk::Desk;
use deskbell::desk::agents::NewAgent;
use deskbell::desk::conversations::{Sender, Start};
use deskbell::desk::inboxes::InboxEdit;
use deskbell::desk::messages::{Incoming, Outgoing};
use deskbell::hub::Seat;
use deskbell::model::agent::{AgentSession, Role};
use deskbell::model::contact::Session;
use deskbell::model::inbox::Inbox;
use deskbell::model::job::Job;
use deskbell::model::letter::Letter;
use deskbell::model::mailbox::MailboxConfig;
use deskbell::store::{continuity, jobs, mailboxes};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const THRESHOLD: i64 = minutes(10);
const INTERVAL: i64 = minutes(15);
const MOST: usize = 3;

/// A small generator of its own, so that a failure names one number that repeats it.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// A mail that was delivered.
#[derive(Debug, Clone)]
struct Delivered {
    to_team: bool,
    at: i64,
    covers: Vec<MessageId>,
}

/// What happened to one message, as far as the law asks.
#[derive(Debug, Clone)]
struct Said {
    by_agent: bool,
    at: i64,
    /// When the other side had it on the screen.
    seen_at: Option<i64>,
}

struct World {
    desk: Desk,
    clock: Clock,
    inbox: Arc<Inbox>,
    agent: AgentSession,
    visitor: Session,
    conversation: Uuid,
    id: ConversationId,
    seat: Option<Seat>,
    /// When the agent was last online.
    online_at: Option<i64>,
    said: BTreeMap<MessageId, Said>,
    delivered: BTreeMap<String, Delivered>,
    dice: Dice,
    _house: app::House,
    _file: tempfile::TempDir,
}

impl World {
    async fn new(seed: u64) -> World {
        let file = tempfile::tempdir().expect("a temporary folder");
        let mut raw = RawConfig::default();
        raw.set("DATA_FILE", &file.path().join("deskbell.db").to_string_lossy()).expect("a key");
        let clock = Clock::default();
        let house = app::House::open(raw.resolve().expect("a configuration"), clock.clone()).await.expect("the house opens");
        let desk = house.desk.clone();
        let owner = NewAgent { email: "olga@house.example".into(), first_name: "Olga".into(), last_name: "O".into(), role: Role::Owner };
        let agent = desk.create_agent(owner, &Secret::new("correct horse battery")).await.expect("an owner");
        let agent = AgentSession { id: AgentSessionId(0), agent, csrf: String::new() };
        let mailbox = desk
            .store
            .write(|tx| {
                mailboxes::insert(tx, "Mail", true, &MailboxConfig { address: "chat@shop.example".into(), ..MailboxConfig::default() })
            })
            .await
            .expect("a mailbox");
        let config = json!({ "continuity": {
            "mailbox": mailbox.uuid.to_string(), "offline_threshold": "10m", "min_email_interval": "15m", "max_messages_per_email": MOST,
        } });
        let config = config.as_object().expect("an object").clone();
        let edit = InboxEdit { name: Some("Shop".into()), enabled: None, config };
        let inbox = desk.found_inbox(None, edit).await.expect("an inbox");
        let inbox = desk.inbox(inbox.uuid).await.expect("the inbox");
        let sender = Sender {
            ip: std::net::Ipv4Addr::LOCALHOST.into(),
            user_agent: String::new(),
            consent: false,
            locale: "en".into(),
            accept_language: String::new(),
        };
        let message = Incoming { text: "Hello, is anybody there?".into(), echo_id: Some(new_token()), ..Incoming::default() };
        let start = Start { message, form: Default::default(), button: String::new(), variables: None, sender, signs: Default::default() };
        let started = desk.begin(&inbox, None, start).await.expect("a conversation");
        let visitor = desk.authenticate(&inbox, &started.token.expect("a session")).await.expect("a session");
        let told = deskbell::desk::contacts::ContactEdit { email: Some("zoe@customer.example".into()), ..Default::default() };
        desk.edit_contact(&agent, started.contact.uuid, told).await.expect("an address");
        let first = Said { by_agent: false, at: clock.now(), seen_at: None };
        World {
            conversation: started.conversation.uuid,
            id: started.conversation.id,
            said: BTreeMap::from([(started.message.id, first)]),
            desk,
            clock,
            inbox,
            agent,
            visitor,
            seat: None,
            online_at: None,
            delivered: BTreeMap::new(),
            dice: Dice(seed),
            _house: house,
            _file: file,
        }
    }

    fn now(&self) -> i64 {
        self.clock.now()
    }

    /// Everything of the other side is on the screen.
    fn seen(&mut self, by_agent: bool) {
        let now = self.now();
        for said in self.said.values_mut().filter(|said| said.by_agent != by_agent) {
            said.seen_at.get_or_insert(now);
        }
    }

    /// Writing is looking.
    async fn answers(&mut self) {
        self.seen(true);
        let outgoing = Outgoing { body: "An answer.".into(), echo_id: Some(new_token()), ..Outgoing::default() };
        let (_, message) = self.desk.reply(&self.agent, self.conversation, outgoing).await.expect("an answer");
        self.said.insert(message.id, Said { by_agent: true, at: message.created_at, seen_at: None });
    }

    async fn asks(&mut self) {
        self.seen(false);
        let incoming = Incoming { text: "A question.".into(), echo_id: Some(new_token()), ..Incoming::default() };
        let message = self.desk.receive(&self.inbox, &self.visitor, self.conversation, incoming).await.expect("a message");
        self.said.insert(message.id, Said { by_agent: false, at: message.created_at, seen_at: None });
    }

    async fn step(&mut self) {
        match self.dice.roll(12) {
            0..=2 => self.answers().await,
            3..=5 => self.asks().await,
            6 => {
                self.desk.mark_seen_by_contact(&self.inbox, &self.visitor, self.conversation).await.expect("a look");
                self.seen(false);
            }
            7 => {
                let seq = self.desk.seq().await.expect("a number");
                self.desk.mark_seen_by_agent(&self.agent, self.conversation, seq).await.expect("a look");
                self.seen(true);
            }
            8 => match self.seat.take() {
                Some(seat) => {
                    drop(seat);
                    self.note_presence().await;
                }
                None => {
                    self.seat = Some(self.desk.seat_agent(&self.agent).await.expect("a seat"));
                    self.note_presence().await;
                }
            },
            _ => {
                let ahead = minutes(1 + self.dice.roll(9) as i64);
                self.goes_on(ahead).await;
            }
        }
        self.work().await;
    }

    /// Time passes in half minutes, and workers look at it.
    async fn goes_on(&mut self, ms: i64) {
        for _ in 0..ms / seconds(30) {
            self.clock.advance(seconds(30));
            self.note_presence().await;
            self.work().await;
        }
    }

    async fn note_presence(&mut self) {
        self.desk.sweep_presence().await.expect("a sweep");
        let here = self.desk.reach(self.agent.agent.id) == deskbell::model::agent::Reach::Online;
        if here {
            self.online_at = Some(self.now());
        }
    }

    /// The outbox: what is due is done, crashes and all.
    async fn work(&mut self) {
        loop {
            let claimed = self.desk.store.write(|tx| jobs::claim(tx, 8)).await.expect("a claim");
            if claimed.is_empty() {
                return;
            }
            for claimed in claimed {
                let went_well = match &claimed.job {
                    Job::Continuity { conversation, upto } => self.mails_contact(*conversation, *upto).await,
                    Job::TellTeam { conversation, upto } => self.mails_team(*conversation, *upto).await,
                    _ => true,
                };
                let backoff = seconds(5 + self.dice.roll(60) as i64);
                let write = move |tx: &deskbell::store::WriteTx| match went_well {
                    true => jobs::finish(tx, &claimed),
                    false => jobs::retry(tx, claimed.id, "crashed", tx.now + backoff),
                };
                self.desk.store.write(write).await.expect("an outcome");
            }
        }
    }

    async fn mails_contact(&mut self, conversation: i64, upto: Option<i64>) -> bool {
        let Some(due) = self.desk.due_to_contact(conversation, upto, Some("https://chat.example")).await.expect("a look") else {
            return true;
        };
        if !self.deliver(&due.key, &due.letter).await {
            return false;
        }
        if self.dice.roll(8) == 0 {
            return false;
        }
        self.desk.went_to_contact(conversation).await.expect("a note");
        true
    }

    async fn mails_team(&mut self, conversation: i64, upto: Option<i64>) -> bool {
        let Some(due) = self.desk.due_to_team(conversation, upto, None).await.expect("a look") else { return true };
        for one in &due.letters {
            if !self.deliver(&one.key, &one.letter).await {
                return false;
            }
        }
        if self.dice.roll(8) == 0 {
            return false;
        }
        self.desk.told_team(conversation, due.upto, Vec::new()).await.expect("a note");
        true
    }

    /// False: it crashed, perhaps after the mail was taken.
    async fn deliver(&mut self, key: &str, letter: &Letter) -> bool {
        if self.dice.roll(6) == 0 {
            return false;
        }
        let to_team = letter.kind == deskbell::model::letter::LetterKind::ToAgents;
        let mail = Delivered { to_team, at: self.now(), covers: letter.covers.clone() };
        let same = self.delivered.entry(key.to_owned()).or_insert_with(|| mail.clone());
        assert_eq!(same.covers, mail.covers, "a mail that is sent again under its name says what it said");
        // While the mail is under way, life goes on.
        match self.dice.roll(8) {
            0 => self.answers().await,
            1 => self.asks().await,
            _ => {}
        }
        if self.dice.roll(6) == 0 {
            return false;
        }
        let (kind, id, covers) = (letter.kind, self.id, letter.covers.clone());
        self.desk.store.write(move |tx| continuity::covered(tx, kind, id, &covers)).await.expect("a note");
        true
    }

    /// The law, at any moment.
    fn check(&self) {
        let mut carried: BTreeSet<(bool, MessageId)> = BTreeSet::new();
        for to_team in [false, true] {
            let mut mails: Vec<&Delivered> = self.delivered.values().filter(|mail| mail.to_team == to_team).collect();
            mails.sort_by_key(|mail| (mail.at, mail.covers.clone()));
            for pair in mails.windows(2) {
                // Row 48.
                assert!(pair[1].at - pair[0].at >= INTERVAL, "two mails are {} s apart", (pair[1].at - pair[0].at) / 1000);
                assert!(pair[0].covers.last() < pair[1].covers.first(), "oldest first");
            }
            for mail in mails {
                // Row 47.
                assert!((1..=MOST).contains(&mail.covers.len()), "{mail:?}");
                for id in &mail.covers {
                    let said = &self.said[id];
                    assert!(carried.insert((to_team, *id)), "no message is mailed twice");
                    assert_eq!(said.by_agent, !to_team, "to the contact go answers, to the team questions");
                }
                // Row 46: the oldest lay unseen for the threshold.
                let oldest = &self.said[&mail.covers[0]];
                assert!(mail.at - oldest.at >= THRESHOLD, "too early by {} s", (oldest.at + THRESHOLD - mail.at) / 1000);
            }
        }
    }

    /// When nothing happens any more, everything that nobody saw was mailed (rows 45, 128).
    async fn comes_to_rest(&mut self) {
        self.seat = None;
        self.goes_on(hours(6)).await;
        self.check();
        let mailed: BTreeSet<MessageId> = self.delivered.values().flat_map(|mail| mail.covers.clone()).collect();
        for (id, said) in &self.said {
            assert!(said.seen_at.is_some() || mailed.contains(id), "a message that nobody saw was lost: {said:?}");
        }
        let left = self.desk.store.read(continuity::waiting).await.expect("a count");
        assert_eq!(left, 0, "and nothing is owed any more");
    }
}

/// Rows 45 to 48, 128: for any course of events the mails keep to the law.
#[tokio::test(flavor = "multi_thread")]
async fn for_any_course_of_events_nothing_is_lost_nothing_comes_twice_too_early_or_too_close() {
    let mut mails = [0, 0];
    for seed in 0..24 {
        println!("seed {seed}");
        let mut world = World::new(seed).await;
        for _ in 0..40 {
            world.step().await;
            world.check();
        }
        world.comes_to_rest().await;
        world.delivered.values().for_each(|mail| mails[usize::from(mail.to_team)] += 1);
    }
    assert!(mails.into_iter().all(|count| count > 24), "the dice left out one direction: {mails:?}");
}
