// One macro: name, shortcut, text with placeholders, what it does, who may use it; and how it would read.

import { html, useEffect, useRef, useState } from '../../vendor/preact.js';
import { useForm } from '../entry/form.js';
import { ActionsEditor } from '../parts/actions_editor.js';
import { Dialog } from '../parts/dialog.js';
import { Choice, Field, Select, Switch } from '../parts/field.js';
import { change, now, useDesk } from '../state/store.js';
import { take } from '../state/tools.js';
import { toast } from '../state/toasts.js';
import { api, wordsFor } from '../state/wire.js';
import { preview } from '../thread/markdown.js';
import { type } from '../thread/marks.js';

/** @typedef {import('../state/tools.js').Macro} Macro */

/** @type {[string, string][]} */
const PLACEHOLDERS = [['contact.first_name|there', 'First name, or “there”'], ['contact.name', 'Whole name'], ['contact.email', 'E-mail'], ['agent.first_name', 'Your first name'], ['agent.name', 'Your name'], ['inbox.brand', 'Brand'], ['inbox.name', 'Inbox'], ['conversation.number', 'Number'], ['field.plan', 'A field or variable']];
const PAUSE_MS = 400;

/** @param {{one: Macro|null, shares: boolean, conversation: string, onClose: () => void, body?: string, is_note?: boolean}} props */
export function MacroForm({ one, shares, conversation, onClose, body = '', is_note = false }) {
  const teams = useDesk((state) => state.teams);
  useEffect(() => { if (!now().teams) api.get('/teams').then((answer) => change({ teams: answer.teams })).catch(() => { /* the choice is left out */ }); }, []);
  const form = useForm({
    name: one?.name || '', shortcut: one?.shortcut || '', body: one?.body ?? body, is_note: one?.is_note ?? is_note, actions: one?.actions || [],
    audience: one?.audience || 'own', team: one?.team || '',
  }, async (values) => {
    const asked = { ...values, team: values.audience === 'team' ? values.team || null : null };
    const answer = one ? await api.put(`/macros/${one.uuid}`, asked) : await api.post('/macros', asked);
    take('macros', answer.macros);
    onClose();
    toast(one ? 'Saved' : `${values.name} is there${values.shortcut ? `: type /${values.shortcut.replace(/^\//, '')}` : ''}`);
  });
  const { values, set, error } = form;
  const rest = form.rest(['name', 'shortcut', 'body', 'team', 'actions', ...values.actions.map((_, at) => `actions.${at}`)]);
  const place = useRef(/** @type {HTMLElement|null} */ (null));
  const insert = (/** @type {string} */ name) => { const box = /** @type {HTMLTextAreaElement|null} */ (place.current?.querySelector('textarea')); if (box) type(box, `{{${name}}}`); };
  return html`<${Dialog} title=${one ? 'Edit the macro' : 'New macro'} wide=${true} onClose=${onClose}><form onSubmit=${form.submit}>
    <div class="field-pair"><${Field} label="Name" placeholder="Refund on its way" value=${values.name} onInput=${(/** @type {string} */ name) => set({ name })} error=${error('name')} required=${true} focus=${true} />
      <${Field} label="Shortcut" optional=${true} placeholder="refund" mono=${true} value=${values.shortcut} onInput=${(/** @type {string} */ shortcut) => set({ shortcut })} error=${error('shortcut')} /></div>
    <div ref=${place} class="macro-body"><${Field} label="Text" hint="Markdown. Placeholders are filled in when you insert it." rows=${6} value=${values.body} onInput=${(/** @type {string} */ text) => set({ body: text })} error=${error('body')} />
      <div class="placeholders" role="group" aria-label="Insert a placeholder">${PLACEHOLDERS.map(([name, label]) => html`<button type="button" key=${name} class="placeholder" title=${`{{${name}}}`} onClick=${() => insert(name)}>${label}</button>`)}</div></div>
    <${Reads} body=${values.body} conversation=${conversation} />
    <${Switch} label="It is a note for the team" on=${values.is_note} onChange=${(/** @type {boolean} */ on) => set({ is_note: on })} />
    <fieldset class="field"><legend>And then</legend><p class="field-hint">Done when the message is sent. Whoever sends it sees it first and can leave it out.</p><${ActionsEditor} actions=${values.actions} onChange=${(/** @type {any[]} */ actions) => set({ actions })} error=${error} hide=${['follow']} /></fieldset>
    ${shares ? html`<${Choice} label="Who may use it" value=${values.audience} onInput=${(/** @type {any} */ audience) => set({ audience })} options=${[['own', 'Only me'], ...(teams?.length ? [['team', 'A team']] : []), ['all', 'Everybody']]} />
      ${values.audience === 'team' ? html`<${Select} label="Team" value=${values.team} onInput=${(/** @type {string} */ team) => set({ team })} error=${error('team')} options=${[['', 'Choose a team'], ...(teams || []).map((team) => /** @type {[string, string]} */ ([team.uuid, team.name]))]} />` : null}` : null}
    ${rest && html`<p class="form-error" role="alert">${rest}</p>`}
    <footer class="dialog-actions"><button type="button" class="button" onClick=${onClose}>Cancel</button><button class="button is-primary" disabled=${form.busy}>${form.busy ? 'Saving…' : 'Save'}</button></footer>
  </form><//>`;
}

/** How it would read to somebody who wrote, as the server fills it in. @param {{body: string, conversation: string}} props */
function Reads({ body, conversation }) {
  const [shown, setShown] = useState({ text: '', wrong: '' });
  useEffect(() => {
    if (!body.trim() || !conversation) { setShown({ text: '', wrong: '' }); return undefined; }
    let late = false;
    const timer = setTimeout(async () => {
      try {
        const answer = await api.post(`/conversations/${conversation}/macro`, { body, preview: true });
        if (!late) setShown({ text: answer.body, wrong: '' });
      } catch (error) { if (!late) setShown((held) => ({ ...held, wrong: wordsFor(error) })); }
    }, PAUSE_MS);
    return () => { late = true; clearTimeout(timer); };
  }, [body, conversation]);
  if (!body.trim() || (!shown.text && !shown.wrong)) return null;
  const name = now().conversations[conversation]?.contact.name;
  return html`<section class="macro-reads" aria-label="How it reads"><p class="field-hint">To <bdi>${name}</bdi> it says:</p>${shown.wrong ? html`<p class="field-error" role="status">${shown.wrong}</p>` : html`<div class="prose" dir="auto">${preview(shown.text)}</div>`}</section>`;
}
