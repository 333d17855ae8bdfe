//! The shareable link of an inbox as a QR code, to print or to hold up.

use super::Desks;
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::http::{Reply, Request};
use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write as _;

/// Empty modules around the code, as its standard demands.
const QUIET: i32 = 4;

impl Desks {
    /// `GET /inboxes/{uuid}/qr`: an SVG, black on white in every theme, because cameras read nothing else well.
    pub(super) async fn qr(&self, request: &Request, uuid: Uuid) -> Result<Reply> {
        self.who(request)?;
        let inbox = self.desk.inbox_for_agent(uuid).await?;
        let svg = svg(&format!("{}/chat/{}", self.base(request), inbox.uuid))?;
        let reply = Reply::bytes(200, "image/svg+xml", svg).header("cache-control", "no-store");
        Ok(reply
            .header("content-security-policy", "default-src 'none'; sandbox")
            .header("content-disposition", "inline; filename=\"chat.svg\""))
    }
}

/// One path of all dark modules: runs of a row become one stroke, so that the file stays small and scales without seams.
pub(super) fn svg(link: &str) -> Result<String> {
    let code = QrCode::encode_text(link, QrCodeEcc::Medium).map_err(Error::internal)?;
    let side = code.size() + 2 * QUIET;
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let run = (x..code.size()).take_while(|x| code.get_module(*x, y)).count() as i32;
            if run > 0 {
                write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET).map_err(Error::internal)?;
            }
            x += run.max(1);
        }
    }
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" width=\"320\" height=\"320\" shape-rendering=\"crispEdges\" role=\"img\">\
         <rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/><path d=\"{path}\" fill=\"#000\"/></svg>\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dark_module_is_drawn_once() {
        let link = "https://chat.example/sub/chat/0f0e0d0c-0b0a-4900-8000-000000000000";
        let svg = svg(link).unwrap();
        let code = QrCode::encode_text(link, QrCodeEcc::Medium).unwrap();
        let dark = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y))).filter(|(x, y)| code.get_module(*x, *y)).count();
        let drawn: usize = svg.split('h').skip(1).filter_map(|rest| rest.split('v').next()?.parse::<usize>().ok()).sum();
        assert_eq!(drawn, dark);
        assert!(svg.len() < 16_000, "{}", svg.len());
    }
}
