//! The doctor: what he says of a house behind a proxy that does one thing wrong, of a customer's page with one fault, and from the command line.

#[path = "support/binary.rs"]
mod binary;
mod support;

use deskbell::base::config::RawConfig;
use deskbell::desk::doctor::offline::Chart;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use support::*;

/// A house behind a proxy, at the address of the proxy, with somebody at the desk.
async fn behind(proxy: &Proxy, more: &[(&str, &str)]) -> (House, Agent) {
    let options = Options::default().patient().set("BASE_URL", &proxy.url()).set("OUTBOUND_ALLOW", "127.0.0.0/8");
    let options = more.iter().fold(options, |options, (key, value)| options.set(key, value));
    let house = House::boot_with(options).await;
    proxy.leads_to(house.address());
    let agent = house.agent().await;
    (house, agent)
}

fn good() -> Manners {
    Manners { forwards: true, ..Manners::default() }
}

async fn looks(agent: &Agent, part: &str) -> Value {
    agent.post(&format!("/problems/look/{part}")).await.ok()
}

/// The finding with this id.
fn the<'f>(found: &'f Value, id: &str) -> &'f Value {
    let all = ["problems", "fine"].into_iter().flat_map(|list| found[list].as_array().expect("a list"));
    all.into_iter().find(|one| one["id"] == id).unwrap_or_else(|| panic!("{id} is missing in {found:#}"))
}

#[tokio::test]
async fn a_house_behind_a_good_proxy_is_reached_and_each_fault_of_the_proxy_has_its_remedy() {
    let proxy = Proxy::open().await;
    let (_house, agent) = behind(&proxy, &[("TRUSTED_PROXIES", "127.0.0.1")]).await;
    proxy.behaves(good());
    let found = looks(&agent, "address").await;
    assert_eq!(list_at(&found, "problems"), Vec::<Value>::new(), "{found:#}");
    for id in ["loop", "forwarded", "socket", "upload", "dns", "clocks"] {
        assert_eq!(the(&found, id)["severity"], "fine", "{id}");
    }
    for (manners, id, severity, remedy) in [
        (Manners { drops_upgrade: true, ..good() }, "socket", "urgent", "proxy_set_header Upgrade"),
        (Manners { body_max: Some(1_048_576), ..good() }, "upload", "warning", "client_max_body_size"),
        (Manners { strips: true, ..Manners::default() }, "forwarded", "urgent", "X-Forwarded-For"),
        (Manners::default(), "forwarded", "urgent", "proxy_add_x_forwarded_for"),
        (Manners { host: Some("127.0.0.2:9"), ..good() }, "host", "warning", "proxy_set_header Host"),
        (Manners { host: Some("inner.example"), ..good() }, "loop", "urgent", "proxy_set_header Host"),
        (Manners { adds: Some("x-frame-options: SAMEORIGIN"), ..good() }, "frame_options", "urgent", "add_header"),
        (Manners { lost: true, ..good() }, "loop", "urgent", "proxy_pass"),
    ] {
        proxy.behaves(manners.clone());
        let found = looks(&agent, "address").await;
        let one = the(&found, id);
        assert_eq!((&one["severity"], text_at(one, "fix").contains(remedy)), (&json!(severity), true), "{manners:?}: {one:#}");
        assert!(["title", "why"].iter().all(|key| !text_at(one, key).is_empty()));
    }
}

#[tokio::test]
async fn a_proxy_that_is_not_believed_is_named_and_so_is_a_list_that_believes_everybody() {
    let proxy = Proxy::open().await;
    let (_house, agent) = behind(&proxy, &[]).await;
    proxy.behaves(good());
    let found = looks(&agent, "address").await;
    assert!(text_at(the(&found, "forwarded"), "fix").contains("TRUSTED_PROXIES=127.0.0.1"), "{found:#}");
    let (_house, agent) = behind(&proxy, &[("TRUSTED_PROXIES", "0.0.0.0/0")]).await;
    assert_eq!(the(&looks(&agent, "address").await, "trusted_proxies")["severity"], "urgent");
}

