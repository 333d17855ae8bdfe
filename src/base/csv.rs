//! Tables for spreadsheets: RFC 4180, UTF-8 with a byte order mark (without it some read the letters wrong), and nothing in them that a
//! spreadsheet would compute (security row 53).

/// A table that grows line by line.
pub struct Csv(String);

impl Csv {
    /// With the names of its columns.
    pub fn new(columns: &[&str]) -> Csv {
        let mut table = Csv("\u{feff}".to_owned());
        table.line(columns.iter().map(|column| (*column).to_owned()));
        table
    }

    /// One more line.
    pub fn line(&mut self, cells: impl IntoIterator<Item = String>) {
        for (index, cell) in cells.into_iter().enumerate() {
            if index > 0 {
                self.0.push(',');
            }
            self.0.push_str(&quoted(&harmless(cell)));
        }
        self.0.push_str("\r\n");
    }

    /// The whole table.
    pub fn finish(self) -> String {
        self.0
    }
}

/// What begins like a formula gets an apostrophe before it, which spreadsheets show as text. Also the wide forms of the same characters,
/// and what stands behind spaces: some programs trim first.
fn harmless(cell: String) -> String {
    let begins_a_formula = |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '|' | '＝' | '＋' | '－' | '＠');
    let first = cell.chars().next();
    let shown = cell.trim_start_matches([' ', '\u{a0}', '\u{feff}']).chars().next();
    if first.is_some_and(begins_a_formula) || shown.is_some_and(begins_a_formula) { format!("'{cell}") } else { cell }
}

fn quoted(cell: &str) -> String {
    if cell.contains(['"', ',', '\r', '\n', ';', '\t']) || cell.starts_with(' ') || cell.ends_with(' ') {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_as_rfc_4180_says() {
        let mut csv = Csv::new(&["name", "words"]);
        csv.line(["Zoe, \"the\" one".to_owned(), "two\nlines".to_owned()]);
        assert_eq!(csv.finish(), "\u{feff}name,words\r\n\"Zoe, \"\"the\"\" one\",\"two\nlines\"\r\n");
    }

    /// security 53
    #[test]
    fn nothing_is_a_formula() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =cmd", "＝1", "|calc", "\u{a0}@x"] {
            assert!(harmless(cell.to_owned()).starts_with('\''), "{cell:?}");
        }
        for cell in ["", "Zoe", "1=1", "a-b", "2026-11-21", "*"] {
            assert_eq!(harmless(cell.to_owned()), cell);
        }
    }
}
