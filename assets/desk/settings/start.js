// The first run: an inbox, its line on the site, a first message to oneself, colleagues. Each step can be skipped, and one may come back
// tomorrow: the server remembers how far it is.

import { html, useEffect, useRef, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { safeHref } from '../../shared/html.js';
import { Field } from '../parts/field.js';
import { Code, Spinner } from '../parts/small.js';
import { useForm } from '../entry/form.js';
import { holdInbox, loadInboxes } from '../state/people.js';
import { go } from '../state/router.js';
import { change, useDesk } from '../state/store.js';
import { api, wordsFor } from '../state/wire.js';
import { withScheme } from './address.js';
import { PageFrame } from './settings.js';

/** @type {[string, string][]} */
const STEPS = [['inbox', 'Your inbox'], ['site', 'On your site'], ['test', 'A first message'], ['team', 'Your team']];

export const lookAtStart = () => api.get('/start').then((answer) => { change({ start: answer }); return answer; });
/** @param {string} step @param {string} inbox */
const goOn = async (step, inbox) => change({ start: await api.put('/start', { step, inbox }) });

export function Start() {
  const start = useDesk((state) => state.start);
  const inboxes = useDesk((state) => state.inboxes);
  const counts = useDesk((state) => state.counts.all);
  const [failed, setFailed] = useState('');
  const head = useRef(/** @type {HTMLElement|null} */ (null));
  const look = () => lookAtStart().then(() => setFailed('')).catch((error) => setFailed(wordsFor(error)));
  // News of an inbox or of a conversation may be what is waited for.
  useEffect(() => { look(); if (!inboxes) loadInboxes().catch(() => {}); }, [inboxes, counts]);
  useEffect(() => { head.current?.focus(); }, [start?.step]);
  if (!start) return html`<${PageFrame} title="First steps">${failed ? html`<p class="form-error" role="alert">${failed}</p>` : html`<div class="centred"><${Spinner} /></div>`}<//>`;
  const inbox = inboxes?.find((one) => one.uuid === start.inbox);
  const at = STEPS.findIndex(([step]) => step === start.step);
  const next = (/** @type {string} */ step, uuid = start.inbox) => goOn(step, uuid).catch((error) => setFailed(wordsFor(error)));
  return html`<${PageFrame} title="First steps" lead="Three minutes to your first conversation. You can stop at any time and go on later.">
    <ol class="steps" aria-label="Steps">${STEPS.map(([step, label], index) => html`<li key=${step} class=${index < at || at < 0 ? 'is-done' : ''} aria-current=${index === at ? 'step' : null}>${index < at || at < 0 ? html`<${Icon} name="check" size=${16} /><span class="quiet">done: </span>` : html`<b aria-hidden="true">${index + 1}</b>`} ${label}</li>`)}</ol>
    ${failed && html`<p class="form-error" role="alert">${failed}</p>`}
    <section class="part step" tabindex="-1" ref=${head} aria-live="polite">
      ${start.step === 'inbox' ? html`<${InboxStep} onDone=${(/** @type {string} */ uuid) => next('site', uuid)} onSkip=${() => next('done')} />`
        : start.step === 'site' ? html`<h2>Put the chat on your site</h2><p>Paste this line just before <code>${'</body>'}</code>. No site at hand? Go on; there is a page of its own.</p>
          ${inbox ? html`<${Code} text=${inbox.snippet} what="snippet" />` : html`<${Spinner} />`}
          <p class="waits ${start.called ? 'is-good' : ''}" role="status">${start.called ? html`<${Icon} name="check" /> ${start.called.from} has called. The chat is on your site.` : html`<span class="pulse" aria-hidden="true"></span> Waiting for the first call from your site…`}</p>
          <${Buttons} label="Go on" onNext=${() => next('test')} onBack=${() => next('inbox')} />`
        : start.step === 'test' ? html`<h2>Write to yourself</h2><p>Open the chat as a visitor would, and say something. It appears here and in your messages.</p>
          ${inbox?.chat_url ? html`<p><a class="button is-primary" href=${safeHref(inbox.chat_url) || '#'} target="_blank" rel="noopener"><${Icon} name="external" size=${18} /> Open the chat</a></p>` : null}
          <p class="waits ${start.tested_at ? 'is-good' : ''}" role="status">${start.tested_at ? html`<${Icon} name="check" /> Your first message has arrived.` : html`<span class="pulse" aria-hidden="true"></span> Waiting for your first message…`}</p>
          <${Buttons} label="Go on" onNext=${() => next('team')} onBack=${() => next('site')} />`
        : start.step === 'team' ? html`<${TeamStep} onDone=${() => next('done')} onBack=${() => next('test')} />`
        : html`<h2>You are open</h2><p>People can write to you now. What could still be better stands under “What is wrong?”.</p>
          <div class="button-row"><button type="button" class="button is-primary" onClick=${() => go({ name: 'conversations', conversation: '' })}>To your messages</button><button type="button" class="button" onClick=${() => go({ name: 'settings', page: 'problems', id: '', tab: '' })}>What is wrong?</button></div>`}
    </section>
  <//>`;
}

/** @param {{label: string, onNext: () => void, onBack: () => void}} props */
const Buttons = ({ label, onNext, onBack }) => html`<div class="button-row step-actions"><button type="button" class="button" onClick=${onBack}>Back</button><button type="button" class="button is-primary" onClick=${onNext}>${label}</button></div>`;

/** @param {{onDone: (uuid: string) => void, onSkip: () => void}} props */
function InboxStep({ onDone, onSkip }) {
  const form = useForm({ name: '', website_url: '', color: '#0f766e' }, async ({ name, website_url: url, color }) => {
    const { inbox } = await api.post('/inboxes', { name, config: { brand_name: name, website_url: withScheme(url), colors: { primary: color }, launcher: { color } } });
    holdInbox(inbox);
    onDone(inbox.uuid);
  });
  const { values, set, error } = form;
  const shown = ['name', 'config.website_url', 'config.colors'];
  return html`<h2>Make your inbox</h2><form onSubmit=${form.submit}>
    <${Field} label="Name" hint="Your shop or site, as visitors know it. You can change everything later." value=${values.name} onInput=${(/** @type {string} */ name) => set({ name })} error=${error('name')} required=${true} focus=${true} />
    <${Field} label="Website" type="text" inputmode="url" placeholder="https://example.com" value=${values.website_url} onInput=${(/** @type {string} */ url) => set({ website_url: url })} error=${error('config.website_url')} optional=${true} />
    <${Field} label="Colour" type="color" value=${values.color} onInput=${(/** @type {string} */ color) => set({ color })} error=${error('config.colors')} />
    ${form.rest(shown) && html`<p class="form-error" role="alert">${form.rest(shown)}</p>`}
    <div class="button-row step-actions"><button type="button" class="button" onClick=${onSkip}>Skip the first steps</button><button class="button is-primary" disabled=${form.busy}>${form.busy ? 'Making it…' : 'Make the inbox'}</button></div>
  </form>`;
}

/** @param {{onDone: () => void, onBack: () => void}} props */
function TeamStep({ onDone, onBack }) {
  const [made, setMade] = useState(/** @type {{name: string, link: string}[]} */ ([]));
  const form = useForm({ first_name: '', email: '' }, async (values) => {
    const { agent, link } = await api.post('/agents', { ...values, role: 'agent' });
    setMade([...made, { name: agent.first_name, link }]);
    form.set({ first_name: '', email: '' });
  });
  const { values, set, error } = form;
  return html`<h2>Invite your colleagues</h2><p>Each gets a link to hand on yourself; it works for a day. Alone? Then you are done.</p>
    ${made.map((one) => html`<div key=${one.link}><p>The link for <b dir="auto">${one.name}</b>:</p><${Code} text=${one.link} what="link for ${one.name}" /></div>`)}
    <form onSubmit=${form.submit}><div class="field-pair">
      <${Field} label="First name" value=${values.first_name} onInput=${(/** @type {string} */ name) => set({ first_name: name })} error=${error('first_name')} />
      <${Field} label="E-mail" type="email" value=${values.email} onInput=${(/** @type {string} */ email) => set({ email })} error=${error('email')} /></div>
    ${form.rest(['first_name', 'email']) && html`<p class="form-error" role="alert">${form.rest(['first_name', 'email'])}</p>`}
    <button class="button" disabled=${form.busy || !values.email.trim()}>Make a link</button></form>
    <${Buttons} label="Done" onNext=${onDone} onBack=${onBack} />`;
}
