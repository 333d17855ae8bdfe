//! What the words of a mail may ask for, and the lines in them that stand for more than words. No code runs in a template: a name is in this
//! list, or the template is not kept.

use super::letter::LetterKind;
use super::template;
use crate::base::error::{Error, Result};
use crate::base::limits;

/// A value that may stand between braces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    pub name: &'static str,
    /// What an admin reads about it.
    pub what: &'static str,
    /// What a preview shows while there is nothing real to show.
    pub example: &'static str,
}

const fn field(name: &'static str, what: &'static str, example: &'static str) -> Field {
    Field { name, what, example }
}

const BRAND: Field = field("brand", "The brand of the inbox", "Acme");
const HOUSE: Field = field("house", "How this house is called", "Acme support");
const FIRST_NAME: Field = field("first_name", "First name of whoever reads this, or nothing", "Zoe");
const NAME: Field = field("name", "Whole name of whoever reads this, or nothing", "Zoe Miller");
const AGENT: Field = field("agent", "Who answered last", "Anna");
const COUNT: Field = field("count", "How many messages this mail carries", "2");
const HOURS: Field = field("hours", "How many hours the link is good", "24");

/// What a kind of mail may ask for.
pub fn of(kind: LetterKind) -> &'static [Field] {
    match kind {
        // No name: whoever asks for a code is nobody yet, and must not choose what a stranger reads.
        LetterKind::Code => {
            const { &[field("code", "The six digits", "123456"), field("minutes", "How many minutes the code is good", "10"), BRAND, HOUSE] }
        }
        LetterKind::Transcript | LetterKind::ToContact => const { &[FIRST_NAME, NAME, AGENT, COUNT, BRAND, HOUSE] },
        LetterKind::Survey | LetterKind::Reply => const { &[FIRST_NAME, NAME, AGENT, BRAND, HOUSE] },
        LetterKind::ToAgents => {
            const {
                &[
                    FIRST_NAME,
                    NAME,
                    field("contact", "Who wrote", "Zoe Miller"),
                    field("contact_email", "The address of who wrote, or nothing", "zoe@example.com"),
                    field("verified", "Whether a token or a code proved who wrote", "verified"),
                    field("page", "The page the contact looked at last, or nothing", "https://shop.example/tea"),
                    field("number", "The number of the conversation", "42"),
                    field("inbox", "The inbox it came through", "Shop"),
                    COUNT,
                    BRAND,
                    HOUSE,
                ]
            }
        }
        LetterKind::Invitation => const { &[FIRST_NAME, NAME, field("by", "Who invites", "Anna Berg"), HOURS, HOUSE] },
        LetterKind::Reset => const { &[FIRST_NAME, NAME, HOURS, HOUSE] },
        LetterKind::Notices => const { &[FIRST_NAME, NAME, COUNT, HOUSE] },
        LetterKind::Test => const { &[field("mailbox", "The address of the mailbox", "chat@example.com"), HOUSE] },
    }
}

/// What an admin reads about a kind of mail.
pub fn about(kind: LetterKind) -> (&'static str, &'static str) {
    match kind {
        LetterKind::ToContact => ("Answers not seen in the chat", "To a contact who left before reading what an agent answered."),
        LetterKind::Reply => ("Answers by mail", "An agent's answer in a conversation that came by mail."),
        LetterKind::Code => ("Six-digit code", "To somebody who says that an address is theirs."),
        LetterKind::Transcript => ("Transcript", "The whole conversation, when the contact or an agent asks for it."),
        LetterKind::Survey => ("Satisfaction survey", "After a conversation was resolved: a link to rate it."),
        LetterKind::ToAgents => ("Messages nobody was there for", "To the team, when a contact writes and nobody is at the desk."),
        LetterKind::Invitation => ("Invitation", "The link with which a new agent chooses a password."),
        LetterKind::Reset => ("New password", "To an agent who forgot the password."),
        LetterKind::Notices => ("Unread notices", "To an agent who has not looked at the desk for a while."),
        LetterKind::Test => ("Test mail", "When somebody tries out a mailbox."),
    }
}

/// The lines that stand for more than words, which a kind of mail has.
pub fn lines(kind: LetterKind) -> &'static [&'static str] {
    match kind {
        LetterKind::Code | LetterKind::Test => &["footer"],
        LetterKind::Transcript => &["messages", "button", "footer"],
        LetterKind::ToContact | LetterKind::ToAgents => &["messages", "button", "reply", "footer"],
        LetterKind::Reply => &["messages", "footer"],
        LetterKind::Survey | LetterKind::Invitation | LetterKind::Reset => &["button", "footer"],
        LetterKind::Notices => &["messages", "button", "footer"],
    }
}

/// Without which a mail of this kind would be of no use.
fn needed(kind: LetterKind) -> Option<&'static str> {
    match kind {
        LetterKind::Code => Some("code"),
        LetterKind::Transcript | LetterKind::ToContact | LetterKind::Reply | LetterKind::ToAgents | LetterKind::Notices => Some("messages"),
        LetterKind::Survey | LetterKind::Invitation | LetterKind::Reset => Some("button"),
        LetterKind::Test => None,
    }
}

