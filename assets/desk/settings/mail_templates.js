// The words of all mails, in one place: what each kind is for, and the house's own words instead of those that come along.

import { html, useEffect, useRef, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Confirm } from '../parts/dialog.js';
import { Field, Select } from '../parts/field.js';
import { Empty, Spinner } from '../parts/small.js';
import { go } from '../state/router.js';
import { toast } from '../state/toasts.js';
import { api, fieldOf, wordsFor } from '../state/wire.js';
import { useGuard } from './guard.js';
import { directionOf, languageName } from './languages.js';
import { MailPreview } from './mail_preview.js';
import { TemplateChoice } from './mail_choice.js';
import { PageFrame } from './settings.js';

/** @typedef {{locale: string, subject: string, body: string}} Words */
/** @typedef {{kind: string, title: string, about: string, outside: boolean, stock: Words[], lines: string[], fields: {name: string, what: string}[]}} Kind */
/** @typedef {Words & {uuid: string, kind: string, name: string}} Template */
/** @typedef {{kinds: Kind[], templates: Template[]}} Answer */

/** What a line of its own stands for. @type {Record<string, string>} */
const LINES = { messages: 'The messages', button: 'The button', reply: 'That an answer by mail arrives', footer: 'The footer, where it should not be last' };

/** @param {{id: string}} props */
export function MailTemplates({ id }) {
  const [answer, setAnswer] = useState(/** @type {Answer|null} */ (null));
  const [failed, setFailed] = useState('');
  const load = async () => { setFailed(''); try { setAnswer(await api.get('/mail/templates')); } catch (error) { setFailed(wordsFor(error)); } };
  useEffect(() => { load(); }, []);
  if (!answer) return html`<${PageFrame} title="E-mail templates">${failed ? html`<${Empty} icon="offline" title="The templates did not load" action=${html`<button type="button" class="button" onClick=${load}>Try again</button>`}>${failed}<//>` : html`<div class="centred"><${Spinner} /></div>`}<//>`;
  const kind = answer.kinds.find((one) => one.kind === id);
  return kind ? html`<${Editor} key=${id} kind=${kind} own=${answer.templates.filter((one) => one.kind === id)} onSaved=${setAnswer} />` : html`<${List} answer=${answer} />`;
}

/** @param {{answer: Answer}} props */
function List({ answer }) {
  const part = (/** @type {string} */ title, /** @type {boolean} */ outside) => html`<h2 class="mail-group">${title}</h2><ul class="cards" role="list">${answer.kinds.filter((one) => one.outside === outside).map((one) => {
    const own = answer.templates.filter((held) => held.kind === one.kind);
    return html`<li key=${one.kind} class="card"><div class="card-main"><p class="card-title"><b>${one.title}</b>${own.length ? html` <span class="badge">${own.length === 1 ? 'Changed' : `${own.length} texts of your own`}</span>` : null}</p><p class="card-sub">${one.about}</p></div>
      <span class="card-buttons"><button type="button" class="button" aria-label="Edit: ${one.title}" onClick=${() => go({ name: 'settings', page: 'mails', id: one.kind, tab: '' })}>Edit</button></span></li>`;
  })}</ul>`;
  return html`<${PageFrame} title="E-mail templates" lead="Every mail comes with words in fifteen languages. Change them here, for one language or for all.">${part('To people outside', true)}${part('To your team', false)}<//>`;
}

