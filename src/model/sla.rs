//! What was promised about time: how soon a first answer comes, how soon the next one, how soon it is settled.
//!
//! The clocks of a conversation are a pure function of where it stands (`settle`), so that it never matters in which order things happened
//! or whether a hook was called twice:
//! * *first* runs from the contact's first words until somebody inside answers. What the house says by itself is no answer.
//! * *next* runs from words that wait for an answer until it comes; every time anew.
//! * *resolution* runs from the beginning until it is resolved. It rests while the conversation waits for the contact or is snoozed, and
//!   while it is resolved: opened again it goes on where it stood.
//!
//! Neither snoozing nor `waiting` stops the first two: what the contact hears is what was promised. All of them count open hours only,
//! where the promise names hours.

use crate::base::clock::Millis;
use crate::base::id::{HoursId, SlaId, Uuid};
use crate::model::conversation::Status;
use crate::model::hours::Plan;

/// What can be promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Clock {
    /// A first answer.
    First,
    /// The answer to the latest words.
    Next,
    /// That it is settled.
    Resolution,
}

impl Clock {
    /// All of them.
    pub const ALL: [Clock; 3] = [Clock::First, Clock::Next, Clock::Resolution];

    /// The word of the database and of the wires.
    pub fn as_str(self) -> &'static str {
        match self {
            Clock::First => "first",
            Clock::Next => "next",
            Clock::Resolution => "resolution",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Clock> {
        Clock::ALL.into_iter().find(|clock| clock.as_str() == text)
    }

    /// What was promised, for people: "the first answer".
    pub fn noun(self) -> &'static str {
        match self {
            Clock::First => "first answer",
            Clock::Next => "next answer",
            Clock::Resolution => "resolution",
        }
    }
}

/// A promise as it is stored.
#[derive(Debug, Clone)]
pub struct Sla {
    pub id: SlaId,
    pub uuid: Uuid,
    pub name: String,
    pub terms: Terms,
    /// Its own hours; `None` counts around the clock.
    pub hours: Option<(HoursId, Uuid)>,
}

/// How long each may take, in seconds; `None` promises nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Terms {
    pub first_s: Option<i64>,
    pub next_s: Option<i64>,
    pub resolution_s: Option<i64>,
    /// When to warn, as a part of the time: 1 to 99.
    pub warn_percent: i64,
}

impl Terms {
    fn of(&self, clock: Clock) -> Option<i64> {
        match clock {
            Clock::First => self.first_s,
            Clock::Next => self.next_s,
            Clock::Resolution => self.resolution_s,
        }
    }
}

/// A running, resting or finished clock of one conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    pub clock: Clock,
    pub due_at: Millis,
    pub warn_at: Millis,
    pub warned_at: Option<Millis>,
    /// Kept, or settled too late.
    pub met_at: Option<Millis>,
    pub breached_at: Option<Millis>,
    /// Resting since then: what was left then is left when it goes on.
    pub paused_at: Option<Millis>,
}

impl Deadline {
    /// Whether it still counts down.
    pub fn runs(&self) -> bool {
        self.met_at.is_none() && self.paused_at.is_none()
    }
}

/// Where a conversation stands, as far as clocks care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub status: Status,
    pub is_snoozed: bool,
    pub created_at: Millis,
    /// Since when the contact waits for an answer.
    pub waiting_since: Option<Millis>,
    /// When somebody inside first answered.
    pub first_reply_at: Option<Millis>,
}

/// What the clocks of a conversation are, given what they were and where it stands now.
pub fn settle(terms: &Terms, hours: Option<&Plan>, before: &[Deadline], standing: &Standing, now: Millis) -> Vec<Deadline> {
    Clock::ALL
        .into_iter()
        .filter_map(|clock| {
            let known = before.iter().find(|deadline| deadline.clock == clock).copied();
            match terms.of(clock) {
                Some(seconds) => {
                    let run = Run { clock, ms: seconds * 1000, warn_percent: terms.warn_percent, hours, now };
                    match clock {
                        Clock::First => run.first(known, standing),
                        Clock::Next => run.next(known, standing),
                        Clock::Resolution => run.resolution(known, standing),
                    }
                }
                // Nothing is promised (any more); what was broken stays on record.
                None => known
                    .filter(|deadline| deadline.breached_at.is_some())
                    .map(|deadline| Deadline { met_at: deadline.met_at.or(Some(now)), ..deadline }),
            }
        })
        .collect()
}

struct Run<'a> {
    clock: Clock,
    ms: Millis,
    warn_percent: i64,
    hours: Option<&'a Plan>,
    now: Millis,
}

