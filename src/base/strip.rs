//! Takes from a script or style sheet what only its reader needs: comments, indentation, empty lines. Every token stays, so what
//! runs is what was written. build.rs takes this file by its path; tests/strip.rs proves with real parsers that nothing else changes.
//!
//! A slash begins a regular expression where no value can have ended before it. What is not told apart: a regular expression right
//! after the `)` of an `if` or after a `}`; there a slash divides. Nobody here writes that, and the test would say so.

/// A file as it is served: scripts and style sheets without comments and indentation, anything else as it is.
pub fn strip(name: &str, text: &str) -> String {
    let mut scan = Scan { text, at: 0, out: String::with_capacity(text.len()), value: false };
    match name.rsplit_once('.').map(|(_, end)| end) {
        Some("js" | "mjs") => scan.code(false),
        Some("css") => scan.style(),
        _ => return text.to_owned(),
    }
    // Ends with a line, so that files may be joined.
    let mut out = scan.out.trim_end().to_owned();
    out.push('\n');
    out
}

/// Words after which a value begins, so that a slash there is a regular expression.
const BEFORE_VALUES: [&str; 13] =
    ["return", "typeof", "instanceof", "in", "of", "new", "delete", "void", "throw", "case", "do", "else", "await"];

struct Scan<'t> {
    text: &'t str,
    at: usize,
    out: String,
    /// Whether a value just ended, so that a slash divides.
    value: bool,
}

impl<'t> Scan<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// Copies that many bytes as they are.
    fn copy(&mut self, bytes: usize) {
        self.out.push_str(&self.rest()[..bytes]);
        self.at += bytes;
    }

    /// Copies through the first character that ends a piece; `ends` sees each character and whether a backslash stands before it.
    fn copy_through(&mut self, begin: usize, mut ends: impl FnMut(char, bool) -> bool) {
        let rest = &self.rest()[begin..];
        let mut escaped = false;
        let end = rest.char_indices().find(|&(_, c)| {
            let found = ends(c, escaped);
            escaped = c == '\\' && !escaped;
            found
        });
        self.copy(begin + end.map_or(rest.len(), |(at, c)| at + c.len_utf8()));
    }

    /// Passes `bytes` bytes of blanks or comment. A line end stands for all that hold one, a blank for all others.
    fn gap(&mut self, bytes: usize) {
        let line = self.rest()[..bytes].contains('\n');
        self.at += bytes;
        if line && self.out.ends_with(' ') {
            self.out.pop();
        }
        if !self.out.is_empty() && !self.out.ends_with([' ', '\n']) {
            self.out.push(if line { '\n' } else { ' ' });
        }
    }

    fn blanks(&self) -> usize {
        self.rest().find(|c| !matches!(c, ' ' | '\t' | '\r' | '\n')).unwrap_or(self.rest().len())
    }

    fn comment(&self) -> usize {
        self.rest().find("*/").map_or(self.rest().len(), |end| end + 2)
    }

    /// Code to the end of the text or, within a template, to the brace that ends its `${`.
    fn code(&mut self, within_template: bool) {
        let mut depth = 0_usize;
        while let Some(next) = self.rest().chars().next() {
            match next {
                ' ' | '\t' | '\r' | '\n' => self.gap(self.blanks()),
                '/' if self.rest().starts_with("//") => self.at += self.rest().find('\n').unwrap_or(self.rest().len()),
                '/' if self.rest().starts_with("/*") => self.gap(self.comment()),
                '/' if !self.value => self.regular_expression(),
                '\'' | '"' => self.string(next),
                '`' => self.template(),
                '}' if within_template && depth == 0 => return,
                // What stood before decides: `i++ / 2` divides, `++ /x/` is nonsense anyway.
                '+' | '-' if self.rest()[1..].starts_with(next) => self.copy(2),
                c if of_a_word(c) => self.word(),
                _ => {
                    depth = match next {
                        '{' => depth + 1,
                        '}' => depth.saturating_sub(1),
                        _ => depth,
                    };
                    self.value = matches!(next, ')' | ']' | '}');
                    self.copy(next.len_utf8());
                }
            }
        }
    }

    fn string(&mut self, quote: char) {
        self.copy_through(1, |c, escaped| c == quote && !escaped);
        self.value = true;
    }

    fn regular_expression(&mut self) {
        let mut class = false;
        self.copy_through(1, |c, escaped| {
            class = if escaped { class } else { c == '[' || (class && c != ']') };
            c == '\n' || (c == '/' && !escaped && !class)
        });
        self.value = true;
    }

    /// The text of a template stays to the last blank; what stands in its `${…}` is code again.
    fn template(&mut self) {
        self.copy(1);
        while !self.rest().is_empty() {
            let mut dollar = false;
            self.copy_through(0, |c, escaped| {
                let ends = !escaped && (c == '`' || (c == '{' && dollar));
                dollar = !escaped && c == '$';
                ends
            });
            if self.out.ends_with('`') {
                break;
            }
            self.value = false;
            self.code(true);
            if self.rest().starts_with('}') {
                self.copy(1);
            }
        }
        self.value = true;
    }

    fn word(&mut self) {
        let end = self.rest().find(|c| !of_a_word(c)).unwrap_or(self.rest().len());
        let member = self.out.ends_with('.') && !self.out.ends_with("..");
        self.value = member || !BEFORE_VALUES.contains(&&self.rest()[..end]);
        self.copy(end);
    }

    fn style(&mut self) {
        while let Some(next) = self.rest().chars().next() {
            match next {
                ' ' | '\t' | '\r' | '\n' => self.gap(self.blanks()),
                '/' if self.rest().starts_with("/*") => {
                    self.at += self.comment();
                    // Two words must not become one, and no blank may come between them: it would mean "below".
                    let joins = self.out.ends_with(of_a_word) && self.rest().starts_with(of_a_word);
                    self.out.push_str(if joins { "/**/" } else { "" });
                }
                '\'' | '"' => self.string(next),
                'u' if self.rest().starts_with("url(") => self.copy_through(4, |c, escaped| c == ')' && !escaped),
                _ => self.copy(next.len_utf8()),
            }
        }
    }
}

