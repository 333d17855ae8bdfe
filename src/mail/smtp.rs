//! Hands a mail to a mail server (RFC 5321), with its own short time-outs, and says in plain words what went wrong.

use crate::base::secret::Secret;
use crate::base::server::Server;

/// Where mail is handed in, and as whom.
#[derive(Debug, Clone)]
pub struct Account {
    pub server: Server,
    pub password: Option<Secret>,
}
