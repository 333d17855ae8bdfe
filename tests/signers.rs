//! The five samples that the desk shows, run as a site would run them: installed by their own package managers, signing with
//! libraries that are not ours, and let in by the server. Needs python3, node with npm, go, php and ruby; fails loudly without them.

#[path = "support/binary.rs"]
mod binary;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use binary::{Answer, Server};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/desk/settings/samples.js");

/// Where the libraries are kept between runs.
fn cache(language: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("signers").join(language);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn done(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|cause| panic!("{command:?} cannot be started: {cause}. This test needs it."));
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} failed:\n{words}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// The sample as the desk's own module exports it, read by a JavaScript engine rather than by guessing.
fn sample(language: &str) -> String {
    let folder = cache("desk");
    let module = folder.join(format!("samples-{language}.mjs"));
    std::fs::copy(SAMPLES, &module).unwrap();
    let print = format!("import {{ SAMPLES }} from {:?}; console.log(JSON.stringify(SAMPLES))", module.to_string_lossy());
    let all: Value = serde_json::from_str(&done(Command::new("node").args(["--input-type=module", "-e", &print]))).unwrap();
    let found =
        all.as_array().unwrap().iter().find(|sample| sample["key"] == language).unwrap_or_else(|| panic!("no sample for {language}"));
    found["code"].as_str().unwrap().to_owned()
}

/// The first line of a sample says how to install its library; that is what is done here.
fn told_to(code: &str, install: &str) {
    let first = code.lines().next().unwrap().trim_start_matches(['#', '/', ' ']);
    assert_eq!(first, install, "the sample's first line");
}

fn exchange(server: &Server, token: &str) -> Answer {
    let inbox = server.inbox();
    let headers = [("X-Libredesk-Inbox-ID", inbox.as_str()), ("Content-Type", "application/json")];
    let body = json!({ "jwt": token }).to_string();
    server.http().call("POST", "/api/v1/widget/chat/auth/exchange", &headers, body.as_bytes()).unwrap()
}

/// The genuine token is let in, everything that differs from it in one point is not.
fn assert_let_in(server: &Server, token: &str) {
    let answer = exchange(server, token);
    assert_eq!(answer.status, 200, "{token}: {}", String::from_utf8_lossy(&answer.body));
    let user = &answer.json()["data"]["user"];
    assert_eq!((user["first_name"].as_str(), user["last_name"].as_str()), (Some("Zoe"), Some("Miller")));
    assert_eq!(user["is_visitor"], json!(false));

    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = parts[..] else { panic!("three parts: {token}") };
    let mut other: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    other["external_user_id"] = json!("user-1");
    let other = URL_SAFE_NO_PAD.encode(other.to_string());
    let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
    let hs512 = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS512","typ":"JWT"}"#);
    let flipped = format!("{}{}", if signature.starts_with('A') { 'B' } else { 'A' }, &signature[1..]);
    for bad in [
        format!("{header}.{other}.{signature}"),
        format!("{header}.{claims}.{flipped}"),
        format!("{header}.{claims}."),
        format!("{header}.{claims}"),
        format!("{none}.{claims}."),
        format!("{none}.{claims}.{signature}"),
        format!("{hs512}.{claims}.{signature}"),
        format!("{token}="),
        format!("{token}.{signature}"),
    ] {
        let answer = exchange(server, &bad);
        assert!((400..404).contains(&answer.status), "{bad}: {} {}", answer.status, String::from_utf8_lossy(&answer.body));
        assert!(answer.json()["data"].is_null());
        assert!(!answer.json()["message"].as_str().unwrap().is_empty());
    }
}

fn server(folder: &tempfile::TempDir) -> Server {
    Server::demo(&folder.path().join("signers.db"))
}

/// Runs the sample with the right secret and with another one.
fn judge(mut run: impl FnMut(&str) -> String) {
    let folder = tempfile::tempdir().unwrap();
    let server = server(&folder);
    assert_let_in(&server, &run(&server.secret()));
    let answer = exchange(&server, &run("somebody else's secret, equally long, but not ours"));
    assert_eq!(answer.status, 401, "{}", String::from_utf8_lossy(&answer.body));
}

#[test]
fn a_token_by_pyjwt_is_let_in() {
    let code = sample("python");
    told_to(&code, "pip install pyjwt");
    let folder = cache("python");
    let python = folder.join("bin/python");
    if !python.exists() {
        done(Command::new("python3").args(["-m", "venv"]).arg(&folder));
    }
    if !Command::new(&python).args(["-c", "import jwt"]).output().is_ok_and(|output| output.status.success()) {
        done(Command::new(&python).args(["-m", "pip", "install", "--quiet", "pyjwt"]));
    }
    std::fs::write(folder.join("sign.py"), code).unwrap();
    judge(|secret| done(Command::new(&python).arg(folder.join("sign.py")).env("DESKBELL_SECRET", secret)));
}

#[test]
fn a_token_by_jsonwebtoken_is_let_in() {
    let code = sample("node");
    told_to(&code, "npm install jsonwebtoken");
    let folder = cache("node");
    if !folder.join("node_modules/jsonwebtoken/package.json").exists() {
        std::fs::write(folder.join("package.json"), r#"{ "name": "signer", "private": true }"#).unwrap();
        done(Command::new("npm").args(["install", "--no-audit", "--no-fund", "jsonwebtoken"]).current_dir(&folder));
    }
    std::fs::write(folder.join("sign.js"), code).unwrap();
    judge(|secret| done(Command::new("node").arg("sign.js").current_dir(&folder).env("DESKBELL_SECRET", secret)));
}

#[test]
fn a_token_by_golang_jwt_is_let_in() {
    let code = sample("go");
    told_to(&code, "go get github.com/golang-jwt/jwt/v5");
    let folder = cache("go");
    std::fs::write(folder.join("main.go"), code).unwrap();
    if !folder.join("go.sum").exists() {
        if !folder.join("go.mod").exists() {
            done(Command::new("go").args(["mod", "init", "signer.example"]).current_dir(&folder));
        }
        done(Command::new("go").args(["get", "github.com/golang-jwt/jwt/v5"]).current_dir(&folder));
    }
    done(Command::new("go").args(["build", "-o", "sign", "."]).current_dir(&folder));
    judge(|secret| done(Command::new("./sign").current_dir(&folder).env("DESKBELL_SECRET", secret)));
}

/// Needs nothing but PHP itself: a shop on a small host has no Composer.
#[test]
fn a_token_by_plain_php_is_let_in() {
    let code = sample("php");
    assert_eq!(code.lines().next(), Some("<?php // nothing to install"));
    let file = cache("php").join("sign.php");
    std::fs::write(&file, code).unwrap();
    judge(|secret| done(Command::new("php").arg("-n").arg(&file).env("DESKBELL_SECRET", secret)));
}

/// Needs nothing but Ruby and what comes with it.
#[test]
fn a_token_by_plain_ruby_is_let_in() {
    let code = sample("ruby");
    told_to(&code, "nothing to install");
    let file = cache("ruby").join("sign.rb");
    std::fs::write(&file, code).unwrap();
    judge(|secret| done(Command::new("ruby").arg("--disable=gems").arg(&file).env("DESKBELL_SECRET", secret)));
}
