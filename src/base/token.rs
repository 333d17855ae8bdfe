//! Signed tokens that introduce a contact (JWT, HS256 only), and signed links.
//!
//! Three products' tokens are three dialects of one verifier. The order is fixed: size, shape, header, secret, signature, and only
//! then the claims; what was not signed by the inbox's secret is never looked into. Every refusal is a sentence that helps the person
//! who pastes a token to find out what is wrong with it.
//!
//! A missing or over-long claim is `Invalid`: the signer is known, but its data is wrong. Everything else is `Unauthorized`.

use super::error::{Error, Kind};
use super::{email, limits, text};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use sha2::Sha256;
use std::fmt;

/// Whose rules a token follows, and what it must be bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect<'a> {
    /// Libredesk: `external_user_id`, `email`, `first_name`, `exp`.
    Libredesk,
    /// SeggWat: `sub`, `project_key`, `iat`, `exp`.
    Seggwat {
        /// The project the token must be made for.
        project_key: &'a str,
    },
    /// SupportPal: `email`, best with `iat` and `exp`.
    Supportpal {
        /// The address the page claims; the token must prove it.
        email: &'a str,
    },
}

/// Which claim names the person; keys of different schemes are different people until somebody proves otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// `external_user_id`.
    Libredesk,
    /// `sub`.
    Seggwat,
    /// `email`.
    Supportpal,
}

impl Scheme {
    /// The word the database keeps.
    pub fn as_str(self) -> &'static str {
        match self {
            Scheme::Libredesk => "libredesk",
            Scheme::Seggwat => "seggwat",
            Scheme::Supportpal => "supportpal",
        }
    }

    /// Reads what `as_str` wrote.
    pub fn parse(text: &str) -> Option<Scheme> {
        [Scheme::Libredesk, Scheme::Seggwat, Scheme::Supportpal].into_iter().find(|scheme| scheme.as_str() == text)
    }
}

/// What a good token says, cleaned and within all limits.
#[derive(Clone, PartialEq)]
pub struct Claims {
    /// Which claim `key` comes from.
    pub scheme: Scheme,
    /// Who this is, unique within inbox and scheme.
    pub key: String,
    /// The address, as written.
    pub email: Option<String>,
    /// Always present with Libredesk; never with SupportPal, whose names come beside the token.
    pub first_name: Option<String>,
    /// The rest of the name.
    pub last_name: Option<String>,
    /// The number without the country's code.
    pub phone_number: Option<String>,
    /// The country's code of the number.
    pub phone_number_country_code: Option<String>,
    /// Custom attributes: texts, numbers, booleans; `null` asks to remove the attribute.
    pub attributes: Map<String, Value>,
    /// When it was signed, in seconds.
    pub issued_at_s: Option<i64>,
    /// When it expires, in seconds.
    pub expires_at_s: Option<i64>,
    /// What was ignored, or could be better: sentences for the signer, not for the visitor.
    pub warnings: Vec<String>,
}

impl fmt::Debug for Claims {
    /// Who somebody is does not belong into a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claims").field("scheme", &self.scheme).field("expires_at_s", &self.expires_at_s).finish_non_exhaustive()
    }
}

/// Why a token was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenError {
    /// `Invalid` or `Unauthorized`.
    pub kind: Kind,
    /// The claim that is wrong, when it is one.
    pub claim: Option<&'static str>,
    /// Which, and how.
    pub message: String,
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for TokenError {}

impl From<TokenError> for Error {
    fn from(error: TokenError) -> Error {
        let told = Error::new(error.kind, error.message);
        match error.claim {
            Some(claim) => told.in_field(claim),
            None => told,
        }
    }
}

type Result<T> = std::result::Result<T, TokenError>;

fn refused<T>(message: impl Into<String>) -> Result<T> {
    Err(TokenError { kind: Kind::Unauthorized, claim: None, message: message.into() })
}

fn refused_claim<T>(claim: &'static str, message: impl Into<String>) -> Result<T> {
    Err(TokenError { kind: Kind::Unauthorized, claim: Some(claim), message: message.into() })
}

fn invalid<T>(claim: &'static str, message: impl Into<String>) -> Result<T> {
    Err(TokenError { kind: Kind::Invalid, claim: Some(claim), message: message.into() })
}

/// Seconds of the last second of the year 9999: later is a mistake, and beyond what calendars can show.
const LATEST_S: i64 = 253_402_300_799;
/// 13 digits: milliseconds since 2001.
const MILLISECONDS_FROM: i64 = 1_000_000_000_000;
/// Longer-lived tokens get a warning; they should live for minutes.
const LIFE_ADVISED_S: i64 = 24 * 3600;
const KEY_CHARS_MAX: usize = 128;
const NAME_CHARS_MAX: usize = 128;
const PHONE_CHARS_MAX: usize = 20;
const COUNTRY_CODE_CHARS_MAX: usize = 10;
const ATTRIBUTE_NAME_CHARS_MAX: usize = 64;
// Attributes arrive inside a token, so the smaller limit on tokens keeps this one.
const _: () = assert!(limits::TOKEN_BYTES_MAX <= limits::ATTRIBUTES_BYTES_MAX);

/// Checks a token and answers what it says. `require_exp` asks for an expiry where the dialect does not.
pub fn verify(token: &str, secret: Option<&[u8]>, dialect: Dialect<'_>, now_s: i64, require_exp: bool) -> Result<Claims> {
    let payload = verified_payload(token, secret)?;
    let claims = ClaimMap { map: payload };
    let (issued_at_s, expires_at_s, warning) = check_times(&claims, dialect, now_s, require_exp)?;
    let mut result = match dialect {
        Dialect::Libredesk => libredesk(&claims),
        Dialect::Seggwat { project_key } => seggwat(&claims, project_key),
        Dialect::Supportpal { email } => supportpal(&claims, email),
    }?;
    result.issued_at_s = issued_at_s;
    result.expires_at_s = expires_at_s;
    result.warnings.extend(warning);
    Ok(result)
}

