//! A letter in words: those of the house or the stock ones, in the reader's language, with the values put in. What is put in is words: whatever a
//! name looks like, it becomes neither Markdown nor HTML nor a line of its own.

use super::letter_page::{self, Look};
use super::{Desk, letter_text, words};
use crate::base::error::Result;
use crate::base::id::InboxId;
use crate::base::markup::escape;
use crate::base::{limits, markdown, net, text};
use crate::model::hours;
use crate::model::letter::{Letter, LetterKind, Rendered, Said};
use crate::model::letter_fields::{Block, blocks};
use crate::model::template;
use crate::store::templates::{self, Template};
use crate::store::{ReadTx, hours as sets, house, inboxes, mailboxes};
use jiff::tz::TimeZone;

/// One part of a mail, in both of its forms.
pub(super) enum Piece<'a> {
    Words {
        html: String,
        text: String,
    },
    /// `is_letter`: an agent's own words, which need no frame around them.
    Said {
        said: &'a [Said],
        is_letter: bool,
    },
    Button {
        words: String,
        link: &'a str,
    },
    Footer {
        html: String,
        text: String,
    },
}

/// What a letter is made with beside itself.
pub(super) struct Setting {
    brand: String,
    inbox: String,
    house: String,
    colour: String,
    zone: TimeZone,
    /// Markdown under every mail.
    footer: String,
    /// Languages to try after the reader's.
    fallbacks: Vec<String>,
    /// The house's words for this kind.
    own: Vec<Template>,
    /// Which of them the inbox chose.
    name: String,
}

/// The words a letter is made of.
pub(super) struct Wording {
    pub(super) subject: String,
    pub(super) body: String,
    /// The language they are in.
    pub(super) locale: String,
}

impl Desk {
    /// A letter in words.
    pub async fn rendered(&self, letter: &Letter) -> Result<Rendered> {
        let (kind, inbox) = (letter.kind, letter.inbox);
        let setting = self.store.read(move |tx| Setting::of(tx, kind, inbox)).await?;
        let wording = setting.wording(kind, &letter.locale);
        Ok(setting.render(letter, &wording))
    }
}

impl Setting {
    pub(super) fn of(tx: &ReadTx, kind: LetterKind, inbox: Option<InboxId>) -> Result<Setting> {
        let settings = house::find(tx)?;
        let house = if settings.name.is_empty() { "deskbell".to_owned() } else { settings.name };
        let mut setting = Setting {
            brand: house.clone(),
            inbox: house.clone(),
            house,
            colour: crate::model::inbox::Colors::default().primary,
            zone: zone(&settings.quiet_hours.time_zone),
            footer: mailboxes::sending_for(tx, inbox)?.map(|mailbox| mailbox.config.footer).unwrap_or_default(),
            fallbacks: vec![settings.language],
            own: templates::of_kind(tx, kind.as_str())?,
            name: String::new(),
        };
        if let Some(id) = inbox {
            let inbox = inboxes::inbox_of(tx, id)?;
            let brand = inbox.config.brand_name.trim();
            setting.brand = if brand.is_empty() { inbox.name.clone() } else { brand.to_owned() };
            setting.inbox = inbox.name;
            setting.colour = inbox.config.colors.primary;
            setting.fallbacks.insert(0, inbox.config.fallback_language);
            if let Some(set) = sets::of(tx, id, None)? {
                setting.zone = zone(set.plan.zone_name());
            }
            setting.name = templates::chosen(tx, id, kind.as_str())?;
        }
        Ok(setting)
    }

