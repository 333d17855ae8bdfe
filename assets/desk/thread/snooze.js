// Until when to put a conversation away.

import { html, useState } from '../../vendor/preact.js';
import { Dialog } from '../parts/dialog.js';
import { Field } from '../parts/field.js';
import { snooze } from '../state/actions.js';

/** @param {number} days @param {number} hours @param {Date} from */
function at(days, hours, from) {
  const date = new Date(from);
  date.setDate(date.getDate() + days);
  date.setHours(hours, 0, 0, 0);
  return date.getTime();
}

/** Later today only while there is a later today. @param {Date} [from] @returns {{label: string, at: number}[]} */
export function snoozeChoices(from = new Date()) {
  const toMonday = ((8 - from.getDay()) % 7) || 7;
  return [
    ...(from.getHours() < 20 ? [{ label: 'Later today', at: Math.ceil((from.getTime() + 3 * 3600000) / 900000) * 900000 }] : []),
    { label: 'Tomorrow', at: at(1, 9, from) },
    { label: 'Next week', at: at(toMonday, 9, from) },
  ];
}

/** For <input type="datetime-local">, in local time. @param {number} ms */
const localOf = (ms) => new Date(ms - new Date(ms).getTimezoneOffset() * 60000).toISOString().slice(0, 16);

/** @param {{uuid: string, onClose: () => void}} props */
export function SnoozeDialog({ uuid, onClose }) {
  const [value, setValue] = useState(localOf(at(1, 9, new Date())));
  const [error, setError] = useState('');
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const until = new Date(value).getTime();
    if (!(until > Date.now())) { setError('Choose a time that is still to come.'); return; }
    onClose();
    snooze(uuid, until);
  };
  return html`<${Dialog} title="Snooze until" onClose=${onClose}>
    <form onSubmit=${submit}>
      <${Field} label="Day and time" type="datetime-local" value=${value} onInput=${(/** @type {string} */ next) => { setValue(next); setError(''); }} error=${error} hint="It comes back then, or as soon as the visitor writes." focus=${true} />
      <footer class="dialog-actions"><button type="button" class="button" onClick=${onClose}>Cancel</button><button class="button is-primary">Snooze</button></footer>
    </form>
  <//>`;
}