/// Signs claims the way a customer's server does; for the demo shop, the samples' tests and our own.
pub fn sign(claims: &Value, secret: &[u8]) -> String {
    let head = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let body = URL_SAFE_NO_PAD.encode(claims.to_string());
    let signed = format!("{head}.{body}");
    let signature = URL_SAFE_NO_PAD.encode(mac(secret, &[signed.as_bytes()]).finalize().into_bytes());
    format!("{signed}.{signature}")
}

/// A ticket that opens `what` until `expires_ms`: `<expires>.<signature>`, safe in an address.
pub fn sign_link(key: &[u8; 32], what: &str, expires_ms: i64) -> String {
    let signature = URL_SAFE_NO_PAD.encode(link_mac(key, what, expires_ms).finalize().into_bytes());
    format!("{expires_ms}.{signature}")
}

/// Whether a ticket of `sign_link` opens exactly this, and still does.
pub fn check_link(key: &[u8; 32], what: &str, ticket: &str, now_ms: i64) -> bool {
    let Some((expires, signature)) = ticket.split_once('.') else { return false };
    let Ok(expires_ms) = expires.parse::<i64>() else { return false };
    let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else { return false };
    let is_genuine = link_mac(key, what, expires_ms).verify_slice(&signature).is_ok();
    // One ticket has one spelling: "+5" and "05" are not "5".
    is_genuine && now_ms < expires_ms && expires == expires_ms.to_string()
}

/// What is kept of something that a guess would find, such as six digits; `purpose` keeps different things apart under one key.
pub fn keyed_hash(key: &[u8; 32], purpose: &'static str, what: &str) -> [u8; 32] {
    mac(key, &[b"deskbell hash\n", purpose.as_bytes(), b"\n", what.as_bytes()]).finalize().into_bytes().into()
}

fn link_mac(key: &[u8; 32], what: &str, expires_ms: i64) -> Hmac<Sha256> {
    // The prefix keeps links and tokens apart even under one key; the number cannot contain the separator.
    mac(key, &[b"deskbell link\n", expires_ms.to_string().as_bytes(), b"\n", what.as_bytes()])
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Hmac<Sha256> {
    let mut mac = <Hmac<Sha256>>::new_from_slice(key).expect("HMAC takes keys of every length");
    parts.iter().for_each(|part| mac.update(part));
    mac
}

/// Everything up to and including the signature; only then is the payload read.
fn verified_payload(token: &str, secret: Option<&[u8]>) -> Result<Map<String, Value>> {
    let (header, body, signature) = split(token)?;
    check_header(&object(&decode(header, "header")?, "header")?)?;
    let signature = decode(signature, "signature")?;
    let Some(secret) = secret.filter(|secret| !secret.is_empty()) else {
        return refused("This inbox has no secret key, so no token can be verified. Generate one in the inbox's security settings.");
    };
    // `verify_slice` compares in constant time and refuses every other length.
    if mac(secret, &[header.as_bytes(), b".", body.as_bytes()]).verify_slice(&signature).is_err() {
        return refused(
            "The signature does not match: the token was signed with another secret than this inbox's current one, or changed afterwards.",
        );
    }
    object(&decode(body, "payload")?, "payload")
}

fn split(token: &str) -> Result<(&str, &str, &str)> {
    if token.is_empty() {
        return refused("The token is empty.");
    }
    if token.len() > limits::TOKEN_BYTES_MAX {
        return refused(format!("The token is longer than {} bytes.", limits::TOKEN_BYTES_MAX));
    }
    if token.bytes().any(|byte| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'')) {
        return refused("The token contains spaces, line breaks or quotation marks. Pass the bare token, without \"Bearer\".");
    }
    let parts: Vec<&str> = token.split('.').collect();
    let [header, body, signature] = parts[..] else {
        return refused(format!("A token has three parts with dots between them; this one has {}.", parts.len()));
    };
    if signature.is_empty() {
        return refused("The token is not signed: its third part is empty.");
    }
    Ok((header, body, signature))
}

fn decode(part: &str, name: &str) -> Result<Vec<u8>> {
    // This engine refuses padding, the other alphabet, and bits beyond the last byte: one value, one spelling.
    URL_SAFE_NO_PAD.decode(part).or_else(|_| refused(format!("The token's {name} is not base64url without padding.")))
}

fn object(bytes: &[u8], name: &str) -> Result<Map<String, Value>> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = Strict { depth: limits::TOKEN_NESTING_MAX }.deserialize(&mut json).and_then(|value| json.end().map(|()| value));
    match value {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => refused(format!("The token's {name} is not a JSON object.")),
        Err(cause) => refused(format!("The token's {name} is not acceptable JSON: {}.", text::clean_line(&cause.to_string(), 160))),
    }
}

fn check_header(header: &Map<String, Value>) -> Result<()> {
    match header.get("alg") {
        Some(Value::String(alg)) if alg == "HS256" => {}
        Some(Value::String(alg)) => {
            let alg = text::clean_line(alg, 20);
            return refused(format!("The token is signed with the algorithm \"{alg}\"; only \"HS256\" is accepted."));
        }
        Some(_) => return refused("The token's algorithm (alg) is not a text; only \"HS256\" is accepted."),
        None => return refused("The token's header names no algorithm (alg); it must be \"HS256\"."),
    }
    match header.get("typ") {
        None => {}
        Some(Value::String(typ)) if typ.eq_ignore_ascii_case("JWT") => {}
        Some(_) => return refused("The token's type (typ) is not \"JWT\"."),
    }
    // All of them name keys or rules from inside the token, which must never decide about itself. `kid` alone is harmless, as
    // nothing reads it.
    for name in ["crit", "jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256", "b64", "zip", "enc"] {
        if header.contains_key(name) {
            return refused(format!("The token's header contains \"{name}\", which is not accepted."));
        }
    }
    Ok(())
}

