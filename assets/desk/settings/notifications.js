// How the desk calls its agent. The bell and desktop notices belong to this browser; what is kept, what wakes phones and when it is quiet
// belong to the agent and follow him everywhere.

import { html, useEffect, useState } from '../../vendor/preact.js';
import { ring } from '../../shared/sound.js';
import { Field, Select, Switch } from '../parts/field.js';
import { Spinner, time, usePrefs } from '../parts/small.js';
import { setPref } from '../state/prefs.js';
import { canPush, startPush, stopPush } from '../state/push.js';
import { toast } from '../state/toasts.js';
import { api, fieldOf, wordsFor } from '../state/wire.js';
import { PageFrame, Part } from './settings.js';

/** @type {[string, string, string][]} */
const KINDS = [
  ['mention', 'Somebody mentions you', 'In a note, by your name.'],
  ['assignment', 'A conversation is given to you', 'By somebody, or by itself.'],
  ['message', 'A message in a conversation of yours', 'Once, until you have read it.'],
  ['new', 'Somebody new writes and nobody has taken it', 'It goes away when somebody takes it.'],
  ['sla_warning', 'A promised time is running out', 'For conversations of yours and of your teams.'],
  ['sla_breach', 'A promised time has passed', 'For conversations of yours and of your teams.'],
  ['rule', 'A rule tells you', 'When an admin made one that does.'],
];

/** @typedef {{notices: string[], push: string[], quiet: {from: string, to: string, time_zone: string}, mail_after_min: number}} Calling */

export function Notifications() {
  return html`<${PageFrame} title="Sound and notices" lead="The title and the tab icon always show what is unread.">
    <${Bell} />
    <${Desktop} />
    <${Calls} />
  <//>`;
}

function Bell() {
  const prefs = usePrefs();
  return html`<${Part} title="Bell" lead="Soft, once per message, and never for your own. Remembered in this browser.">
    <${Switch} label="Ring the bell" hint="For new messages in conversations that are yours or nobody’s." on=${prefs.sound} onChange=${(/** @type {boolean} */ sound) => setPref({ sound })} />
    <${Switch} label="A second bell for new visitors" hint="A little higher, when somebody writes for the first time." on=${prefs.visitor_bell} disabled=${!prefs.sound} onChange=${(/** @type {boolean} */ on) => setPref({ visitor_bell: on })} />
    <div class="field"><label for="volume">Volume</label><div class="field-row is-middle"><input id="volume" class="range" type="range" min="0.1" max="1" step="0.1" value=${prefs.volume} disabled=${!prefs.sound} onInput=${(/** @type {any} */ event) => setPref({ volume: Number(event.currentTarget.value) })} />
      <button type="button" class="button is-small" onClick=${() => ring({ volume: prefs.volume })}>Message</button><button type="button" class="button is-small" onClick=${() => ring({ volume: prefs.volume, kind: 'visitor' })}>Visitor</button></div></div>
  <//>`;
}

function Desktop() {
  const prefs = usePrefs();
  const [permission, setPermission] = useState('Notification' in window ? Notification.permission : 'none');
  const ask = async (/** @type {boolean} */ on) => {
    if (!on) { setPref({ notify: false }); return; }
    const answer = permission === 'granted' ? permission : await Notification.requestPermission();
    setPermission(answer);
    setPref({ notify: answer === 'granted' });
  };
  const words = permission === 'none' ? 'This browser has no desktop notices.'
    : permission === 'denied' ? 'This browser blocks them for this address. Allow notices in the address bar, then come back.'
    : 'Shown only while you look elsewhere, for conversations that are yours or nobody’s.';
  return html`<${Part} title="Desktop notices" lead="While the desk is open somewhere in this browser.">
    <${Switch} label="Show desktop notices" hint=${words} on=${prefs.notify && permission === 'granted'} disabled=${permission === 'none' || permission === 'denied'} onChange=${ask} />
  <//>`;
}

