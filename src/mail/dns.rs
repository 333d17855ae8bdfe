//! What the domain name system says of a domain: who takes its mail, who may send it. Asks the nameservers of this machine, over UDP, over TCP
//! when the answer is too long for that (RFC 1035, 7766).

use crate::base::error::{Error, Result};
use crate::base::id::random_bytes;
use crate::base::limits;
use simple_dns::rdata::RData;
use simple_dns::{CLASS, Name, Packet, PacketFlag, QCLASS, QTYPE, Question, RCODE, TYPE};
use std::net::{IpAddr, SocketAddr};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

/// Where a machine of our kind writes down its nameservers.
const RESOLV_CONF: &str = "/etc/resolv.conf";
/// As many as the resolvers of the system ask.
const SERVERS_MAX: usize = 3;
/// Bytes of an answer over UDP: we announce no more (RFC 1035, 4.2.1), some servers send a little more.
const UDP_BYTES: usize = 1500;
/// Bytes of an answer over TCP; records of mail are far shorter.
const TCP_BYTES_MAX: usize = 16 * 1024;
/// Records of one answer that are looked at.
const RECORDS_MAX: usize = 50;

/// Who is asked.
#[derive(Debug, Clone)]
pub struct Resolver {
    servers: Vec<SocketAddr>,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    Mx,
    Txt,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The texts, or the names of mail servers, the most wanted first. Empty: the name is there, without such records.
    Records(Vec<String>),
    /// There is no such name.
    NoName,
}

impl Answer {
    /// The records; none where there is no name.
    pub fn records(self) -> Vec<String> {
        match self {
            Answer::Records(records) => records,
            Answer::NoName => Vec::new(),
        }
    }
}

impl Resolver {
    /// The nameservers of this machine.
    pub async fn of_this_machine() -> Result<Resolver> {
        let text = tokio::fs::read_to_string(RESOLV_CONF).await.unwrap_or_default();
        let servers = nameservers(&text);
        match servers.is_empty() {
            true => Err(Error::unavailable(format!("{RESOLV_CONF} names no nameserver."))),
            false => Ok(Resolver { servers }),
        }
    }

    /// These, for tests.
    pub fn of(servers: Vec<SocketAddr>) -> Resolver {
        Resolver { servers }
    }

    /// Asks one after the other until one answers.
    pub async fn ask(&self, name: &str, wanted: Wanted) -> Result<Answer> {
        let mut last = Error::unavailable("No nameserver was asked.");
        for server in &self.servers {
            match timeout(limits::DNS_TIMEOUT, ask_one(*server, name, wanted)).await {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(error)) => last = error,
                Err(_) => last = Error::unavailable(format!("The nameserver {} does not answer.", server.ip())),
            }
        }
        Err(last)
    }
}

/// The nameservers that a resolv.conf names.
fn nameservers(text: &str) -> Vec<SocketAddr> {
    let named = text.lines().filter_map(|line| line.trim().strip_prefix("nameserver"));
    let address = |rest: &str| rest.trim().split('%').next().and_then(|ip| ip.parse::<IpAddr>().ok());
    named.filter_map(address).take(SERVERS_MAX).map(|ip| SocketAddr::new(ip, 53)).collect()
}

async fn ask_one(server: SocketAddr, name: &str, wanted: Wanted) -> Result<Answer> {
    let id = u16::from_be_bytes(random_bytes::<2>());
    let query = query(id, name, wanted)?;
    let mut answer = over_udp(server, id, &query).await.map_err(|cause| silent(server, cause))?;
    if is_cut(&answer) {
        answer = over_tcp(server, &query).await.map_err(|cause| silent(server, cause))?;
    }
    read(&answer, id, wanted)
}

