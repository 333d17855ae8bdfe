// Trying a mailbox out: a button, and what it found, step by step, in words.

import { html, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { announce } from '../state/toasts.js';
import { api, wordsFor } from '../state/wire.js';

/** @typedef {{id: string, ok: boolean|null, title: string, why: string, fix: string}} Finding */

/** What stands first for whoever does not read on. @param {Finding[]} found */
export function verdict(found) {
  const wrong = found.filter((one) => one.ok === false);
  if (wrong.length) return wrong.length === 1 ? wrong[0].title : `${wrong.length} things to mend`;
  return found.some((one) => one.ok === null) ? 'It works, with a remark' : 'Everything works';
}

/** @param {{label: string, busyLabel: string, body: () => any}} props */
export function Trial({ label, busyLabel, body }) {
  const [busy, setBusy] = useState(false);
  const [found, setFound] = useState(/** @type {Finding[]|null} */ (null));
  const [failed, setFailed] = useState('');
  const run = async () => {
    if (busy) return;
    setBusy(true);
    setFailed('');
    try {
      const answer = await api.post('/mailboxes/test', body());
      setFound(answer.findings);
      announce(verdict(answer.findings));
    } catch (error) {
      setFound(null);
      setFailed(wordsFor(error));
    } finally {
      setBusy(false);
    }
  };
  return html`<div class="trial">
    <button type="button" class="button" aria-disabled=${busy ? 'true' : null} onClick=${run}><${Icon} name="check" size=${16} /> ${busy ? busyLabel : label}</button>
    ${failed ? html`<p class="form-error" role="alert">${failed}</p>` : null}
    ${found ? html`<${Findings} found=${found} />` : null}
  </div>`;
}

/** @type {Record<string, [string, string, string]>} tone, icon, word for those who do not see it */
const TONE = { true: ['is-good', 'check', 'Good'], false: ['is-bad', 'close', 'Wrong'], null: ['is-note', 'info', 'Remark'] };

/** What stands in quotation marks after a record's name is to be copied: it stays left to right. @param {{found: Finding[]}} props */
function Findings({ found }) {
  return html`<div class="findings" role="group" aria-label="What I found"><p class="findings-head"><b>${verdict(found)}</b></p>
    <ul role="list">${found.map((one) => { const [tone, icon, word] = TONE[String(one.ok)]; return html`<li key=${one.id} class="finding ${tone}"><${Icon} name=${icon} size=${18} />
      <div><p class="finding-title" dir="auto"><span class="quiet">${word}: </span>${one.title}</p>${one.why && html`<p dir="auto">${one.why}</p>`}${one.fix && html`<p class="finding-fix" dir="auto">${one.fix}</p>`}</div></li>`; })}</ul></div>`;
}
