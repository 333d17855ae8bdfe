//! A server that is called with a name, a port and a kind of protection; and with a login. Mail servers are such.

use super::secret::Secret;
use serde::{Deserialize, Serialize};

/// A server and who we are there. The password is sealed elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Empty = this direction is off.
    pub host: String,
    /// 0 = the usual one of the security.
    pub port: u16,
    pub security: Security,
    /// Empty = no login.
    pub user: String,
}

/// How the line is protected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// TLS from the first byte.
    #[default]
    Tls,
    /// TLS after a greeting; without it nothing is said.
    Starttls,
    /// None: allowed only towards this machine and private networks.
    None,
}

impl Server {
    /// The port to call, for a protocol with these two usual ones.
    pub fn port_or(&self, tls: u16, other: u16) -> u16 {
        match (self.port, self.security) {
            (0, Security::Tls) => tls,
            (0, _) => other,
            (port, _) => port,
        }
    }
}

/// A server with everything needed to call it.
#[derive(Debug, Clone)]
pub struct Login {
    pub server: Server,
    pub password: Secret,
}
