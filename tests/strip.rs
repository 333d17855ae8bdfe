//! What a release serves is what was written: every script and style sheet of assets/, stripped as build.rs does it, holds the same tokens as
//! before. Read by parsers that are not ours; needs node and the packages of tests/browser.

#[path = "../src/base/strip.rs"]
mod strip;

use std::path::{Path, PathBuf};
use std::process::Command;

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|end| end == "js" || end == "css") {
            found.push(path);
        }
    }
}

#[test]
fn only_comments_and_blanks_are_taken_away() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stripped");
    let _ = std::fs::remove_dir_all(&folder);
    let (mut files, mut before, mut after) = (Vec::new(), 0, 0);
    walk(&root.join("assets"), &mut files);
    for file in &files {
        let name = file.strip_prefix(root.join("assets")).unwrap();
        let text = std::fs::read_to_string(file).unwrap();
        let stripped = strip::strip(name.to_str().unwrap(), &text);
        assert_eq!(strip::strip(name.to_str().unwrap(), &stripped), stripped, "{} stripped twice", name.display());
        before += text.len();
        after += stripped.len();
        let place = folder.join(name);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::write(place, stripped).unwrap();
    }
    assert!(files.len() > 50 && after < before * 9 / 10, "{} files, {before} bytes became {after}", files.len());
    let output = Command::new("node").arg("tests/unit/same_tokens.mjs").arg("assets").arg(&folder).current_dir(root).output();
    let output = output.unwrap_or_else(|cause| panic!("node cannot be started: {cause}. This test needs it."));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(said.trim(), format!("{} files say the same", files.len()));
}