    /// The words for a reader: the house's, under the name the inbox chose or under none, in his region, his language or for all languages; else
    /// the stock ones in his language; else in one that the house speaks.
    pub(super) fn wording(&self, kind: LetterKind, locale: &str) -> Wording {
        let wanted = words::canonical(locale).unwrap_or_default();
        for name in [self.name.as_str(), ""] {
            let named = self.own.iter().filter(|own| own.name == name);
            if let Some((_, own)) = named.filter_map(|own| Some((nearness(&own.locale, &wanted)?, own))).min_by_key(|(rank, _)| *rank) {
                // Dates follow the reader's region.
                let locale = [&wanted, &self.fallbacks[0]].into_iter().find(|code| !code.is_empty()).map_or(words::ENGLISH, String::as_str);
                return Wording { subject: own.subject.clone(), body: own.body.clone(), locale: locale.to_owned() };
            }
        }
        let tried = [wanted.as_str()].into_iter().chain(self.fallbacks.iter().map(String::as_str)).find_map(|code| stock(kind, code));
        tried.or_else(|| stock(kind, words::ENGLISH)).unwrap_or(Wording {
            subject: self.brand.clone(),
            body: "{{messages}}\n\n{{button}}".into(),
            locale: words::ENGLISH.into(),
        })
    }

    /// The letter in these words.
    pub(super) fn render(&self, letter: &Letter, wording: &Wording) -> Rendered {
        let value = |name: &str| self.value(letter, name);
        let subject = match letter.thread.subject.trim() {
            "" => template::fill_by(&wording.subject, value, |filled, value| filled.push_str(value)),
            known if known.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("re:")) => known.to_owned(),
            known => format!("Re: {known}"),
        };
        let subject = text::clean_line(&subject, 2 * limits::MAIL_SUBJECT_CHARS_MAX);
        let mut pieces = Vec::new();
        let mut has_footer = false;
        for block in blocks(&wording.body) {
            match block {
                Block::Words(source) => pieces.push(in_words(source, value)),
                Block::Messages if !letter.said.is_empty() => {
                    pieces.push(Piece::Said { said: &letter.said, is_letter: letter.kind == LetterKind::Reply });
                }
                Block::Messages => {}
                Block::Button(words) => pieces.extend(button(letter, words, &wording.locale)),
                Block::Reply => pieces.extend(self.reply_here(letter, &wording.locale)),
                Block::Footer => {
                    has_footer = true;
                    pieces.push(self.footer(letter, &wording.locale));
                }
            }
        }
        // The law may want it there, so no template can leave it out.
        if !has_footer {
            pieces.push(self.footer(letter, &wording.locale));
        }
        let look = Look { subject: &subject, brand: &self.brand, colour: &self.colour, locale: &wording.locale, zone: &self.zone };
        Rendered { text: letter_text::text(&look, &pieces), html: letter_page::page(&look, &pieces), subject }
    }

    fn value(&self, letter: &Letter, name: &str) -> Option<String> {
        if let Some(value) = letter.fields.get(name) {
            return Some(value.clone());
        }
        // Where a name is unknown, people are called by their address: that is no way to say hello.
        let to = Some(letter.to.name.trim()).filter(|name| !name.contains('@'));
        match name {
            "brand" => Some(self.brand.clone()),
            "inbox" => Some(self.inbox.clone()),
            "house" => Some(self.house.clone()),
            "name" => to.map(str::to_owned),
            "first_name" => to.and_then(|name| name.split_whitespace().next()).map(str::to_owned),
            "agent" => letter.said.iter().rev().find(|said| said.is_agent).map(|said| said.author.clone()),
            "count" => Some(letter.said.len().to_string()),
            _ => None,
        }
    }

    fn reply_here(&self, letter: &Letter, locale: &str) -> Option<Piece<'static>> {
        letter.thread.reply_to.as_ref()?;
        let sentence = said_in(if letter.kind.is_outside() { "reply_here" } else { "team.reply_here" }, locale)?;
        Some(in_words(&sentence, |name| self.value(letter, name)))
    }

    /// Why this mail came, and what the house wants to stand under every mail.
    fn footer(&self, letter: &Letter, locale: &str) -> Piece<'static> {
        let why = said_in(if letter.kind.is_outside() { "footer" } else { "team.footer" }, locale).unwrap_or_default();
        let source = [why.as_str(), self.footer.trim()].into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join("\n\n");
        match in_words(&source, |name| self.value(letter, name)) {
            Piece::Words { html, text } => Piece::Footer { html, text },
            other => other,
        }
    }
}

