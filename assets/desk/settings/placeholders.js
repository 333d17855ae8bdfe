// What a sentence has for numbers and names: it must be in every translation, exactly so.

/** Of the stock sentences `:count` and `{time}`; of one's own texts `{{.FirstName | there}}`, where the word after the bar is translated, too. */
export const PLACEHOLDER = /(\{\{[^{}]*\}\}|(?<![A-Za-z0-9]):[a-z][a-z0-9_]*|\{[a-z][A-Za-z0-9_]*\})/g;
const BRACES = /\{\{([^{}|]*)[^{}]*\}\}/g;

/** The placeholders of a sentence, each once. @param {string} text */
export function placeholders(text) {
  const braces = [...text.matchAll(BRACES)].map(([, name]) => `{{${name.trim()}}}`);
  return [...new Set([...braces, ...(text.replace(BRACES, ' ').match(PLACEHOLDER) || [])])].sort();
}

/**
 * What is wrong with a translation's placeholders, or nothing.
 * @param {string} english @param {string} text @param {boolean} [own] one's own text: a colon or a single brace in it means nothing
 */
export function placeholderFault(english, text, own = false) {
  if (!text) return '';
  if (text.replace(BRACES, '').includes('{{') && (own || english.includes('{{'))) return 'A placeholder that begins with {{ has no end }}.';
  const [wanted, given] = [english, text].map((one) => placeholders(one).filter((name) => !own || name.startsWith('{{')));
  const missing = wanted.filter((one) => !given.includes(one));
  const extra = given.filter((one) => !wanted.includes(one));
  if (!missing.length && !extra.length) return '';
  return [missing.length ? `${missing.join(', ')} must stay, exactly so: a number or name is put there.` : '', extra.length ? `${extra.join(', ')} is not known here.` : ''].filter(Boolean).join(' ');
}
