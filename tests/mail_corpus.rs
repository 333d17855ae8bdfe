//! Mails of many programs in many languages are read exactly, and never is anything lost that a person wrote (unique point 5). The corpus is made by
//! `tests/tools/mail_corpus.py`.

use deskbell::mail::inbound::{FileBytes, Received, read};
use std::path::PathBuf;

struct Case {
    name: String,
    mail: Vec<u8>,
    fields: Vec<(String, String)>,
    text: String,
}

fn corpus(folder: &str) -> Vec<Case> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "eml") {
            let expected = std::fs::read_to_string(path.with_extension("expected")).unwrap();
            let (fields, text) = expected.split_once("\n\n").or(expected.split_once('\n')).unwrap();
            let fields = fields.lines().filter_map(|line| line.split_once(": ").or(line.split_once(':')));
            cases.push(Case {
                name: path.file_stem().unwrap().to_string_lossy().into_owned(),
                mail: std::fs::read(&path).unwrap(),
                fields: fields.map(|(key, value)| (key.to_owned(), value.trim().to_owned())).collect(),
                text: text.trim_matches('\n').to_owned(),
            });
        }
    }
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    cases
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// What is wrong, in words; and whether something that was said is missing.
fn judge(case: &Case, mail: &Received) -> (Vec<String>, bool) {
    let mut wrong = Vec::new();
    let has = |key: &str| case.fields.iter().any(|(name, _)| name == key);
    let is_same = if has("begins") { mail.body.text.starts_with(&case.text) } else { mail.body.text == case.text };
    if !is_same {
        wrong.push(format!(
            "text is\n{}\n   instead of\n{}\n   (quoted: {:?}, signature: {:?})",
            mail.body.text, case.text, mail.body.quoted, mail.body.signature
        ));
    }
    let files: Vec<String> =
        mail.files.iter().map(|file| format!("{}{}", file.name, if file.is_inline { " inline" } else { "" })).collect();
    for (key, value) in &case.fields {
        let found = match key.as_str() {
            "nature" => format!("{:?}", mail.nature),
            "trust" => format!("{:?}", mail.trust),
            "quoted" => if mail.body.quoted.is_empty() { "no" } else { "yes" }.to_owned(),
            "files" => files.join(", "),
            "remark" => {
                mail.remarks.iter().find(|remark| remark.contains(value.as_str())).map_or(format!("{:?}", mail.remarks), |_| value.clone())
            }
            "bounce" => mail.bounce.as_ref().map_or("none".to_owned(), |bounce| {
                format!("{} {} {}", bounce.message_id, bounce.recipient, if bounce.is_permanent { "permanent" } else { "temporary" })
            }),
            _ => value.clone(),
        };
        if found != *value {
            wrong.push(format!("{key} is {found} instead of {value}"));
        }
    }
    let mut kept = words(&mail.body.text);
    let is_lost =
        !words(&case.text).into_iter().all(|word| kept.iter().position(|one| *one == word).map(|at| kept.swap_remove(at)).is_some());
    (wrong, is_lost)
}

#[test]
fn the_corpus_is_read_exactly_and_nothing_said_is_lost() {
    let cases = corpus("tests/fixtures/mail");
    assert!(cases.len() >= 120, "{} mails", cases.len());
    let (mut right, mut lost) = (0, Vec::new());
    for case in &cases {
        let (wrong, is_lost) = judge(case, &read(&case.mail));
        if wrong.is_empty() {
            right += 1;
        } else {
            println!("== {}: {}", case.name, wrong.join("\n   "));
        }
        if is_lost {
            lost.push(case.name.as_str());
        }
    }
    println!("{right} of {} mails are read exactly; in {} something is lost", cases.len(), lost.len());
    assert!(lost.is_empty(), "lost: {lost:?}");
    assert!(right * 100 >= cases.len() * 95, "{right} of {}", cases.len());
}

