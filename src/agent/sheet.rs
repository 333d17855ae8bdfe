//! The data-processing sheet: what this house keeps of people, why, how long and where, from the settings as they are now. English or
//! German, for the printer and for whoever asks.

use super::Desks;
use crate::base::clock::rfc3339;
use crate::base::error::Result;
use crate::base::markup::escape;
use crate::http::{Reply, Request, assets};
use crate::model::house::HouseSettings;
use crate::model::inbox::Inbox;
use crate::model::mailbox::Mailbox;

/// It loads its own style sheet and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Both languages of one sentence.
type Both = (&'static str, &'static str);

impl Desks {
    /// `GET /privacy-sheet?lang=`.
    pub(super) async fn privacy_sheet(&self, request: &Request) -> Result<Reply> {
        let (house, inboxes, mailboxes) = (self.desk.house().await?, self.desk.inboxes().await?, self.desk.mailbox_names().await?);
        let lang = request.query("lang").unwrap_or_else(|| house.language.clone());
        let sheet = Sheet { german: lang.starts_with("de"), html: String::new() };
        let css = format!("{}/a/{}/desk/css/sheet.css", self.base(request), assets::tree_hash());
        let page = sheet.of(&house, &inboxes, &mailboxes, &css, &rfc3339(self.desk.clock.now())[..10]);
        Ok(Reply::html(200, page).header("content-security-policy", POLICY))
    }
}

struct Sheet {
    german: bool,
    html: String,
}

impl Sheet {
    fn of(mut self, house: &HouseSettings, inboxes: &[Inbox], mailboxes: &[Mailbox], css: &str, today: &str) -> String {
        let (lang, title) = (self.say(("en", "de")), self.say(("Data processing: live chat", "Datenverarbeitung: Live-Chat")));
        self.html.push_str(&format!("<!doctype html><html lang=\"{lang}\"><meta charset=\"utf-8\"><title>{title}</title><meta name=\"viewport\" content=\"width=device-width\"><link rel=\"stylesheet\" href=\""));
        escape(css, &mut self.html);
        self.html.push_str(&format!("\"><main><h1>{title}</h1>"));
        let name = if house.name.is_empty() { "deskbell" } else { &house.name };
        self.line(("House", "Haus"), name);
        self.line(("As of", "Stand"), today);
        self.blank(("Responsible (name, address)", "Verantwortlich (Name, Anschrift)"));
        self.blank(("Data protection officer", "Datenschutzbeauftragte Person"));
        self.head(("Where", "Wo"));
        self.text(match mailboxes.is_empty() {
            true => (
                "Everything lies in one file on our own server. No third party receives anything: no page of the chat loads anything from elsewhere, and there are no analytics.",
                "Alles liegt in einer Datei auf unserem eigenen Server. Kein Dritter erhält etwas: Keine Seite des Chats lädt etwas von anderswo, und es gibt keine Statistikdienste.",
            ),
            false => (
                "Everything lies in one file on our own server. Nobody else receives anything but the mail servers named below: no page of the chat loads anything from elsewhere, and there are no analytics.",
                "Alles liegt in einer Datei auf unserem eigenen Server. Niemand sonst erhält etwas außer den unten genannten Mailservern: Keine Seite des Chats lädt etwas von anderswo, und es gibt keine Statistikdienste.",
            ),
        });
        self.blank(("Server location and host", "Standort des Servers und Anbieter"));
        self.head(("Before anybody writes", "Bevor jemand schreibt"));
        self.text((
            "Nothing is stored: no cookie, no entry in the browser, no line in the database.",
            "Es wird nichts gespeichert: kein Cookie, kein Eintrag im Browser, keine Zeile in der Datenbank.",
        ));
        inboxes.iter().for_each(|inbox| self.inbox(inbox));
        if !mailboxes.is_empty() {
            self.mail(mailboxes);
        }
        self.head(("Rights of the people concerned", "Rechte der Betroffenen"));
        self.text((
            "Everything about a person is handed out as one archive, and erased for good on request: messages, files, notes, visits, search index and the free space of the file. Backups made before still hold it until newer ones replace them (BACKUP_KEEP of them stay) or they are deleted; so do replicas.",
            "Alles über eine Person wird als ein Archiv ausgegeben und auf Wunsch endgültig gelöscht: Nachrichten, Dateien, Notizen, Besuche, Suchindex und der freie Platz der Datei. Ältere Sicherungen enthalten es, bis neuere sie ersetzen (es bleiben BACKUP_KEEP) oder sie gelöscht werden; ebenso Repliken.",
        ));
        self.blank(("How long backups are kept", "Aufbewahrung der Sicherungen"));
        self.html.push_str("</main></html>");
        self.html
    }

