//! Multipart forms, streamed: texts are small and come whole, files come in pieces and are never held.
//!
//! multer takes from its stream whatever is there and keeps it until it finds the end of a part's head, searching from the beginning
//! each time: a form without a boundary would cost memory for all of it, and time for its square. So it is fed one piece at a time,
//! and [`Feed`] ends a form whose bytes lead to nothing.

use super::body::TimedBody;
use super::request::Request;
use crate::base::error::{Error, Result};
use crate::base::limits;
use crate::base::pieces::Pieces;
use bytes::Bytes;
use http_body_util::BodyDataStream;
use hyper::body::{Body, Frame};
use multer::{Constraints, SizeLimit};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};

/// What a form may hold.
#[derive(Debug, Clone, Copy)]
pub struct FormLimits {
    /// Parts of every kind.
    pub parts_max: usize,
    /// Bytes of one text part.
    pub text_bytes_max: usize,
    /// Bytes of one file.
    pub file_bytes_max: u64,
    /// Bytes of the whole body.
    pub total_bytes_max: u64,
}

/// A form being read. Its parts come in the order they were sent; a file must be read to its end (or the form given up) before the next part.
pub struct Form {
    inner: multer::Multipart<'static>,
    limits: FormLimits,
    parts: usize,
    fruitless: Arc<AtomicUsize>,
}

/// One part of a form.
pub enum Part {
    /// A plain field.
    Text {
        /// The field's name.
        name: String,
        /// Its value.
        value: String,
    },
    /// A file, still to be read with [`File::chunk`].
    File(Box<File>),
}

/// A file that is arriving.
pub struct File {
    /// The field's name.
    pub name: String,
    /// The name the sender gave, without any folders. Never a path to be trusted.
    pub file_name: String,
    /// The type the sender claims.
    pub content_type: Option<String>,
    field: multer::Field<'static>,
    bytes: u64,
    bytes_max: u64,
    fruitless: Arc<AtomicUsize>,
}

impl Request {
    /// Begins to read the body as a multipart form.
    pub fn multipart(&mut self, form_limits: FormLimits) -> Result<Form> {
        let content_type = self.header("content-type").unwrap_or_default();
        let boundary = multer::parse_boundary(content_type).map_err(|_| Error::invalid("The request needs a multipart/form-data body."))?;
        // RFC 2046 5.1.1; multer would take anything, and searching for an empty or huge boundary is work for nothing.
        if boundary.is_empty() || boundary.len() > 70 {
            return Err(Error::invalid("The boundary of the form is not 1 to 70 characters long."));
        }
        let body = self.body.take().ok_or_else(|| Error::invalid("The form is empty."))?;
        if body.announced().is_some_and(|bytes| bytes > form_limits.total_bytes_max) {
            return Err(too_large("The form", form_limits.total_bytes_max));
        }
        Ok(Form::new(body, boundary, form_limits))
    }
}

impl Form {
    fn new(body: TimedBody, boundary: String, form_limits: FormLimits) -> Form {
        // Only the whole is limited there: what is a file and what a text is known when the part's head is read.
        let sizes = SizeLimit::new().whole_stream(form_limits.total_bytes_max);
        let constraints = Constraints::new().size_limit(sizes);
        let fruitless = Arc::new(AtomicUsize::new(0));
        let feed = BodyDataStream::new(Feed { body, fruitless: fruitless.clone(), resting: false });
        Form { inner: multer::Multipart::with_constraints(feed, boundary, constraints), limits: form_limits, parts: 0, fruitless }
    }

    /// The next part; `None` after the last one.
    pub async fn next(&mut self) -> Result<Option<Part>> {
        let Some(field) = self.inner.next_field().await.map_err(form_error)? else { return Ok(None) };
        self.fruitless.store(0, Ordering::Relaxed);
        self.parts += 1;
        if self.parts > self.limits.parts_max {
            return Err(Error::too_large(format!("The form has more than {} parts.", self.limits.parts_max)));
        }
        let Some(name) = field.name().map(str::to_owned) else { return Err(Error::invalid("A part of the form has no name.")) };
        match field.file_name().map(bare_name) {
            Some(file_name) => {
                let content_type = field.content_type().map(|mime| mime.essence_str().to_owned());
                let fruitless = self.fruitless.clone();
                let bytes_max = self.limits.file_bytes_max;
                let file = File { name, file_name, content_type, field, bytes: 0, bytes_max, fruitless };
                Ok(Some(Part::File(Box::new(file))))
            }
            None => self.text_of(field, &name).await.map(|value| Some(Part::Text { name, value })),
        }
    }