fn of_a_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '#') || !c.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::strip;

    #[track_caller]
    fn script(text: &str, wanted: &str) {
        assert_eq!(strip("a.js", text), format!("{wanted}\n"));
    }

    #[test]
    fn comments_and_indentation_go_and_lines_stay() {
        script("// why\nlet a = 1; // one\n\n  /** two\n   * lines */\n  let b = 2;\n", "let a = 1;\nlet b = 2;");
        script("return /* a line ends\nhere */ 5", "return\n5");
        script("a/* no line */+/**/b", "a + b");
        script("a // the last", "a");
    }

    #[test]
    fn text_stays() {
        script(r#"f('// no', "/* no */", 'it\'s', "\\") // yes"#, r#"f('// no', "/* no */", 'it\'s', "\\")"#);
        script("`  // no\n  /* no */ \\` \\${ // no`", "`  // no\n  /* no */ \\` \\${ // no`");
        script("`${ a /* yes */ } // no ${{ b: `${c}  ` }.b} $`  // yes", "`${ a } // no ${{ b: `${c}  ` }.b} $`");
    }

    #[test]
    fn a_slash_divides_or_begins_an_expression() {
        script(r"x = /\/\/[/*]\]/g; // yes", r"x = /\/\/[/*]\]/g;");
        script("a / b // yes\n/ c", "a / b\n/ c");
        script("f(/'/) / 2; i++ / 2; a[0] / '//'", "f(/'/) / 2; i++ / 2; a[0] / '//'");
        script("return /[//]/.test(a.of / 2 /* yes */)", "return /[//]/.test(a.of / 2 )");
        script("`${/`/.test(x)}`", "`${/`/.test(x)}`");
    }

    #[test]
    fn what_never_ends_ends_with_the_text() {
        for text in ["'a", "`a", "`${a", "`${`", "/a", "/* a", "/[", "\\", "'\\", "ü/ö/"] {
            strip("a.js", text);
            strip("a.css", text);
        }
    }

    #[test]
    fn style_sheets_keep_strings_and_addresses() {
        let sheet = "/* why */\n.a { content: \"/* no */\"; }\n  .b/* x */.c, d/**/e { background: url(data:,/*no*/); } /* yes */";
        assert_eq!(strip("a.css", sheet), ".a { content: \"/* no */\"; }\n.b.c, d/**/e { background: url(data:,/*no*/); }\n");
    }

    #[test]
    fn other_files_stay_as_they_are() {
        assert_eq!(strip("a.json", " {\"a\": \"// b\"} "), " {\"a\": \"// b\"} ");
    }
}