    fn inbox(&mut self, inbox: &Inbox) {
        let (config, privacy) = (&inbox.config, &inbox.config.privacy);
        self.html.push_str("<section><h2>");
        escape(&format!("{}: {}", self.say(("Inbox", "Postfach")), inbox.name), &mut self.html);
        self.html.push_str("</h2><table>");
        self.row(
            ("What people write and send", "Was Menschen schreiben und senden"),
            ("Messages and files of a conversation.", "Nachrichten und Dateien einer Unterhaltung."),
            Some(privacy.retention_days),
            ("after it was resolved", "nachdem sie erledigt ist"),
        );
        self.row(
            ("Who they are", "Wer sie sind"),
            (
                "Name, e-mail, phone and what your site says of them, as far as they or your site tell it.",
                "Name, E-Mail, Telefon und was Ihre Website über sie sagt, soweit sie selbst oder Ihre Website es angeben.",
            ),
            Some(privacy.visitor_days),
            ("without a visit, for anonymous people", "ohne Besuch, für anonyme Personen"),
        );
        if config.prechat_form.enabled {
            let asked: Vec<&str> =
                config.prechat_form.fields.iter().filter(|field| field.enabled).map(|field| field.label.as_str()).collect();
            let title = self.say(("Asked before the chat", "Vor dem Chat gefragt"));
            self.cells(title, &asked.join(", "), "");
        }
        let pages = match privacy.page_visits.as_str() {
            "never" => ("Not kept.", "Nicht gespeichert."),
            "always" => ("The last 20 of everybody with a session.", "Die letzten 20 von allen mit Sitzung."),
            _ => ("The last 20 of people with a conversation.", "Die letzten 20 von Personen mit Unterhaltung."),
        };
        self.row(("Pages looked at", "Besuchte Seiten"), pages, None, ("", ""));
        let ip = match privacy.ip.as_str() {
            "none" => self.say(("Not kept.", "Nicht gespeichert.")).to_owned(),
            "full" => format!(
                "{} {} {}",
                self.say(("In full, shortened after", "Vollständig, gekürzt nach")),
                privacy.ip_days,
                self.say(("days.", "Tagen."))
            ),
            _ => self.say(("Shortened at once: a region, not a household.", "Sofort gekürzt: eine Gegend, kein Haushalt.")).to_owned(),
        };
        let title = self.say(("Network address", "Netzwerkadresse"));
        self.cells(title, &ip, "");
        self.row(
            ("In the browser", "Im Browser"),
            (
                "One key of the session, after the first message; needed for the chat itself.",
                "Ein Schlüssel der Sitzung, nach der ersten Nachricht; für den Chat selbst nötig.",
            ),
            None,
            ("", ""),
        );
        if config.consent.enabled {
            let title = self.say(("Consent asked for", "Erfragte Einwilligung"));
            self.cells(title, &config.consent.text, self.say(("kept word for word with its time", "im Wortlaut mit Zeitpunkt aufbewahrt")));
        }
        self.html.push_str("</table>");
        self.blank(("Purpose and legal basis", "Zweck und Rechtsgrundlage"));
        self.html.push_str("</section>");
    }

    fn mail(&mut self, mailboxes: &[Mailbox]) {
        self.head(("Mail", "E-Mail"));
        self.text((
            "Answers that somebody has not seen in the chat, codes, transcripts and links go to his address by mail; what he answers by mail is kept as a message of the conversation, with sender, subject, files and the quoted text, as long as the conversation. Of each mail its identifier, address, subject and fate are kept.",
            "Antworten, die jemand im Chat nicht gesehen hat, Codes, Mitschriften und Links gehen per E-Mail an seine Adresse; was er per E-Mail antwortet, wird als Nachricht der Unterhaltung gespeichert, mit Absender, Betreff, Dateien und zitiertem Text, so lange wie die Unterhaltung. Von jeder E-Mail werden Kennung, Adresse, Betreff und Verbleib gespeichert.",
        ));
        self.html.push_str("<table>");
        for mailbox in mailboxes {
            let config = &mailbox.config;
            let incoming = if config.incoming.kind == "imap" { config.incoming.imap.host.as_str() } else { "" };
            let mut hosts: Vec<&str> = [config.smtp.host.as_str(), incoming].into_iter().filter(|host| !host.is_empty()).collect();
            hosts.dedup();
            self.cells(&config.address, &hosts.join(", "), "");
        }
        self.html.push_str("</table>");
        self.blank(("Operator of the mail server, contract", "Betreiber des Mailservers, Vertrag"));
    }

    fn say(&self, both: Both) -> &'static str {
        if self.german { both.1 } else { both.0 }
    }

    fn head(&mut self, both: Both) {
        let words = self.say(both);
        self.html.push_str(&format!("<h2>{words}</h2>"));
    }

    fn text(&mut self, both: Both) {
        let words = self.say(both);
        self.html.push_str(&format!("<p>{words}</p>"));
    }

    fn line(&mut self, both: Both, value: &str) {
        let words = self.say(both);
        self.html.push_str(&format!("<p><b>{words}:</b> "));
        escape(value, &mut self.html);
        self.html.push_str("</p>");
    }

    /// A line to be filled in by hand: what no program knows.
    fn blank(&mut self, both: Both) {
        let words = self.say(both);
        self.html.push_str(&format!("<p class=\"blank\"><b>{words}:</b></p>"));
    }

    /// What is kept, and for how many days: 0 = until somebody erases it.
    fn row(&mut self, title: Both, what: Both, days: Option<u16>, since: Both) {
        let kept = match days {
            None => String::new(),
            Some(0) => self.say(("until it is erased by hand", "bis es von Hand gelöscht wird")).to_owned(),
            Some(days) => format!("{days} {} {}", self.say(("days", "Tage")), self.say(since)),
        };
        let (title, what) = (self.say(title), self.say(what));
        self.cells(title, what, &kept);
    }

    fn cells(&mut self, title: &str, what: &str, kept: &str) {
        self.html.push_str("<tr><th>");
        escape(title, &mut self.html);
        self.html.push_str("</th><td dir=\"auto\">");
        escape(what, &mut self.html);
        self.html.push_str("</td><td>");
        escape(kept, &mut self.html);
        self.html.push_str("</td></tr>");
    }
}
