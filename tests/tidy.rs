//! The rules of the house, read from its own sources: floors, where SQL lives, what never stands in code or pages.
//! A repeated remark of a review becomes a check here.

use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// One source file. `code` is what runs: without its tests and without whole-line comments.
struct Source {
    /// Path below the repository, such as `src/desk/messages.rs`.
    path: String,
    text: String,
    code: String,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(below: &str, ends: &[&str]) -> Vec<Source> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                // Other people's code, installed beside the browser tests.
                true if path.ends_with("node_modules") => {}
                true => walk(&path, found),
                false => found.push(path),
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(below), &mut found);
    found.sort();
    let mut sources = Vec::new();
    for path in found {
        let name = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
        if ends.iter().any(|end| name.ends_with(end)) {
            let text = std::fs::read_to_string(&path).unwrap();
            let code = without_comments(&without_tests(&text));
            sources.push(Source { path: name, text, code });
        }
    }
    assert!(!sources.is_empty(), "nothing below {below}");
    sources
}

/// The lines without items marked `#[cfg(test)]`; emptied rather than removed, so that line numbers stay true.
fn without_tests(text: &str) -> String {
    let mut code = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.trim_start() != "#[cfg(test)]" {
            code.push(line);
            continue;
        }
        // rustfmt closes an item at the indentation at which it began.
        let close = format!("{}}}", &line[..line.len() - line.trim_start().len()]);
        code.push("");
        let mut first = true;
        for line in lines.by_ref() {
            code.push("");
            if line == close || (first && line.ends_with(';')) {
                break;
            }
            first = first && line.trim_start().starts_with(['#', '/']);
        }
    }
    code.join("\n")
}

fn without_comments(text: &str) -> String {
    text.lines().map(|line| if line.trim_start().starts_with("//") { "" } else { line }).collect::<Vec<_>>().join("\n")
}

/// Fails with every place that breaks the rule, not only the first.
fn none(rule: &str, broken: Vec<String>) {
    assert!(broken.is_empty(), "{rule}\n  {}", broken.join("\n  "));
}

/// `path:line: text` of every line of code with `needle`.
fn lines_with(source: &Source, needle: &str) -> Vec<String> {
    let lines = source.code.lines().enumerate().filter(|(_, line)| line.contains(needle));
    lines.map(|(number, line)| format!("{}:{}: {}", source.path, number + 1, line.trim())).collect()
}

fn word_at(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

/// The module of the house a file belongs to: `desk` for `src/desk/messages.rs`, `app` for `src/app.rs`.
fn module(path: &str) -> &str {
    let rest = path.strip_prefix("src/").unwrap();
    rest.split('/').next().unwrap().trim_end_matches(".rs")
}

/// architecture.md, section 2.
fn floor(module: &str) -> Option<u8> {
    Some(match module {
        "base" | "model" => 0,
        "hub" => 1,
        "store" => 2,
        "acme" | "http" | "mail" => 3,
        "desk" => 4,
        "widget" | "agent" | "help" | "compat" | "jobs" | "watch" => 5,
        "app" | "router" | "demo" => 6,
        "cli" | "main" => 7,
        _ => return None,
    })
}

/// Why `from` must not name `to`, if it must not.
fn forbidden(from: &str, to: &str) -> Option<&'static str> {
    let (Some(own), Some(other)) = (floor(from), floor(to)) else { return Some("has no floor yet: give it one in tests/tidy.rs") };
    if from == to {
        return None;
    }
    match (from, to) {
        ("model", "base") => return None,
        ("base", _) => return Some("base stands on nothing"),
        ("store", "hub") => return Some("the store is given a callback and never names the hub"),
        ("http" | "mail", "model" | "hub" | "store") => return Some("floor 3 knows nothing of chat"),
        ("hub", "model") => return None,
        _ => {}
    }
    match own.cmp(&other) {
        std::cmp::Ordering::Greater => None,
        std::cmp::Ordering::Less => Some("imports go down the stairs only"),
        std::cmp::Ordering::Equal if own == 6 || own == 7 => None,
        std::cmp::Ordering::Equal => Some("side by side is forbidden here"),
    }
}