function Calls() {
  const [calling, setCalling] = useState(/** @type {Calling|null} */ (null));
  const [push, setPush] = useState(/** @type {{uuid: string, user_agent: string, created_at: number, used_at: number|null, current: boolean}[]} */ ([]));
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const [waking, setWaking] = useState('');
  const [busy, setBusy] = useState(false);
  const load = async () => {
    const [mine, browsers] = await Promise.all([api.get('/me/prefs'), api.get('/push')]);
    setCalling(mine.prefs);
    setPush(browsers.subscriptions);
  };
  useEffect(() => { load().catch(setError); }, []);
  if (!calling) return error ? html`<p class="form-error" role="alert">${wordsFor(error)}</p>` : html`<div class="centred"><${Spinner} /></div>`;
  const save = async (/** @type {Partial<Calling>} */ patch) => {
    const before = calling;
    const next = { ...calling, ...patch };
    setCalling(next);
    // One time alone is no span: it is kept as soon as there are two.
    if (!!next.quiet.from !== !!next.quiet.to) return;
    // The browser's own clock is the agent's.
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    try { await api.put('/me/prefs', { ...next, quiet: { ...next.quiet, time_zone: next.quiet.time_zone || zone } }); setError(null); } catch (refused) { setError(refused); if (!fieldOf(refused)) setCalling(before); }
  };
  const turn = (/** @type {'notices'|'push'} */ list, /** @type {string} */ kind, /** @type {boolean} */ on) => save({ [list]: on ? [...calling[list], kind] : calling[list].filter((one) => one !== kind) });
  const here = push.find((one) => one.current);
  const wake = async (/** @type {boolean} */ on) => {
    setBusy(true);
    try { if (on) setWaking(await startPush()); else { await stopPush(here?.uuid); setWaking(''); } await load(); } catch (refused) { setWaking(wordsFor(refused)); }
    setBusy(false);
  };
  return html`
    <${Part} title="What you are told" lead="Kept behind the bell until you have read it. These follow you to every browser.">
      ${KINDS.map(([kind, label, hint]) => html`<${Switch} key=${kind} label=${label} hint=${hint} on=${calling.notices.includes(kind)} onChange=${(/** @type {boolean} */ on) => turn('notices', kind, on)} />`)}
    <//>
    <${Part} title="Wake this browser" lead="A notice also when the desk is closed, on a phone too. It travels through the browser’s own push service, sealed so that only this browser can read it. Nobody else’s account is needed.">
      <${Switch} label="Wake this browser when something waits for me" hint=${canPush() ? 'If you sit at the desk you get 20 seconds to see it there first.' : 'This browser cannot be woken. On an iPhone or iPad, add the desk to the home screen first, and open it from there.'} on=${!!here} disabled=${busy || !canPush()} onChange=${wake} />
      ${waking && html`<p class="form-error" role="alert">${waking}</p>`}
      ${here && html`<p><button type="button" class="button is-small" onClick=${() => api.post('/push/test').then(() => toast('A notice is on its way to your browsers'), (/** @type {unknown} */ refused) => toast(wordsFor(refused), { tone: 'bad' }))}>Send a test</button></p>`}
      ${push.length > 0 && html`<fieldset class="field"><legend>Wake me for</legend>${KINDS.map(([kind, label]) => html`<${Switch} key=${kind} label=${label} on=${calling.push.includes(kind) && calling.notices.includes(kind)} disabled=${!calling.notices.includes(kind)} onChange=${(/** @type {boolean} */ on) => turn('push', kind, on)} />`)}</fieldset>`}
      ${push.some((one) => !one.current) && html`<ul class="plain-list" role="list" aria-label="Other browsers that are woken">${push.filter((one) => !one.current).map((one) => html`<li key=${one.uuid} class="field-row is-middle"><span class="grows" dir="ltr">${one.user_agent.slice(0, 90) || 'A browser'}<br /><small class="muted">since ${time.full(one.created_at)}</small></span>
        <button type="button" class="button is-small" onClick=${() => api.del(`/push/${one.uuid}`).then(load, (/** @type {unknown} */ refused) => toast(wordsFor(refused), { tone: 'bad' }))}>Let it sleep</button></li>`)}</ul>`}
    <//>
    <${Part} title="Quiet hours" lead="No push, no bell and no desktop notice between these times. Leave both empty for none, or for those of the house.">
      <div class="field-pair"><${Field} label="From" type="time" value=${calling.quiet.from} error=${fieldOf(error) === 'prefs.quiet.from' ? wordsFor(error) : ''} onInput=${(/** @type {string} */ from) => { setPref({ quiet_from: from }); save({ quiet: { ...calling.quiet, from } }); }} />
        <${Field} label="To" type="time" value=${calling.quiet.to} error=${fieldOf(error) === 'prefs.quiet.to' ? wordsFor(error) : ''} onInput=${(/** @type {string} */ to) => { setPref({ quiet_to: to }); save({ quiet: { ...calling.quiet, to } }); }} /></div>
    <//>
    <${Part} title="By e-mail" lead="What is still unread after a while, in one mail. Sent as soon as this server can send mail.">
      <${Select} label="Mail me what is unread" value=${String(calling.mail_after_min)} onInput=${(/** @type {string} */ value) => save({ mail_after_min: Number(value) })} options=${[['0', 'Never'], ['10', 'After 10 minutes'], ['30', 'After half an hour'], ['60', 'After an hour'], ['240', 'After four hours'], ['1440', 'After a day']]} />
    <//>
    ${error && !fieldOf(error) ? html`<p class="form-error" role="alert">${wordsFor(error)}</p>` : null}`;
}