fn query(id: u16, name: &str, wanted: Wanted) -> Result<Vec<u8>> {
    let name = Name::new(name).map_err(|_| Error::invalid("This is not the name of a domain."))?;
    let kind = match wanted {
        Wanted::Mx => TYPE::MX,
        Wanted::Txt => TYPE::TXT,
    };
    let mut packet = Packet::new_query(id);
    packet.set_flags(PacketFlag::RECURSION_DESIRED);
    packet.questions.push(Question::new(name, QTYPE::TYPE(kind), QCLASS::CLASS(CLASS::IN), false));
    packet.build_bytes_vec().map_err(Error::internal)
}

/// Waits for the answer to this very question: whatever else comes to the port is not it. The caller's time-out ends the waiting.
async fn over_udp(server: SocketAddr, id: u16, query: &[u8]) -> std::io::Result<Vec<u8>> {
    let any: SocketAddr = if server.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0u16; 8], 0).into() };
    let socket = UdpSocket::bind(any).await?;
    socket.connect(server).await?;
    socket.send(query).await?;
    let mut buffer = vec![0; UDP_BYTES];
    loop {
        let count = socket.recv(&mut buffer).await?;
        if buffer[..count].starts_with(&id.to_be_bytes()) {
            buffer.truncate(count);
            return Ok(buffer);
        }
    }
}

async fn over_tcp(server: SocketAddr, query: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(server).await?;
    let length = u16::try_from(query.len()).map_err(std::io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes(), query].concat()).await?;
    let count = usize::from(stream.read_u16().await?);
    if count > TCP_BYTES_MAX {
        return Err(std::io::Error::other("the answer is too long"));
    }
    let mut answer = vec![0; count];
    stream.read_exact(&mut answer).await?;
    Ok(answer)
}

/// Whether the answer was cut to fit: read from the bytes, because a cut packet may not be one.
fn is_cut(answer: &[u8]) -> bool {
    answer.get(2).is_some_and(|flags| flags & 2 != 0)
}

fn read(answer: &[u8], id: u16, wanted: Wanted) -> Result<Answer> {
    let packet = Packet::parse(answer).map_err(|cause| Error::unavailable("The nameserver's answer makes no sense.").with_cause(cause))?;
    if packet.id() != id || !packet.has_flags(PacketFlag::RESPONSE) {
        return Err(Error::unavailable("The nameserver answered another question."));
    }
    match packet.rcode() {
        RCODE::NoError => {}
        RCODE::NameError => return Ok(Answer::NoName),
        _ => return Err(Error::unavailable("The nameserver could not find out.")),
    }
    let mut mail_servers: Vec<(u16, String)> = Vec::new();
    let mut texts = Vec::new();
    for record in packet.answers.into_iter().take(RECORDS_MAX) {
        match (wanted, record.rdata) {
            (Wanted::Mx, RData::MX(mx)) => mail_servers.push((mx.preference, mx.exchange.to_string())),
            (Wanted::Txt, RData::TXT(text)) => texts.extend(String::try_from(text).ok()),
            _ => {}
        }
    }
    mail_servers.sort();
    texts.extend(mail_servers.into_iter().map(|(_, name)| name));
    Ok(Answer::Records(texts))
}

fn silent(server: SocketAddr, cause: std::io::Error) -> Error {
    Error::unavailable(format!("The nameserver {} does not answer.", server.ip())).with_cause(cause)
}

#[cfg(test)]
mod tests {
    use super::*;
    use simple_dns::ResourceRecord;
    use simple_dns::rdata::{MX, TXT};
    use tokio::net::TcpListener;

    fn reply<'a>(id: u16, name: &'a str, data: Vec<RData<'a>>) -> Packet<'a> {
        let mut packet = Packet::new_reply(id);
        packet.answers = data.into_iter().map(|data| ResourceRecord::new(Name::new_unchecked(name), CLASS::IN, 60, data)).collect();
        packet
    }

