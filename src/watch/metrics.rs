//! The numbers of the house, by the naming conventions of Prometheus. As many lines on a busy day as on a quiet one.

use super::Watch;
use super::text::Page;
use crate::base::error::Result;

/// Gathers and writes everything.
pub(super) async fn page(watch: &Watch) -> Result<String> {
    let vitals = watch.desk.vitals(&watch.data_file).await?;
    let (counts, written, holdings) = (&watch.desk.counts, watch.desk.written(), &vitals.holdings);
    let seconds = |ms: i64| ms as f64 / 1000.0;
    let mut page = Page::default();
    page.family("deskbell_build_info", "The version that runs.", "gauge", "version", [(env!("CARGO_PKG_VERSION"), 1.0)]);
    page.gauge("process_start_time_seconds", "When the program started.", seconds(vitals.started_at).round());
    page.known("process_resident_memory_bytes", "Memory in use.", vitals.memory.map(|bytes| bytes as f64));
    page.known("process_open_fds", "Open descriptors.", vitals.descriptors.map(|count| count as f64));

    let classes = ["1xx", "2xx", "3xx", "4xx", "5xx"];
    let statuses = classes.into_iter().zip(watch.tally.statuses.iter().map(|counter| counter.read() as f64));
    page.family("deskbell_http_requests_total", "Requests by the class of their answer.", "counter", "status", statuses);
    page.histogram("deskbell_http_request_duration_seconds", "Time until an answer began.", &watch.tally.took);
    page.gauge("deskbell_http_connections", "Connections that speak HTTP.", watch.tally.connections() as f64);
    let kinds = [("visitor", vitals.seats.0 as f64), ("agent", vitals.seats.1 as f64)];
    page.family("deskbell_sockets", "Sockets that joined.", "gauge", "kind", kinds);
    let online = [("visitor", vitals.people.0 as f64), ("agent", vitals.people.1 as f64)];
    page.family("deskbell_online", "People who are connected.", "gauge", "kind", online);

    let directions = [("incoming", &counts.incoming), ("outgoing", &counts.outgoing), ("note", &counts.notes)];
    let directions = directions.map(|(name, counter)| (name, counter.read() as f64));
    page.family("deskbell_messages_total", "Messages stored since the start.", "counter", "direction", directions);
    page.gauge("deskbell_conversations_open", "Conversations that are open.", holdings.open as f64);
    page.gauge("deskbell_conversations_unassigned", "Open conversations that nobody has.", holdings.unassigned as f64);
    let mails = [("sent", &counts.mails_sent), ("failed", &counts.mails_failed)].map(|(name, counter)| (name, counter.read() as f64));
    page.family("deskbell_mails_total", "Tries to send a mail since the start.", "counter", "result", mails);

    page.gauge("deskbell_write_queue_length", "Tasks that wait for the writer.", vitals.writes_waiting as f64);
    let jobs = holdings.jobs.iter().map(|(kind, count)| (kind.as_str(), *count as f64));
    page.family("deskbell_jobs", "Jobs that wait or are at work.", "gauge", "kind", jobs);
    page.gauge("deskbell_jobs_buried", "Jobs that were given up.", holdings.buried as f64);
    page.histogram("deskbell_commit_duration_seconds", "Time of a commit until it is on the disk.", &written.commits);
    page.counter("deskbell_commit_failures_total", "Commits that the disk refused.", written.refused.read());
    if let Some(bytes) = vitals.written {
        page.counter("deskbell_written_bytes_total", "Bytes that went to disks since the start.", bytes);
    }
    page.gauge("deskbell_database_bytes", "Size of the one file.", vitals.file_bytes as f64);
    page.gauge("deskbell_wal_bytes", "Size of what is not folded into it yet.", vitals.wal_bytes as f64);
    page.known("deskbell_disk_free_bytes", "Room left on its disk.", vitals.free_bytes.map(|bytes| bytes as f64));
    page.known("deskbell_backup_timestamp_seconds", "When the last backup was made.", holdings.backup_at.map(seconds));
    let until = *watch.live.certificate_until.now();
    page.known("deskbell_certificate_expiry_timestamp_seconds", "When the certificate ends.", until.map(seconds));
    Ok(page.0)
}
