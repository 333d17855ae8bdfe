//! An invitation in a sentence (RFC 5545): what it is and when.

/// What a calendar file says, for agents.
pub fn remark(text: &str) -> Option<String> {
    let unfolded = text.replace("\n ", "").replace("\n\t", "");
    let mut lines = unfolded.lines();
    let method = unfolded.lines().find_map(|line| value(line, "METHOD")).unwrap_or_default().to_ascii_uppercase();
    lines.find(|line| line.trim().eq_ignore_ascii_case("BEGIN:VEVENT"))?;
    let (mut summary, mut start, mut end, mut place) = (String::new(), String::new(), String::new(), String::new());
    for line in lines.take(500) {
        if line.trim().eq_ignore_ascii_case("END:VEVENT") || line.trim().eq_ignore_ascii_case("BEGIN:VALARM") {
            break;
        }
        let fields = [("SUMMARY", &mut summary), ("DTSTART", &mut start), ("DTEND", &mut end), ("LOCATION", &mut place)];
        for (name, field) in fields {
            if let Some(value) = value(line, name)
                && field.is_empty()
            {
                *field = value.replace("\\,", ",").replace("\\;", ";").replace("\\n", " ").replace("\\N", " ");
                if name.starts_with("DT") {
                    *field = time(field, zone(line));
                }
            }
        }
    }
    let what = match method.as_str() {
        "REPLY" => "Answer to an invitation",
        "CANCEL" => "Cancelled event",
        "COUNTER" => "Another time proposed",
        "REQUEST" => "Invitation",
        _ => "Calendar event",
    };
    let mut remark = format!("{what}: {}", if summary.is_empty() { "without a title" } else { summary.trim() });
    for (before, text) in [(", ", &start), (" – ", &end), (", ", &place)] {
        if !text.is_empty() {
            remark.push_str(before);
            remark.push_str(text.trim());
        }
    }
    Some(crate::base::text::clean_line(&remark, 300))
}

/// The value of a line such as `DTSTART;TZID=Europe/Berlin:20240603T100000`.
fn value<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let head = line.get(..name.len()).filter(|head| head.eq_ignore_ascii_case(name))?;
    let rest = &line[head.len()..];
    match rest.chars().next() {
        Some(':') => Some(&rest[1..]),
        Some(';') => rest.split_once(':').map(|(_, value)| value),
        _ => None,
    }
}

fn zone(line: &str) -> &str {
    line.split_once("TZID=").and_then(|(_, rest)| rest.split([':', ';']).next()).unwrap_or_default().trim_matches('"')
}

/// `2024-06-03 10:00 (Europe/Berlin)`.
fn time(value: &str, zone: &str) -> String {
    let digits: Vec<char> = value.chars().filter(char::is_ascii_digit).collect();
    let part = |from: usize, to: usize| digits.get(from..to).map(|digits| digits.iter().collect::<String>()).unwrap_or_default();
    if digits.len() < 8 {
        return String::new();
    }
    let mut shown = format!("{}-{}-{}", part(0, 4), part(4, 6), part(6, 8));
    if digits.len() >= 12 {
        shown.push_str(&format!(" {}:{}", part(8, 10), part(10, 12)));
        match zone {
            "" if value.ends_with('Z') => shown.push_str(" (UTC)"),
            "" => {}
            zone => shown.push_str(&format!(" ({zone})")),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_invitation_is_a_sentence() {
        let text = "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:Visit\\, long\n er\nDTSTART;TZID=Europe/Berlin:20240603T100000\nDTEND:20240603T090000Z\nEND:VEVENT\n";
        let expected = "Invitation: Visit, longer, 2024-06-03 10:00 (Europe/Berlin) – 2024-06-03 09:00 (UTC)";
        assert_eq!(super::remark(text).as_deref(), Some(expected));
        assert_eq!(super::remark("nothing"), None);
    }
}
