//! Reads a mail as a strict postmaster: RFC 5322 (headers, lines, dates, ids), 2045 and 2046 (parts, encodings), 2047 (encoded words),
//! 2183 and 2231 (file names), 3834 (automatic mail). Knows which headers deskbell writes: any other one was smuggled in.

/// Headers of a mail of ours; each at most once.
const HEADERS: [&str; 15] = [
    "message-id",
    "date",
    "from",
    "to",
    "reply-to",
    "subject",
    "in-reply-to",
    "references",
    "auto-submitted",
    "x-auto-response-suppress",
    "x-deskbell-loop",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "content-disposition",
];
/// Those without which it is no mail of ours.
const NEEDED: [&str; 7] = ["message-id", "date", "from", "to", "subject", "mime-version", "content-type"];
/// Headers of a part.
const PART_HEADERS: [&str; 4] = ["content-type", "content-transfer-encoding", "content-disposition", "content-id"];
/// Headers that servers put before it on its way.
const TRACE: [&str; 4] = ["return-path", "received", "delivered-to", "x-original-to"];

/// Fails with everything that is wrong.
pub fn check(raw: &[u8]) {
    let found = problems(raw);
    assert!(found.is_empty(), "not well made: {found:#?}\n{}", String::from_utf8_lossy(raw));
}

/// Everything that is wrong with a mail as we hand it in, or as a server stored it (with its trace before, and bare line ends).
pub fn problems(raw: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let stored;
    let raw = match raw.starts_with(b"Return-Path:") {
        true => {
            stored = String::from_utf8_lossy(raw).replace("\r\n", "\n").replace('\n', "\r\n").into_bytes();
            &stored
        }
        false => raw,
    };
    let Ok(text) = std::str::from_utf8(raw) else { return vec!["not even text".into()] };
    lines(text, &mut found);
    let (head, body) = split(text);
    let headers = headers(head, &mut found);
    let headers: Vec<_> = headers.into_iter().skip_while(|(name, _)| TRACE.contains(&name.as_str())).collect();
    for (name, _) in &headers {
        if !HEADERS.contains(&name.as_str()) {
            found.push(format!("a header of nobody: {name}"));
        }
        if headers.iter().filter(|(other, _)| other == name).count() > 1 {
            found.push(format!("more than one {name}"));
        }
    }
    for name in NEEDED.iter().filter(|name| value(&headers, name).is_none()) {
        found.push(format!("no {name}"));
    }
    of_the_top(&headers, &mut found);
    part(&headers, body, 0, &mut found);
    found
}

fn lines(text: &str, found: &mut Vec<String>) {
    if !text.ends_with("\r\n") {
        found.push("the last line does not end".into());
    }
    for line in text.split("\r\n") {
        if line.len() > 998 {
            found.push(format!("a line of {} bytes", line.len()));
        }
        if let Some(c) = line.chars().find(|c| !c.is_ascii() || (c.is_ascii_control() && *c != '\t')) {
            found.push(format!("{c:?} in {line:?}"));
        }
    }
}

/// Head and body; the head keeps its last line end.
fn split(text: &str) -> (&str, &str) {
    match text.strip_prefix("\r\n") {
        Some(body) => ("", body),
        None => text.split_once("\r\n\r\n").unwrap_or((text, "")),
    }
}

/// Names in lower case, values unfolded.
fn headers(head: &str, found: &mut Vec<String>) -> Vec<(String, String)> {
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in head.split("\r\n") {
        if line.trim().is_empty() {
            found.push("a blank line in a head".into());
        } else if line.starts_with([' ', '\t']) {
            match headers.last_mut() {
                Some((_, value)) => value.push_str(line),
                None => found.push("begins with a folded line".into()),
            }
        } else if let Some((name, value)) = line.split_once(':')
            && !name.is_empty()
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && (value.is_empty() || value.starts_with(' '))
        {
            headers.push((name.to_ascii_lowercase(), value.trim_start().to_owned()));
        } else {
            found.push(format!("no header: {line:?}"));
        }
        if line.contains("=?") && line.len() > 76 + 2 {
            found.push(format!("a line with an encoded word of {} bytes", line.len()));
        }
    }
    for (name, value) in &headers {
        encoded_words(name, value, found);
    }
    headers
}

fn value<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
}

