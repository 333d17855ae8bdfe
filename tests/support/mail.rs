//! Real mail servers for one test: a Postfix and a Dovecot of its own, on loopback, on free ports, with certificates of their own. They end
//! with the test, also when it panics or is killed: a shell that holds them ends when our end of its pipe does.
//!
//! ```text
//! let mail = MailServer::boot().await;
//! mail.delivers("anna@customer.example", "chat@shop.example", raw).await;   // from outside, by SMTP
//! let got = mail.gets("anna@customer.example", "Your code").await;          // what lies in a box
//! mail.stops().await; mail.starts().await;                                  // the same ports again
//! ```
//!
//! Everybody at `shop.example`, `customer.example` and `house.example` has a box, with every `+tag`; who begins with `gone` has none.
//! Mail to other domains is swallowed. Needs root, as Postfix does, and the packages postfix, dovecot-imapd and openssl (`tests/all`).

use super::{in_time, mail_lint};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

/// Everybody's password on these servers.
pub const MAIL_PASSWORD: &str = "letmein-at-once";

const POSTFIX: &str = "/usr/lib/postfix/sbin/master";
const DOVECOT: &str = "/usr/sbin/dovecot";

/// The ports of a server.
#[derive(Debug, Clone, Copy)]
pub struct Ports {
    /// From outside: no login, only to boxes here.
    pub smtp: u16,
    /// STARTTLS and a login.
    pub submission: u16,
    /// TLS and a login.
    pub smtps: u16,
    /// STARTTLS and a login.
    pub imap: u16,
    pub imaps: u16,
}

/// A running Postfix and Dovecot.
pub struct MailServer {
    pub ports: Ports,
    dir: TempDir,
    keeper: Option<Child>,
}

/// A mail as it lies in a box.
#[derive(Debug, Clone)]
pub struct Mail {
    pub raw: Vec<u8>,
}

impl MailServer {
    pub async fn boot() -> MailServer {
        let dir = tempfile::Builder::new().prefix("mail").tempdir().expect("a temporary folder");
        let ports = Ports { smtp: free_port(), submission: free_port(), smtps: free_port(), imap: free_port(), imaps: free_port() };
        make_certificates(dir.path());
        furnish(dir.path(), &ports);
        let mut server = MailServer { ports, dir, keeper: None };
        server.starts().await;
        server
    }

    /// The certificate to trust (CA_FILE).
    pub fn ca_file(&self) -> PathBuf {
        self.dir.path().join("ca.pem")
    }

    /// How to hand in mail, as settings of a mailbox: `tls`, `starttls`.
    pub fn smtp(&self, security: &str, user: &str) -> Value {
        let port = if security == "tls" { self.ports.smtps } else { self.ports.submission };
        json!({ "host": "localhost", "port": port, "security": security, "user": user })
    }

    /// How to fetch mail, as settings of a mailbox.
    pub fn imap(&self, security: &str, user: &str) -> Value {
        let port = if security == "tls" { self.ports.imaps } else { self.ports.imap };
        json!({ "host": "localhost", "port": port, "security": security, "user": user })
    }

    /// Starts (again), at the same ports with the same boxes.
    pub async fn starts(&mut self) {
        let script = format!(
            "{POSTFIX} -c {dir}/pf -d >{dir}/postfix.out 2>&1 & p=$!; {DOVECOT} -F -c {dir}/dv/dovecot.conf >{dir}/dovecot.out 2>&1 & d=$!
             read -r end; trap '' TERM; kill 0; wait $p $d",
            dir = self.dir.path().display()
        );
        let mut shell = Command::new("sh");
        // A group of its own: what ends the test by its terminal is not what ends the servers.
        std::os::unix::process::CommandExt::process_group(&mut shell, 0);
        let keeper = shell.args(["-c", &script]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        self.keeper = Some(keeper.expect("a shell"));
        let Ports { smtp, submission, smtps, imap, imaps } = self.ports;
        for port in [smtp, submission, smtps, imap, imaps] {
            let is_up = async {
                while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                    pause().await;
                }
            };
            if tokio::time::timeout(super::PATIENCE, is_up).await.is_err() {
                panic!("the mail servers did not start: {}", self.log());
            }
        }
    }

