// The kinds of conversations, in words.

/** @type {Record<string, string>} */
export const KIND_WORDS = { chat: 'Live chat', bug: 'Bug report', feature: 'Feature request', review: 'Review', question: 'Question' };

/** What came in, and from whom. @param {string|undefined} kind @param {boolean} isNew the first words of it */
export const cameIn = (kind, isNew) => `New ${isNew && kind && kind !== 'chat' ? (KIND_WORDS[kind] || 'Report').toLowerCase() : 'message'} from`;

/** @type {Record<string, string>} */
export const PRIORITY_WORDS = { high: 'High', medium: 'Medium', low: 'Low' };
