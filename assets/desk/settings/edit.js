// Editing one inbox: a working copy beside the saved one, what differs between them, and whose field an error is.

import { useLayoutEffect, useState } from '../../vendor/preact.js';
import { holdInbox } from '../state/people.js';
import { announce, toast } from '../state/toasts.js';
import { withScheme } from './address.js';
import { changesOf, copyOf, rebase } from './changes.js';
import { api, fieldOf, wordsFor } from '../state/wire.js';

/** @typedef {import('../state/types.js').Inbox} Inbox */
/** @typedef {import('./changes.js').Draft} Draft */
/** What a page saves by other means, beside the settings: it shares the one bar. @typedef {{says: string, wrong: boolean, busy: boolean, locked: boolean, save: () => Promise<void>, discard: () => void}} Also */
/**
 * What the pages are given. `get`/`set` take paths such as `launcher.spacing.side`; `error` takes the same, and `errorIn` also answers for
 * everything below. `flag` is a switch's `bind`. `words` are sentences typed but not saved, for the preview; `look` says what it should show;
 * `round` counts how often all was discarded.
 * @typedef {{draft: Draft, get: (path: string) => any, set: (path: string, value: any) => void, change: (patch: Partial<Draft>) => void,
 *   error: (path: string) => string, errorIn: (path: string) => string, bind: (path: string) => {value: any, onInput: (value: any) => void, error: string},
 *   flag: (path: string) => {on: boolean, onChange: (on: boolean) => void, error: string}, inbox: Inbox, round: number,
 *   words: Record<string, string>, setWords: (words: Record<string, string>) => void, look: (look: any) => void, setAlso: (also: Also|null) => void}} Edit
 */

/** @param {any} object @param {string[]} keys @param {any} value @returns {any} */
const put = (object, [key, ...rest], value) => ({ ...object, [key]: rest.length ? put(object?.[key] ?? {}, rest, value) : value });

/** @param {Inbox} inbox @param {(field: string) => void} onWrong told which field was refused */
export function useEdit(inbox, onWrong) {
  // The draft, and the saved settings it was made from: another window may save meanwhile, and its changes are not ours to take back.
  const [{ draft, base }, setHeld] = useState(() => ({ draft: copyOf(inbox), base: inbox }));
  const setDraft = (/** @type {(draft: Draft) => Draft} */ turn) => setHeld((held) => ({ ...held, draft: turn(held.draft) }));
  useLayoutEffect(() => setHeld((held) => (held.base === inbox ? held : { draft: rebase(held.draft, held.base, inbox), base: inbox })), [inbox]);
  const [round, setRound] = useState(0);
  const [wrong, setWrong] = useState({ field: '', words: '' });
  const [saving, setSaving] = useState(false);
  const [words, setWords] = useState(/** @type {Record<string, string>} */ ({}));
  const [also, setAlso] = useState(/** @type {Also|null} */ (null));
  const patch = changesOf(draft, base);
  const dirty = Object.keys(patch).length > 0;
  /** The server names the whole setting (`config.launcher`), a field its part of it (`launcher.color`). @param {string} path */
  const error = (path) => (wrong.field === path || wrong.field === `config.${path}` ? wrong.words : '');
  const get = (/** @type {string} */ path) => path.split('.').reduce((/** @type {any} */ value, key) => value?.[key], draft.config);
  const set = (/** @type {string} */ path, /** @type {any} */ value) => {
    if (wrong.field && (`config.${path}`.startsWith(wrong.field) || wrong.field.startsWith(`config.${path}`))) setWrong({ field: '', words: '' });
    setDraft((held) => ({ ...held, config: put(held.config, path.split('.'), value) }));
  };
  /** @type {Edit} */
  const edit = {
    draft, get, set, error, inbox, round, words, setWords, look: () => {}, setAlso,
    errorIn: (path) => (wrong.field === `config.${path}` || wrong.field.startsWith(`config.${path}.`) || wrong.field === path ? wrong.words : ''),
    flag: (path) => ({ on: !!get(path), onChange: (on) => set(path, on), error: error(path) }),
    change: (next) => { setWrong({ field: '', words: '' }); setDraft((held) => ({ ...held, ...next })); },
    bind: (path) => ({ value: get(path) ?? '', onInput: (value) => set(path, value), error: error(path) }),
  };
  return {
    edit, dirty, saving, wrong, patch, also,
    discard: () => { setHeld({ draft: copyOf(inbox), base: inbox }); setRound(round + 1); setWrong({ field: '', words: '' }); },
    save: async () => {
      setSaving(true);
      setWrong({ field: '', words: '' });
      try {
        // Saved by a key, the field was not left yet.
        if (patch.config?.website_url) patch.config.website_url = withScheme(patch.config.website_url);
        const answer = await api.put(`/inboxes/${inbox.uuid}`, patch);
        // What was typed while it was saving stays typed.
        setHeld((held) => ({ draft: rebase(held.draft, draft, answer.inbox), base: answer.inbox }));
        holdInbox(answer.inbox);
        toast('Saved. It is live now.');
      } catch (failure) {
        setWrong({ field: fieldOf(failure), words: wordsFor(failure) });
        announce('Not saved');
        if (fieldOf(failure)) onWrong(fieldOf(failure));
      } finally {
        setSaving(false);
      }
    },
  };
}