    /// Stops; whoever is connected is cut off.
    pub async fn stops(&mut self) {
        let Some(mut keeper) = self.keeper.take() else { return };
        drop(keeper.stdin.take());
        tokio::task::spawn_blocking(move || keeper.wait()).await.expect("a thread").expect("the servers end");
        let Ports { smtp, submission, smtps, imap, imaps } = self.ports;
        // Their children had the same ports, and may end a moment later.
        for port in [smtp, submission, smtps, imap, imaps] {
            in_time("a port to be free", async {
                while TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                    pause().await;
                }
            })
            .await;
        }
    }

    /// The folder of a box.
    pub fn home_of(&self, address: &str) -> PathBuf {
        let (user, domain) = address.split_once('@').expect("an address");
        self.dir.path().join("mail").join(domain).join(user.split('+').next().unwrap_or_default())
    }

    /// What lies in a box, oldest first.
    pub fn box_of(&self, address: &str) -> Vec<Mail> {
        let home = self.home_of(address);
        let mut files: Vec<PathBuf> = ["new", "cur"].iter().flat_map(|folder| list(&home.join(folder))).collect();
        files.sort_by_key(|file| file.file_name().map(ToOwned::to_owned));
        files.iter().filter_map(|file| std::fs::read(file).ok()).map(|raw| Mail { raw }).collect()
    }

    /// Waits for a mail whose subject contains `subject`.
    pub async fn gets(&self, address: &str, subject: &str) -> Mail {
        let find = async {
            loop {
                if let Some(mail) = self.box_of(address).into_iter().rfind(|mail| mail.subject().contains(subject)) {
                    return mail;
                }
                pause().await;
            }
        };
        match tokio::time::timeout(super::PATIENCE, find).await {
            Ok(mail) => mail,
            Err(_) => panic!("no mail \"{subject}\" came to {address}; there are {:?}; {}", self.subjects(address), self.log()),
        }
    }

    /// The subjects in a box.
    pub fn subjects(&self, address: &str) -> Vec<String> {
        self.box_of(address).iter().map(Mail::subject).collect()
    }

    /// Hands in a mail from outside, as any other mail server would, and says what the server answered at last.
    pub async fn delivers(&self, from: &str, to: &str, raw: &[u8]) -> String {
        in_time("a mail to be taken", hand_in(self.ports.smtp, from, to, raw)).await
    }

    /// What both servers wrote down; for failures.
    pub fn log(&self) -> String {
        let read = |name: &str| std::fs::read_to_string(self.dir.path().join(name)).unwrap_or_default();
        [read("log"), read("dv/log"), read("postfix.out"), read("dovecot.out")].concat()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        if let Some(mut keeper) = self.keeper.take() {
            drop(keeper.stdin.take());
            let _ = keeper.wait();
        }
    }
}

impl Mail {
    pub fn parsed(&self) -> mail_parser::Message<'_> {
        mail_parser::MessageParser::default().parse(&self.raw).expect("a mail")
    }

    pub fn subject(&self) -> String {
        self.parsed().subject().unwrap_or_default().to_owned()
    }

    /// The plain text.
    pub fn text(&self) -> String {
        self.parsed().body_text(0).unwrap_or_default().replace("\r\n", "\n")
    }

    pub fn html(&self) -> String {
        self.parsed().body_html(0).unwrap_or_default().replace("\r\n", "\n")
    }

    /// A header as it stands there, unfolded; "" when there is none.
    pub fn header(&self, name: &str) -> String {
        self.parsed().header_raw(name).unwrap_or_default().replace("\r\n", "").trim().to_owned()
    }

    /// Without brackets.
    pub fn message_id(&self) -> String {
        self.parsed().message_id().unwrap_or_default().to_owned()
    }

    /// The address answers go to.
    pub fn reply_to(&self) -> String {
        let parsed = self.parsed();
        let party = parsed.reply_to().or(parsed.from()).and_then(|address| address.first());
        party.and_then(|address| address.address()).unwrap_or_default().to_owned()
    }

    /// Fails when the mail breaks a rule of writing mails.
    pub fn is_well_made(&self) -> &Mail {
        mail_lint::check(&self.raw);
        self
    }
}

/// Hands in a mail by SMTP without a login, and says what the server answered last.
pub async fn hand_in(port: u16, from: &str, to: &str, raw: &[u8]) -> String {
    let stream = TcpStream::connect(("127.0.0.1", port)).await.expect("a mail server");
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut answer = String::new();
    let mut body = String::from_utf8_lossy(raw).replace("\r\n", "\n").replace('\n', "\r\n").replace("\r\n.", "\r\n..").into_bytes();
    if std::str::from_utf8(raw).is_err() {
        // Odd charsets travel as they are.
        body = raw.to_vec();
    }
    body.extend_from_slice(if body.ends_with(b"\r\n") { b".\r\n" } else { b"\r\n.\r\n" });
    let steps: [Vec<u8>; 6] = [
        Vec::new(),
        b"EHLO outside.example\r\n".to_vec(),
        format!("MAIL FROM:<{from}>\r\n").into_bytes(),
        format!("RCPT TO:<{to}>\r\n").into_bytes(),
        b"DATA\r\n".to_vec(),
        body,
    ];
    for step in steps {
        write.write_all(&step).await.expect("the server listens");
        answer = loop {
            let line = lines.next_line().await.expect("the server speaks").unwrap_or_else(|| "cut".to_owned());
            if line.as_bytes().get(3) != Some(&b'-') {
                break line;
            }
        };
        if !answer.starts_with(['2', '3']) {
            break;
        }
    }
    answer
}

/// A port nobody uses.
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// Between two looks at what tells nobody when it changes: files of another program.
pub async fn pause() {
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
}