fn encoded_words(name: &str, value: &str, found: &mut Vec<String>) {
    for word in value.split([' ', '\t']).filter(|word| word.contains("=?")) {
        let inner = word.strip_prefix("=?").and_then(|word| word.strip_suffix("?="));
        let parts: Vec<&str> = inner.map(|inner| inner.split('?').collect()).unwrap_or_default();
        let [charset, coding, text] = parts[..] else {
            found.push(format!("{name}: no encoded word: {word}"));
            continue;
        };
        let is_known = ["utf-8", "us-ascii"].contains(&charset.to_ascii_lowercase().as_str());
        let bytes = match coding {
            "Q" | "q" => quoted(text, true),
            "B" | "b" => base64(text),
            _ => None,
        };
        match bytes.map(String::from_utf8) {
            Some(Ok(decoded)) if is_known && word.len() <= 75 && !decoded.chars().any(char::is_control) => {}
            other => found.push(format!("{name}: a bad encoded word: {word} ({other:?})")),
        }
    }
}

fn quoted(text: &str, is_word: bool) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'=' => {
                let hex = [rest.next()?, rest.next()?];
                if hex.iter().any(u8::is_ascii_lowercase) {
                    return None;
                }
                bytes.push(u8::from_str_radix(std::str::from_utf8(&hex).ok()?, 16).ok()?);
            }
            b'_' if is_word => bytes.push(b' '),
            b'?' | b' ' if is_word => return None,
            other => bytes.push(other),
        }
    }
    Some(bytes)
}

fn base64(text: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}

fn of_the_top(headers: &[(String, String)], found: &mut Vec<String>) {
    if let Some(date) = value(headers, "date")
        && jiff::fmt::rfc2822::parse(date).is_err()
    {
        found.push(format!("no date: {date}"));
    }
    for name in ["message-id", "in-reply-to"] {
        if let Some(id) = value(headers, name)
            && !is_id(id)
        {
            found.push(format!("{name}: {id}"));
        }
    }
    if let Some(ids) = value(headers, "references")
        && (ids.is_empty() || !ids.split_whitespace().all(is_id))
    {
        found.push(format!("references: {ids}"));
    }
    for name in ["from", "to", "reply-to"] {
        if let Some(party) = value(headers, name)
            && !is_party(party)
        {
            found.push(format!("{name}: {party}"));
        }
    }
    if value(headers, "mime-version").is_some_and(|version| version != "1.0") {
        found.push("another MIME".into());
    }
    match (value(headers, "auto-submitted"), value(headers, "x-auto-response-suppress")) {
        (None, None) | (Some("auto-generated" | "auto-replied"), Some("All")) => {}
        other => found.push(format!("half automatic: {other:?}")),
    }
    if value(headers, "x-deskbell-loop").is_none_or(|mark| mark.is_empty() || !mark.bytes().all(|b| b.is_ascii_alphanumeric())) {
        found.push("no loop mark".into());
    }
}

fn is_id(id: &str) -> bool {
    let inner = id.strip_prefix('<').and_then(|id| id.strip_suffix('>')).unwrap_or_default();
    let fine = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_graphic() && !b"<>()\\,;\"@".contains(&b));
    inner.split_once('@').is_some_and(|(left, right)| fine(left) && fine(right))
}

/// `phrase <address>` with a phrase that is quoted or made of encoded words, and one address.
fn is_party(party: &str) -> bool {
    let Some((phrase, address)) = party.strip_suffix('>').and_then(|party| party.rsplit_once('<')) else { return false };
    let phrase = phrase.trim();
    let is_quoted = phrase.len() >= 2 && phrase.starts_with('"') && phrase.ends_with('"') && {
        let inner = phrase[1..phrase.len() - 1].replace("\\\\", "").replace("\\\"", "");
        !inner.contains(['"', '\\'])
    };
    let is_words = phrase.split_whitespace().all(|word| word.starts_with("=?") && word.ends_with("?="));
    (is_quoted || is_words) && address.is_ascii() && deskbell::base::email::check(address).is_ok_and(|checked| checked == address)
}

