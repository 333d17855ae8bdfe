// Editing one inbox: a working copy beside the saved one, what differs between them, and whose field an error is.

import { useState } from '../../vendor/preact.js';
import { holdInbox } from '../state/people.js';
import { announce, toast } from '../state/toasts.js';
import { withScheme } from './address.js';
import { api, fieldOf, wordsFor } from '../state/wire.js';

/** @typedef {import('../state/types.js').Inbox} Inbox */
/** @typedef {{name: string, enabled: boolean, config: Record<string, any>}} Draft */
/**
 * What the pages are given. `get`/`set` take paths such as `launcher.spacing.side`; `error` takes the same, and `errorIn` also answers for
 * everything below. `flag` is a switch's `bind`. `words` are sentences typed but not saved, for the preview; `look` says what it should show.
 * @typedef {{draft: Draft, get: (path: string) => any, set: (path: string, value: any) => void, change: (patch: Partial<Draft>) => void,
 *   error: (path: string) => string, errorIn: (path: string) => string, bind: (path: string) => {value: any, onInput: (value: any) => void, error: string},
 *   flag: (path: string) => {on: boolean, onChange: (on: boolean) => void, error: string}, inbox: Inbox,
 *   words: Record<string, string>, setWords: (words: Record<string, string>) => void, look: (look: any) => void}} Edit
 */

/** @param {Inbox} inbox @returns {Draft} */
const copyOf = (inbox) => structuredClone({ name: inbox.name, enabled: inbox.enabled, config: inbox.config });
/** @param {any} a @param {any} b */
const equal = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** Only what was changed travels; objects merge one level deep on the server. @param {Draft} draft @param {Inbox} saved */
export function changesOf(draft, saved) {
  /** @type {any} */ const patch = {};
  if (draft.name !== saved.name) patch.name = draft.name;
  if (draft.enabled !== saved.enabled) patch.enabled = draft.enabled;
  /** @type {Record<string, any>} */ const config = {};
  for (const [key, value] of Object.entries(draft.config)) {
    const before = saved.config[key];
    if (equal(value, before)) continue;
    config[key] = value && before && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).filter(([inner, one]) => !equal(one, before[inner]))) : value;
  }
  if (Object.keys(config).length) patch.config = config;
  return patch;
}

/** @param {any} object @param {string[]} keys @param {any} value @returns {any} */
const put = (object, [key, ...rest], value) => ({ ...object, [key]: rest.length ? put(object?.[key] ?? {}, rest, value) : value });

/** @param {Inbox} inbox @param {(field: string) => void} onWrong told which field was refused */
export function useEdit(inbox, onWrong) {
  const [draft, setDraft] = useState(() => copyOf(inbox));
  const [wrong, setWrong] = useState({ field: '', words: '' });
  const [saving, setSaving] = useState(false);
  const [words, setWords] = useState(/** @type {Record<string, string>} */ ({}));
  const patch = changesOf(draft, inbox);
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
    draft, get, set, error, inbox, words, setWords, look: () => {},
    errorIn: (path) => (wrong.field === `config.${path}` || wrong.field.startsWith(`config.${path}.`) || wrong.field === path ? wrong.words : ''),
    flag: (path) => ({ on: !!get(path), onChange: (on) => set(path, on), error: error(path) }),
    change: (next) => { setWrong({ field: '', words: '' }); setDraft((held) => ({ ...held, ...next })); },
    bind: (path) => ({ value: get(path) ?? '', onInput: (value) => set(path, value), error: error(path) }),
  };
  return {
    edit, dirty, saving, wrong, patch,
    discard: () => { setDraft(copyOf(inbox)); setWrong({ field: '', words: '' }); },
    save: async () => {
      setSaving(true);
      setWrong({ field: '', words: '' });
      try {
        // Saved by a key, the field was not left yet.
        if (patch.config?.website_url) patch.config.website_url = withScheme(patch.config.website_url);
        const answer = await api.put(`/inboxes/${inbox.uuid}`, patch);
        holdInbox(answer.inbox);
        // What was typed while it was saving stays typed.
        setDraft((held) => (held === draft ? copyOf(answer.inbox) : held));
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