/// How well words of one language fit a reader of another code: his region, his language, a sister region of it, words for all.
fn nearness(own: &str, wanted: &str) -> Option<u8> {
    match () {
        () if own.is_empty() => Some(3),
        () if own == wanted => Some(0),
        () if own == words::language(wanted) => Some(1),
        () if words::language(own) == words::language(wanted) => Some(2),
        () => None,
    }
}

/// The stock words of a kind in a language, with its region or without.
pub(super) fn stock(kind: LetterKind, code: &str) -> Option<Wording> {
    let code = words::canonical(code)?;
    [code.as_str(), words::language(&code)].into_iter().find_map(|found| {
        let sentences = words::of_mail(found)?;
        let word = |part: &str| sentences.get(&format!("{}.{part}", kind.as_str())).cloned();
        // Its region stays: dates follow it.
        Some(Wording { subject: word("subject")?, body: word("body")?, locale: code.clone() })
    })
}

/// A sentence of ours that stands in several kinds of mail.
fn said_in(key: &str, locale: &str) -> Option<String> {
    [locale, words::language(locale), "en"].into_iter().find_map(|code| words::of_mail(code)?.get(key).cloned())
}

/// The button, where the letter leads somewhere; with the stock words when the template has none for it.
fn button<'a>(letter: &'a Letter, words: &str, locale: &str) -> Option<Piece<'a>> {
    let link = letter.link.as_deref().filter(|link| net::is_web_address(link))?;
    let stock = || {
        let wording = stock(letter.kind, locale).or_else(|| stock(letter.kind, words::ENGLISH))?;
        blocks(&wording.body).into_iter().find_map(|block| if let Block::Button(words) = block { Some(words.to_owned()) } else { None })
    };
    let words = if words.is_empty() { stock().unwrap_or_else(|| link.to_owned()) } else { words.to_owned() };
    Some(Piece::Button { words, link })
}

/// First of the characters that stand for values while Markdown is read: private ones, of no use to anybody else.
const FIRST_STAND_IN: u32 = 0xf_0000;
const STAND_INS_MAX: usize = 0xfff0;

/// Markdown with fields, as HTML and as text. While Markdown is read, every value is one character that means nothing; so no value means anything.
fn in_words(source: &str, value: impl Fn(&str) -> Option<String>) -> Piece<'static> {
    let source: String = source.chars().filter(|c| stand_in(*c).is_none()).collect();
    let mut values: Vec<String> = Vec::new();
    let filled = template::fill_by(&source, value, |filled, value| {
        if values.len() < STAND_INS_MAX {
            filled.extend(char::from_u32(FIRST_STAND_IN + values.len() as u32));
            values.push(value.to_owned());
        }
    });
    let rendered = markdown::render_agent(&filled);
    let mut text = String::with_capacity(rendered.text.len());
    for c in rendered.text.chars() {
        match stand_in(c).and_then(|index| values.get(index)) {
            Some(value) => text.push_str(value),
            None => text.push(c),
        }
    }
    Piece::Words { html: with_values(&letter_page::marked(&rendered.html, |c| stand_in(c).is_some()), &values), text }
}

fn stand_in(c: char) -> Option<usize> {
    (c as u32).checked_sub(FIRST_STAND_IN).map(|index| index as usize).filter(|index| *index < STAND_INS_MAX)
}

