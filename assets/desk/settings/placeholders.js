// What a sentence has for numbers and names: it must be in every translation, exactly so.

export const PLACEHOLDER = /((?<![A-Za-z0-9]):[a-z][a-z0-9_]*|\{[a-z][A-Za-z0-9_]*\})/g;
/** The placeholders of a sentence, such as `:count` or `{time}`, each once. @param {string} text */
export const placeholders = (text) => [...new Set(text.match(PLACEHOLDER) || [])].sort();

/** What is wrong with a translation's placeholders, or nothing. @param {string} english @param {string} text */
export function placeholderFault(english, text) {
  if (!text) return '';
  const [wanted, given] = [placeholders(english), placeholders(text)];
  const missing = wanted.filter((one) => !given.includes(one));
  const extra = given.filter((one) => !wanted.includes(one));
  if (!missing.length && !extra.length) return '';
  return [missing.length ? `${missing.join(', ')} must stay, exactly so: a number or name is put there.` : '', extra.length ? `${extra.join(', ')} is not known here.` : ''].filter(Boolean).join(' ');
}