    async fn text_of(&self, mut field: multer::Field<'static>, name: &str) -> Result<String> {
        let bytes_max = self.limits.text_bytes_max;
        let mut bytes = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(form_error)? {
            self.fruitless.store(0, Ordering::Relaxed);
            if bytes.len() + chunk.len() > bytes_max {
                return Err(too_large("The field", bytes_max as u64).in_field(name));
            }
            bytes.extend_from_slice(&chunk);
        }
        String::from_utf8(bytes).map_err(|_| Error::invalid_field(name, "The field is not UTF-8 text."))
    }
}

impl File {
    /// The next piece; `None` at the file's end. Pieces have the size in which they arrive.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>> {
        let Some(chunk) = self.field.chunk().await.map_err(form_error)? else { return Ok(None) };
        self.fruitless.store(0, Ordering::Relaxed);
        self.bytes += chunk.len() as u64;
        if self.bytes > self.bytes_max {
            return Err(too_large("The file", self.bytes_max).in_field(&self.name));
        }
        Ok(Some(chunk))
    }

    /// The next piece of exactly `bytes` bytes, except the last one; `None` after it. What a door stores in chunks.
    /// `rest` carries what arrived too much from one call to the next; begin with an empty one.
    pub async fn chunk_of(&mut self, bytes: usize, rest: &mut Vec<u8>) -> Result<Option<Vec<u8>>> {
        while rest.len() < bytes {
            let Some(chunk) = self.chunk().await? else {
                return Ok(if rest.is_empty() { None } else { Some(std::mem::take(rest)) });
            };
            rest.extend_from_slice(&chunk);
        }
        let more = rest.split_off(bytes);
        Ok(Some(std::mem::replace(rest, more)))
    }
}

impl Pieces for File {
    async fn next_piece(&mut self) -> Result<Option<Bytes>> {
        self.chunk().await
    }
}

/// The body as multer gets it: a piece, then a breath, and an end when nothing has come of too many bytes.
struct Feed {
    body: TimedBody,
    /// Bytes given since multer last made something of them.
    fruitless: Arc<AtomicUsize>,
    resting: bool,
}

impl Body for Feed {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>>>> {
        if std::mem::take(&mut self.resting) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        if let Some(data) = frame.as_ref().and_then(|frame| frame.as_ref().ok()).and_then(Frame::data_ref) {
            let fruitless = self.fruitless.fetch_add(data.len(), Ordering::Relaxed) + data.len();
            if fruitless > limits::FORM_HEAD_BYTES_MAX + data.len() {
                return Poll::Ready(Some(Err(Error::invalid("A part of the form has no end to its head."))));
            }
            self.resting = true;
        }
        Poll::Ready(frame)
    }
}

fn too_large(what: &str, bytes_max: u64) -> Error {
    Error::too_large(format!("{what} is larger than {bytes_max} bytes."))
}

/// The name alone: some senders give a whole path, with either slash.
fn bare_name(name: &str) -> String {
    name.rsplit(['/', '\\']).next().unwrap_or_default().chars().filter(|c| !c.is_control()).collect()
}

fn form_error(error: multer::Error) -> Error {
    match error {
        multer::Error::StreamSizeExceeded { limit } => too_large("The form", limit),
        // Our own body says best what was wrong: too slow, silent, cut.
        multer::Error::StreamReadFailed(cause) => match cause.downcast::<Error>() {
            Ok(ours) => *ours,
            Err(cause) => Error::invalid("The form could not be read.").with_cause(cause),
        },
        multer::Error::IncompleteFieldData { .. } | multer::Error::IncompleteHeaders | multer::Error::IncompleteStream => {
            Error::invalid("The form ends in the middle of a part.").with_cause(error)
        }
        error => Error::invalid("The form is not well-formed.").with_cause(error),
    }
}
