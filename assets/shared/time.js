// Times in the reader's own language and clock. Formatters are slow to make: each is made once per language, when it is first needed.

/** @template T @param {() => T} make @returns {() => T} */
function once(make) {
  /** @type {T|undefined} */ let made;
  return () => (made ??= make());
}

/** @param {string} locale */
export function createTime(locale) {
  let tag = locale;
  // Looks at the form of the code only: asking which languages there are would read them all.
  try { Intl.getCanonicalLocales(tag); } catch { tag = 'en-US'; }
  const clock = once(() => new Intl.DateTimeFormat(tag, { hour: 'numeric', minute: '2-digit' }));
  const weekday = once(() => new Intl.DateTimeFormat(tag, { weekday: 'long' }));
  const date = once(() => new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'long' }));
  const dateYear = once(() => new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'long', year: 'numeric' }));
  const shortDate = once(() => new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'short' }));
  const shortDateYear = once(() => new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'short', year: 'numeric' }));
  const full = once(() => new Intl.DateTimeFormat(tag, { dateStyle: 'full', timeStyle: 'short' }));
  const words = once(() => new Intl.RelativeTimeFormat(tag, { numeric: 'auto', style: 'long' }));
  const brief = once(() => new Intl.RelativeTimeFormat(tag, { numeric: 'auto', style: 'narrow' }));

  /** Whole calendar days between two moments, by the reader's own midnight. @param {number} at @param {number} now */
  const days = (at, now) => Math.round((new Date(now).setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86400000);
  /** @param {string} text */
  const capital = (text) => text.charAt(0).toLocaleUpperCase(tag) + text.slice(1);
  /** @param {number} at @param {number} now */
  const thisYear = (at, now) => new Date(at).getFullYear() === new Date(now).getFullYear();

  return {
    /** 14:05 @param {number} at */
    clock: (at) => clock().format(at),
    /** Everything, for readers and tooltips. @param {number} at */
    full: (at) => full().format(at),
    /** Tuesday @param {number} at */
    weekday: (at) => weekday().format(at),
    /** Today · Yesterday · Tuesday · 3 March · 3 March 2024 @param {number} at @param {number} [now] */
    day(at, now = Date.now()) {
      const gone = days(at, now);
      if (gone === 0 || gone === 1) return capital(words().format(-gone, 'day'));
      if (gone > 1 && gone < 7) return capital(weekday().format(at));
      return thisYear(at, now) ? date().format(at) : dateYear().format(at);
    },
    /** For lists: now · 4 min ago · 14:05 · yesterday · 3 Mar @param {number} at @param {number} [now] */
    ago(at, now = Date.now()) {
      const seconds = Math.max(0, (now - at) / 1000);
      if (seconds < 60) return words().format(0, 'second');
      if (seconds < 3600) return brief().format(-Math.floor(seconds / 60), 'minute');
      const gone = days(at, now);
      if (gone === 0) return clock().format(at);
      if (gone === 1) return words().format(-1, 'day');
      if (gone < 7) return weekday().format(at);
      return thisYear(at, now) ? shortDate().format(at) : shortDateYear().format(at);
    },
    /** How long something lasts or waits, in one unit: 4 min, 2 h, 3 d @param {number} ms */
    span(ms) {
      const minutes = Math.max(0, ms) / 60000;
      const [value, unit] = minutes < 60 ? [Math.max(1, Math.floor(minutes)), 'minute'] : minutes < 1440 ? [Math.floor(minutes / 60), 'hour'] : [Math.floor(minutes / 1440), 'day'];
      return new Intl.NumberFormat(tag, { style: 'unit', unit: /** @type {any} */ (unit), unitDisplay: 'short' }).format(/** @type {number} */ (value));
    },
    /** 426 bytes · 1.4 MB @param {number} bytes */
    bytes(bytes) {
      const [value, unit] = bytes < 1000 ? [bytes, 'byte'] : bytes < 1e6 ? [bytes / 1024, 'kilobyte'] : bytes < 1e9 ? [bytes / 1048576, 'megabyte'] : [bytes / 1073741824, 'gigabyte'];
      return new Intl.NumberFormat(tag, { style: 'unit', unit: /** @type {any} */ (unit), unitDisplay: unit === 'byte' ? 'long' : 'short', maximumFractionDigits: /** @type {number} */ (value) < 10 ? 1 : 0 }).format(/** @type {number} */ (value));
    },
  };
}
