// A week of opening times: its days, its spans, and the whole of it in a line.

export const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
export const WORKDAYS = DAYS.slice(0, 5);

/** @param {string} day */
export const called = (day) => day[0].toUpperCase() + day.slice(1);

/** A span that ends at or before its start runs past midnight. @param {[string, string]} span */
export const pastMidnight = ([from, to]) => !!from && !!to && to <= from;

/** Around the clock. @param {[string, string]} span */
export const wholeDay = ([from, to]) => from === '00:00' && (to === '00:00' || to === '24:00');

/** The week in a line: "Mon–Fri 09:00–17:00". @param {Record<string, [string, string][]>} weekly */
export function summary(weekly) {
  /** @type {{from: string, to: string, words: string}[]} */ const runs = [];
  for (const day of DAYS) {
    const words = (weekly[day] || []).map((span) => (wholeDay(span) ? 'all day' : span.join('–'))).join(', ');
    const last = runs[runs.length - 1];
    if (last && last.words === words) last.to = day; else runs.push({ from: day, to: day, words });
  }
  const open = runs.filter((run) => run.words);
  return open.length ? open.map((run) => `${called(run.from).slice(0, 3)}${run.to === run.from ? '' : `–${called(run.to).slice(0, 3)}`} ${run.words}`).join(' · ') : 'Never open';
}
