//! What stands around a house: a customer's site, and a proxy in front that can do everything wrong.

use super::in_time;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A site that answers as it was told, by path.
#[derive(Clone)]
pub struct Site {
    pub address: SocketAddr,
    answers: Arc<Mutex<Vec<(String, String)>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Site {
    pub async fn open() -> Site {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let site = Site { address: listener.local_addr().expect("an address"), answers: Arc::default(), asked: Arc::default() };
        let own = site.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(own.clone().answer(stream));
            }
        });
        site
    }

    async fn answer(self, mut stream: TcpStream) {
        let Some((head, _)) = read_head(&mut stream).await else { return };
        let path = head.split(' ').nth(1).unwrap_or("/").to_owned();
        let known = |list: &[(String, String)]| list.iter().rev().find(|(own, _)| *own == path).map(|(_, answer)| answer.clone());
        let answer = known(&self.answers.lock().unwrap_or_else(PoisonError::into_inner));
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(head);
        let answer = answer.unwrap_or_else(|| "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".into());
        let _ = stream.write_all(answer.as_bytes()).await;
        let _ = stream.shutdown().await;
    }

    /// From now on this is the whole answer to a path.
    pub fn says(&self, path: &str, answer: &str) {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).push((path.to_owned(), answer.to_owned()));
    }

    /// From now on there is a page at this path; its address.
    pub fn has(&self, path: &str, headers: &str, html: &str) -> String {
        let length = html.len();
        self.says(path, &format!("HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{html}"));
        self.url(path)
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

/// How a proxy behaves.
#[derive(Debug, Clone, Default)]
pub struct Manners {
    /// Adds who asks.
    pub forwards: bool,
    /// Takes away what the asker said of himself.
    pub strips: bool,
    pub drops_upgrade: bool,
    /// Refuses larger bodies.
    pub body_max: Option<u64>,
    /// Hands on this name.
    pub host: Option<&'static str>,
    /// Adds this to every answer.
    pub adds: Option<&'static str>,
    /// Finds nobody behind it.
    pub lost: bool,
}

/// A proxy. Its address is known before the house behind it.
#[derive(Clone)]
pub struct Proxy {
    pub address: SocketAddr,
    behind: Arc<Mutex<Option<SocketAddr>>>,
    manners: Arc<Mutex<Manners>>,
    /// Heads of requests as they came.
    pub seen: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    pub async fn open() -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let proxy = Proxy {
            address: listener.local_addr().expect("an address"),
            behind: Arc::default(),
            manners: Arc::default(),
            seen: Arc::default(),
        };
        let own = proxy.clone();
        tokio::spawn(async move {
            while let Ok((stream, peer)) = listener.accept().await {
                let own = own.clone();
                tokio::spawn(async move {
                    let _ = own.carry(stream, peer).await;
                });
            }
        });
        proxy
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Leads to this house from now on.
    pub fn leads_to(&self, house: SocketAddr) {
        *self.behind.lock().unwrap_or_else(PoisonError::into_inner) = Some(house);
    }

    pub fn behaves(&self, manners: Manners) {
        *self.manners.lock().unwrap_or_else(PoisonError::into_inner) = manners;
    }

    async fn carry(self, mut stream: TcpStream, peer: SocketAddr) -> std::io::Result<()> {
        let Some((head, rest)) = read_head(&mut stream).await else { return Ok(()) };
        let manners = self.manners.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let behind = *self.behind.lock().unwrap_or_else(PoisonError::into_inner);
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).push(head.clone());
        let refuse = |status: &str| format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        let length = header(&head, "content-length").and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
        if manners.body_max.is_some_and(|max| length > max) {
            return stream.write_all(refuse("413 Payload Too Large").as_bytes()).await;
        }
        let Some(behind) = behind.filter(|_| !manners.lost) else {
            return stream.write_all(refuse("502 Bad Gateway").as_bytes()).await;
        };
        let upgrades = header(&head, "upgrade").is_some() && !manners.drops_upgrade;
        let mut lines: Vec<String> = Vec::new();
        let mut forwarded = None;
        for (index, line) in head.trim_end().split("\r\n").enumerate() {
            let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
            match name.as_str() {
                _ if index == 0 => lines.push(line.to_owned()),
                "x-forwarded-for" => forwarded = line.split_once(':').map(|(_, value)| value.trim().to_owned()),
                "connection" => {}
                "upgrade" if !upgrades => {}
                "host" if manners.host.is_some() => {}
                _ => lines.push(line.to_owned()),
            }
        }
        lines.extend(manners.host.map(|host| format!("host: {host}")));
        lines.push(format!("connection: {}", if upgrades { "upgrade" } else { "close" }));
        let own = manners.forwards.then(|| peer.ip().to_string());
        let told: Vec<String> = forwarded.filter(|_| !manners.strips).into_iter().chain(own).collect();
        if !told.is_empty() {
            lines.push(format!("x-forwarded-for: {}", told.join(", ")));
        }
        let mut house = TcpStream::connect(behind).await?;
        house.write_all(format!("{}\r\n\r\n", lines.join("\r\n")).as_bytes()).await?;
        house.write_all(&rest).await?;
        if let Some(added) = manners.adds {
            let (mut from_house, mut to_house) = house.split();
            let (mut from_asker, mut to_asker) = stream.split();
            let up = async {
                let _ = tokio::io::copy(&mut from_asker, &mut to_house).await;
            };
            let down = async {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(from_house.read_u8().await?);
                }
                head.truncate(head.len() - 2);
                head.extend_from_slice(format!("{added}\r\n\r\n").as_bytes());
                to_asker.write_all(&head).await?;
                tokio::io::copy(&mut from_house, &mut to_asker).await
            };
            // Whichever ends first: the answer is over, or the asker is gone.
            tokio::select! { _ = up => {} done = down => { done?; } }
            return Ok(());
        }
        let _ = tokio::io::copy_bidirectional(&mut stream, &mut house).await;
        Ok(())
    }
}

fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    head.split("\r\n")
        .filter_map(|line| line.split_once(':'))
        .find(|(own, _)| own.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}

/// A request's head, and what came behind it.
async fn read_head(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|four: &[u8]| four == b"\r\n\r\n") {
            break at + 4;
        }
        let count = in_time("a request's head", stream.read(&mut buffer)).await.ok()?;
        if count == 0 {
            return None;
        }
        bytes.extend_from_slice(&buffer[..count]);
    };
    Some((String::from_utf8_lossy(&bytes[..end]).into_owned(), bytes[end..].to_vec()))
}