/// Puts the values in. Outside of tags each is kept apart from the direction of what is around it.
fn with_values(html: &str, values: &[String]) -> String {
    let mut whole = String::with_capacity(html.len());
    let mut in_tag = false;
    for c in html.chars() {
        match (stand_in(c).and_then(|index| values.get(index)), in_tag) {
            (Some(value), true) => escape(value, &mut whole),
            (Some(value), false) => {
                whole.push_str("<bdi>");
                escape(value, &mut whole);
                whole.push_str("</bdi>");
            }
            (None, _) => {
                in_tag = c == '<' || (in_tag && c != '>');
                whole.push(c);
            }
        }
    }
    whole
}

/// A zone by its name; one that is gone is UTC.
fn zone(name: &str) -> TimeZone {
    hours::zone_named(name).unwrap_or(TimeZone::UTC)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::letter::{Party, Thread};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn setting() -> Setting {
        Setting {
            brand: "Acme".into(),
            inbox: "Shop".into(),
            house: "Acme support".into(),
            colour: "#0f766e".into(),
            zone: TimeZone::UTC,
            footer: String::new(),
            fallbacks: vec!["en-US".into()],
            own: Vec::new(),
            name: String::new(),
        }
    }

    fn letter(kind: LetterKind) -> Letter {
        Letter {
            kind,
            inbox: None,
            to: Party { name: "Zoe Miller".into(), address: "zoe@example.com".into() },
            locale: "en-US".into(),
            fields: BTreeMap::new(),
            said: Vec::new(),
            link: Some("https://chat.example.com/x".into()),
            conversation: None,
            covers: Vec::new(),
            thread: Thread::default(),
            attachments: Vec::new(),
        }
    }

    fn rendered(letter: &Letter) -> Rendered {
        let setting = setting();
        setting.render(letter, &setting.wording(letter.kind, &letter.locale))
    }

    fn said(author: &str, is_agent: bool, text: &str) -> Said {
        let words = markdown::render_agent(text);
        Said { author: author.into(), is_agent, at: 0, html: words.html, text: words.text, files: Vec::new() }
    }

    fn own(name: &str, locale: &str, subject: &str) -> Template {
        let uuid = crate::base::id::Uuid::new();
        let (kind, body) = ("code".to_owned(), "{{code}}".to_owned());
        Template { uuid, kind, name: name.into(), locale: locale.into(), subject: subject.into(), body, updated_at: 0 }
    }

    /// row 191
    #[test]
    fn a_code_stands_in_subject_text_and_page_and_greets_nobody_by_name() {
        let mut letter = letter(LetterKind::Code);
        letter.fields.insert("code", "123456".into());
        letter.fields.insert("minutes", "10".into());
        let mail = rendered(&letter);
        assert!(mail.subject.contains("123456") && mail.text.contains("\n123456\n"), "{}", mail.text);
        assert!(mail.html.contains("font-size:32px") && mail.html.contains("<bdi>123456</bdi>"), "{}", mail.html);
        assert!(!mail.text.contains("Zoe") && !mail.html.contains("Zoe"));
    }

    /// row 174: the unread messages, a button, and that an answer by mail arrives
    #[test]
    fn messages_come_with_author_time_and_files() {
        let mut letter = letter(LetterKind::ToContact);
        letter.said =
            vec![said("Zoe", false, "hi"), Said { files: vec!["a<b>.pdf".into()], ..said("Anna", true, "**yes**, see\n\n- one\n- two") }];
        letter.thread.reply_to = Some("chat+x@example.com".into());
        let mail = rendered(&letter);
        assert!(mail.text.starts_with("Hello Zoe,\n"), "{}", mail.text);
        assert!(mail.text.contains("Anna, Jan 1, 1970, 12:00 AM UTC\n  yes, see\n  \n  - one\n  - two\n  📎 a<b>.pdf"), "{}", mail.text);
        assert!(mail.text.contains("Open the conversation:\nhttps://chat.example.com/x"));
        assert!(mail.text.contains("reply to this mail") && mail.text.contains("-- \n"));
        assert!(mail.html.contains("<strong>yes</strong>") && mail.html.contains("a&lt;b&gt;.pdf"));
        letter.thread.reply_to = None;
        assert!(!rendered(&letter).text.contains("reply to this mail"));
        letter.link = Some("javascript:alert(1)".into());
        assert!(!rendered(&letter).html.contains("javascript"));
    }

    #[test]
    fn a_known_thread_keeps_its_subject() {
        let mut letter = letter(LetterKind::Reply);
        for (known, subject) in [("Shoes", "Re: Shoes"), ("RE: Shoes", "RE: Shoes"), ("", "Your conversation with Acme"), ("é", "Re: é")]
        {
            letter.thread.subject = known.into();
            assert_eq!(rendered(&letter).subject, subject);
        }
    }

    /// rows 176, 177
    #[test]
    fn the_nearest_words_are_taken() {
        let mut setting = setting();
        let pick = |setting: &Setting, locale: &str| {
            let wording = setting.wording(LetterKind::Code, locale);
            (wording.subject, wording.locale)
        };
        assert_eq!(pick(&setting, "tlh").1, "en-US");
        setting.own = vec![
            own("", "", "all"),
            own("", "de", "german"),
            own("", "de-CH", "swiss"),
            own("warm", "fr", "warm french"),
            own("", "pt-BR", "brazil"),
        ];
        for (name, locale, subject, spoken) in [
            ("", "de-CH", "swiss", "de-CH"),
            ("", "de-AT", "german", "de-AT"),
            ("", "fr", "all", "fr"),
            ("", "", "all", "en-US"),
            ("warm", "fr-CA", "warm french", "fr-CA"),
            ("", "pt", "brazil", "pt"),
            ("warm", "de", "german", "de"),
            ("gone", "it", "all", "it"),
        ] {
            setting.name = name.into();
            assert_eq!(pick(&setting, locale), (subject.to_owned(), spoken.to_owned()), "{name} {locale}");
        }
    }

    #[test]
    fn every_stock_text_would_be_taken_if_somebody_typed_it() {
        for kind in LetterKind::ALL {
            let all = Desk::stock_words(kind);
            assert!(!all.is_empty(), "{kind:?}");
            for (locale, subject, body) in all {
                crate::model::letter_fields::check(kind, &subject, &body)
                    .unwrap_or_else(|error| panic!("{kind:?} {locale}: {}", error.message));
            }
        }
    }

    #[test]
    fn the_footer_of_the_law_is_under_every_mail() {
        let mut setting = setting();
        setting.footer = "Acme Inc., **Main Street** 1".into();
        let mut template = own("", "", "x");
        for body in ["{{code}}", "{{code}}\n{{footer}}"] {
            template.body = body.into();
            setting.own = vec![template.clone()];
            let letter = letter(LetterKind::Code);
            let mail = setting.render(&letter, &setting.wording(letter.kind, "en"));
            assert_eq!(mail.text.matches("Acme Inc., Main Street 1").count(), 1);
            assert_eq!(mail.html.matches("<strong>Main Street</strong>").count(), 1);
        }
    }

    /// What may stand in a mail, and nothing that reaches elsewhere or runs (security rows 1, 2).
    fn assert_harmless(html: &str) {
        let mut rest = html;
        while let Some(at) = rest.find('<') {
            rest = &rest[at + 1..];
            let name: String = rest.trim_start_matches(['/', '!']).chars().take_while(char::is_ascii_alphanumeric).collect();
            let known = [
                "doctype",
                "html",
                "head",
                "meta",
                "title",
                "style",
                "body",
                "div",
                "p",
                "bdi",
                "table",
                "tr",
                "td",
                "a",
                "strong",
                "em",
                "br",
                "ul",
                "ol",
                "li",
                "blockquote",
                "code",
                "pre",
                "del",
                "hr",
                "",
            ];
            assert!(known.contains(&name.as_str()), "<{name} in {html}");
            let end = rest.find('>').unwrap();
            // Between quotes are values, between values are names of attributes.
            let mut parts = rest[..end].split('"');
            while let (Some(attribute), Some(value)) = (parts.next(), parts.next()) {
                let attribute = attribute.trim().rsplit(' ').next().unwrap_or_default();
                let known = [
                    "lang=",
                    "dir=",
                    "charset=",
                    "name=",
                    "content=",
                    "class=",
                    "style=",
                    "role=",
                    "aria-roledescription=",
                    "aria-label=",
                    "width=",
                    "align=",
                ];
                let more = ["cellpadding=", "cellspacing=", "bgcolor=", "href=", "target=", "rel=", "start="];
                assert!(known.contains(&attribute) || more.contains(&attribute), "{attribute} in {}", &rest[..end]);
                let leads = ["https://", "http://", "mailto:"].iter().any(|scheme| value.starts_with(scheme));
                assert!(attribute != "href=" || leads, "{value}");
                assert!(attribute != "style=" || !value.contains("url("), "{value}");
            }
        }
    }

    const HOSTILE: &str = "(<script>|</p>|</bdi>|</title>|--><img src=x onerror=y>|\"|'|&lt;|&|\\{\\{code\\}\\}|\\{\\{|\\}\\}|\n|\r\n|\u{2028}|\u{f0000}|\u{f0001}|\\*\\*|_|`|# |- |> |\\[x\\]\\(https://evil.example\\)|https://evil.example|javascript:|Bcc: a@b|=\\?utf-8\\?|\u{202e}|a| |é){0,12}";

    proptest! {
        /// No value can break out of its place, in subject, text or page (security row 32).
        #[test]
        fn no_value_breaks_out_of_its_place(name in HOSTILE, author in HOSTILE, text in HOSTILE, file in HOSTILE, thread in HOSTILE) {
            let mut letter = letter(LetterKind::ToAgents);
            for field in ["contact", "first_name", "contact_email"] {
                letter.fields.insert(field, name.clone());
            }
            letter.said = vec![Said { files: vec![file.clone()], ..said(&author, false, &text) }];
            letter.thread.subject = thread;
            let mail = rendered(&letter);
            assert_harmless(&mail.html);
            assert_eq!(mail.html.matches("<body").count(), 1);
            assert_eq!(mail.html.matches("</title>").count(), 1);
            let turning = |c: char| c.is_control() || "\u{2028}\u{202e}".contains(c);
            prop_assert!(!mail.subject.contains(turning), "a control character");
            // One line for the greeting whatever the name is, and every line of a message is set in.
            let shown = crate::base::text::clean_line(&name, 500);
            let first = mail.text.lines().next().unwrap().to_owned();
            prop_assert!(first == format!("Hello {shown},") || (shown.is_empty() && first == "Hello,"), "{first:?} {shown:?}");
            let after = mail.text.lines().position(|line| line.ends_with("12:00 AM UTC")).unwrap() + 1;
            let inside = mail.text.lines().skip(after).take_while(|line| line.starts_with("  ")).count();
            prop_assert!(mail.text.lines().nth(after + inside).unwrap_or_default().is_empty());
            // Nothing a name holds becomes a link of ours.
            let greeting = &mail.html[..mail.html.find("&middot;").unwrap()];
            prop_assert!(!greeting.contains("<a "), "{greeting}");
        }

        /// What an admin types is as harmless.
        #[test]
        fn no_template_breaks_out_either(body in HOSTILE, subject in HOSTILE) {
            let setting = setting();
            let letter = letter(LetterKind::ToContact);
            let mail = setting.render(&letter, &Wording { subject, body, locale: "ar".into() });
            assert_harmless(&mail.html);
            prop_assert!(mail.html.contains("dir=\"rtl\""));
            prop_assert!(!mail.subject.contains(char::is_control));
        }
    }
}