/// Modules of the house that this code names after `prefix` (`crate::`), also in groups.
fn named(code: &str, prefix: &str) -> Vec<(usize, String)> {
    let mut names = Vec::new();
    for (at, _) in code.match_indices(prefix) {
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':') {
            continue;
        }
        let line = code[..at].matches('\n').count() + 1;
        let rest = &code[at + prefix.len()..];
        match rest.strip_prefix('{') {
            None => names.push((line, word_at(rest).to_owned())),
            Some(group) => {
                let (mut depth, mut item_starts) = (0, true);
                for (at, c) in group.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => item_starts = true,
                        c if c.is_alphabetic() && item_starts && depth == 0 => {
                            names.push((line, word_at(&group[at..]).to_owned()));
                            item_starts = false;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    names
}

#[test]
fn imports_go_down_the_stairs_only() {
    let mut broken = Vec::new();
    let mut seen = 0;
    for source in files("src", &[".rs"]) {
        let own = module(&source.path);
        if own == "lib" {
            continue;
        }
        for prefix in ["crate::", "deskbell::"] {
            for (line, name) in named(&source.code, prefix) {
                // `crate::cli` inside the binary is the binary's own.
                seen += 1;
                if let Some(why) = forbidden(own, &name) {
                    broken.push(format!("{}:{line} names {name}: {why}", source.path));
                }
            }
        }
        broken.extend(lines_with(&source, "super::super::").into_iter().map(|line| format!("{line}: say crate:: and what")));
    }
    assert!(seen > 200, "the reader of imports sees them");
    none("floors (architecture.md, section 2)", broken);
}

#[test]
fn the_reader_of_imports_sees_groups_and_inline_paths() {
    let code = "use crate::{http, jobs::{self, x}, base};\nlet a = crate::store::X;\nuse other_crate::no;";
    let names: Vec<String> = named(code, "crate::").into_iter().map(|(_, name)| name).collect();
    assert_eq!(names, ["http", "jobs", "base", "store"]);
    assert!(forbidden("widget", "agent").is_some() && forbidden("jobs", "widget").is_some() && forbidden("http", "mail").is_some());
    assert!(forbidden("store", "hub").is_some() && forbidden("base", "model").is_some() && forbidden("desk", "widget").is_some());
    assert!(forbidden("model", "base").is_none() && forbidden("desk", "hub").is_none() && forbidden("app", "router").is_none());
}

#[test]
fn sql_lives_in_the_store_alone() {
    let mut broken = Vec::new();
    for source in files("src", &[".rs"]) {
        if module(&source.path) == "store" {
            continue;
        }
        for needle in ["SELECT ", "INSERT INTO", "INSERT OR ", "DELETE FROM", "PRAGMA ", "CREATE TABLE", "BEGIN IMMEDIATE", "rusqlite"] {
            broken.extend(lines_with(&source, needle));
        }
        broken.extend(lines_with(&source, "UPDATE ").into_iter().filter(|line| line.contains(" SET ")));
    }
    none("SQL outside src/store", broken);
}

#[test]
fn sql_is_never_built_from_pieces() {
    let mut broken = Vec::new();
    for source in files("src/store", &[".rs"]) {
        for line in source.code.lines().filter(|line| line.contains("format!(")) {
            if ["SELECT", "INSERT", "UPDATE", "DELETE", "WHERE"].iter().any(|word| line.contains(word)) {
                broken.push(format!("{}: {}", source.path, line.trim()));
            }
        }
    }
    none("SQL is a &'static str", broken);
}

#[test]
fn nothing_queues_without_a_bound() {
    let mut broken = Vec::new();
    for source in files("src", &[".rs"]) {
        for needle in ["unbounded", "mpsc::channel()", "std::sync::mpsc"] {
            broken.extend(lines_with(&source, needle));
        }
    }
    none("unbounded channels", broken);
}

/// Where the program may stop itself: file, words, and why going on would be worse or impossible.
const INVARIANTS: &[(&str, &str, &str)] = &[
    ("src/base/id.rs", "the operating system has no randomness", "without randomness no token is safe"),
    ("src/base/webpush.rs", "HMAC takes keys of any length", "the type of the crate allows a refusal that its documentation excludes"),
    ("src/base/token.rs", "HMAC takes keys of every length", "the type of the crate allows a refusal that its documentation excludes"),
];

#[test]
fn nothing_stops_the_program_but_stated_invariants() {
    let mut broken = Vec::new();
    let mut used = BTreeSet::new();
    for source in files("src", &[".rs"]) {
        if source.path == "src/main.rs" {
            continue;
        }
        for needle in [".unwrap()", ".expect(", ".expect_err(", ".unwrap_err()", "panic!(", "unreachable!(", "todo!(", "unimplemented!("] {
            for line in lines_with(&source, needle) {
                match INVARIANTS.iter().find(|(file, words, _)| source.path == *file && line.contains(words)) {
                    Some((_, words, _)) => drop(used.insert(*words)),
                    None => broken.push(line),
                }
            }
        }
    }
    none("errors are handled; an invariant is stated here with its reason", broken);
    let stale = INVARIANTS.iter().filter(|(_, words, _)| !used.contains(words)).map(|(file, words, _)| format!("{file}: {words}"));
    none("invariants that are gone", stale.collect());
}

#[test]
fn unsafe_is_forbidden_and_warnings_are_errors() {
    for path in ["src/lib.rs", "src/main.rs"] {
        let text = std::fs::read_to_string(root().join(path)).unwrap();
        assert!(text.contains("#![forbid(unsafe_code)]"), "{path}");
    }
    let mut broken = Vec::new();
    for source in files("src", &[".rs"]) {
        broken.extend(lines_with(&source, "#![allow("));
        let mut above = "";
        for (number, line) in source.text.lines().enumerate() {
            // The sentence just above says why, this one time.
            let reasoned = above.trim_start().starts_with("//") || line.contains("reason =");
            if line.trim_start().starts_with("#[allow(") && !reasoned {
                broken.push(format!("{}:{}: {}", source.path, number + 1, line.trim()));
            }
            above = line;
        }
    }
    none("warnings are fixed; one that is silenced has its reason in the line above", broken);
}

#[test]
fn tests_neither_skip_nor_expect_any_panic() {
    let mut broken = Vec::new();
    for source in files("tests", &[".rs"]).into_iter().chain(files("src", &[".rs"])) {
        for needle in [concat!("#[ign", "ore"), concat!("#[should_", "panic")] {
            let lines = source.text.lines().enumerate().filter(|(_, line)| line.trim_start().starts_with(needle));
            broken.extend(lines.map(|(number, line)| format!("{}:{}: {}", source.path, number + 1, line.trim())));
        }
    }
    none("a test runs, and names what it expects", broken);
}

#[test]
fn nothing_is_left_for_later_in_words() {
    let mut broken = Vec::new();
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:"), concat!("HA", "CK:")];
    let everything = files("src", &[".rs", ".md"]).into_iter().chain(files("tests", &[".rs", ".js", ".mjs", ".py", ".go", ".md"]));
    let assets = files("assets", &[".js", ".css", ".html", ".md"]).into_iter().filter(|source| !source.path.contains("/vendor/"));
    for source in everything.chain(assets) {
        for (number, line) in source.text.lines().enumerate() {
            if marks.iter().any(|mark| line.contains(mark)) {
                broken.push(format!("{}:{}: {}", source.path, number + 1, line.trim()));
            }
        }
    }
    none("what is not done is an issue, not a comment", broken);
}

/// What was made safe by the server is put into pages in exactly this one place.
const MARKUP_DOOR: &str = "assets/shared/html.js";

#[test]
fn pages_never_turn_text_into_markup_or_code() {
    let mut broken = Vec::new();
    let needles = [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "dangerouslySetInnerHTML",
        "document.write",
        "eval(",
        "new Function",
        "srcdoc",
        "createContextualFragment",
        "javascript:",
        "setHTMLUnsafe",
        "DOMParser",
    ];
    for source in files("assets", &[".js", ".html"]).into_iter().filter(|source| !source.path.contains("/vendor/")) {
        for needle in needles {
            let allowed = source.path == MARKUP_DOOR && ["DOMParser", "srcdoc"].contains(&needle);
            if !allowed {
                broken.extend(lines_with(&source, needle));
            }
        }
        if source.path.ends_with(".html") {
            for handler in [" onclick=", " onload=", " onerror=", " style=\"", "<style", "<script>"] {
                broken.extend(lines_with(&source, handler));
            }
        }
    }
    none("markup is made by templates; inline handlers and styles fail the CSP", broken);
}

#[test]
fn pages_load_nothing_from_anybody_else() {
    let mut broken = Vec::new();
    for source in files("assets", &[".js", ".html", ".css"]).into_iter().filter(|source| !source.path.contains("/vendor/")) {
        for (number, line) in source.text.lines().enumerate() {
            let loads = [
                "src=\"",
                "src='",
                "url(",
                "url('",
                "url(\"",
                "import '",
                "import \"",
                "from '",
                "from \"",
                "import('",
                "fetch('",
                "fetch(\"",
                "fetch(`",
                "WebSocket('",
                "WebSocket(\"",
                "@import '",
                "@import \"",
                "<link rel=\"stylesheet\" href=\"",
                "<script src=\"",
            ];
            for load in loads {
                for foreign in ["http:", "https:", "//", "ws:", "wss:"] {
                    if line.contains(&format!("{load}{foreign}")) {
                        broken.push(format!("{}:{}: {}", source.path, number + 1, line.trim()));
                    }
                }
            }
        }
    }
    none("everything a page needs is in the binary", broken);
}

#[test]
fn vendored_code_is_the_file_it_says_it_is() {
    let readme = std::fs::read_to_string(root().join("assets/vendor/README.md")).unwrap();
    for entry in std::fs::read_dir(root().join("assets/vendor")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        // Notes and our own type descriptions are not vendored.
        if name.ends_with(".md") || name.ends_with(".d.ts") {
            continue;
        }
        let hash: String = Sha256::digest(std::fs::read(&path).unwrap()).iter().map(|byte| format!("{byte:02x}")).collect();
        let row =
            readme.lines().find(|line| line.starts_with(&format!("| `{name}`"))).unwrap_or_else(|| panic!("{name} is not in the table"));
        assert!(row.contains(&hash), "{name} has {hash}, the table says otherwise");
    }
}

/// Words that mean something we have another word for (architecture.md, section 11), as they would stand in names.
const SYNONYMS: &[(&str, &str)] = &[
    ("guest", "visitor"),
    ("operator", "agent"),
    ("canned", "macro"),
    ("department", "team"),
    ("chatroom", "conversation"),
    ("temp_id", "echo_id"),
    ("tempid", "echo_id"),
    ("private_note", "note"),
    ("follow_up", "continuity"),
    ("queue_item", "job"),
];

#[test]
fn one_thing_has_one_name() {
    let mut broken = Vec::new();
    for source in files("src", &[".rs"]).into_iter().filter(|source| module(&source.path) != "compat") {
        for (number, line) in source.code.lines().enumerate() {
            let names = without_strings(line).to_lowercase();
            for (synonym, ours) in SYNONYMS {
                if names.contains(synonym) {
                    broken.push(format!("{}:{}: say {ours}, not {synonym}: {}", source.path, number + 1, line.trim()));
                }
            }
            // A "ticket" is nothing of ours; types named so would be conversations.
            if without_strings(line).contains("struct Ticket") {
                broken.push(format!("{}:{}: {}", source.path, number + 1, line.trim()));
            }
        }
        for getter in lines_with(&source, "fn get_") {
            broken.push(format!("{getter}: find = maybe, the bare noun = surely"));
        }
    }
    none("words of the house", broken);
}

/// The line without what stands in quotes and after `//`.
fn without_strings(line: &str) -> String {
    let line = line.split(" // ").next().unwrap_or(line);
    line.split('"').step_by(2).collect::<Vec<_>>().join("\"\"")
}

#[test]
fn every_dependency_has_its_reference_letter() {
    let text = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let (mut section, mut run, mut letters) = (String::new(), 0, 0);
    let mut broken = Vec::new();
    for line in text.lines() {
        if line.starts_with('[') {
            (section, run) = (line.to_owned(), 99);
        } else if line.starts_with('#') {
            run = 0;
        } else if section.ends_with("dependencies]") && line.contains('=') {
            run += 1;
            letters += 1;
            // One letter may speak for a few that only make sense together.
            if run > 3 {
                broken.push(line.to_owned());
            }
        }
    }
    assert!(letters > 20);
    none("a dependency is a colleague for life: say why, above it", broken);
}

#[test]
fn shapes_of_wires_live_in_wire_files() {
    // Formats of the database: the week of a set of hours, the house's, the inbox's and the mailbox's settings, how an agent is called, the payload of jobs, the value of an activity, cards.
    let storage = [
        "src/model/hours.rs",
        "src/model/house.rs",
        "src/model/inbox.rs",
        "src/model/job.rs",
        "src/model/mailbox.rs",
        "src/base/server.rs",
        "src/model/message.rs",
        "src/model/prefs.rs",
        "src/model/rich.rs",
        "src/model/start.rs",
    ];
    let mut broken = Vec::new();
    for source in files("src", &[".rs"]) {
        let is_wire = source.path.ends_with("/wire.rs") || storage.contains(&source.path.as_str());
        if is_wire {
            continue;
        }
        let derives = source
            .code
            .lines()
            .enumerate()
            .filter(|(_, line)| line.contains("derive(") && line.split(|c: char| !c.is_alphanumeric()).any(|word| word == "Serialize"));
        broken.extend(derives.map(|(number, line)| format!("{}:{}: {}", source.path, number + 1, line.trim())));
    }
    none("Serialize outside wire.rs", broken);
}

/// Routes of a door as its `route` function lists them: method and path, parameters as `{uuid}`.
fn routes(path: &str) -> Vec<(String, String)> {
    let text = std::fs::read_to_string(root().join(path)).unwrap();
    let mut routes = Vec::new();
    for line in text.lines().map(str::trim) {
        let Some((head, _)) = line.strip_prefix("(\"").and_then(|rest| rest.split_once("]) =>")) else { continue };
        let Some((method, path)) = head.split_once("\", [") else { continue };
        let segments =
            path.split(", ").map(|segment| segment.strip_prefix('"').map_or("{uuid}".to_owned(), |s| s.trim_end_matches('"').to_owned()));
        routes.push((method.to_owned(), segments.collect::<Vec<_>>().join("/")));
    }
    assert!(routes.len() > 10, "{path}: the reader of routes sees them");
    routes
}

#[test]
fn every_route_of_the_doors_is_in_their_readme() {
    let mut broken = Vec::new();
    for (door, prefix) in [("agent", ""), ("widget", "chat/")] {
        // Readers like to know what kind of name stands there.
        let readme = std::fs::read_to_string(root().join(format!("src/{door}/README.md"))).unwrap();
        let word = |text: &str| {
            text.split_once('}').filter(|(word, _)| word.bytes().all(|byte| byte.is_ascii_lowercase())).map(|(_, rest)| rest.to_owned())
        };
        let mut pieces = readme.split('{');
        let mut readme = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            readme += &word(piece).map_or_else(|| format!("{{{piece}"), |rest| format!("{{uuid}}{rest}"));
        }
        for (method, path) in routes(&format!("src/{door}/mod.rs")) {
            let short = path.strip_prefix(prefix).unwrap_or(&path);
            let told = [format!("{method} /{path}"), format!("{method} …/{short}"), format!("{method} /api/v1/widget/{path}")];
            let end = |text: &str| text.starts_with(['`', '?', ' ', '|', '\\']);
            let found = told.iter().any(|call| readme.match_indices(call.as_str()).any(|(at, _)| end(&readme[at + call.len()..])));
            if !found {
                broken.push(format!("src/{door}/README.md: {method} {path}"));
            }
        }
    }
    none("routes nobody wrote down", broken);
}

#[test]
fn the_table_of_the_desks_routes_and_its_match_are_alike() {
    let named = |path: &str| path.split('/').map(|s| if s.starts_with('{') { "{uuid}" } else { s }).collect::<Vec<_>>().join("/");
    let mut answered: Vec<String> = routes("src/agent/mod.rs").iter().map(|(method, path)| format!("{method} {path}")).collect();
    let mut table: Vec<String> =
        deskbell::agent::routes::ROUTES.iter().map(|route| format!("{} {}", route.method, named(route.path))).collect();
    answered.sort();
    table.sort();
    assert_eq!(answered, table, "src/agent/mod.rs answers what src/agent/routes.rs lists");
}

#[test]
fn every_file_begins_with_what_it_is_for() {
    let mut broken = Vec::new();
    for source in files("src", &[".rs"]) {
        if !source.text.starts_with("//! ") {
            broken.push(source.path);
        }
    }
    none("the first line says what the file is for", broken);
}