/// `iat` and `exp`, and a warning about them if there is one.
type Times = (Option<i64>, Option<i64>, Option<String>);

fn check_times(claims: &ClaimMap, dialect: Dialect<'_>, now_s: i64, require_exp: bool) -> Result<Times> {
    let (needs_iat, needs_exp) = match dialect {
        Dialect::Libredesk => (false, true),
        Dialect::Seggwat { .. } => (true, true),
        Dialect::Supportpal { .. } => (false, require_exp),
    };
    let exp = claims.time("exp")?;
    let nbf = claims.time("nbf")?;
    let iat = claims.time("iat")?;
    if needs_exp && exp.is_none() {
        return invalid("exp", "The claim \"exp\" is missing: the time when the token expires, in Unix seconds.");
    }
    if needs_iat && iat.is_none() {
        return invalid("iat", "The claim \"iat\" is missing: the time when the token was issued, in Unix seconds.");
    }
    if let Some(exp) = exp
        && now_s.saturating_sub(exp) > limits::TOKEN_SKEW_S
    {
        return refused_claim("exp", format!("The token expired {} ago (claim \"exp\").", span(now_s.saturating_sub(exp))));
    }
    for (claim, time) in [("nbf", nbf), ("iat", iat)] {
        if let Some(time) = time
            && time.saturating_sub(now_s) > limits::TOKEN_SKEW_S
        {
            let ahead = span(time.saturating_sub(now_s));
            return refused_claim(
                claim,
                format!("The claim \"{claim}\" lies {ahead} in the future. Is the clock of the signing server right?"),
            );
        }
    }
    match (exp, iat) {
        (None, Some(iat)) if now_s.saturating_sub(iat) > limits::TOKEN_AGE_MAX_S => {
            refused_claim("iat", "The token was issued more than 24 hours ago and has no \"exp\" claim; sign a fresh one.")
        }
        (None, _) => Ok((iat, exp, Some("The token never expires by itself: add an \"exp\" claim a few minutes ahead.".to_string()))),
        (Some(exp), _) if exp.saturating_sub(now_s) > LIFE_ADVISED_S => Ok((
            iat,
            Some(exp),
            Some(format!("The token is valid for another {}. Tokens should live for minutes.", span(exp.saturating_sub(now_s)))),
        )),
        (Some(exp), _) => Ok((iat, Some(exp), None)),
    }
}

