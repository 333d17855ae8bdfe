// Translations: every sentence a visitor may see, beside its English, in any language. Saved one by one or all at once.

import { html, useEffect, useMemo, useRef, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Select } from '../parts/field.js';
import { Empty, Spinner } from '../parts/small.js';
import { toast } from '../state/toasts.js';
import { api, fieldOf, wordsFor } from '../state/wire.js';
import { useGuard } from './guard.js';
import { addable, directionOf, languageName, useLanguages } from './languages.js';
import { PLACEHOLDER, placeholderFault } from './placeholders.js';
import { Part } from './settings.js';

/** @typedef {{key: string, english: string, stock: string|null, own: string|null, group: string}} Sentence */
/** @type {[string, string][]} */
const GROUPS = [['settings', 'Your own texts'], ['widget', 'The chat'], ['launcher', 'The launcher'], ['errors', 'When something goes wrong'], ['other', 'Only for other front ends']];
/** @type {[string, string][]} */
const SHOWN = [['all', 'All'], ['untranslated', 'Not translated'], ['changed', 'Changed by you']];

/** @param {{edit: import('./edit.js').Edit, inbox: import('../state/types.js').Inbox, admin: boolean}} props */
export function Translations({ edit, inbox, admin }) {
  const stock = useLanguages();
  const [locale, setLocale] = useState(inbox.config.language === 'auto' ? 'en-US' : inbox.config.language || 'en-US');
  const [answer, setAnswer] = useState(/** @type {null | {locales: {code: string, name: string, own: number}[], sentences: Sentence[]}} */ (null));
  const [failed, setFailed] = useState('');
  const [typed, setTyped] = useState(/** @type {Record<string, string>} */ ({}));
  const [faults, setFaults] = useState(/** @type {Record<string, string>} */ ({}));
  const [busy, setBusy] = useState('');
  const [q, setQ] = useState('');
  const [shown, setShown] = useState('all');
  const load = async () => {
    setFailed('');
    try { setAnswer(await api.get(`/inboxes/${inbox.uuid}/translations?locale=${encodeURIComponent(locale)}`)); } catch (error) { setFailed(wordsFor(error)); }
  };
  useEffect(() => { setAnswer(null); setTyped({}); setFaults({}); load(); edit.look({ lang: locale }); }, [locale]);
  // What is typed shows in the preview at once.
  useEffect(() => { edit.setWords(typed); }, [typed]);
  useEffect(() => () => { edit.setWords({}); edit.look({ lang: '' }); }, []);
  const dirty = Object.keys(typed).length > 0;
  useGuard(dirty);

  const sentences = answer?.sentences || [];
  const english = locale.split('-')[0] === 'en';
  const isOpen = (/** @type {Sentence} */ one) => !one.own && !english && (one.stock === one.english || !one.stock);
  const kept = useMemo(() => {
    const words = q.toLowerCase().split(/\s+/).filter(Boolean);
    return sentences.filter((one) => (shown === 'all' || one.key in typed || (shown === 'changed' ? one.own !== null : isOpen(one)))
      && words.every((word) => `${one.key} ${one.english} ${one.stock} ${one.own || ''} ${typed[one.key] || ''}`.toLowerCase().includes(word)));
  }, [answer, q, shown, typed]);
  const count = sentences.filter(isOpen).length;

  const type = (/** @type {Sentence} */ one, /** @type {string} */ text) => {
    const same = text === (one.own ?? '');
    setTyped((held) => { const next = { ...held, [one.key]: text }; if (same) delete next[one.key]; return next; });
    const fault = placeholderFault(one.english, text, one.key.startsWith('set.'));
    setFaults((held) => { const next = { ...held, [one.key]: fault }; if (!fault || same) delete next[one.key]; return next; });
  };
  const save = async (/** @type {Record<string, string|null>} */ texts, /** @type {string} */ done) => {
    setBusy(Object.keys(texts).length === 1 ? Object.keys(texts)[0] : 'all');
    try {
      // Emptied means: the stock sentence again.
      const sent = Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, text === null || text.trim() === '' ? null : text]));
      setAnswer(await api.put(`/inboxes/${inbox.uuid}/translations/${encodeURIComponent(locale)}`, { texts: sent }));
      setTyped((held) => Object.fromEntries(Object.entries(held).filter(([key, text]) => !(key in texts) || (texts[key] !== null && texts[key] !== text))));
      toast(done);
    } catch (error) {
      const key = fieldOf(error).replace(/^texts\./, '');
      if (key && sentences.some((one) => one.key === key)) {
        setFaults((held) => ({ ...held, [key]: wordsFor(error) }));
        requestAnimationFrame(() => document.getElementById(`words-${key}`)?.focus());
      } else toast(`Not saved. ${wordsFor(error)}`, { tone: 'bad' });
    } finally { setBusy(''); }
  };
  const wrong = Object.keys(faults).filter((key) => key in typed).length;
  // One bar for this page and the rest of the inbox: it stands in the editor.
  const changed = Object.keys(typed).length;
  const says = !dirty ? '' : wrong ? `${wrong} ${wrong === 1 ? 'sentence needs' : 'sentences need'} another look` : `${changed} ${changed === 1 ? 'sentence' : 'sentences'} changed`;
  const acts = useRef(/** @type {any} */ (null));
  acts.current = { save: () => save(typed, 'Saved. It is live now.'), discard: () => { setTyped({}); setFaults({}); } };
  useEffect(() => { edit.setAlso(says ? { says, wrong: wrong > 0, busy: busy === 'all', locked: !!busy, save: () => acts.current.save(), discard: () => acts.current.discard() } : null); }, [says, busy]);
  useEffect(() => () => edit.setAlso(null), []);
  const choose = (/** @type {string} */ code) => {
    if (!code || code === locale) return true;
    if (!dirty) { setLocale(code); return true; }
    toast('Save or discard what you typed before you change the language.', { tone: 'bad' });
    return false;
  };
  const codes = (answer?.locales || stock).map((one) => one.code);
  const options = [...new Set([...stock.map((one) => one.code), ...codes, locale])].map((code) => {
    const own = answer?.locales.find((one) => one.code === code)?.own || 0;
    return /** @type {[string, string]} */ ([code, `${languageName(code)}${own ? ` (${own} changed)` : ''}`]);
  }).sort((a, b) => a[1].localeCompare(b[1]));
  const more = addable(options.map(([code]) => code));

  return html`<${Part} title="Language" lead="Your words are laid over the stock ones, for this inbox only. A visitor’s language is found by their browser, region first.">
      <div class="field-pair">
        <${Select} label="Language to edit" value=${locale} onInput=${choose} options=${options} />
        <${Select} label="Add another language" value="" onInput=${(/** @type {string} */ code) => { choose(code); return false; }} options=${[['', 'Choose…'], ...more]} />
      </div>
    <//>
    ${failed ? html`<${Empty} icon="offline" title="The sentences did not load" action=${html`<button type="button" class="button" onClick=${load}>Try again</button>`}>${failed}<//>` : !answer ? html`<div class="centred"><${Spinner} /></div>` : html`
    <div class="words-bar">
      <div class="search"><${Icon} name="search" size=${18} /><input type="search" placeholder="Search sentences" aria-label="Search sentences" value=${q} onInput=${(/** @type {any} */ event) => setQ(event.currentTarget.value)} /></div>
      <div class="tabs is-inline" role="group" aria-label="Which sentences">${SHOWN.map(([key, label]) => html`<button type="button" key=${key} class="tab" aria-pressed=${shown === key ? 'true' : 'false'} onClick=${() => setShown(key)}><span class="steady" data-text=${label}>${label}</span>${key === 'untranslated' && count ? html` <span class="tab-count tabular">${count}</span>` : null}</button>`)}</div>
      <p class="quiet" role="status">${kept.length} of ${sentences.length} sentences</p>
    </div>
    ${kept.length ? GROUPS.filter(([key]) => kept.some((one) => one.group === key)).map(([key, title]) => html`<section key=${key} class="words-group"><h2>${title}</h2>
      <ul role="list">${kept.filter((one) => one.group === key).map((one) => html`<${Row} key=${one.key} one=${one} locale=${locale} typed=${typed[one.key]} fault=${faults[one.key]} busy=${busy === one.key} open=${isOpen(one)} admin=${admin}
        onType=${(/** @type {string} */ text) => type(one, text)} onSave=${() => save({ [one.key]: typed[one.key] }, 'Saved. It is live now.')} onReset=${() => (one.own === null ? type(one, '') : save({ [one.key]: null }, 'The stock sentence is back.'))} />`)}</ul></section>`)
      : html`<p class="empty-line">${q ? `No sentence with “${q}” here.` : shown === 'untranslated' ? `Everything is there in ${languageName(locale)}.` : 'You have changed nothing in this language yet.'}</p>`}`}`;
}