#[tokio::test]
async fn an_address_that_leads_elsewhere_is_told_from_one_that_leads_nowhere() {
    let site = Site::open().await;
    let house = House::boot_with(Options::default().set("BASE_URL", &site.url(""))).await;
    let found = looks(&house.agent().await, "address").await;
    assert_eq!(the(&found, "loop")["title"], "Somebody else answers at the public address");
    let nowhere = House::boot_with(Options::default().set("BASE_URL", "http://nowhere.invalid")).await;
    let agent = nowhere.agent().await;
    let found = looks(&agent, "address").await;
    assert!(text_at(the(&found, "dns"), "fix").contains("nowhere.invalid. A"), "{found:#}");
    // Another house with a copy of the same data, as after a move.
    let proxy = Proxy::open().await;
    let (old, agent) = behind(&proxy, &[]).await;
    let copy = House::of_file(old.file_path(), old.clock.clone(), Options::default().set("BASE_URL", &proxy.url())).await;
    proxy.leads_to(copy.address());
    let found = looks(&agent, "address").await;
    assert!(text_at(the(&found, "loop"), "title").starts_with("Another deskbell"), "{found:#}");
}

/// The question that goes out can be seen by a proxy on the way; it opens nothing a second time, and nothing at all for others.
#[tokio::test]
async fn the_question_to_ourselves_is_answered_once_and_to_nobody_else() {
    let proxy = Proxy::open().await;
    let (house, agent) = behind(&proxy, &[("TRUSTED_PROXIES", "127.0.0.1")]).await;
    looks(&agent, "address").await;
    let seen = proxy.seen.lock().unwrap().clone();
    let asked: Vec<&str> = seen.iter().filter_map(|head| head.split(' ').nth(1)).filter(|path| path.starts_with("/doctor/")).collect();
    assert!(asked.len() >= 2, "{seen:?}");
    for path in asked.into_iter().chain(["/doctor/abc?t=1.x", "/doctor/abc"]) {
        assert_eq!(house.get(path).await.status, 404, "{path}");
        assert_eq!(house.post(path).json(json!({})).await.status, 404, "{path}");
    }
    let ben = house.agent_named("ben", deskbell::model::agent::Role::Agent).await;
    ben.post("/problems/look/machine").await.denied(403);
    ben.post("/problems/page").json(json!({ "url": "https://shop.example" })).await.denied(403);
    agent.post("/problems/look/kitchen").await.denied(404);
}