/// A rough span of time in words.
fn span(seconds: i64) -> String {
    let (count, unit) = match seconds {
        ..120 => (seconds, "second"),
        120..7200 => (seconds / 60, "minute"),
        7200..172_800 => (seconds / 3600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

fn blank(scheme: Scheme, key: String) -> Claims {
    Claims {
        scheme,
        key,
        email: None,
        first_name: None,
        last_name: None,
        phone_number: None,
        phone_number_country_code: None,
        attributes: Map::new(),
        issued_at_s: None,
        expires_at_s: None,
        warnings: Vec::new(),
    }
}

fn libredesk(claims: &ClaimMap) -> Result<Claims> {
    let mut result = blank(Scheme::Libredesk, claims.required_key("external_user_id")?);
    result.email = Some(claims.required_email()?);
    result.first_name = Some(claims.required("first_name", NAME_CHARS_MAX)?);
    result.last_name = claims.optional("last_name", NAME_CHARS_MAX)?;
    let warnings = &mut result.warnings;
    result.phone_number = claims.lenient("phone_number", PHONE_CHARS_MAX, warnings);
    result.phone_number_country_code = claims.lenient("phone_number_country_code", COUNTRY_CODE_CHARS_MAX, warnings);
    result.attributes = claims.attributes("contact_custom_attributes", warnings);
    if claims.map.contains_key("user_id") {
        warnings.push("The claim \"user_id\" is ignored: \"external_user_id\" names the person.".to_string());
    }
    Ok(result)
}

fn seggwat(claims: &ClaimMap, project_key: &str) -> Result<Claims> {
    let claimed = claims.required("project_key", KEY_CHARS_MAX)?;
    if project_key.is_empty() || claimed != project_key {
        return refused_claim("project_key", "The claim \"project_key\" names another project than this one.");
    }
    let mut result = blank(Scheme::Seggwat, claims.required_key("sub")?);
    if claims.optional("email", limits::TOKEN_BYTES_MAX)?.is_some() {
        result.email = Some(claims.required_email()?);
    }
    if let Some(name) = claims.optional("name", NAME_CHARS_MAX)? {
        let (first, last) = name.split_once(' ').unwrap_or((&name, ""));
        result.first_name = Some(first.to_string());
        result.last_name = (!last.is_empty()).then(|| last.to_string());
    }
    if let Some(subscription) = claims.optional("subscription_id", KEY_CHARS_MAX)? {
        result.attributes.insert("subscription_id".to_string(), Value::String(subscription));
    }
    Ok(result)
}

fn supportpal(claims: &ClaimMap, claimed: &str) -> Result<Claims> {
    // A token made to name somebody by id must not be turned into one that names him by an address he only claims to have.
    for claim in ["external_user_id", "sub", "project_key"] {
        if claims.map.contains_key(claim) {
            return refused_claim(claim, "This token names a person by another claim than \"email\"; it is not of this kind.");
        }
    }
    let proved = claims.required_email()?;
    let key = email::key(&proved);
    if key != email::key(claimed) {
        return refused_claim("email", "The claim \"email\" is another address than the one the page gives.");
    }
    Ok(Claims { email: Some(proved), ..blank(Scheme::Supportpal, key) })
}

/// The verified payload, with the rules that single claims follow.
struct ClaimMap {
    map: Map<String, Value>,
}

impl ClaimMap {
    /// A text without what is invisible, or nothing when absent, null or blank.
    fn optional(&self, claim: &'static str, chars_max: usize) -> Result<Option<String>> {
        let text = match self.map.get(claim) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(text)) => text::clean_line(text, usize::MAX),
            Some(_) => return invalid(claim, format!("The claim \"{claim}\" must be a text (in quotation marks).")),
        };
        let count = text.chars().count();
        if count > chars_max {
            return invalid(claim, format!("The claim \"{claim}\" has {count} characters; at most {chars_max} are allowed."));
        }
        Ok((!text.is_empty()).then_some(text))
    }

    fn required(&self, claim: &'static str, chars_max: usize) -> Result<String> {
        match self.optional(claim, chars_max)? {
            Some(text) => Ok(text),
            None if self.map.contains_key(claim) => invalid(claim, format!("The claim \"{claim}\" is empty.")),
            None => invalid(claim, format!("The claim \"{claim}\" is missing.")),
        }
    }

    /// A key is taken as it is or not at all: cleaning one could make it somebody else's.
    fn required_key(&self, claim: &'static str) -> Result<String> {
        let key = self.required(claim, KEY_CHARS_MAX)?;
        if self.map.get(claim).and_then(Value::as_str) != Some(&key) {
            return invalid(claim, format!("The claim \"{claim}\" contains invisible characters, or spaces around or beside each other."));
        }
        Ok(key)
    }

    /// Addresses are judged as they are, for the same reason.
    fn required_email(&self) -> Result<String> {
        self.required("email", 254)?;
        let address = self.map.get("email").and_then(Value::as_str).unwrap_or_default();
        email::check(address).or_else(|fault| invalid("email", format!("The claim \"email\" is wrong: {}", fault.message)))
    }

    /// Like `optional`, for details that are not worth refusing a person for.
    fn lenient(&self, claim: &'static str, chars_max: usize, warnings: &mut Vec<String>) -> Option<String> {
        self.optional(claim, chars_max).unwrap_or_else(|fault| {
            warnings.push(format!("{} It was ignored.", fault.message));
            None
        })
    }

    /// Whole Unix seconds.
    fn time(&self, claim: &'static str) -> Result<Option<i64>> {
        let number = match self.map.get(claim) {
            None => return Ok(None),
            Some(Value::Number(number)) => number,
            Some(_) => {
                return refused_claim(claim, format!("The claim \"{claim}\" must be a number: Unix seconds, without quotation marks."));
            }
        };
        let Some(seconds) = number.as_i64() else {
            return refused_claim(claim, format!("The claim \"{claim}\" must be a whole number of Unix seconds."));
        };
        match seconds {
            ..0 => refused_claim(claim, format!("The claim \"{claim}\" is negative.")),
            // The year 33658 in seconds, a date of today in milliseconds.
            MILLISECONDS_FROM.. => {
                refused_claim(claim, format!("The claim \"{claim}\" looks like milliseconds; it must be Unix seconds (divide by 1000)."))
            }
            _ if seconds > LATEST_S => refused_claim(claim, format!("The claim \"{claim}\" lies beyond the year 9999.")),
            _ => Ok(Some(seconds)),
        }
    }

    fn attributes(&self, claim: &'static str, warnings: &mut Vec<String>) -> Map<String, Value> {
        let given = match self.map.get(claim) {
            None | Some(Value::Null) => return Map::new(),
            Some(Value::Object(given)) => given,
            Some(_) => {
                warnings.push(format!("The claim \"{claim}\" is not an object. It was ignored."));
                return Map::new();
            }
        };
        let mut attributes = Map::new();
        for (name, value) in given {
            let clean = text::clean_line(name, ATTRIBUTE_NAME_CHARS_MAX + 1);
            let shown = text::clean_line(name, 30);
            if clean.is_empty() || clean.chars().count() > ATTRIBUTE_NAME_CHARS_MAX {
                warnings.push(format!("The name of the custom attribute \"{shown}\" is empty or longer than {ATTRIBUTE_NAME_CHARS_MAX} characters. It was ignored."));
                continue;
            }
            let value = match value {
                Value::String(text) => Value::String(text::clean_line(text, usize::MAX)),
                Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
                Value::Array(_) | Value::Object(_) => {
                    warnings.push(format!(
                        "The custom attribute \"{shown}\" is a list or an object. It was ignored; use texts, numbers and booleans."
                    ));
                    continue;
                }
            };
            if attributes.len() == limits::ATTRIBUTES_MAX {
                warnings.push(format!("There are more than {} custom attributes. The others were ignored.", limits::ATTRIBUTES_MAX));
                break;
            }
            attributes.insert(clean, value);
        }
        attributes
    }
}

/// JSON without the two liberties that let two readers see two different tokens: names given twice, and bottomless nesting.
#[derive(Clone, Copy)]
struct Strict {
    depth: usize,
}

impl Strict {
    fn deeper<E: de::Error>(self) -> std::result::Result<Strict, E> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Strict { depth }),
            None => Err(E::custom("it is nested too deeply")),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> std::result::Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> std::result::Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> std::result::Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> std::result::Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> std::result::Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> std::result::Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number is out of range"))
    }

    fn visit_str<E>(self, value: &str) -> std::result::Result<Value, E> {
        Ok(Value::String(value.to_string()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> std::result::Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> std::result::Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut map = Map::new();
        while let Some(name) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(inner)?;
            if map.contains_key(&name) {
                return Err(de::Error::custom(format!("\"{}\" is given twice", text::clean_line(&name, 40))));
            }
            map.insert(name, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    const SECRET: &[u8] = b"the secret of one inbox";
    const NOW: i64 = 1_800_000_000;

    fn good() -> Value {
        json!({"external_user_id": "u-1", "email": "ada@example.com", "first_name": "Ada", "exp": NOW + 300})
    }

    /// `good` with one claim set, or removed when the value is null.
    fn with(claim: &str, value: Value) -> Value {
        let mut claims = good();
        match value {
            Value::Null => claims.as_object_mut().unwrap().remove(claim),
            value => claims.as_object_mut().unwrap().insert(claim.to_string(), value),
        };
        claims
    }

    fn read(claims: &Value) -> Result<Claims> {
        verify(&sign(claims, SECRET), Some(SECRET), Dialect::Libredesk, NOW, false)
    }

    /// A properly signed token out of any header and payload text.
    fn raw(header: &str, payload: &str) -> String {
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
        let signature = URL_SAFE_NO_PAD.encode(mac(SECRET, &[signed.as_bytes()]).finalize().into_bytes());
        format!("{signed}.{signature}")
    }

    fn read_raw(token: &str) -> Result<Claims> {
        verify(token, Some(SECRET), Dialect::Libredesk, NOW, false)
    }

    fn assert_unauthorized(result: Result<Claims>, what: &str) -> String {
        let error = result.expect_err(what);
        assert_eq!(error.kind, Kind::Unauthorized, "{what}: {error}");
        error.message
    }

    fn assert_invalid(result: Result<Claims>, claim: &str) {
        let error = result.expect_err(claim);
        assert_eq!((error.kind, error.claim), (Kind::Invalid, Some(claim)), "{error}");
        assert!(error.message.contains(claim), "{error}");
    }

    // rows 22, 24, 27-32, 71, 72
    #[test]
    fn a_good_token_says_who_somebody_is() {
        let claims = read(&json!({
            "external_user_id": "u-1", "email": "Ada@Example.com", "first_name": " Ad\u{202e}a\u{0} ", "last_name": "Lovelace",
            "phone_number": "123456", "phone_number_country_code": "+44", "exp": NOW + 300, "iat": NOW, "nbf": NOW,
            "contact_custom_attributes": {"plan": "premium", "seats": 3, "vip": true, "old": null, "list": [1], "deep": {"a": 1}},
            "user_id": 1,
        }))
        .unwrap();
        assert_eq!((claims.scheme, claims.key.as_str()), (Scheme::Libredesk, "u-1"));
        assert_eq!(claims.email.as_deref(), Some("Ada@Example.com"));
        assert_eq!(claims.first_name.as_deref(), Some("Ada"));
        assert_eq!(claims.last_name.as_deref(), Some("Lovelace"));
        assert_eq!(claims.phone_number.as_deref(), Some("123456"));
        assert_eq!(claims.phone_number_country_code.as_deref(), Some("+44"));
        assert_eq!(Value::Object(claims.attributes), json!({"plan": "premium", "seats": 3, "vip": true, "old": null}));
        assert_eq!((claims.issued_at_s, claims.expires_at_s), (Some(NOW), Some(NOW + 300)));
        assert_eq!(claims.warnings.len(), 3, "{:?}", claims.warnings);
    }

    // The example of RFC 7515, A.1: a foreign signer, not ours.
    #[test]
    fn a_foreign_signature_is_understood() {
        let token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let key = URL_SAFE_NO_PAD.decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow").unwrap();
        assert_invalid(verify(token, Some(&key), Dialect::Libredesk, 1_300_819_380, false), "external_user_id");
    }

    // rows 23, 25, 119, 121; security row 13
    #[test]
    fn only_hs256_with_the_right_secret_is_believed() {
        let payload = good().to_string();
        for header in [
            r#"{"alg":"none"}"#,
            r#"{"alg":"None"}"#,
            r#"{"alg":"nOnE"}"#,
            r#"{"alg":"hs256"}"#,
            r#"{"alg":"HS256 "}"#,
            r#"{"alg":"HS384"}"#,
            r#"{"alg":"RS256"}"#,
            r#"{"alg":"ES256"}"#,
            r#"{"alg":["HS256"]}"#,
            r#"{"alg":null}"#,
            r#"{"alg":256}"#,
            r#"{}"#,
            r#"{"typ":"JWT"}"#,
            r#"{"alg":"HS256","alg":"none"}"#,
            r#"{"alg":"none","alg":"HS256"}"#,
            r#"{"alg":"none","\u0061lg":"HS256"}"#,
            r#"{"alg":"HS256","typ":"JWE"}"#,
            r#"{"alg":"HS256","typ":1}"#,
            r#"{"alg":"HS256","crit":["exp"]}"#,
            r#"{"alg":"HS256","crit":[]}"#,
            r#"{"alg":"HS256","jku":"https://evil.example/k"}"#,
            r#"{"alg":"HS256","jwk":{"kty":"oct","k":""}}"#,
            r#"{"alg":"HS256","x5u":"https://evil.example"}"#,
            r#"{"alg":"HS256","x5c":[]}"#,
            r#"{"alg":"HS256","b64":false}"#,
            r#"["HS256"]"#,
            r#""HS256""#,
            "null",
            "",
            "{",
            r#"{"alg":"HS256"}x"#,
            r#"{"alg":"HS256"}{}"#,
            r#"{"alg":"HS256",}"#,
            "{\"alg\":\"HS256\",\"kid\":\"\u{0}\"}",
        ] {
            assert_unauthorized(read_raw(&raw(header, &payload)), header);
        }
        for header in [
            r#"{"alg":"HS256"}"#,
            r#"{"typ":"jwt","alg":"HS256"}"#,
            r#"{"alg":"HS256","kid":"../../dev/null"}"#,
            " {\"alg\" : \"HS256\"}\n",
        ] {
            assert!(read_raw(&raw(header, &payload)).is_ok(), "{header}");
        }
        let token = sign(&good(), b"another secret");
        assert!(assert_unauthorized(read_raw(&token), "wrong secret").contains("signature"));
    }

    // row 23; security rows 12, 13
    #[test]
    fn every_changed_character_is_noticed() {
        let token = sign(&good(), SECRET);
        for at in 0..token.len() {
            for other in ['A', 'B', '_', '.', '=', ' ', 'é'] {
                if token.as_bytes()[at] as char != other {
                    let changed = format!("{}{other}{}", &token[..at], &token[at + 1..]);
                    assert_unauthorized(read_raw(&changed), &changed);
                }
            }
            assert_unauthorized(read_raw(&token[..at]), "truncated");
        }
        assert_unauthorized(read_raw(&token.to_lowercase()), "lower case");
    }

    // security row 13
    #[test]
    fn odd_shapes_are_refused() {
        let token = sign(&good(), SECRET);
        let (signed, signature) = token.rsplit_once('.').unwrap();
        for odd in [
            String::new(),
            ".".into(),
            "..".into(),
            "...".into(),
            signed.into(),
            format!("{signed}."),
            format!("{token}."),
            format!(".{token}"),
            format!("{token}.{signature}"),
            format!("{token}="),
            format!("{token} "),
            format!(" {token}"),
            format!("\n{token}"),
            format!("Bearer {token}"),
            format!("\"{token}\""),
            format!("{signed}.{signature}A"),
            token.replace('.', ".."),
            format!("{signed}.{}", "A".repeat(43)),
            "a.b.c".into(),
            "\0".into(),
            "é.é.é".into(),
        ] {
            assert_unauthorized(read_raw(&odd), &odd);
        }
        // 43 characters carry 258 bits for a signature of 256: the two left over must be zero.
        let last = signature.chars().last().unwrap();
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let twin = alphabet.chars().nth(alphabet.find(last).unwrap() ^ 1).unwrap();
        assert_unauthorized(read_raw(&format!("{signed}.{}{twin}", &signature[..42])), "a second spelling of the signature");
        assert!(read_raw(&token).is_ok());
    }

    #[test]
    fn payloads_that_two_readers_could_read_differently_are_refused() {
        let header = r#"{"alg":"HS256"}"#;
        let body = good().to_string();
        let inner = &body[1..body.len() - 1];
        for payload in [
            format!("{{{inner},\"exp\":9999999999}}"),
            format!("{{{inner},\"\\u0065xp\":1}}"),
            format!("{{{inner},\"contact_custom_attributes\":{{\"a\":1,\"a\":2}}}}"),
            format!("[{body}]"),
            "null".into(),
            "1".into(),
            String::new(),
            "{".into(),
            format!("{body}x"),
            format!("{body}{body}"),
            format!("{{{inner},}}"),
            format!("{{{inner},\"a\":{}1{}}}", "[".repeat(8), "]".repeat(8)),
            format!("{{{inner},\"a\":{}", "[".repeat(2000)),
            format!("{{{inner},\"a\":\"\\ud800\"}}"),
            format!("{{{inner},\"a\":1e999}}"),
            format!("{{{inner},\"a\":NaN}}"),
            format!("{{{inner},\"a\":'x'}}"),
        ] {
            assert_unauthorized(read_raw(&raw(header, &payload)), &payload);
        }
        assert_unauthorized(
            read_raw(&{
                let mut bytes = body.clone().into_bytes();
                bytes.insert(2, 0xff);
                let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(bytes));
                let signature = URL_SAFE_NO_PAD.encode(mac(SECRET, &[signed.as_bytes()]).finalize().into_bytes());
                format!("{signed}.{signature}")
            }),
            "not UTF-8",
        );
        // At the limit: the object itself and seven lists in it.
        assert!(read_raw(&raw(header, &format!("{{{inner},\"a\":{}1{}}}", "[".repeat(7), "]".repeat(7)))).is_ok());
    }

    #[test]
    fn a_token_has_a_largest_size() {
        let sized = |n: usize| sign(&with("padding", json!("x".repeat(n))), SECRET);
        let largest = (0..limits::TOKEN_BYTES_MAX).rev().find(|n| sized(*n).len() <= limits::TOKEN_BYTES_MAX).unwrap();
        assert!(read_raw(&sized(largest)).is_ok());
        assert!(assert_unauthorized(read_raw(&sized(largest + 1)), "too large").contains("8192"));
    }

    // security row 13
    #[test]
    fn without_a_secret_nothing_is_ever_verified() {
        for secret in [None, Some(&b""[..])] {
            let token = sign(&good(), b"");
            let message = assert_unauthorized(verify(&token, secret, Dialect::Libredesk, NOW, false), "no secret");
            assert!(message.contains("no secret key"), "{message}");
        }
    }

    // rows 27, 28, 29, 71
    #[test]
    fn missing_and_wrong_claims_are_named() {
        for claim in ["external_user_id", "email", "first_name"] {
            for value in [
                Value::Null,
                json!(""),
                json!("  "),
                json!("\u{200b}"),
                json!(7),
                json!(true),
                json!(["a"]),
                json!({"a": 1}),
                json!("x".repeat(300)),
            ] {
                assert_invalid(read(&with(claim, value)), claim);
            }
            let mut null = good();
            null[claim] = Value::Null;
            assert_invalid(read(&null), claim);
        }
        assert_invalid(read(&with("exp", Value::Null)), "exp");
        for twin in [" u-1", "u-1 ", "u-1\u{200b}", "u\u{202e}-1", "u-1\n", "u  1"] {
            assert_invalid(read(&with("external_user_id", json!(twin))), "external_user_id");
        }
        for bad in [
            "ada",
            "ada@",
            "ada@example",
            "a b@example.com",
            "ada@example.com\r\nBcc: x@y.zz",
            "ada@example.com\n",
            "ad\u{202e}a@example.com",
        ] {
            assert_invalid(read(&with("email", json!(bad))), "email");
        }
        for (claim, max) in [("external_user_id", 128), ("first_name", 128), ("last_name", 128)] {
            assert!(read(&with(claim, json!("é".repeat(max)))).is_ok(), "{claim}");
            assert_invalid(read(&with(claim, json!("é".repeat(max + 1)))), claim);
        }
        let error: Error = read(&with("email", Value::Null)).unwrap_err().into();
        assert_eq!((error.kind, error.field.as_deref()), (Kind::Invalid, Some("email")));
    }

    // rows 30, 32
    #[test]
    fn details_never_lock_a_person_out() {
        for (claim, value) in [
            ("contact_custom_attributes", json!("text")),
            ("contact_custom_attributes", json!([1])),
            ("contact_custom_attributes", json!(1)),
            ("phone_number", json!("1".repeat(21))),
            ("phone_number", json!(123)),
            ("phone_number_country_code", json!("1".repeat(11))),
            ("contact_custom_attributes", json!({"": 1})),
            ("contact_custom_attributes", json!({"x".repeat(65): 1})),
        ] {
            let claims = read(&with(claim, value)).unwrap();
            assert_eq!(claims.warnings.len(), 1, "{:?}", claims.warnings);
            assert!(claims.attributes.is_empty() && claims.phone_number.is_none() && claims.phone_number_country_code.is_none());
        }
        assert_eq!(read(&good()).unwrap().last_name, None);
        assert!(read(&good()).unwrap().warnings.is_empty());
        let many = |n: usize| {
            read(&with("contact_custom_attributes", (0..n).map(|i| (i.to_string(), json!(i))).collect::<Map<_, _>>().into())).unwrap()
        };
        assert_eq!((many(100).attributes.len(), many(100).warnings.len()), (100, 0));
        assert_eq!((many(101).attributes.len(), many(101).warnings.len()), (100, 1));
    }

    // rows 31, 122; security row 13
    #[test]
    fn times_are_whole_seconds_near_now() {
        for (claim, value, is_good) in [
            ("exp", json!(NOW), true),
            ("exp", json!(NOW - 60), true),
            ("exp", json!(NOW - 61), false),
            ("exp", json!(0), false),
            ("exp", json!(-1), false),
            ("exp", json!(i64::MIN), false),
            ("exp", json!(u64::MAX), false),
            ("exp", json!(i64::MAX), false),
            ("exp", json!(LATEST_S), true),
            ("exp", json!(LATEST_S + 1), false),
            ("exp", json!((NOW + 300) as f64), false),
            ("exp", json!(1.5), false),
            ("exp", json!(1e300), false),
            ("exp", json!((NOW + 300).to_string()), false),
            ("exp", json!(true), false),
            ("exp", json!([NOW + 300]), false),
            ("exp", json!({"a": 1}), false),
            ("nbf", json!(NOW + 60), true),
            ("nbf", json!(NOW + 61), false),
            ("nbf", json!("1"), false),
            ("nbf", json!(1.0), false),
            ("iat", json!(NOW + 60), true),
            ("iat", json!(NOW + 61), false),
            ("iat", json!(-5), false),
            ("iat", json!(NOW - 999_999), true),
        ] {
            let result = read(&with(claim, value.clone()));
            if is_good {
                assert!(result.is_ok(), "{claim} {value}: {result:?}");
            } else {
                assert!(assert_unauthorized(result, claim).contains(claim), "{claim} {value}");
            }
        }
        assert!(read_raw(&raw(r#"{"alg":"HS256"}"#, &good().to_string().replace(&(NOW + 300).to_string(), "1800000300.0"))).is_err());
        assert!(read_raw(&raw(r#"{"alg":"HS256"}"#, &good().to_string().replace(&(NOW + 300).to_string(), "1.8e9"))).is_err());
        assert!(read_raw(&raw(r#"{"alg":"HS256"}"#, &good().to_string().replace(&(NOW + 300).to_string(), "null"))).is_err());
        assert_eq!(read(&with("exp", json!(NOW - 7300))).unwrap_err().message, "The token expired 2 hours ago (claim \"exp\").");
        assert!(read(&with("exp", json!((NOW + 300) * 1000))).unwrap_err().message.contains("milliseconds"));
        assert_eq!(read(&with("exp", json!(NOW + 90_000))).unwrap().warnings.len(), 1);
        for now in [i64::MIN, i64::MAX, 0] {
            let _ = verify(&sign(&good(), SECRET), Some(SECRET), Dialect::Libredesk, now, true);
        }
    }

    // rows 119-123
    #[test]
    fn seggwat_tokens_are_bound_to_their_project() {
        let good = json!({"sub": "user-123", "project_key": "p-1", "email": "ada@example.com", "name": "Ada King Lovelace", "subscription_id": "s-9", "iat": NOW, "exp": NOW + 300});
        let read =
            |claims: &Value, project_key: &str| verify(&sign(claims, SECRET), Some(SECRET), Dialect::Seggwat { project_key }, NOW, false);
        let without = |claim: &str| {
            let mut claims = good.clone();
            claims.as_object_mut().unwrap().remove(claim);
            claims
        };
        let claims = read(&good, "p-1").unwrap();
        assert_eq!((claims.scheme, claims.key.as_str()), (Scheme::Seggwat, "user-123"));
        assert_eq!((claims.first_name.as_deref(), claims.last_name.as_deref()), (Some("Ada"), Some("King Lovelace")));
        assert_eq!(claims.attributes["subscription_id"], "s-9");
        for other in ["p-2", "P-1", "p-1 ", "", "p"] {
            assert_unauthorized(read(&good, other), other);
        }
        for claim in ["sub", "project_key", "iat", "exp"] {
            assert_invalid(read(&without(claim), "p-1"), claim);
        }
        for claim in ["email", "name", "subscription_id"] {
            assert!(read(&without(claim), "p-1").is_ok(), "{claim}");
        }
        let mut bad = good.clone();
        bad["email"] = json!("nonsense");
        assert_invalid(read(&bad, "p-1"), "email");
        bad["email"] = json!("");
        assert_eq!(read(&bad, "p-1").unwrap().email, None);
        // A token of one dialect is none of another, even under one secret.
        assert_invalid(verify(&sign(&good, SECRET), Some(SECRET), Dialect::Libredesk, NOW, false), "external_user_id");
    }

    // rows 202, 203
    #[test]
    fn supportpal_tokens_prove_the_address_the_page_gives() {
        let read = |claims: &Value, email: &str, require_exp: bool| {
            verify(&sign(claims, SECRET), Some(SECRET), Dialect::Supportpal { email }, NOW, require_exp)
        };
        let bare = json!({"email": "Ada@Example.com"});
        let claims = read(&bare, " ada@example.COM ", false).unwrap();
        assert_eq!(
            (claims.scheme, claims.key.as_str(), claims.email.as_deref()),
            (Scheme::Supportpal, "ada@example.com", Some("Ada@Example.com"))
        );
        assert_eq!(claims.warnings.len(), 1);
        for other in ["", "eve@example.com", "ada@example.co", "ada@example.com.evil.example"] {
            assert_eq!(read(&bare, other, false).unwrap_err().claim, Some("email"));
        }
        assert_invalid(read(&bare, "ada@example.com", true), "exp");
        assert_invalid(read(&json!({"exp": NOW + 60}), "ada@example.com", false), "email");
        let dated = |iat: i64| read(&json!({"email": "ada@example.com", "iat": iat}), "ada@example.com", false);
        assert!(dated(NOW - 24 * 3600).is_ok());
        assert_unauthorized(dated(NOW - 24 * 3600 - 1), "too old");
        assert_unauthorized(read(&json!({"email": "ada@example.com", "exp": NOW - 61}), "ada@example.com", false), "expired");
        assert!(read(&json!({"email": "ada@example.com", "iat": NOW - 999_999, "exp": NOW + 60}), "ada@example.com", true).is_ok());
    }

    #[test]
    fn a_scheme_reads_back_what_it_wrote() {
        for scheme in [Scheme::Libredesk, Scheme::Seggwat, Scheme::Supportpal] {
            assert_eq!(Scheme::parse(scheme.as_str()), Some(scheme));
        }
        assert_eq!(Scheme::parse("user_id"), None);
    }

    #[test]
    fn a_link_opens_one_thing_for_a_while() {
        let key = [7u8; 32];
        let ticket = sign_link(&key, "uploads/1", 1000);
        assert!(check_link(&key, "uploads/1", &ticket, 999));
        assert!(!check_link(&key, "uploads/1", &ticket, 1000));
        assert!(!check_link(&key, "uploads/2", &ticket, 0));
        assert!(!check_link(&[8u8; 32], "uploads/1", &ticket, 0));
        for changed in [
            ticket.replace("1000", "2000"),
            ticket.replace("1000", "+1000"),
            ticket.replace("1000", "01000"),
            format!("{ticket}="),
            format!("{ticket}A"),
            ticket[..40].to_string(),
            String::new(),
            ".".into(),
            "1000.".into(),
            "1000".into(),
        ] {
            assert!(!check_link(&key, "uploads/1", &changed, 0), "{changed}");
        }
        // The number and the name cannot flow into each other.
        assert!(!check_link(&key, "0\nuploads/1", &sign_link(&key, "uploads/1", 100), 0));
    }

    proptest! {
        #[test]
        fn any_text_is_refused_but_never_panics(token in any::<String>(), dotted in "[A-Za-z0-9_.=-]{0,80}") {
            for token in [token, dotted] {
                prop_assert!(read_raw(&token).is_err());
                prop_assert!(!check_link(&[0; 32], "x", &token, 0));
            }
        }

        #[test]
        fn any_signed_payload_is_read_or_refused(payload in "[{}\\[\\]:,\"a-e0-9.\\\\ -]{0,60}", value in any::<f64>(), text in any::<String>()) {
            let _ = read_raw(&raw(r#"{"alg":"HS256"}"#, &payload));
            let _ = read_raw(&raw(&payload, &payload));
            for claim in ["exp", "external_user_id", "email", "first_name", "last_name", "contact_custom_attributes"] {
                let _ = read(&with(claim, json!(value)));
                if let Ok(claims) = read(&with(claim, json!(text))) {
                    prop_assert!(!claims.key.is_empty() && !claims.key.chars().any(text::is_hidden));
                }
            }
        }
    }
}