    #[test]
    fn the_file_of_nameservers_is_read_as_it_is_found() {
        let text = "# made by hand\nnameserver 10.0.0.1\n  nameserver\t2001:db8::1\nnameserver fe80::1%eth0\nsearch x\nnameserver 1.1.1.1\nnameserver x";
        let found: Vec<String> = nameservers(text).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["10.0.0.1:53", "[2001:db8::1]:53", "[fe80::1]:53"]);
        assert!(nameservers("").is_empty());
    }

    #[test]
    fn a_question_is_written_and_answers_of_every_kind_are_read() {
        let asked = query(7, "shop.example", Wanted::Txt).unwrap();
        let packet = Packet::parse(&asked).unwrap();
        assert_eq!((packet.id(), packet.questions.len(), packet.questions[0].qname.to_string()), (7, 1, "shop.example".into()));
        // A long text stands in several strings, which belong together.
        let long = format!("v=spf1 {}-all", "ip4:192.0.2.1 ".repeat(30));
        let texts = vec![RData::TXT(TXT::new().with_string("hello").unwrap()), RData::TXT(TXT::try_from(long.as_str()).unwrap())];
        let bytes = reply(7, "shop.example", texts).build_bytes_vec().unwrap();
        assert_eq!(read(&bytes, 7, Wanted::Txt).unwrap(), Answer::Records(vec!["hello".into(), long.clone()]));
        assert_eq!(read(&bytes, 7, Wanted::Mx).unwrap(), Answer::Records(vec![]));
        assert!(read(&bytes, 8, Wanted::Txt).is_err());
        let mx = |preference, name| RData::MX(MX { preference, exchange: Name::new_unchecked(name) });
        let bytes = reply(7, "shop.example", vec![mx(20, "b.example"), mx(10, "a.example")]).build_bytes_vec().unwrap();
        assert_eq!(read(&bytes, 7, Wanted::Mx).unwrap(), Answer::Records(vec!["a.example".into(), "b.example".into()]));
        let mut none = Packet::new_reply(7);
        *none.rcode_mut() = RCODE::NameError;
        assert_eq!(read(&none.build_bytes_vec().unwrap(), 7, Wanted::Mx).unwrap(), Answer::NoName);
        *none.rcode_mut() = RCODE::ServerFailure;
        assert!(read(&none.build_bytes_vec().unwrap(), 7, Wanted::Mx).is_err());
        for cut in 0..bytes.len() {
            let _ = read(&bytes[..cut], 7, Wanted::Mx);
        }
    }

    #[tokio::test]
    async fn a_cut_answer_is_asked_for_again_over_tcp_and_a_stranger_s_packet_is_not_taken() {
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = tcp.local_addr().unwrap();
        let udp = UdpSocket::bind(address).await.unwrap();
        tokio::spawn(async move {
            let mut buffer = [0; 512];
            let (count, from) = udp.recv_from(&mut buffer).await.unwrap();
            let id = Packet::parse(&buffer[..count]).unwrap().id();
            udp.send_to(&reply(id.wrapping_add(1), "x", vec![]).build_bytes_vec().unwrap(), from).await.unwrap();
            let mut cut = reply(id, "x", vec![]);
            cut.set_flags(PacketFlag::TRUNCATION);
            udp.send_to(&cut.build_bytes_vec().unwrap(), from).await.unwrap();
            let (mut stream, _) = tcp.accept().await.unwrap();
            let mut asked = vec![0; usize::from(stream.read_u16().await.unwrap())];
            stream.read_exact(&mut asked).await.unwrap();
            let texts = vec![RData::TXT(TXT::new().with_string("v=DMARC1; p=none").unwrap())];
            let bytes = reply(id, "x", texts).build_bytes_vec().unwrap();
            stream.write_all(&[&(bytes.len() as u16).to_be_bytes(), bytes.as_slice()].concat()).await.unwrap();
        });
        let answer = Resolver::of(vec![address]).ask("_dmarc.shop.example", Wanted::Txt).await.unwrap();
        assert_eq!(answer.records(), ["v=DMARC1; p=none"]);
        // A port where nobody listens is no answer, and says so.
        let closed = UdpSocket::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let error = Resolver::of(vec![closed]).ask("shop.example", Wanted::Mx).await.unwrap_err();
        assert!(error.message.contains("does not answer"), "{}", error.message);
    }
}
