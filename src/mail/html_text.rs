//! HTML becomes text.

/// The text of a page.
pub fn text(html: &str) -> String {
    mail_parser::decoders::html::html_to_text(html)
}