/// `type/subtype` and its parameters, continuations joined and decoded.
fn parameters(value: &str, found: &mut Vec<String>) -> (String, Vec<(String, String)>) {
    let mut pieces = Vec::new();
    let (mut piece, mut is_quoted, mut is_escaped) = (String::new(), false, false);
    for c in value.chars() {
        match c {
            '"' if !is_escaped => is_quoted = !is_quoted,
            '\\' if is_quoted && !is_escaped => {
                is_escaped = true;
                continue;
            }
            ';' if !is_quoted => {
                pieces.push(std::mem::take(&mut piece));
                continue;
            }
            _ => piece.push(c),
        }
        is_escaped = false;
    }
    if is_quoted {
        found.push(format!("an open quote: {value}"));
    }
    pieces.push(piece);
    let mut joined: Vec<(String, String)> = Vec::new();
    for piece in &pieces[1..] {
        let Some((name, value)) = piece.trim().split_once('=') else {
            found.push(format!("no parameter: {piece:?}"));
            continue;
        };
        let base = name.split('*').next().unwrap_or_default().to_ascii_lowercase();
        let value = match name.ends_with('*') {
            true => {
                let text = value.strip_prefix("UTF-8''").unwrap_or(value);
                let is_fine = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"%-._~!#$&+^`{}|".contains(&b));
                let bytes = quoted(&text.replace('%', "="), false).and_then(|bytes| String::from_utf8(bytes).ok());
                if !is_fine || bytes.is_none() {
                    found.push(format!("a bad extended parameter: {piece}"));
                }
                bytes.unwrap_or_default()
            }
            false => value.to_owned(),
        };
        match joined.iter_mut().find(|(other, _)| *other == base) {
            Some((_, all)) if name.contains('*') => all.push_str(&value),
            Some(_) => found.push(format!("twice: {base}")),
            None => joined.push((base, value)),
        }
    }
    (pieces[0].trim().to_ascii_lowercase(), joined)
}

fn part(headers: &[(String, String)], body: &str, depth: usize, found: &mut Vec<String>) {
    let (kind, parameters_of) = parameters(value(headers, "content-type").unwrap_or("text/plain"), found);
    let parameter = |name: &str| parameters_of.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone());
    let coding = value(headers, "content-transfer-encoding").unwrap_or("7bit").to_ascii_lowercase();
    if depth > 3 {
        return found.push("too deep".into());
    }
    if let Some(disposition) = value(headers, "content-disposition") {
        let (word, parameters_of) = parameters(disposition, found);
        let name = parameters_of.iter().find(|(name, _)| name == "filename").map(|(_, name)| name.as_str()).unwrap_or_default();
        if word != "attachment" || name.is_empty() || name.chars().any(char::is_control) || name.contains(['/', '\\']) {
            found.push(format!("disposition: {disposition}"));
        }
    }
    if kind.starts_with("multipart/") {
        let boundary = parameter("boundary").unwrap_or_default();
        if coding != "7bit" || boundary.is_empty() || boundary.len() > 70 || boundary.ends_with(' ') {
            found.push(format!("{kind}: {coding}, boundary {boundary:?}"));
        }
        return parts(&boundary, body, depth, found);
    }
    let is_kind = |kind: &str| kind.split_once('/').is_some_and(|(a, b)| [a, b].iter().all(|half| is_token(half)));
    if !is_kind(&kind) || kind.starts_with("message/") {
        found.push(format!("a part of the kind {kind}"));
    }
    let is_file = value(headers, "content-disposition").is_some();
    if kind.starts_with("text/") && !is_file && parameter("charset").as_deref() != Some("utf-8") {
        found.push(format!("{kind} without its charset"));
    }
    match coding.as_str() {
        "7bit" => {}
        "base64" => {
            let lines: Vec<&str> = body.trim_end_matches("\r\n").split("\r\n").collect();
            if lines.iter().any(|line| line.len() > 76) || base64(&lines.concat()).is_none() {
                found.push("bad base64".into());
            }
        }
        "quoted-printable" => {
            for line in body.split("\r\n") {
                let text = line.strip_suffix('=').unwrap_or(line);
                if line.len() > 76 || line.ends_with([' ', '\t']) || quoted(text, false).is_none() {
                    found.push(format!("bad quoted-printable: {line:?}"));
                }
            }
        }
        other => found.push(format!("the coding {other}")),
    }
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`{|}~".contains(&b))
}

fn parts(boundary: &str, body: &str, depth: usize, found: &mut Vec<String>) {
    let body = format!("\r\n{body}");
    let Some((inside, _)) = body.split_once(&format!("\r\n--{boundary}--")) else { return found.push("no last boundary".into()) };
    let inside: Vec<&str> = inside.split(&format!("\r\n--{boundary}\r\n")).collect();
    if inside.len() < 2 {
        found.push("a multipart without parts".into());
    }
    for text in &inside[1..] {
        let (head, body) = split(text);
        let headers = headers(head, found);
        for (name, _) in headers.iter().filter(|(name, _)| !PART_HEADERS.contains(&name.as_str())) {
            found.push(format!("a header of nobody in a part: {name}"));
        }
        part(&headers, body, depth + 1, found);
    }
}
