// What every form of the desk does: keep the values, say that it works, put an error where it belongs, count down a 429.

import { useEffect, useState } from '../../vendor/preact.js';
import { ApiError } from '../../shared/api.js';
import { fieldOf, wordsFor } from '../state/wire.js';

/**
 * @template T
 * @param {T} initial
 * @param {(values: T) => Promise<any>} submit
 */
export function useForm(initial, submit) {
  const [values, setValues] = useState(initial);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState({ field: '', words: '' });
  const [wait, setWait] = useState(0);
  useEffect(() => {
    if (wait <= 0) return undefined;
    const timer = setTimeout(() => setWait(wait - 1), 1000);
    return () => clearTimeout(timer);
  }, [wait]);
  return {
    values, busy, wait,
    /** @param {Partial<T>} patch */
    set: (patch) => { setValues((held) => ({ ...held, ...patch })); if (wrong.words && (!wrong.field || wrong.field in patch)) setWrong({ field: '', words: '' }); },
    /** The error of one field. @param {string} field */
    error: (field) => (wrong.field === field ? wrong.words : ''),
    /** The error that belongs to no field shown. @param {string[]} shown */
    rest: (shown) => (wrong.words && !shown.includes(wrong.field) ? wrong.words : ''),
    /** @param {string} field @param {string} words */
    fail: (field, words) => setWrong({ field, words }),
    /** @param {Event} event */
    submit: async (event) => {
      event.preventDefault();
      if (busy || wait > 0) return;
      setBusy(true);
      setWrong({ field: '', words: '' });
      try {
        await submit(values);
      } catch (error) {
        if (error instanceof ApiError && error.kind === 'too_many' && error.retryAfter) setWait(error.retryAfter);
        setWrong({ field: fieldOf(error), words: wordsFor(error) });
      } finally {
        setBusy(false);
      }
    },
  };
}

/** @param {number} seconds */
export const waitWords = (seconds) => (seconds > 90 ? `Try again in ${Math.ceil(seconds / 60)} minutes` : `Try again in ${seconds} s`);
