// Words in the reader's language. A locale is one flat object of sentences, as the server gives it.
// Placeholders are `:term` (ours) or `{term}` (Libredesk's); they are replaced by text and never by markup.
// Plurals: a key with a count looks for `key#one`, `key#few` … as Intl.PluralRules says, then for `key`.

const RTL = /^(ar|arc|ckb|dv|fa|ha-arab|he|ks|ku-arab|ps|sd|ug|ur|yi)\b/i;

/** @typedef {{t: (key: string, terms?: Record<string, string|number>) => string, has: (key: string) => boolean, dir: () => 'rtl'|'ltr', code: string}} Words */

/** @param {string} code @param {Record<string, string>} sentences @returns {Words} */
export function createI18n(code, sentences) {
  // Slow to make, so only when there is something to count.
  /** @type {Intl.PluralRules|undefined} */ let plural;
  /** @type {Intl.NumberFormat|undefined} */ let number;
  let known = code;
  try { Intl.getCanonicalLocales(code); } catch { known = ''; }
  /** An unknown code has only the plain form. @param {number} count */
  const form = (count) => (known ? (plural ??= new Intl.PluralRules(known)).select(count) : '');
  /** @param {number} value */
  const written = (value) => (number ??= new Intl.NumberFormat(known || 'en-US')).format(value);

  /** @param {string} key @param {Record<string, string|number>} [terms] */
  function t(key, terms) {
    const count = terms?.count;
    const sentence = (typeof count === 'number' ? sentences[`${key}#${form(count)}`] : undefined) ?? sentences[key] ?? key;
    if (!terms) return sentence;
    return sentence.replace(/:([a-z_]+)|\{([a-z_]+)\}/g, (whole, ours, theirs) => {
      const value = terms[ours || theirs];
      return value === undefined ? whole : typeof value === 'number' ? written(value) : value;
    });
  }

  return { t, has: (key) => key in sentences, dir: () => directionOf(code), code };
}

/** @param {string} code @returns {'rtl'|'ltr'} */
export const directionOf = (code) => (RTL.test(code) ? 'rtl' : 'ltr');

/**
 * The best of the offered languages for this reader: exact, then same language, in the order of preference.
 * @param {readonly string[]} wanted @param {readonly string[]} offered @param {string} fallback
 */
export function negotiate(wanted, offered, fallback) {
  for (const want of wanted) {
    const exact = offered.find((code) => code.toLowerCase() === want.toLowerCase());
    if (exact) return exact;
    const language = want.split('-')[0].toLowerCase();
    const near = offered.find((code) => code.split('-')[0].toLowerCase() === language);
    if (near) return near;
  }
  return fallback;
}