/** @param {{kind: Kind, own: Template[], onSaved: (answer: Answer) => void}} props */
function Editor({ kind, own, onSaved }) {
  const [place, setPlace] = useState({ name: '', locale: '' });
  const held = own.find((one) => one.name === place.name && one.locale === place.locale);
  const start = held || kind.stock.find((one) => one.locale === place.locale) || kind.stock.find((one) => one.locale.startsWith('en')) || { subject: '', body: '' };
  const [typed, setTyped] = useState(/** @type {Partial<Words>} */ ({}));
  const [wrong, setWrong] = useState({ field: '', words: '' });
  const [busy, setBusy] = useState(false);
  const [resetting, setResetting] = useState(false);
  const [naming, setNaming] = useState('');
  const [leaving, setLeaving] = useState(/** @type {{name: string, locale: string}|null} */ (null));
  const box = useRef(/** @type {HTMLElement|null} */ (null));
  const last = useRef(/** @type {HTMLInputElement|HTMLTextAreaElement|null} */ (null));
  const words = { subject: typed.subject ?? start.subject, body: typed.body ?? start.body };
  const dirty = words.subject !== start.subject || words.body !== start.body;
  useGuard(dirty);
  const names = [...new Set(['', ...own.map((one) => one.name), place.name])];
  const type = (/** @type {Partial<Words>} */ patch) => { setWrong({ field: '', words: '' }); setTyped((before) => ({ ...before, ...patch })); };
  const move = (/** @type {Partial<{name: string, locale: string}>} */ patch) => { const next = { ...place, ...patch }; if (dirty) { setLeaving(next); return false; } arrive(next); return undefined; };
  const arrive = (/** @type {{name: string, locale: string}} */ next) => { setLeaving(null); setTyped({}); setWrong({ field: '', words: '' }); setPlace(next); };
  const save = async (/** @type {Event} */ event) => {
    event.preventDefault();
    setBusy(true);
    try {
      onSaved(await api.put('/mail/templates', { kind: kind.kind, ...place, ...words }));
      setTyped({});
      toast('Saved. The next mail has these words.');
    } catch (error) { setWrong({ field: fieldOf(error), words: wordsFor(error) }); } finally { setBusy(false); }
  };
  const reset = async () => {
    setResetting(false);
    if (!held) { setTyped({}); return; }
    try { onSaved(await api.del(`/mail/templates/${held.uuid}`)); setTyped({}); if (place.name && !own.some((one) => one !== held && one.name === place.name)) setPlace({ ...place, name: '' }); toast('The words that come along are back.'); } catch (error) { toast(`Nothing was changed. ${wordsFor(error)}`, { tone: 'bad' }); }
  };
  const put = (/** @type {string} */ text, line = false) => {
    const at = (last.current?.isConnected && !line ? last.current : null) || /** @type {HTMLTextAreaElement|null} */ (box.current?.querySelector('textarea'));
    if (!at) return;
    const from = at.selectionStart ?? at.value.length;
    const before = at.value.slice(0, from);
    const gap = line && before && !before.endsWith('\n\n') ? (before.endsWith('\n') ? '\n' : '\n\n') : '';
    at.focus();
    at.setRangeText(`${gap}${text}${line ? '\n\n' : ''}`, from, at.selectionEnd ?? from, 'end');
    at.dispatchEvent(new Event('input', { bubbles: true }));
  };
  const add = () => { const name = naming.trim(); if (name) { setNaming(''); move({ name }); } };
  const spoken = kind.stock.map((one) => one.locale);
  /** @type {[string, string][]} */
  const locales = [['', kind.outside ? 'All languages' : 'The team'], .../** @type {[string, string][]} */ ((kind.outside ? [...new Set([...spoken, ...own.map((one) => one.locale).filter(Boolean)])] : []).map((code) => [code, `${languageName(code)}${own.some((one) => one.locale === code && one.name === place.name) ? ' (changed)' : ''}`]))];
  const rest = wrong.words && !['subject', 'body'].includes(wrong.field) ? wrong.words : '';
  const note = held ? '' : place.name ? 'New words under this name: they begin with those that come along.' : kind.outside && !place.locale ? 'Nothing is changed: everybody gets the words that come along, in their own language. What you write here goes to all whose language has no words of its own.' : 'These are the words that come along.';
  return html`<${PageFrame} title=${kind.title} lead=${kind.about} up=${{ label: 'E-mail templates', page: 'mails' }} wide=${true}>
    <div class="with-preview mail-editor">
      <form onSubmit=${save} ref=${box} onfocusin=${(/** @type {any} */ event) => { if (event.target.matches('.mail-words :is(input, textarea)')) last.current = event.target; }}>
        <div class="field-pair">
          ${kind.outside ? html`<${Select} label="Language" value=${place.locale} onInput=${(/** @type {string} */ locale) => move({ locale })} options=${locales} />` : null}
          <${Select} label="Wording" value=${place.name} onInput=${(/** @type {string} */ name) => move({ name })} options=${names.map((one) => /** @type {[string, string]} */ ([one, one || 'Usual words']))} />
        </div>
        ${note ? html`<p class="hint-box">${note}</p>` : null}
        <div class="mail-words" dir=${directionOf(place.locale || 'en')}>
          <${Field} label="Subject" required=${true} value=${words.subject} onInput=${(/** @type {string} */ subject) => type({ subject })} error=${wrong.field === 'subject' ? wrong.words : ''} />
          <${Field} label="Text" hint="Markdown: **bold**, lists, links." rows=${14} required=${true} value=${words.body} onInput=${(/** @type {string} */ body) => type({ body })} error=${wrong.field === 'body' ? wrong.words : ''} />
        </div>
        <fieldset class="field"><legend>Put in</legend><div class="mail-fields">
          ${kind.fields.map((one) => html`<button type="button" key=${one.name} class="mail-field" title=${one.what} aria-label="Put in: ${one.what}" onClick=${() => put(`{{${one.name}}}`)}><code dir="ltr">${`{{${one.name}}}`}</code></button>`)}
          ${kind.lines.map((one) => html`<button type="button" key=${one} class="mail-field is-line" title=${LINES[one]} aria-label="Put in a line: ${LINES[one]}" onClick=${() => put(`{{${one}}}`, true)}><code dir="ltr">${`{{${one}}}`}</code></button>`)}
        </div><p class="field-hint">Where there is nothing to put in, say what stands there instead: <code dir="ltr">${'{{first_name|there}}'}</code>.</p></fieldset>
        ${rest && html`<p class="form-error" role="alert">${rest}</p>`}
        <div class="mail-acts"><button class="button is-primary" disabled=${busy || (!dirty && !!held)}>${busy ? 'Saving…' : 'Save'}</button>
          ${held || dirty ? html`<button type="button" class="button" onClick=${() => setResetting(true)}>${held ? 'Back to the words that come along' : 'Take my changes back'}</button>` : null}</div>
        <details class="mail-more"><summary>Other words for some inboxes</summary>
          <p class="field-hint">Write the same mail in another tone under a name of its own, and choose which inbox uses it.</p>
          <div class="field-row"><input class="input" aria-label="Name of the new words" placeholder="Formal" maxlength="60" value=${naming} onInput=${(/** @type {any} */ event) => setNaming(event.currentTarget.value)} onKeyDown=${(/** @type {KeyboardEvent} */ event) => { if (event.key === 'Enter') { event.preventDefault(); add(); } }} /><button type="button" class="button" disabled=${!naming.trim()} onClick=${add}>Write them</button></div>
          ${kind.outside || kind.kind === 'to_agents' ? html`<${TemplateChoice} kind=${kind.kind} names=${[...new Set(own.map((one) => one.name).filter(Boolean))]} />` : null}
        </details>
      </form>
      <${MailPreview} asked=${{ kind: kind.kind, ...place, ...words }} />
    </div>
    ${resetting ? html`<${Confirm} title="Back to the words that come along?" yes="Yes, back" danger=${true} text="What you wrote here is gone then." onYes=${reset} onNo=${() => setResetting(false)} />` : null}
    ${leaving ? html`<${Confirm} title="Leave without saving?" yes="Leave" danger=${true} text="What you changed here is not saved." onYes=${() => arrive(leaving)} onNo=${() => setLeaving(null)} />` : null}
  <//>`;
}