/** @param {{one: Sentence, locale: string, typed: string|undefined, fault: string|undefined, busy: boolean, open: boolean, admin: boolean, onType: (text: string) => void, onSave: () => void, onReset: () => void}} props */
function Row({ one, locale, typed, fault, busy, open, admin, onType, onSave, onReset }) {
  const value = typed ?? one.own ?? '';
  const changed = typed !== undefined;
  const long = one.english.length > 60 || value.length > 60;
  const id = `words-${one.key}`;
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && changed && !fault) { event.preventDefault(); onSave(); } };
  const common = { id, class: 'input', dir: directionOf(locale), lang: locale, disabled: !admin, placeholder: one.stock || one.english, value, 'aria-invalid': fault ? 'true' : null, 'aria-describedby': `${id}-key${fault ? ` ${id}-fault` : ''}`, onInput: (/** @type {any} */ event) => onType(event.currentTarget.value), onKeyDown };
  return html`<li class="words-row ${changed ? 'is-changed' : ''} ${fault ? 'is-wrong' : ''}">
    <div class="words-english"><label for=${id} lang="en" dir="ltr">${one.english.split(PLACEHOLDER).map((part, at) => (at % 2 ? html`<code>${part}</code>` : part))}</label><small id="${id}-key">${one.key}${open ? html` <b class="badge is-warn">Not translated</b>` : one.own !== null ? html` <b class="badge">Changed</b>` : null}</small></div>
    <div class="words-own">${long ? html`<textarea ...${common} rows=${Math.min(6, Math.max(2, Math.ceil(Math.max(one.english.length, value.length) / 38)))}></textarea>` : html`<input ...${common} type="text" />`}
      ${fault && html`<p class="field-error" id="${id}-fault" role="alert">${fault}</p>`}
      ${changed || one.own !== null ? html`<div class="words-actions">${changed ? html`<button type="button" class="button is-small is-primary" disabled=${busy || !!fault} aria-label="Save: ${one.english}" onClick=${onSave}>${busy ? 'Saving…' : 'Save'}</button>` : null}
        ${admin ? html`<button type="button" class="link-button" disabled=${busy} aria-label="Back to stock: ${one.english}" onClick=${onReset}>Back to stock</button>` : null}</div>` : null}</div>
  </li>`;
}
