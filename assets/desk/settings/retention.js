// How long things are kept, and what would go now: told before anything is saved.

import { html, useEffect, useState } from '../../vendor/preact.js';
import { Field } from '../parts/field.js';
import { api } from '../state/wire.js';
import { Part } from './settings.js';

/** @param {number} count @param {string} one @param {string} many */
const counted = (count, one, many) => `${count.toLocaleString()} ${count === 1 ? one : many}`;

/** Of a chat, or of a mailbox. @param {{edit: Pick<import('./edit.js').Edit, 'get'|'set'|'error'> & {inbox: {uuid: string}}, people?: string}} props */
export function Retention({ edit, people = 'visitors' }) {
  const { get, set, error, inbox } = edit;
  const days = Number(get('privacy.retention_days')) || 0;
  const visitors = Number(get('privacy.visitor_days')) || 0;
  const [would, setWould] = useState(/** @type {any} */ (null));
  useEffect(() => {
    let stale = false;
    setWould(null);
    if (!days && !visitors) return undefined;
    const timer = setTimeout(() => api.get(`/inboxes/${inbox.uuid}/retention?retention_days=${days}&visitor_days=${visitors}`).then((answer) => { if (!stale) setWould(answer); }).catch(() => { /* the sentence stays away */ }), 300);
    return () => { stale = true; clearTimeout(timer); };
  }, [days, visitors, inbox.uuid]);
  const whole = (/** @type {string} */ value) => Math.max(0, Math.min(3650, Math.round(Number(value)) || 0));
  const parts = would ? [would.conversations && counted(would.conversations, 'conversation', 'conversations'), would.visitors && counted(would.visitors, people === 'visitors' ? 'visitor' : 'person', people)].filter(Boolean) : [];
  return html`<${Part} title="Retention" lead="What is not there cannot leak. Deleted once a day, for good, from the search and from the file itself.">
    <${Field} label="Delete resolved conversations after" hint="Days since they were resolved. 0 keeps them for ever." type="number" min=${0} max=${3650} value=${days} onInput=${(/** @type {string} */ value) => set('privacy.retention_days', whole(value))} error=${error('privacy.retention_days')} />
    <${Field} label=${people === 'visitors' ? 'Erase anonymous visitors after' : 'Erase people nobody vouches for after'} hint="Days without a visit or a word. Everything of theirs goes, open conversations too. 0 keeps them." type="number" min=${0} max=${3650} value=${visitors} onInput=${(/** @type {string} */ value) => set('privacy.visitor_days', whole(value))} error=${error('privacy.visitor_days')} />
    <p class="field-hint" role="status">${!days && !visitors ? 'Nothing is deleted by itself.' : would ? (parts.length ? `Would delete ${parts.join(' and ')} now.` : 'Would delete nothing now.') : 'Counting…'}</p>
  <//>`;
}
