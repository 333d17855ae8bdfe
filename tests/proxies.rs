//! Behind real proxies, set up by the snippets of the package: pages, logins, files, sockets and long polls work, and who asks is known.

#[path = "support/binary.rs"]
mod binary;
#[path = "support/proxy.rs"]
mod proxy;

use binary::{Http, Visitor};
use proxy::{Kind, Proxy};
use serde_json::json;

fn text(body: &[u8]) -> String {
    String::from_utf8_lossy(body).into_owned()
}

/// Everything that people do, through one proxy.
fn everybody_is_served(kind: Kind, below: &'static str) {
    let proxy = Proxy::boot(kind, below);
    let origin = format!("https://{}", proxy.host);
    let inbox = proxy.told["inbox_uuid"].as_str().unwrap().to_owned();

    // Pages and files: of the desk, and of the widget by its stable name.
    let mut http = proxy.http();
    let desk = http.call("GET", "/desk", &[], b"").unwrap();
    assert!(desk.header("content-type").is_some_and(|kind| kind.starts_with("text/html")), "{:?}", desk.headers);
    let page = text(&desk.body);
    let script = page.split('"').find(|word| word.ends_with(".js")).expect("the desk has a script");
    let mut bare = Http::named(proxy.door, &proxy.host, "");
    assert_eq!(bare.call("GET", script, &[], b"").unwrap().status, 200, "{script} as the page writes it");
    let widget = http.call("GET", &format!("/w/{inbox}.js"), &[("Accept-Encoding", "gzip")], b"").unwrap();
    assert_eq!((widget.status, widget.header("content-encoding")), (200, Some("gzip")), "compressed by us, left alone by the proxy");

    // A login: the house knows that this is HTTPS, so the cookie is for HTTPS only.
    let login = json!({ "email": proxy.told["agents"][0]["email"], "password": proxy.told["agents"][0]["password"] }).to_string();
    let headers = [("Origin", origin.as_str()), ("Content-Type", "application/json"), ("X-Forwarded-Proto", "http")];
    let welcome = http.call("POST", "/api/desk/session", &headers, login.as_bytes()).unwrap();
    assert_eq!(welcome.status, 200, "{}", text(&welcome.body));
    let cookie = welcome.header("set-cookie").unwrap().to_owned();
    assert!(cookie.starts_with("__Host-deskbell=") && cookie.contains("; Secure"), "{}", cookie.split('=').next().unwrap());
    let cookie = cookie.split(';').next().unwrap().to_owned();

    // A visitor. Where he comes from is what the proxy saw, whatever he claims himself.
    let mut visitor = Visitor::begins_over(proxy.http(), &inbox, "Is this on?");
    let bearer = format!("Bearer {}", visitor.token);
    let lies = [("X-Libredesk-Inbox-ID", inbox.as_str()), ("Content-Type", "application/json"), ("X-Forwarded-For", "198.51.100.7")];
    let body = json!({ "message": "Somebody else", "form_data": { "name": "Liar" } }).to_string();
    let liar = http.call("POST", "/api/v1/widget/chat/conversations/init", &lies, body.as_bytes()).unwrap().json();
    for conversation in [visitor.conversation.as_str(), liar["data"]["conversation"]["uuid"].as_str().unwrap()] {
        let path = format!("/api/desk/conversations/{conversation}");
        let seen = http.call("GET", &path, &[("Cookie", &cookie)], b"").unwrap().json();
        assert_eq!(seen["origin"]["ip"], "127.88.0.0/24", "{}", seen["origin"]);
    }

    // The socket: an upgrade, and frames both ways.
    let mut socket = visitor.listens();
    assert_eq!(visitor.says("Over the wire", "wire").unwrap().status, 200);
    assert_eq!(socket.hears("new_message")["data"]["content"], "Over the wire");

    // A long poll comes back with what is said while it waits.
    let last = visitor.changes_after(0).iter().filter_map(|frame| frame["seq"].as_i64()).max().unwrap();
    let (poller, path) = (proxy.http(), format!("/api/v1/widget/chat/changes?after={last}&wait=25"));
    let (inbox_of_poll, bearer_of_poll) = (inbox.clone(), bearer.clone());
    let waiting = std::thread::spawn(move || {
        let mut poller = poller;
        poller.call("GET", &path, &[("X-Libredesk-Inbox-ID", &inbox_of_poll), ("Authorization", &bearer_of_poll)], b"").unwrap()
    });
    assert_eq!(visitor.says("For who polls", "polled").unwrap().status, 200);
    let heard = waiting.join().unwrap();
    assert_eq!(heard.status, 200);
    assert!(text(&heard.body).contains("For who polls"), "{}", text(&heard.body));

    // Thirty megabytes in two files of one message.
    let mut form = Vec::new();
    let part = |form: &mut Vec<u8>, head: &str, body: &[u8]| {
        form.extend(format!("--b0\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes());
        form.extend(body);
        form.extend(b"\r\n");
    };
    part(&mut form, "name=\"conversation_uuid\"", visitor.conversation.as_bytes());
    part(&mut form, "name=\"files\"; filename=\"a.bin\"", &vec![1; 15_000_000]);
    part(&mut form, "name=\"files\"; filename=\"b.bin\"", &vec![2; 15_000_000]);
    form.extend(b"--b0--\r\n");
    let headers = [
        ("X-Libredesk-Inbox-ID", inbox.as_str()),
        ("Authorization", bearer.as_str()),
        ("Content-Type", "multipart/form-data; boundary=b0"),
    ];
    let taken = http.call("POST", "/api/v1/widget/media/upload", &headers, &form).unwrap();
    assert_eq!(taken.status, 200, "{}", text(&taken.body));
    assert_eq!(text(&taken.body).matches("15000000").count(), 2, "{}", text(&taken.body));

    // What is too much is refused in our words, not in the proxy's. Only Apache, when it is still sending while we refuse, may not have heard them.
    let mut form = Vec::new();
    part(&mut form, "name=\"conversation_uuid\"", visitor.conversation.as_bytes());
    part(&mut form, "name=\"files\"; filename=\"c.bin\"", &vec![3; 25_000_000]);
    form.extend(b"--b0--\r\n");
    let refused = http.call("POST", "/api/v1/widget/media/upload", &headers, &form).unwrap();
    let unheard = matches!(kind, Kind::Apache) && refused.status == 502;
    assert!(unheard || refused.status < 500 && refused.json()["message"].is_string(), "{} {}", refused.status, text(&refused.body));

    // Who comes by plain HTTP is shown the way.
    if below.is_empty() && !matches!(kind, Kind::Caddy | Kind::Traefik) {
        let moved = Http::named(proxy.plain, proxy::NAME, "").call("GET", "/desk", &[], b"").unwrap();
        assert_eq!((moved.status, moved.header("location")), (301, Some("https://chat.example.com/desk")));
    }
}

#[test]
fn nginx_on_a_name_of_its_own() {
    everybody_is_served(Kind::Nginx, "");
}

#[test]
fn nginx_below_a_path() {
    everybody_is_served(Kind::Nginx, "/chat");
}

#[test]
fn caddy_on_a_name_of_its_own() {
    everybody_is_served(Kind::Caddy, "");
}

#[test]
fn caddy_below_a_path() {
    everybody_is_served(Kind::Caddy, "/chat");
}

#[test]
fn apache_on_a_name_of_its_own() {
    everybody_is_served(Kind::Apache, "");
}

#[test]
fn apache_below_a_path() {
    everybody_is_served(Kind::Apache, "/chat");
}

#[test]
fn traefik_on_a_name_of_its_own() {
    everybody_is_served(Kind::Traefik, "");
}

#[test]
fn traefik_below_a_path() {
    everybody_is_served(Kind::Traefik, "/chat");
}