impl Run<'_> {
    fn first(&self, known: Option<Deadline>, standing: &Standing) -> Option<Deadline> {
        match (known, standing.first_reply_at, standing.waiting_since) {
            (Some(known), Some(replied), _) => Some(met(known, replied)),
            // Settled without a word: nothing is owed any more, and nothing was kept either.
            (Some(known), None, _) if standing.status == Status::Resolved => left(known, self.now),
            (Some(known), None, Some(since)) if known.met_at.is_some() => self.begin(since),
            (Some(known), None, _) => Some(known),
            (None, None, Some(since)) if standing.status != Status::Resolved => self.begin(since),
            (None, _, _) => None,
        }
    }

    fn next(&self, known: Option<Deadline>, standing: &Standing) -> Option<Deadline> {
        let waits = standing.waiting_since.filter(|_| standing.first_reply_at.is_some() && standing.status != Status::Resolved);
        match (known, waits) {
            (Some(known), Some(since)) if known.met_at.is_some() => self.begin(since),
            (Some(known), Some(_)) => Some(known),
            (Some(known), None) if standing.status == Status::Resolved && known.met_at.is_none() => left(known, self.now),
            (Some(known), None) => Some(met(known, self.now)),
            (None, Some(since)) => self.begin(since),
            (None, None) => None,
        }
    }

    fn resolution(&self, known: Option<Deadline>, standing: &Standing) -> Option<Deadline> {
        let known = match known {
            Some(known) => known,
            None if standing.status == Status::Resolved => return None,
            None => self.begin(standing.created_at)?,
        };
        let rests = standing.is_snoozed || standing.status == Status::Waiting;
        Some(match standing.status {
            Status::Resolved => Deadline { paused_at: None, ..met(known, known.paused_at.unwrap_or(self.now)) },
            // A broken promise is broken; there is nothing to count any more.
            Status::Open | Status::Waiting if known.breached_at.is_some() => Deadline { met_at: None, paused_at: None, ..known },
            Status::Open | Status::Waiting if rests => {
                Deadline { met_at: None, paused_at: known.paused_at.or(known.met_at).or(Some(self.now)), ..known }
            }
            Status::Open | Status::Waiting => match known.paused_at.or(known.met_at) {
                Some(since) => self.resume(known, since),
                None => known,
            },
        })
    }

    fn begin(&self, since: Millis) -> Option<Deadline> {
        let due_at = self.after(since, self.ms)?;
        let warn_at = self.after(since, self.ms / 100 * self.warn_percent)?.min(due_at);
        Some(Deadline { clock: self.clock, due_at, warn_at, warned_at: None, met_at: None, breached_at: None, paused_at: None })
    }

    fn resume(&self, known: Deadline, since: Millis) -> Deadline {
        let moved = |at: Millis| self.after(self.now, self.between(since, at)).unwrap_or(at);
        let warn_at = if known.warned_at.is_some() { known.warn_at } else { moved(known.warn_at) };
        Deadline { due_at: moved(known.due_at), warn_at, met_at: None, paused_at: None, ..known }
    }

    fn after(&self, from: Millis, ms: Millis) -> Option<Millis> {
        match self.hours {
            Some(plan) => plan.after_open(from, ms),
            None => Some(from + ms),
        }
    }

    fn between(&self, from: Millis, until: Millis) -> Millis {
        match self.hours {
            Some(plan) => plan.open_between(from, until),
            None => (until - from).max(0),
        }
    }
}

fn met(known: Deadline, at: Millis) -> Deadline {
    Deadline { met_at: known.met_at.or(Some(at)), ..known }
}

fn left(known: Deadline, now: Millis) -> Option<Deadline> {
    (known.breached_at.is_some() || known.met_at.is_some()).then(|| met(known, now))
}

