//! Reading bodies: bounded in size, in silence and in slowness.

use crate::base::error::{Error, Result};
use crate::base::limits;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Incoming;

/// Reads a whole body of at most `bytes_max` bytes.
pub async fn collect(mut body: Incoming, bytes_max: usize) -> Result<Bytes> {
    let mut all = BytesMut::new();
    loop {
        let frame = tokio::time::timeout(limits::BODY_IDLE_TIMEOUT, body.frame())
            .await
            .map_err(|_| Error::invalid("The body stopped arriving."))?;
        let Some(frame) = frame else { return Ok(all.freeze()) };
        let frame = frame.map_err(|cause| Error::invalid("The body could not be read.").with_cause(cause))?;
        if let Some(data) = frame.data_ref() {
            if all.len() + data.len() > bytes_max {
                return Err(Error::too_large(format!("The body is larger than {bytes_max} bytes.")));
            }
            all.extend_from_slice(data);
        }
    }
}
