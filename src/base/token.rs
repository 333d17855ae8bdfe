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
    ExternalUserId,
    /// `sub`.
    Sub,
    /// `email`.
    Email,
}

impl Scheme {
    /// The word the database keeps.
    pub fn as_str(self) -> &'static str {
        match self {
            Scheme::ExternalUserId => "external_user_id",
            Scheme::Sub => "sub",
            Scheme::Email => "email",
        }
    }

    /// Reads what `as_str` wrote.
    pub fn parse(text: &str) -> Option<Scheme> {
        [Scheme::ExternalUserId, Scheme::Sub, Scheme::Email].into_iter().find(|scheme| scheme.as_str() == text)
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
        Error { field: error.claim.map(str::to_string), ..Error::new(error.kind, error.message) }
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
    let mut result = blank(Scheme::ExternalUserId, claims.required("external_user_id", KEY_CHARS_MAX)?);
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
    let mut result = blank(Scheme::Sub, claims.required("sub", KEY_CHARS_MAX)?);
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
    let proved = claims.required_email()?;
    let key = email::key(&proved);
    if key != email::key(claimed) {
        return refused_claim("email", "The claim \"email\" is another address than the one the page gives.");
    }
    Ok(Claims { email: Some(proved), ..blank(Scheme::Email, key) })
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

    /// Addresses are judged as they are: cleaning one could make it somebody else's.
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
