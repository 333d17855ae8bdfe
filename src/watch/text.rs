//! The text format of Prometheus, version 0.0.4: a line of help, a line of type, a line per sample.

use crate::base::tally::{BOUNDS_MS, Histogram};
use std::fmt::Write as _;

/// A page that is being written. Names and labels are our own constants, or plain words; none needs quoting.
#[derive(Default)]
pub(super) struct Page(pub(super) String);

impl Page {
    /// A value of this moment.
    pub(super) fn gauge(&mut self, name: &str, help: &str, value: f64) {
        self.head(name, help, "gauge");
        self.sample(name, "", value);
    }

    /// A value of this moment that is not always known.
    pub(super) fn known(&mut self, name: &str, help: &str, value: Option<f64>) {
        if let Some(value) = value {
            self.gauge(name, help, value);
        }
    }

    /// One number under several labels.
    pub(super) fn family<'a>(
        &mut self,
        name: &str,
        help: &str,
        kind: &str,
        label: &str,
        samples: impl IntoIterator<Item = (&'a str, f64)>,
    ) {
        self.head(name, help, kind);
        for (value, number) in samples {
            self.sample(name, &format!("{{{label}=\"{value}\"}}"), number);
        }
    }

    /// A number that only grows.
    pub(super) fn counter(&mut self, name: &str, help: &str, value: u64) {
        self.head(name, help, "counter");
        self.sample(name, "", value as f64);
    }

    /// How long something took.
    pub(super) fn histogram(&mut self, name: &str, help: &str, histogram: &Histogram) {
        self.head(name, help, "histogram");
        let counts = histogram.read();
        for (count, bound) in counts.iter().zip(BOUNDS_MS) {
            self.sample(&format!("{name}_bucket"), &format!("{{le=\"{}\"}}", bound as f64 / 1000.0), *count as f64);
        }
        let all = counts[BOUNDS_MS.len()] as f64;
        self.sample(&format!("{name}_bucket"), "{le=\"+Inf\"}", all);
        self.sample(&format!("{name}_sum"), "", histogram.seconds());
        self.sample(&format!("{name}_count"), "", all);
    }

    fn head(&mut self, name: &str, help: &str, kind: &str) {
        // Writing to a text cannot fail.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn sample(&mut self, name: &str, labels: &str, value: f64) {
        let _ = writeln!(self.0, "{name}{labels} {value}");
    }
}
