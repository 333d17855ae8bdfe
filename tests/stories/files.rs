//! Files in both directions: whole, in order, bounded, judged by their content, opened by their link alone.

use crate::support::*;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x02\x08\x06\0\0\0\x01\x02\x03\x04";

/// rows 86, 88
#[tokio::test]
async fn files_go_both_ways_whole_and_in_order() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    visitor.says("see the pictures").await;
    let large: Vec<u8> = (0..300_000u32).map(|n| (n % 251) as u8).collect();
    let sent = visitor.sends(&[("leaf.png", PNG), ("notes.txt", b"wilting"), ("data.bin", &large)]).await;
    let names: Vec<String> = list_at(&sent, "attachments").iter().map(|file| text_at(file, "name")).collect();
    assert_eq!(names, ["leaf.png", "notes.txt", "data.bin"]);
    assert_eq!((sent["attachments"][0]["width"].as_i64(), sent["attachments"][0]["content_type"].as_str()), (Some(3), Some("image/png")));
    let seen = agent
        .sees_frame("message", "three files", |data| data["message"]["attachments"].as_array().is_some_and(|files| files.len() == 3))
        .await;
    for (index, bytes) in [PNG, b"wilting", &large].into_iter().enumerate() {
        let file = house.get(&text_at(&seen, &format!("message/attachments/{index}/url"))).await;
        assert_eq!((file.status, file.body.as_slice() == bytes), (200, true));
        // security 4: whatever it is, it runs nothing.
        assert_eq!(file.header("x-content-type-options"), Some("nosniff"));
        assert!(file.header("content-security-policy").unwrap().starts_with("sandbox"));
        assert_eq!(file.header("content-disposition").unwrap().starts_with("inline"), index == 0);
        assert!(file.header("cache-control").unwrap().contains("private"));
    }
    // The last message of the list names the files when there are no words.
    assert_eq!(visitor.conversations().await[0]["last_message"]["content"], "leaf.png, notes.txt, data.bin");
    let uploaded = agent.uploads(&visitor.conversation(), &[("invoice.pdf", b"%PDF-1.7 x"), ("b.txt", b"b")]).await;
    let ids: Vec<&Value> = uploaded.iter().map(|file| &file["uuid"]).collect();
    agent.writes(&visitor.conversation(), json!({ "kind": "reply", "body": "", "attachments": ids })).await.ok();
    let heard =
        visitor.socket().hears("the agent's files", |f| f["data"]["attachments"].as_array().is_some_and(|files| files.len() == 2)).await;
    assert_eq!(house.get(&text_at(&heard, "data/attachments/0/url")).await.body, b"%PDF-1.7 x");
    // A draft that was sent cannot be sent again, and nobody sends somebody else's.
    agent.writes(&visitor.conversation(), json!({ "kind": "reply", "body": "", "attachments": ids })).await.denied(404);
    let ben = house.agent_named("ben", deskbell::model::agent::Role::Agent).await;
    let draft = &agent.uploads(&visitor.conversation(), &[("c.txt", b"c")]).await[0]["uuid"];
    ben.writes(&visitor.conversation(), json!({ "kind": "reply", "body": "x", "attachments": [draft] })).await.denied(404);
}

#[tokio::test]
async fn ranges_answer_exactly_the_bytes_asked_for() {
    let house = House::boot().await;
    let visitor = house.visitor();
    visitor.says("a film").await;
    let bytes: Vec<u8> = (0..200_000u32).map(|n| (n * 7 % 253) as u8).collect();
    let url = text_at(&visitor.sends(&[("film.bin", &bytes)]).await, "attachments/0/url");
    for (range, first, last) in
        [("0-0", 0, 0), ("65535-65536", 65_535, 65_536), ("100000-", 100_000, 199_999), ("-10", 199_990, 199_999), ("5-999999", 5, 199_999)]
    {
        let part = house.get(&url).header("range", &format!("bytes={range}")).await;
        assert_eq!(part.status, 206, "{range}");
        assert_eq!(part.header("content-range"), Some(format!("bytes {first}-{last}/200000").as_str()));
        assert!(part.body == bytes[first..=last], "{range}");
    }
    for range in ["200000-", "9-3", "-0", "x"] {
        let none = house.get(&url).header("range", &format!("bytes={range}")).await;
        assert_eq!((none.status, none.header("content-range")), (416, Some("bytes */200000")), "{range}");
    }
    let whole = house.get(&url).await;
    let etag = whole.header("etag").unwrap().to_owned();
    assert_eq!(house.get(&url).header("if-none-match", &etag).await.status, 304);
    assert_eq!(house.get(&url).header("range", "bytes=0-1").header("if-range", "\"other\"").await.status, 200);
    let head = house.nobody().call("HEAD", &url).await;
    assert_eq!((head.status, head.header("content-length"), head.body.len()), (200, Some("200000"), 0));
}

