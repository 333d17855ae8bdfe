//! The owner's pages: what is wrong, and how far the first run has come.

use super::{Desks, wire};
use crate::base::error::{Error, Result};
use crate::base::process;
use crate::http::{Reply, Request};
use crate::model::start::Start;
use serde_json::json;

impl Desks {
    /// `GET /problems`.
    pub(super) async fn problems(&self, _request: &Request) -> Result<Reply> {
        let problems = self.desk.problems(self.base_url.clone(), process::disk_free(&self.data_file)).await?;
        Ok(wire::ok(json!({ "problems": problems.iter().map(wire::finding).collect::<Vec<_>>() })))
    }

    /// `POST /problems/jobs/{job}`: another chance.
    pub(super) async fn retry_job(&self, request: &Request, job: &str) -> Result<Reply> {
        let session = self.who(request)?;
        let job = job.parse().map_err(|_| Error::not_found("job"))?;
        self.desk.retry_job(&session, job).await?;
        Ok(Reply::status(204))
    }

    /// `GET /start`.
    pub(super) async fn start(&self, _request: &Request) -> Result<Reply> {
        self.progress().await
    }

    /// `PUT /start`.
    pub(super) async fn set_start(&self, mut request: Request) -> Result<Reply> {
        let start: Start = request.json().await?;
        self.desk.set_start(start).await?;
        self.progress().await
    }

    async fn progress(&self) -> Result<Reply> {
        let progress = self.desk.start().await?;
        let called = progress.called.map(|(at, from)| json!({ "at": at, "from": from }));
        Ok(wire::ok(
            json!({ "step": progress.start.step, "inbox": progress.start.inbox, "called": called, "tested_at": progress.tested_at }),
        ))
    }
}