/// The nearest running clock, as lists show it: what is broken already comes before what may still be kept.
pub fn nearest(deadlines: &[Deadline]) -> Option<&Deadline> {
    deadlines.iter().filter(|deadline| deadline.runs()).min_by_key(|deadline| deadline.due_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Millis = 60_000;
    const TERMS: Terms = Terms { first_s: Some(600), next_s: Some(1200), resolution_s: Some(6000), warn_percent: 80 };

    fn waiting(since: Millis) -> Standing {
        Standing { status: Status::Open, is_snoozed: false, created_at: 0, waiting_since: Some(since), first_reply_at: None }
    }

    fn told(before: &[Deadline], standing: Standing, minute: Millis) -> Vec<Deadline> {
        let after = settle(&TERMS, None, before, &standing, minute * MINUTE);
        assert_eq!(settle(&TERMS, None, &after, &standing, minute * MINUTE), after, "twice is once");
        after
    }

    fn of(deadlines: &[Deadline], clock: Clock) -> Deadline {
        *deadlines.iter().find(|deadline| deadline.clock == clock).expect("this clock")
    }

    #[test]
    fn a_conversation_from_its_first_words_to_its_end() {
        let begun = told(&[], waiting(0), 0);
        assert_eq!(begun.len(), 2, "nothing to answer a second time yet");
        assert_eq!((of(&begun, Clock::First).due_at, of(&begun, Clock::First).warn_at), (10 * MINUTE, 8 * MINUTE));
        assert_eq!(nearest(&begun).map(|nearest| nearest.clock), Some(Clock::First));
        let replied = Standing { waiting_since: None, first_reply_at: Some(5 * MINUTE), ..waiting(0) };
        let answered = told(&begun, replied, 5);
        assert_eq!(of(&answered, Clock::First).met_at, Some(5 * MINUTE));
        assert_eq!(nearest(&answered).map(|nearest| nearest.clock), Some(Clock::Resolution));
        let asks_again = Standing { waiting_since: Some(30 * MINUTE), ..replied };
        let again = told(&answered, asks_again, 30);
        assert_eq!(of(&again, Clock::Next).due_at, 50 * MINUTE);
        assert_eq!(told(&again, asks_again, 35), again, "more words of the same person begin nothing anew");
        let settled = told(&again, replied, 40);
        assert_eq!(of(&settled, Clock::Next).met_at, Some(40 * MINUTE));
        let third = told(&settled, Standing { waiting_since: Some(60 * MINUTE), ..replied }, 60);
        assert_eq!((of(&third, Clock::Next).due_at, of(&third, Clock::Next).met_at), (80 * MINUTE, None), "every time anew");
    }

    #[test]
    fn resolution_rests_while_the_other_side_is_awaited_and_goes_on_where_it_stood() {
        let replied = Standing { waiting_since: None, first_reply_at: Some(0), ..waiting(0) };
        let begun = told(&[], replied, 0);
        assert_eq!(of(&begun, Clock::Resolution).due_at, 100 * MINUTE);
        let rests = told(&begun, Standing { status: Status::Waiting, ..replied }, 10);
        assert!(nearest(&rests).is_none());
        let still = told(&rests, Standing { is_snoozed: true, ..replied }, 20);
        assert_eq!(of(&still, Clock::Resolution).paused_at, Some(10 * MINUTE));
        let on = told(&still, replied, 30);
        assert_eq!((of(&on, Clock::Resolution).due_at, of(&on, Clock::Resolution).warn_at), (120 * MINUTE, 100 * MINUTE));
        let resolved = told(&on, Standing { status: Status::Resolved, ..replied }, 40);
        assert_eq!(of(&resolved, Clock::Resolution).met_at, Some(40 * MINUTE));
        let reopened = told(&resolved, Standing { waiting_since: Some(140 * MINUTE), ..replied }, 140);
        assert_eq!(of(&reopened, Clock::Resolution).due_at, 220 * MINUTE, "80 minutes were left");
        let rests_resolved = told(&rests, Standing { status: Status::Resolved, ..replied }, 90);
        assert_eq!(of(&rests_resolved, Clock::Resolution).met_at, Some(10 * MINUTE), "resting is not late");
    }

    #[test]
    fn what_is_broken_stays_broken_and_what_nobody_waits_for_is_not_owed() {
        let begun = told(&[], waiting(0), 0);
        let broken: Vec<Deadline> =
            begun.iter().map(|one| Deadline { warned_at: Some(8), breached_at: Some(10 * MINUTE), ..*one }).collect();
        let late = told(&broken, Standing { waiting_since: None, first_reply_at: Some(11 * MINUTE), ..waiting(0) }, 11);
        assert_eq!((of(&late, Clock::First).met_at, of(&late, Clock::First).breached_at), (Some(11 * MINUTE), Some(10 * MINUTE)));
        let closed = Standing { status: Status::Resolved, waiting_since: None, ..waiting(0) };
        let nothing_owed = told(&begun, closed, 3);
        assert!(nothing_owed.iter().all(|one| one.clock == Clock::Resolution), "resolved without a word: no answer was kept or broken");
        let kept_on_record = told(&broken, closed, 20);
        assert_eq!(kept_on_record.len(), 2);
        let reopened = told(&nothing_owed, waiting(60 * MINUTE), 60);
        assert_eq!(of(&reopened, Clock::First).due_at, 70 * MINUTE);
        assert!(told(&[], closed, 3).is_empty());
        let greeted = Standing { waiting_since: None, ..waiting(0) };
        assert!(told(&[], greeted, 0).iter().all(|one| one.clock == Clock::Resolution), "nobody has asked anything");
        let promised_nothing = settle(&Terms::default(), None, &begun, &waiting(0), MINUTE);
        assert!(promised_nothing.is_empty());
    }
}