/// security 7: the ticket is the permission.
#[tokio::test]
async fn a_link_opens_its_file_and_only_for_a_while() {
    let house = House::boot().await;
    let visitor = house.visitor();
    visitor.says("hi").await;
    let sent = visitor.sends(&[("a.txt", b"one"), ("b.txt", b"two")]).await;
    let (one, two) = (text_at(&sent, "attachments/0/url"), text_at(&sent, "attachments/1/url"));
    let (path, ticket) = one.split_once("?t=").unwrap();
    let (other_path, _) = two.split_once("?t=").unwrap();
    let missing = house.get("/uploads/6694785e-789f-4ba6-873b-260b025418c8").await;
    assert_eq!(missing.status, 404);
    let later = format!("{path}?t=9{ticket}");
    for wrong in [
        path,
        &format!("{other_path}?t={ticket}"),
        &later,
        &format!("{path}?t="),
        &format!("{path}?t={}", &ticket[..ticket.len() - 1]),
        "/uploads/x",
        "/uploads/..%2f..%2fetc%2fpasswd",
    ] {
        let answer = house.get(wrong).await;
        assert_eq!((answer.status, &answer.body), (404, &missing.body), "{wrong}");
    }
    assert_eq!(house.get(&one).await.body, b"one");
    let thumb = one.replace("/uploads/", "/uploads/thumb_");
    assert_eq!(house.get(&thumb).await.status, 200, "conformance 12");
    house.later(days(2)).await;
    assert_eq!(house.get(&one).await.status, 404);
    let fresh = text_at(&visitor.thread().await, "messages/0/attachments/0/url");
    assert_eq!(house.get(&fresh).await.status, 200, "the thread always has a link that works");
}

#[tokio::test]
async fn the_same_bytes_are_kept_once() {
    let house = House::boot().await;
    let (one, other) = (house.visitor(), house.visitor());
    one.says("hi").await;
    other.says("hello").await;
    let first = one.sends(&[("a.txt", b"the same"), ("b.txt", b"the same")]).await;
    let second = other.sends(&[("c.txt", b"the same")]).await;
    assert_eq!(house.count("SELECT count(*) FROM blobs"), 1);
    assert_eq!(house.count("SELECT count(*) FROM attachments"), 3);
    assert_ne!(first["attachments"][0]["uuid"], second["attachments"][0]["uuid"], "shared bytes share no link");
    assert_eq!(house.get(&text_at(&second, "attachments/0/url")).await.body, b"the same");
}

