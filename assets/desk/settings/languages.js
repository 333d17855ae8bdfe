// The languages visitors can be spoken to in: those we have words for, and all others by name.

import { useEffect, useState } from '../../vendor/preact.js';
import { base } from '../state/wire.js';

/** Languages somebody may add beside those we bring along. */
const MORE = ['af', 'bg', 'bn', 'ca', 'cs', 'da', 'el', 'et', 'eu', 'fa', 'fi', 'ga', 'gl', 'hr', 'hu', 'hy', 'id', 'is', 'ka', 'ko', 'lt', 'lv', 'mk', 'ms', 'nb', 'nl', 'pt-BR', 'ro', 'ru', 'sk', 'sl', 'sq', 'sr', 'sw', 'ta', 'th', 'uk', 'ur', 'vi', 'zh-TW'];

/** A language in the agent's own words. @param {string} code */
export function languageName(code) {
  try { return new Intl.DisplayNames([navigator.language || 'en'], { type: 'language' }).of(code) || code; } catch { return code; }
}

const RTL = new Set(['ar', 'dv', 'fa', 'he', 'ku', 'ps', 'sd', 'ug', 'ur', 'yi']);
/** @param {string} code */
export const directionOf = (code) => (RTL.has(code.split('-')[0].toLowerCase()) ? 'rtl' : 'ltr');

/** @type {{code: string, name: string}[]} */
let held = [{ code: 'en-US', name: 'English' }];

/** The languages that come with the program, in their own words. */
export function useLanguages() {
  const [list, setList] = useState(held);
  useEffect(() => {
    fetch(`${base}/api/v1/lang`).then((answer) => answer.json()).then(({ data }) => { held = data; setList(data); }).catch(() => { /* English is always there */ });
  }, []);
  return list;
}

/** What may still be added, by name. @param {string[]} present @returns {[string, string][]} */
export const addable = (present) => MORE.filter((code) => !present.includes(code)).map((code) => /** @type {[string, string]} */ ([code, languageName(code)])).sort((a, b) => a[1].localeCompare(b[1]));