/// One part of a body.
#[derive(Debug, PartialEq, Eq)]
pub enum Block<'a> {
    /// Markdown with fields.
    Words(&'a str),
    Messages,
    /// The button; with these words on it, or those of the stock text.
    Button(&'a str),
    /// That a reply to this mail arrives, where it does.
    Reply,
    Footer,
}

/// A body in its parts. A line that stands for more counts only when nothing else stands on it.
pub fn blocks(body: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let (mut from, mut at) = (0, 0);
    let words = |from: usize, to: usize| body.get(from..to).map(|words| words.trim_matches('\n')).filter(|words| !words.trim().is_empty());
    for line in body.split_inclusive('\n') {
        if let Some(block) = special(line.trim()) {
            blocks.extend(words(from, at).map(Block::Words));
            blocks.push(block);
            from = at + line.len();
        }
        at += line.len();
    }
    blocks.extend(words(from, at).map(Block::Words));
    blocks
}

fn special(line: &str) -> Option<Block<'_>> {
    let inner = line.strip_prefix("{{")?.strip_suffix("}}")?;
    let (name, words) = inner.split_once('|').unwrap_or((inner, ""));
    match name.trim() {
        _ if words.contains(['{', '}']) => None,
        "messages" => Some(Block::Messages),
        "button" => Some(Block::Button(words.trim())),
        "reply" => Some(Block::Reply),
        "footer" => Some(Block::Footer),
        _ => None,
    }
}

/// Refuses words that nobody could fill, or that would leave the reader without what the mail is for.
pub fn check(kind: LetterKind, subject: &str, body: &str) -> Result<()> {
    let names = || of(kind).iter().map(|field| field.name).collect::<Vec<_>>().join(", ");
    let known = |name: &str| of(kind).iter().any(|field| field.name == name);
    if subject.trim().is_empty() {
        return Err(Error::invalid("A mail needs a subject.").in_field("subject"));
    }
    if subject.chars().count() > limits::MAIL_SUBJECT_CHARS_MAX || subject.contains(['\n', '\r']) {
        let sentence = format!("A subject is one line of at most {} characters.", limits::MAIL_SUBJECT_CHARS_MAX);
        return Err(Error::invalid(sentence).in_field("subject"));
    }
    if body.chars().count() > limits::MAIL_BODY_CHARS_MAX {
        return Err(Error::invalid(format!("At most {} characters.", limits::MAIL_BODY_CHARS_MAX)).in_field("body"));
    }
    template::check_by(subject, known, names).map_err(|error| error.in_field("subject"))?;
    let blocks = blocks(body);
    for block in &blocks {
        match block {
            Block::Words(words) => {
                template::check_by(words, |name| known(name) || is_line(name), names).map_err(|error| error.in_field("body"))?;
                if let Some(name) = ["messages", "button", "reply", "footer"].into_iter().find(|name| template::asks_for(words, name)) {
                    return Err(Error::invalid(format!("{{{{{name}}}}} needs a line of its own.")).in_field("body"));
                }
            }
            Block::Messages | Block::Button(_) | Block::Reply | Block::Footer => {
                let name = name(block);
                if !lines(kind).contains(&name) {
                    return Err(Error::invalid(format!("There is no {{{{{name}}}}} in this kind of mail.")).in_field("body"));
                }
            }
        }
    }
    let has = |wanted: &str| {
        blocks.iter().any(|block| match block {
            Block::Words(words) => template::asks_for(words, wanted),
            block => name(block) == wanted,
        })
    };
    match needed(kind).filter(|name| !has(name)) {
        Some(name) => Err(Error::invalid(format!("Without {{{{{name}}}}} this mail would be of no use to its reader.")).in_field("body")),
        None => Ok(()),
    }
}

fn is_line(name: &str) -> bool {
    matches!(name, "messages" | "button" | "reply" | "footer")
}

fn name(block: &Block<'_>) -> &'static str {
    match block {
        Block::Words(_) => "",
        Block::Messages => "messages",
        Block::Button(_) => "button",
        Block::Reply => "reply",
        Block::Footer => "footer",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_falls_into_words_and_the_lines_that_stand_for_more() {
        let body = "Hello {{name}}\n\n{{messages}}\n\n{{ button | Open it }}\nbye {{button}}\n{{footer}}";
        assert_eq!(
            blocks(body),
            [Block::Words("Hello {{name}}"), Block::Messages, Block::Button("Open it"), Block::Words("bye {{button}}"), Block::Footer]
        );
        assert_eq!(blocks("  \n\n"), []);
        assert_eq!(blocks("{{button|{{x}}}}"), [Block::Words("{{button|{{x}}}}")]);
    }

    /// row 177: what nobody could fill, or what would be of no use, is refused with a sentence
    #[test]
    fn words_that_would_be_of_no_use_are_refused() {
        let body = "Hi {{first_name|there}}\n{{messages}}\n{{button}}";
        check(LetterKind::ToContact, "News from {{brand}}", body).unwrap();
        for (kind, subject, body, says) in [
            (LetterKind::ToContact, "", body, "subject"),
            (LetterKind::ToContact, "a\nb", body, "one line"),
            (LetterKind::ToContact, "{{code}}", body, "{{code}}"),
            (LetterKind::ToContact, "x", "{{7*7}}\n{{messages}}", "{{7*7}}"),
            (LetterKind::ToContact, "x", "nothing", "{{messages}}"),
            (LetterKind::ToContact, "x", "see {{messages}} here", "line of its own"),
            (LetterKind::Code, "x", "{{code}}\n{{button}}", "{{button}}"),
            (LetterKind::Code, "x", "{{name}} {{code}}", "{{name}}"),
            (LetterKind::Code, "{{code}}", "look above", "{{code}}"),
            (LetterKind::Reset, "x", "no link", "{{button}}"),
        ] {
            let error = check(kind, subject, body).unwrap_err();
            assert!(error.message.contains(says), "{says}: {}", error.message);
        }
    }
}