/// rows 90, 91, 92, decision 12: at the limit and over it; what is refused leaves nothing behind.
#[tokio::test]
async fn size_count_and_kind_have_limits() {
    let house = House::boot_with(Options::default().patient()).await;
    let visitor = house.visitor();
    visitor.says("hi").await;
    let nothing = || {
        assert_eq!(
            house.count("SELECT (SELECT count(*) FROM blobs) + (SELECT count(*) FROM blob_chunks) + (SELECT count(*) FROM attachments)"),
            0
        )
    };
    let mut film = vec![7u8; 20 * 1024 * 1024 + 1];
    let words = visitor.tries_to_send(&[("film.mp4", &film)]).await.refused(413);
    assert!(words.contains("film.mp4") && words.contains("20 MB"), "{words}");
    nothing();
    let words = visitor.tries_to_send(&[("full.txt", b"x"), ("empty.txt", b"")]).await.refused(400);
    assert!(words.contains("empty.txt"), "{words}");
    nothing();
    let files: Vec<(String, Vec<u8>)> = (0..11).map(|n| (format!("{n}.txt"), format!("file {n}").into_bytes())).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    visitor.tries_to_send(&files).await.refused(400);
    nothing();
    house.configure(json!({ "file_extensions": ["png", "txt", "jpg"] })).await;
    for (name, bytes) in [
        ("run.exe", b"MZ".as_slice()),
        ("photo.jpg.exe", b"MZ"),
        ("no extension", b"x"),
        ("page.html", b"<p>"),
        ("photo.png", b"<script>alert(1)</script>"),
        ("photo.jpg", PNG),
        (".png", PNG),
    ] {
        let words = visitor.tries_to_send(&[(name, bytes)]).await.refused(400);
        assert!(words.contains("not accepted"), "{name}: {words}");
    }
    nothing();
    visitor.sends(&[("Photo.PNG", PNG), ("archive.exe.TXT", b"just words")]).await;
    house.configure(json!({ "file_extensions": ["*"] })).await;
    assert_eq!(visitor.sends(&files[..10]).await["attachments"].as_array().map(Vec::len), Some(10));
    film.pop();
    let sent = visitor.sends(&[("film.bin", &film)]).await;
    assert_eq!(sent["attachments"][0]["size"], 20 * 1024 * 1024);
    // Anything goes in, but what could run comes out as a download of no type.
    for (name, bytes) in [
        ("page.html", b"<script>alert(1)</script>".as_slice()),
        ("pic.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("a.xml", b"<?xml version='1.0'?><x/>"),
    ] {
        let sent = visitor.sends(&[(name, bytes)]).await;
        let file = house.get(&text_at(&sent, "attachments/0/url")).await;
        assert_eq!(file.header("content-type"), Some("application/octet-stream"), "{name}");
        assert!(file.header("content-disposition").unwrap().starts_with("attachment"), "{name}");
        assert!(sent["attachments"][0].get("thumbnail_url").is_none(), "{name}");
    }
}

/// rows 87, 89; security 6
#[tokio::test]
async fn an_upload_needs_a_conversation_of_ones_own_and_the_switch() {
    let house = House::boot().await;
    let (visitor, other) = (house.visitor(), house.visitor());
    visitor.says("hi").await;
    other.says("hello").await;
    let foreign_inbox = house.another_inbox("Second").await;
    let stranger = house.visitor_of(&foreign_inbox);
    stranger.says("hey").await;
    let form = |conversation: &str| Form::new().text("conversation_uuid", conversation).file("a.txt", b"a");
    let path = "/media/upload";
    let foreign = visitor.post(path).form(form(&other.conversation())).await;
    let missing = visitor.post(path).form(form("6694785e-789f-4ba6-873b-260b025418c8")).await;
    assert_eq!(foreign, missing, "foreign is as if missing");
    foreign.refused(404);
    stranger.post(path).form(form(&visitor.conversation())).await.refused(404);
    house.visitor().post(path).form(form(&visitor.conversation())).await.refused(401);
    stranger.post(path).bearer(&visitor.token()).form(form(&visitor.conversation())).await.refused(401);
    visitor.post(path).form(Form::new().file("a.txt", b"a")).await.refused(400);
    visitor.post(path).form(Form::new().text("conversation_uuid", &visitor.conversation())).await.refused(400);
    visitor.post(path).json(json!({ "conversation_uuid": visitor.conversation() })).await.refused(400);
    visitor.post(path).form(Form::new().text("conversation_uuid", "nonsense").file("a.txt", b"a")).await.refused(404);
    house.configure(json!({ "features": { "file_upload": false } })).await;
    visitor.post(path).form(form(&visitor.conversation())).await.refused(400);
    visitor.post(path).form(Form::new().text("start", "1").file("a.txt", b"a")).await.refused(400);
    assert_eq!(house.count("SELECT (SELECT count(*) FROM blobs) + (SELECT count(*) FROM attachments)"), 0);
}

#[tokio::test]
async fn a_conversation_can_begin_with_a_file() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    let echo = echo_id();
    let form =
        Form::new().text("start", "1").text("message", "what is this?").text("echo_id", &echo).text("form_data", r#"{"name":"Zoe"}"#);
    let data = visitor.post("/media/upload").form(form.file("leaf.png", PNG)).await.data();
    assert_eq!(data["user"]["first_name"], "Zoe");
    assert_eq!(data["messages"][0]["attachments"][0]["name"], "leaf.png");
    let seen = agent.sees("what is this?").await;
    assert_eq!(seen["message"]["attachments"][0]["name"], "leaf.png");
    // A refused beginning leaves neither files nor people.
    house.configure(json!({ "visitors": { "allow_start_conversation": false } })).await;
    visitor.post("/media/upload").form(Form::new().text("start", "1").file("b.txt", b"b")).await.refused(400);
    assert_eq!(house.count("SELECT count(*) FROM contacts"), 1);
    assert_eq!(house.count("SELECT count(*) FROM blobs"), 1);
}

/// security 38: a name is a label and never a path.
#[tokio::test]
async fn strange_names_come_out_harmless() {
    let house = House::boot().await;
    let visitor = house.visitor();
    visitor.says("hi").await;
    for name in ["../../etc/passwd.txt", "C:\\\\temp\\\\x.txt", "a\u{202e}gpj.txt", "CON.txt", "ünïcode 漢字.txt", &"n".repeat(500)] {
        let sent = visitor.sends(&[(name, b"x")]).await;
        let kept = text_at(&sent, "attachments/0/name");
        assert!(!kept.contains(['/', '\\', '\u{202e}']) && kept.chars().count() <= 120 && !kept.is_empty(), "{name:?} → {kept:?}");
        let file = house.get(&text_at(&sent, "attachments/0/url")).await;
        assert!(file.header("content-disposition").unwrap().is_ascii(), "{name:?}");
    }
}