/// An authority and a certificate for localhost: `ca.pem`, `cert.pem`, `key.pem`.
pub fn make_certificates(dir: &Path) {
    let script = "set -e; new='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
        openssl req -x509 $new -keyout ca.key -out ca.pem -days 30 -subj '/CN=Test authority' -addext basicConstraints=critical,CA:TRUE
        openssl req $new -keyout key.pem -out request -subj /CN=localhost
        printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\\nbasicConstraints=CA:FALSE' >extensions
        openssl x509 -req -in request -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile extensions -out cert.pem";
    let made = Command::new("sh").args(["-c", script]).current_dir(dir).output().expect("a shell");
    assert!(made.status.success(), "openssl made no certificate: {}", String::from_utf8_lossy(&made.stderr));
}

fn list(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

/// The folders and settings of both servers.
fn furnish(dir: &Path, ports: &Ports) {
    for program in [POSTFIX, DOVECOT, "/usr/lib/dovecot/dovecot-lda"] {
        assert!(Path::new(program).exists(), "{program} is missing: apt-get install postfix dovecot-imapd");
    }
    let put = |name: &str, text: String| std::fs::write(dir.join(name), text).expect("a file");
    // `mail` and its lda run as nobody, the queue belongs to postfix.
    let script = "set -e; chmod 755 .; mkdir -p pf dv data mail
        mkdir -p q/active q/bounce q/corrupt q/defer q/deferred q/flush q/hold q/incoming q/private q/public q/maildrop q/pid q/saved q/trace
        (cd q; chown postfix active bounce corrupt defer deferred flush hold incoming private saved trace ../data
         chown postfix:postdrop public maildrop; chmod 710 public; chmod 730 maildrop
         chmod 700 active bounce corrupt defer deferred flush hold incoming private saved trace)
        : >dv/log; chmod 666 dv/log; chown nobody mail";
    let made = Command::new("sh").args(["-c", script]).current_dir(dir).output().expect("a shell");
    assert!(made.status.success(), "the folders of the mail servers (needs root): {}", String::from_utf8_lossy(&made.stderr));
    put("pf/boxes", "if !/^gone/\n/@/ x\nendif\n".into());
    put("pf/main.cf", filled(MAIN_CF, dir, ports));
    put("pf/master.cf", filled(MASTER_CF, dir, ports));
    put("dv/dovecot.conf", filled(DOVECOT_CONF, dir, ports));
}

fn filled(text: &str, dir: &Path, ports: &Ports) -> String {
    let mut text = text.replace("@DIR@", &dir.display().to_string()).replace("@PASSWORD@", MAIL_PASSWORD);
    for (name, port) in [
        ("@SMTP@", ports.smtp),
        ("@SUBMISSION@", ports.submission),
        ("@SMTPS@", ports.smtps),
        ("@IMAP@", ports.imap),
        ("@IMAPS@", ports.imaps),
    ] {
        text = text.replace(name, &port.to_string());
    }
    text
}

const MAIN_CF: &str = "compatibility_level = 3.6
queue_directory = @DIR@/q
data_directory = @DIR@/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mail.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
local_recipient_maps =
virtual_mailbox_domains = shop.example, customer.example, house.example
virtual_mailbox_maps = regexp:@DIR@/pf/boxes
virtual_transport = lda
lda_destination_recipient_limit = 1
default_transport = discard
recipient_delimiter = +
smtpd_tls_cert_file = @DIR@/cert.pem
smtpd_tls_key_file = @DIR@/key.pem
smtpd_tls_security_level = may
smtpd_sasl_type = dovecot
smtpd_sasl_path = @DIR@/q/private/auth
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_recipient_restrictions =
smtputf8_enable = no
maillog_file = @DIR@/log
maillog_file_prefixes = @DIR@
message_size_limit = 60000000
disable_dns_lookups = yes
";

const MASTER_CF: &str = "127.0.0.1:@SMTP@ inet n - n - - smtpd
127.0.0.1:@SUBMISSION@ inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
127.0.0.1:@SMTPS@ inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lda unix - n n - - pipe
  flags=DRhu user=nobody:nogroup argv=/usr/lib/dovecot/dovecot-lda -c @DIR@/dv/dovecot.conf -f ${sender} -a ${original_recipient} -d ${user}@${domain}
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
";

const DOVECOT_CONF: &str = "base_dir = @DIR@/dv/run
state_dir = @DIR@/dv/state
log_path = @DIR@/dv/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <@DIR@/cert.pem
ssl_key = <@DIR@/key.pem
disable_plaintext_auth = yes
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:~/
first_valid_uid = 100
passdb {
  driver = static
  args = password=@PASSWORD@
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=@DIR@/mail/%d/%n
}
service imap-login {
  chroot =
  inet_listener imap {
    port = @IMAP@
  }
  inet_listener imaps {
    port = @IMAPS@
  }
}
service auth {
  unix_listener auth-userdb {
    mode = 0666
  }
  unix_listener @DIR@/q/private/auth {
    mode = 0666
  }
}
service stats {
  unix_listener stats-writer {
    mode = 0666
  }
}
service anvil {
  chroot =
}
";
