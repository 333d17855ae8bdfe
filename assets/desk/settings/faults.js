// Whose fault it is: the server names an item of a list by its number and says the rest in words ("Button 3: please give it a name.").

/** @param {string} fault @returns {{at: number, words: string} | null} which item, counted from 0, and what is wrong with it */
export function itemFault(fault) {
  const found = /^\p{L}+ (\d+): ?(.*)$/su.exec(fault);
  return found ? { at: Number(found[1]) - 1, words: found[2] } : null;
}

/** What the server's words speak of, and the fields that may be meant, the likeliest first. @type {[RegExp, string[]][]} */
const SPOKEN = [
  [/team/i, ['team']], [/priority/i, ['priority']], [/icon/i, ['icon']], [/give it a name|its name/i, ['name']], [/choice/i, ['values']], [/label/i, ['label']], [/its key/i, ['key']], [/its type/i, ['type']],
  [/title and an address/i, ['title', 'url']], [/text and an address/i, ['text', 'url']], [/the address of the page/i, ['url']], [/a text/i, ['text']], [/the answer/i, ['body']], [/https?|address|link/i, ['url', 'image_url']],
];
const fine = (/** @type {any} */ value) => !!String(value ?? '').trim();

/**
 * The field of an item an error is about; an empty text where it cannot be told.
 * @param {string} words @param {Record<string, any>} item
 */
export function fieldOfFault(words, item) {
  const texts = Object.keys(item).filter((key) => typeof item[key] === 'string');
  const most = Number(/At most (\d+) characters/.exec(words)?.[1] || 0);
  if (most) return texts.find((key) => [...item[key]].length > most) || '';
  if (words.includes('{{')) return texts.find((key) => item[key].replace(/\{\{[^{}]*\}\}/g, '').includes('{{')) || '';
  const keys = (SPOKEN.find(([pattern]) => pattern.test(words))?.[1] || []).filter((key) => key in item);
  // Of two that may be meant: the empty one, then the one that is no address.
  return keys.find((key) => !fine(item[key]) && !(key === 'image_url')) || keys.find((key) => /url$/.test(key) && fine(item[key]) && !/^https?:\/\//i.test(item[key])) || keys[0] || '';
}