#[tokio::test]
async fn the_machine_and_the_mail_are_looked_at_too() {
    let house = House::boot().await;
    let agent = house.agent().await;
    std::fs::set_permissions(house.file_path(), std::fs::Permissions::from_mode(0o644)).unwrap();
    std::fs::set_permissions(house.file_path().parent().unwrap(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let found = looks(&agent, "machine").await;
    assert!(text_at(the(&found, "rights"), "fix").contains("chmod 600"), "{found:#}");
    for id in ["date", "speed", "place", "roots"] {
        the(&found, id);
    }
    assert_eq!(the(&looks(&agent, "mail").await, "trials")["severity"], "fine");
    let quick = agent.get("/problems").await.ok();
    assert!(list_at(&quick, "fine").iter().all(|one| one["severity"] == "fine") && !list_at(&quick, "fine").is_empty());
}

/// A page, and what is said of it.
async fn looked(agent: &Agent, url: &str) -> Value {
    agent.post("/problems/page").json(json!({ "url": url })).await.ok()
}

#[tokio::test]
async fn each_fault_of_a_page_is_found_and_a_good_page_is_good() {
    let (proxy, site) = (Proxy::open().await, Site::open().await);
    proxy.behaves(good());
    let (house, agent) = behind(&proxy, &[("TRUSTED_PROXIES", "127.0.0.1")]).await;
    let (base, inbox) = (proxy.url(), house.inbox.clone());
    let line = format!("<script async src=\"{base}/w/{inbox}.js\"></script>");
    let page = |body: &str| {
        format!(
            "<!doctype html><html><head><title>Shop</title></head><body><h1>Plants for every window and every season of the year</h1>{body}</body></html>"
        )
    };
    let found = looked(&agent, &site.has("/good", "", &page(&line))).await;
    assert_eq!((list_at(&found, "problems"), text_at(&found, "title")), (vec![], "Shop".into()), "{found:#}");
    for id in ["page:verdict", "page:loader", "page:window"] {
        the(&found, id);
    }
    // Our own looking must not count as a site that carries the chat.
    assert_eq!(house.count("SELECT count(*) FROM inboxes WHERE called_at IS NOT NULL"), 0);
    let libredesk = format!(
        "<script>window.LibredeskSettings = {{ baseURL: '{base}', inboxID: '{inbox}' }};</script><script async src=\"{base}/widget.js\"></script>"
    );
    let other = format!("{base}/w/00000000-0000-4000-8000-000000000000.js");
    let plain = |html: String| (String::new(), html);
    let faults: Vec<((String, String), &str, &str)> = vec![
        (plain(String::new()), "page:missing", &line),
        (plain(format!("<!-- {line} -->")), "page:missing", "comment marks"),
        (plain(format!("<p>{}</p>", line.replace('<', "&lt;"))), "page:missing", "Custom HTML"),
        (plain(format!("<noscript>{line}</noscript>")), "page:missing", "noscript"),
        (plain("<script async src=https://www.googletagmanager.com/gtm.js?id=GTM-1></script>".into()), "page:manager", &line),
        (plain(line.replace('"', "”")), "page:quotes", "plain text"),
        (plain(line.replace("async", "type=\"text/plain\" data-cookieconsent=\"statistics\"")), "page:held", "no consent is needed"),
        (plain(line.replace(&base, "https://chat.elsewhere.example")), "page:host", &line),
        (plain(line.replace(&base, "")), "page:host", &line),
        (plain(format!("<script src={other}></script>")), "page:key", &line),
        (plain(line.replace("async", "nomodule")), "page:nomodule", &line),
        (plain(line.replace("async", "integrity=\"sha384-x\"")), "page:integrity", "Take the attribute away"),
        (plain(format!("{line}{line}")), "page:copies", "Keep one"),
        (plain(format!("{line}<script>Deskbell.destroy()</script>")), "page:destroy", "sign-out"),
        (plain(format!("{line}<style>deskbell-chat {{ display: none }}</style>")), "page:style", "rule"),
        (plain(libredesk.replace(&format!("baseURL: '{base}'"), "baseURL: 'https://old.example'")), "page:base_url", &base),
        (
            ("content-security-policy: script-src 'self'; frame-src 'none'\r\n".into(), line.clone()),
            "page:csp:0",
            "script-src 'self' http://127.0.0.1",
        ),
        (("content-security-policy: script-src 'nonce-a' 'strict-dynamic'\r\n".into(), line.clone()), "page:csp:0", "nonce"),
        (
            (
                "content-security-policy: default-src 'self' http:; script-src 'self' 'unsafe-inline' http:; connect-src 'self'\r\n".into(),
                libredesk.clone(),
            ),
            "page:csp:0",
            "connect-src 'self' http://127.0.0.1",
        ),
        (
            plain(format!("<meta http-equiv=Content-Security-Policy content=\"frame-src 'self'\">{line}")),
            "page:csp:0",
            "frame-src 'self' http://127.0.0.1",
        ),
        (("cross-origin-embedder-policy: require-corp\r\n".into(), line.clone()), "page:coep", "header away"),
    ];
    for ((headers, body), id, remedy) in faults {
        let found = looked(&agent, &site.has("/page", &headers, &page(&body))).await;
        let one = the(&found, id);
        assert!(text_at(one, "fix").contains(remedy) && one["severity"] != "fine", "{body}: {found:#}");
        assert!(list_at(&found, "fine").iter().all(|one| one["id"] != "page:verdict") || one["severity"] != "urgent", "{body}: {found:#}");
    }
    // A policy that allows us, and the forms of others.
    let policy = format!("content-security-policy: script-src {base}; frame-src {base}\r\n");
    assert_eq!(the(&looked(&agent, &site.has("/page", &policy, &page(&line))).await, "page:csp")["severity"], "fine");
    the(&looked(&agent, &site.has("/page", "", &page(&libredesk))).await, "page:verdict");
    // The proxy of the house can spoil the window.
    proxy.behaves(Manners { adds: Some("x-frame-options: DENY"), ..good() });
    the(&looked(&agent, &site.url("/good")).await, "page:frame_options");
    proxy.behaves(Manners { lost: true, ..good() });
    assert_eq!(the(&looked(&agent, &site.url("/good")).await, "page:loader")["severity"], "urgent");
}

#[tokio::test]
async fn our_own_settings_are_among_the_reasons() {
    let (proxy, site) = (Proxy::open().await, Site::open().await);
    let (house, agent) = behind(&proxy, &[]).await;
    let url = site.has("/", "", &format!("<p>Hello</p><script async src=\"{}/w/{}.js\"></script>", proxy.url(), house.inbox));
    let closed = text_at(&agent.post("/hours").json(json!({ "name": "Never", "time_zone": "UTC", "weekly": {} })).await.ok(), "uuid");
    for (change, id, link) in [
        (json!({ "trusted_domains": ["other.example"] }), "page:trusted", "security"),
        (json!({ "trusted_domains": [], "launcher": { "hidden": true } }), "page:hidden", "look"),
        (json!({ "launcher": { "hidden": false }, "hours": { "set": closed, "outside": "hide" } }), "page:hours", "availability"),
        (json!({ "hours": { "set": "", "outside": "open" }, "blocked_ips": ["127.0.0.0/8"] }), "page:blocked", "security"),
    ] {
        agent.put(&format!("/inboxes/{}", house.inbox)).json(json!({ "config": change })).await.ok();
        let found = looked(&agent, &url).await;
        let one = the(&found, id);
        assert_eq!((&one["severity"], text_at(one, "link")), (&json!("urgent"), format!("inboxes/{}/{link}", house.inbox)), "{found:#}");
    }
    agent.put(&format!("/inboxes/{}", house.inbox)).json(json!({ "enabled": false })).await.ok();
    assert!(text_at(the(&looked(&agent, &url).await, "page:off"), "fix").contains("turn it on"));
    let other = house.another_inbox("Other").await;
    let found = agent.post("/problems/page").json(json!({ "url": url, "inbox": other })).await.ok();
    assert!(text_at(the(&found, "page:other"), "fix").contains(&other), "{found:#}");
}

#[tokio::test]
async fn a_page_that_does_not_come_says_why_and_a_page_inside_is_not_looked_at_unasked() {
    let (proxy, site) = (Proxy::open().await, Site::open().await);
    let (house, agent) = behind(&proxy, &[]).await;
    site.says("/moved", "HTTP/1.1 301 Moved\r\nlocation: /new#x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    site.says("/circle", "HTTP/1.1 302 Found\r\nlocation: /circle\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    site.says("/escape", "HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/latest\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    site.says("/picture", "HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: 3\r\nconnection: close\r\n\r\nPNG");
    site.says("/broken", "HTTP/1.1 500 Oops\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    site.says("/nonsense", "this is no HTTP\r\n\r\n");
    site.has("/new", "", "<p>New</p>");
    for (path, id) in [
        ("/moved", "page:missing"),
        ("/circle", "page:circle"),
        ("/escape", "page:inside"),
        ("/picture", "page:kind"),
        ("/broken", "page:status"),
        ("/none", "page:status"),
        ("/nonsense", "page:silent"),
    ] {
        let found = looked(&agent, &site.url(path)).await;
        assert!(text_at(the(&found, id), "why").len() > 10, "{path}: {found:#}");
    }
    assert!(text_at(&looked(&agent, &site.url("/moved")).await, "url").ends_with("/new"));
    for bad in ["", "file:///etc/passwd", "https://a:b@shop.example/", "ftp://shop.example"] {
        assert_eq!(agent.post("/problems/page").json(json!({ "url": bad })).await.denied(400)["field"], "url", "{bad}");
    }
    // security 27: without leave nothing inside is asked.
    let shut = House::boot().await;
    let found = looked(&shut.agent().await, &site.url("/new")).await;
    assert!(text_at(the(&found, "page:inside"), "fix").contains("OUTBOUND_ALLOW=127.0.0.1"), "{found:#}");
    drop(house);
}

fn doctor(file: &Path, more: &[&str], settings: &[(&str, &str)]) -> (i32, Value, String) {
    let mut command = binary::deskbell();
    settings.iter().for_each(|(key, value)| {
        command.env(format!("DESKBELL_{key}"), value);
    });
    command.arg("doctor").arg("--data").arg(file).args(more);
    let output = command.output().expect("the program starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let code = output.status.code().expect("an exit code");
    (code, serde_json::from_str(&text).unwrap_or_default(), text + &String::from_utf8_lossy(&output.stderr))
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_looks_beside_a_running_service_and_finds_it_through_its_public_address() {
    let (proxy, site) = (Proxy::open().await, Site::open().await);
    proxy.behaves(good());
    let (house, agent) = behind(&proxy, &[("TRUSTED_PROXIES", "127.0.0.1")]).await;
    drop(agent);
    let (file, base, listen) = (house.file_path(), proxy.url(), house.address().to_string());
    let url = site.has("/", "", &format!("<script src={base}/w/{}.js></script>", house.inbox));
    let secret = house.secret.clone();
    let looking = tokio::task::spawn_blocking(move || {
        let settings =
            [("BASE_URL", base.as_str()), ("LISTEN", listen.as_str()), ("TRUSTED_PROXIES", "127.0.0.1"), ("OUTBOUND_ALLOW", "127.0.0.1")];
        (
            doctor(&file, &["--json"], &settings),
            doctor(&file, &["--json", "--page", &url], &settings),
            doctor(&file, &[], &settings),
            doctor(&file, &[], &[("LISTEN", "127.0.0.1:1"), ("BASE_URL", base.as_str())]),
        )
    });
    let (all, page, plain, elsewhere) = looking.await.unwrap();
    for id in ["running", "loop", "forwarded", "socket", "upload", "file", "speed"] {
        assert_eq!(the(&all.1, id)["severity"], "fine", "{id}: {}", all.2);
    }
    // Without HTTPS something is urgent.
    assert_eq!((all.0, the(&all.1, "https")["severity"].clone()), (1, json!("urgent")));
    assert_eq!(page.0, 0, "{}", page.2);
    the(&page.1["page"], "page:verdict");
    for words in ["NOW   The desk is reached without HTTPS", "->", "In order:", "The public address leads here", "to mend now"] {
        assert!(plain.2.contains(words), "{words} in {}", plain.2);
    }
    assert!(elsewhere.2.contains("deskbell does not answer on 127.0.0.1:1"), "{}", elsewhere.2);
    let keys = ["link_key", "seal_key"].map(|name| house.setting(name));
    for (.., text) in [&all, &page, &plain, &elsewhere] {
        assert!(!text.contains(&secret) && keys.iter().all(|key| !text.contains(key)), "a secret was printed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_service_the_file_is_read_and_left_as_it_is() {
    let mut house = House::boot().await;
    let file = house.file_path();
    house.stops().await;
    let folder = file.parent().unwrap().to_owned();
    let (before, bytes) = (names(&folder), std::fs::read(&file).unwrap());
    let (code, found, text) = doctor(&file, &["--json"], &[("LISTEN", "127.0.0.1:1")]);
    assert_eq!((names(&folder), std::fs::read(&file).unwrap()), (before.clone(), bytes));
    the(&found, "file");
    the(&found, "backup");
    assert_eq!((code, the(&found, "running")["severity"].clone()), (1, json!("urgent")), "{text}");
    // A file of an older version is neither changed nor looked into; one of a newer is told.
    let set = |version: i64| {
        let connection = rusqlite::Connection::open(&file).unwrap();
        connection.execute_batch(&format!("PRAGMA journal_mode = DELETE; PRAGMA user_version = {version}")).unwrap();
    };
    set(2);
    let (code, found, _) = doctor(&file, &["--json"], &[]);
    assert_eq!(the(&found, "schema")["severity"], "warning");
    // The machine that runs the tests may have troubles of its own.
    let is_urgent = list_at(&found, "problems").iter().any(|one| one["severity"] == "urgent");
    assert_eq!(code, i32::from(is_urgent), "{found:#}");
    set(1000);
    let (code, found, _) = doctor(&file, &["--json"], &[]);
    assert_eq!((code, text_at(the(&found, "schema"), "fix").contains("rollback")), (1, true));
    std::fs::write(&file, "this is no database at all, only words").unwrap();
    let (code, found, _) = doctor(&file, &["--json"], &[]);
    assert_eq!((code, the(&found, "file")["severity"].clone()), (1, json!("urgent")));
    let (code, found, _) = doctor(&folder.join("none.db"), &["--json"], &[]);
    assert_eq!((code, the(&found, "file")["severity"].clone()), (1, json!("urgent")));
    let (code, _, text) = doctor(&file, &[], &[("TRUSTED_PROXIES", "everybody")]);
    assert!(code == 2 && text.contains("TRUSTED_PROXIES=everybody"), "{code} {text}");
    assert!(names(&folder).iter().all(|name| !name.contains(".try-")));
}

/// The file may be looked at while a commit of a service that was killed still lies in its WAL.
#[tokio::test]
async fn what_lies_in_the_wal_is_seen() {
    let house = House::boot().await;
    let mut raw = RawConfig::default();
    raw.set("DATA_FILE", &house.file_path().to_string_lossy()).unwrap();
    let config = raw.resolve().unwrap();
    let known = |chart: &Chart, id: &str| chart.found.iter().any(|one| one.id.starts_with(id));
    assert!(!known(&Chart::read(&config).unwrap(), "off:"));
    let off = house.another_inbox("Off").await;
    house.agent().await.put(&format!("/inboxes/{off}")).json(json!({ "enabled": false })).await.ok();
    assert!(known(&Chart::read(&config).unwrap(), "off:"));
}