/// Cut, doubled, and with bytes changed: whatever comes, it is read, and soon.
#[test]
fn broken_mails_are_read_as_well() {
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below.max(1) as u64) as usize
    };
    for case in corpus("tests/fixtures/mail") {
        for _ in 0..6 {
            let mut mail = case.mail.clone();
            match random(4) {
                0 => mail.truncate(random(mail.len())),
                1 => (0..20).for_each(|_| {
                    let at = random(mail.len());
                    mail[at] = random(256) as u8;
                }),
                2 => {
                    let from = random(mail.len());
                    let piece = mail[from..].to_vec();
                    mail.splice(random(from)..from, piece);
                }
                _ => drop(mail.drain(..random(case.mail.len()))),
            }
            let read = read(&mail);
            let size = |bytes: &FileBytes| if let FileBytes::Here(bytes) = bytes { bytes.len() } else { 0 };
            let held = read.body.text.len() + read.body.quoted.len() + read.files.iter().map(|file| size(&file.bytes)).sum::<usize>();
            assert!(held <= 4 * mail.len() + 1000 && !read.message_id.is_empty(), "{}", case.name);
        }
    }
}

/// Nobody keeps the house busy with a mail (security row 44): whatever is in it, four times as much of it is four times the work, not sixteen times.
#[test]
fn hostile_mails_cost_what_they_are_long() {
    let sentences = format!("{}:\n", ".On ".repeat(240));
    let plain = [
        "a:\n",
        "From: a@b.example\n",
        "From: Anna wrote from a long address that is a@b.example on 3.6.2024 at 10:15 to all the others, too\n",
        "-----\n",
        ">\n",
        "> ",
        "On 3.6.2024 10:15 a@b.example wrote:\n",
        "--\n",
        "Sent from my iPhone\n\n",
        "Sent from my iPhone\n> a\n",
        "confidential in error privileged\n\n",
        ".On ",
        sentences.as_str(),
        "a b c: ",
        "\n",
        "[cid:a]",
        "[image: ",
    ];
    let pages = [
        "<div>",
        "<blockquote>",
        "<p>&amp;",
        "<a href=x>",
        "<td>",
        "<table><tr><td>",
        "<div class=quote>x",
        "<div class=quote><blockquote>",
        "</p>",
        "</b>",
        "<b>",
        "<ul><li>a",
        "<!--",
        "<",
        "&nbsp;&eacute;",
        "&unknown;",
        "<a ",
        "<b x='",
        "<style>",
        "<pre> <tr><blockquote>",
        "<img src=cid:a>",
    ];
    let fields = ["=?a?q?x", "a@b.example, ", "<", "(", "\""];
    let of = |piece: &str, bytes: usize| piece.repeat((bytes / piece.len()).max(1));
    let text = |kind: &str, body: String| format!("From: a@b.example\nContent-Type: text/{kind}\n\nHello\n{body}");
    let check = |name: &str, mail: &dyn Fn(usize) -> String| {
        let [little, much] = [16_000, 64_000].map(|bytes| {
            deskbell::mail::steps::taken();
            let mail = mail(bytes);
            read(mail.as_bytes());
            (deskbell::mail::steps::taken() as usize, mail.len())
        });
        assert!(much.0 <= 5 * little.0 + 20_000, "{name}: {little:?} steps and bytes, then {much:?}");
        assert!(much.0 <= 120 * much.1, "{name}: {much:?} steps and bytes");
    };
    for piece in plain {
        check(piece, &|bytes| text("plain", of(piece, bytes)));
    }
    for piece in pages {
        check(piece, &|bytes| text("html", of(piece, bytes)));
    }
    for piece in fields {
        for name in ["Subject", "From", "To", "References"] {
            check(piece, &|bytes| format!("{name}: {}\n\nHello\n", of(piece, bytes)));
        }
    }
    // Something long, about which every element asks again.
    for asks in ["<td>", "<blockquote>", "<div class=quote>", "</a>", "</b>"] {
        let before = "<a href=http://a.example>".repeat(390);
        check(asks, &|bytes| text("html", format!("<table><tr><td>{before}{}{}", of("word ", bytes / 2), of(asks, bytes / 2))));
    }
}
