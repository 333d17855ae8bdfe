// Conditions put together like a sentence: of what, how, with what. For views and rules alike; two levels, all or any.

import { html, useEffect } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { PRIORITY_WORDS } from './kinds.js';
import { nameOf } from '../state/people.js';
import { change, now, useDesk } from '../state/store.js';
import { useTools } from '../state/tools.js';
import { api } from '../state/wire.js';

/** @typedef {{field: string, op: string, value: any}} Condition */
/** @typedef {{match: 'all'|'any', items: any[]}} Group */

const CONDITIONS_MAX = 20;

/** @type {Record<string, string>} */
const OPS = {
  is: 'is', is_not: 'is not', in: 'is one of', contains: 'contains', contains_not: 'does not contain', starts_with: 'starts with',
  more_than: 'is more than', less_than: 'is less than', is_set: 'is set', is_not_set: 'is not set', before: 'is before', after: 'is on or after',
};

/** What a field is made of: its words, its kind, and where it makes sense. @type {[string, string, string, string?][]} */
const FIELDS = [
  ['message', 'Message', 'text'], ['from', 'Who wrote', 'choice', 'rule'], ['changed', 'What changed', 'choice', 'update'],
  ['status', 'Status', 'choice'], ['custom_status', 'Own status', 'status'], ['priority', 'Priority', 'choice'], ['tag', 'Tag', 'tag'],
  ['assignee', 'Assignee', 'agent'], ['team', 'Team', 'team'], ['inbox', 'Inbox', 'inbox'], ['kind', 'Kind', 'choice'],
  ['contact_name', 'Name', 'text'], ['contact_email', 'E-mail', 'text'], ['verified', 'Verified', 'flag'], ['page', 'Page they are on', 'text'],
  ['language', 'Language', 'text'], ['rating', 'Rating', 'number'], ['waiting_s', 'Waiting for an answer', 'span'], ['idle_s', 'Silent', 'span'],
  ['created_at', 'Began', 'day'], ['outside_hours', 'Outside business hours', 'flag'], ['field.', 'Field', 'open'], ['variable.', 'Variable of the page', 'open'],
];

/** @type {Record<string, string[]>} */
const OPS_OF = {
  text: ['contains', 'contains_not', 'is', 'is_not', 'starts_with', 'is_set', 'is_not_set'], choice: ['is', 'is_not', 'in', 'is_set', 'is_not_set'],
  flag: ['is'], number: ['is', 'more_than', 'less_than', 'is_set', 'is_not_set'], span: ['more_than', 'less_than'], day: ['before', 'after', 'more_than', 'less_than'],
  open: ['is', 'is_not', 'contains', 'contains_not', 'more_than', 'less_than', 'is_set', 'is_not_set'],
};
const REFERENCES = ['tag', 'agent', 'team', 'inbox', 'status'];

/** @type {Record<string, [string, string][]>} */
const CHOICES = {
  status: [['open', 'Open'], ['waiting', 'Waiting'], ['snoozed', 'Snoozed'], ['resolved', 'Resolved'], ['spam', 'Spam']],
  priority: /** @type {any} */ (Object.entries(PRIORITY_WORDS)),
  kind: [['chat', 'Chat'], ['bug', 'Bug report'], ['feature', 'Feature request'], ['review', 'Review'], ['question', 'Question']],
  from: [['contact', 'The contact'], ['agent', 'An agent']],
  changed: [['status', 'Status'], ['assignee', 'Assignee'], ['team', 'Team'], ['priority', 'Priority'], ['tags', 'Tags'], ['rating', 'Rating'], ['kind', 'Kind']],
};

/** @type {[number, string][]} */
const UNITS = [[60, 'minutes'], [3600, 'hours'], [86400, 'days']];

/** @param {string} word @returns {[string, string, string]} */
const fieldOf = (word) => /** @type {any} */ (FIELDS.find(([key]) => key === word) || FIELDS.find(([key]) => key.endsWith('.') && word.startsWith(key)) || [word, word, 'text']);
const opsOf = (/** @type {string} */ kind) => OPS_OF[REFERENCES.includes(kind) ? 'choice' : kind] || OPS_OF.text;

/** @param {string} word @param {string} [op] @returns {Condition} */
function fresh(word, op) {
  const [, , kind] = fieldOf(word);
  const chosen = op && opsOf(kind).includes(op) ? op : opsOf(kind)[0];
  const value = kind === 'flag' ? true : kind === 'span' ? 3600 : kind === 'day' ? (chosen === 'before' || chosen === 'after' ? today() : 86400) : kind === 'number' ? 3 : kind === 'choice' ? CHOICES[word][0][0] : '';
  return { field: word, op: chosen, value: chosen === 'is_set' || chosen === 'is_not_set' ? null : chosen === 'in' ? [value].filter(Boolean) : value };
}

const today = () => new Date(new Date().toDateString()).getTime();

function useLists() {
  const teams = useDesk((state) => state.teams);
  useEffect(() => { if (!now().teams) api.get('/teams').then((answer) => change({ teams: answer.teams })).catch(() => { /* the choice stays empty */ }); }, []);
  const agents = useDesk((state) => Object.values(state.agents).filter((agent) => !agent.suspended));
  const chats = useDesk((state) => state.inboxes);
  const mailboxes = useDesk((state) => state.mailbox_names);
  const inboxes = chats && [...chats, ...mailboxes];
  const { list: tags } = useTools('tags');
  const { list: statuses } = useTools('statuses');
  return (/** @type {string} */ kind, /** @type {boolean} */ personal) => /** @type {[string, string][]} */ ({
    tag: () => (tags || []).map((one) => [one.uuid, one.name]), status: () => (statuses || []).map((one) => [one.uuid, one.name]),
    team: () => [...(personal ? [['mine', 'My teams']] : []), ...(teams || []).map((one) => [one.uuid, one.name])],
    agent: () => [...(personal ? [['me', 'Me']] : []), ...agents.map((one) => [one.uuid, nameOf(one)])], inbox: () => (inboxes || []).map((one) => [one.uuid, one.name]),
  }[/** @type {'tag'} */ (kind)]?.() || []);
}

/**
 * @param {{group: Group, onChange: (group: Group) => void, personal?: boolean, where?: 'view'|'conversation'|'message'|'update'|'time', error?: (place: string) => string, place: string,
 *   told?: {holds: boolean, items: any[]}|null, label?: string}} props `personal`: somebody looks, so "me" means something; `told`: what trying it out found
 */
export function ConditionsEditor({ group, onChange, personal = false, where = 'view', error = () => '', place, told = null, label = 'Conditions' }) {
  const lists = useLists();
  const count = group.items.reduce((sum, item) => sum + (item.items ? item.items.length : 1), 0);
  const fields = FIELDS.filter(([, , , only]) => !only || (only === 'rule' ? where === 'message' : where === only));
  const shared = { lists, fields, personal, error, full: count >= CONDITIONS_MAX };
  return html`<div class="conditions" role="group" aria-label=${label}>
    <${Level} ...${shared} group=${group} place=${place} told=${told} onChange=${onChange} first=${true} />
    ${error(place) ? html`<p class="field-error" role="alert">${error(place)}</p>` : null}
  </div>`;
}

/** @param {any} props */
function Level({ group, place, told, onChange, first, lists, fields, personal, error, full }) {
  const put = (/** @type {number} */ at, /** @type {any} */ item) => onChange({ ...group, items: group.items.map((/** @type {any} */ one, /** @type {number} */ index) => (index === at ? item : one)) });
  const drop = (/** @type {number} */ at) => onChange({ ...group, items: group.items.filter((/** @type {any} */ _, /** @type {number} */ index) => index !== at) });
  const add = (/** @type {any} */ item) => onChange({ ...group, items: [...group.items, item] });
  return html`<div class=${first ? 'condition-level' : 'condition-level is-inner'}>
    ${group.items.length > 1 || !first ? html`<p class="condition-join"><select class="input is-small" aria-label="How they are joined" value=${group.match} onChange=${(/** @type {any} */ event) => onChange({ ...group, match: event.currentTarget.value })}>
      <option value="all" selected=${group.match === 'all'}>All</option><option value="any" selected=${group.match === 'any'}>Any</option></select> <span>${group.match === 'all' ? 'of these hold' : 'of these holds'}</span></p>` : null}
    ${!group.items.length ? html`<p class="condition-none">Nothing is asked: it holds for every conversation.</p>` : null}
    <ul class="condition-rows" role="list">${group.items.map((/** @type {any} */ item, /** @type {number} */ at) => html`<li key=${at} class="condition-item ${told?.items?.[at] ? (told.items[at].holds ? 'is-true' : 'is-false') : ''}">
      ${item.items ? html`<${Level} group=${item} place="${place}.items.${at}" told=${told?.items?.[at]} onChange=${(/** @type {Group} */ next) => put(at, next)} first=${false} lists=${lists} fields=${fields} personal=${personal} error=${error} full=${full} />`
        : html`<${Row} condition=${item} number=${at + 1} lists=${lists} fields=${fields} personal=${personal} onChange=${(/** @type {Condition} */ next) => put(at, next)} />`}
      <button type="button" class="icon-button" aria-label=${item.items ? `Remove group ${at + 1}` : `Remove condition ${at + 1}`} title="Remove" onClick=${() => drop(at)}><${Icon} name="close" size=${18} /></button>
      ${told?.items?.[at] && !item.items ? html`<p class="condition-told"><${Icon} name=${told.items[at].holds ? 'check' : 'close'} size=${14} /> ${told.items[at].holds ? 'Holds' : 'Does not hold'}${told.items[at].found ? html`: <bdi>${shown(told.items[at].found)}</bdi>` : ': nothing there'}</p>` : null}
      ${['field', 'op', 'value', ''].map((part) => error(`${place}.items.${at}${part && `.${part}`}`)).filter(Boolean).map((words) => html`<p class="field-error" role="alert">${words}</p>`)}
    </li>`)}</ul>
    ${full ? null : html`<p class="condition-adds"><button type="button" class="button is-small" onClick=${() => add(fresh(first ? fields[0][0] : 'status'))}><${Icon} name="plus" size=${16} /> Add a condition</button>
      ${first && group.items.length ? html` <button type="button" class="button is-small" onClick=${() => add({ match: group.match === 'all' ? 'any' : 'all', items: [fresh('message'), fresh('tag')] })}><${Icon} name="plus" size=${16} /> Add a group</button>` : null}</p>`}
  </div>`;
}

/** A found public id is told by the name of what it stands for. @param {string} found */
function shown(found) {
  const { agents, teams, inboxes, mailbox_names: mailboxes } = now();
  return found.split(', ').map((id) => nameOf(agents[id]) || teams?.find((one) => one.uuid === id)?.name || inboxes?.find((one) => one.uuid === id)?.name || mailboxes.find((one) => one.uuid === id)?.name || (/^[0-9a-f-]{36}$/.test(id) ? '…' : id)).join(', ');
}

/** @param {{condition: Condition, number: number, lists: any, fields: any[], personal: boolean, onChange: (next: Condition) => void}} props */
function Row({ condition, number, lists, fields, personal, onChange }) {
  const [key, , kind] = fieldOf(condition.field);
  const called = `condition ${number}`;
  const set = (/** @type {any} */ value) => onChange({ ...condition, value });
  return html`<div class="condition">
    <select class="input" aria-label="What, ${called}" value=${key} onChange=${(/** @type {any} */ event) => onChange(fresh(event.currentTarget.value, condition.op))}>${(fields.some(([one]) => one === key) ? fields : [...fields, fieldOf(key)]).map(([one, label]) => html`<option value=${one} selected=${one === key}>${label}</option>`)}</select>
    ${kind === 'open' ? html`<input class="input" dir="auto" aria-label="Which one, ${called}" placeholder="plan" value=${condition.field.slice(key.length)} onInput=${(/** @type {any} */ event) => onChange({ ...condition, field: key + event.currentTarget.value })} />` : null}
    ${kind === 'flag' ? null : html`<select class="input" aria-label="How, ${called}" value=${condition.op} onChange=${(/** @type {any} */ event) => { const next = event.currentTarget.value; const keeps = sameShape(kind, condition.op, next); onChange(keeps ? { ...condition, op: next, value: next === 'in' ? [condition.value].flat().filter(Boolean) : Array.isArray(condition.value) && kind !== 'text' ? condition.value[0] ?? '' : condition.value } : fresh(condition.field, next)); }}>${opsOf(kind).map((op) => html`<option value=${op} selected=${op === condition.op}>${kind === 'day' && op === 'more_than' ? 'is longer ago than' : kind === 'day' && op === 'less_than' ? 'is not longer ago than' : kind === 'span' ? (op === 'more_than' ? 'for more than' : 'for less than') : OPS[op]}</option>`)}</select>`}
    <${Operand} condition=${condition} kind=${kind} called=${called} lists=${lists} personal=${personal} set=${set} />
  </div>`;
}

/** Whether a value that was chosen for one way of asking fits another. @param {string} kind @param {string} from @param {string} to */
function sameShape(kind, from, to) {
  const bare = (/** @type {string} */ op) => op === 'is_set' || op === 'is_not_set';
  const moment = (/** @type {string} */ op) => op === 'before' || op === 'after';
  return bare(from) === bare(to) && (kind !== 'day' || moment(from) === moment(to)) && (kind !== 'open' || ['more_than', 'less_than'].includes(from) === ['more_than', 'less_than'].includes(to));
}

/** @param {{condition: Condition, kind: string, called: string, lists: any, personal: boolean, set: (value: any) => void}} props */
function Operand({ condition, kind, called, lists, personal, set }) {
  const { op, value, field } = condition;
  const label = `With what, ${called}`;
  if (op === 'is_set' || op === 'is_not_set') return null;
  if (kind === 'flag') return html`<select class="input" aria-label=${label} value=${String(value)} onChange=${(/** @type {any} */ event) => set(event.currentTarget.value === 'true')}><option value="true" selected=${value === true}>yes</option><option value="false" selected=${value !== true}>no</option></select>`;
  if (kind === 'span' || (kind === 'day' && (op === 'more_than' || op === 'less_than'))) return html`<${Span} label=${label} seconds=${Number(value) || 0} onChange=${set} />`;
  if (kind === 'day') return html`<input class="input" type="date" aria-label=${label} value=${dayOf(Number(value))} onInput=${(/** @type {any} */ event) => { const [year, month, day] = event.currentTarget.value.split('-').map(Number); if (day) set(new Date(year, month - 1, day).getTime()); }} />`;
  if (kind === 'number' || op === 'more_than' || op === 'less_than') return html`<input class="input is-number" type="number" aria-label=${label} value=${value} onInput=${(/** @type {any} */ event) => set(event.currentTarget.value === '' ? '' : Number(event.currentTarget.value))} />`;
  /** @type {[string, string][]|null} */ const options = kind === 'choice' ? CHOICES[field] : REFERENCES.includes(kind) ? lists(kind, personal) : null;
  if (!options) return html`<input class="input" dir="auto" aria-label=${label} placeholder=${op.startsWith('contains') ? 'refund, money back' : ''} value=${[value].flat().join(', ')} onInput=${(/** @type {any} */ event) => { const typed = event.currentTarget.value; set(typed.includes(',') && kind === 'text' ? typed.split(/,\s?/) : typed); }} />`;
  const chosen = [value].flat();
  if (op === 'in') return html`<span class="condition-many" role="group" aria-label=${label}>${options.map(([one, name]) => html`<label key=${one} class="condition-one"><input type="checkbox" checked=${chosen.includes(one)} onChange=${() => set(chosen.includes(one) ? chosen.filter((held) => held !== one) : [...chosen, one])} /><bdi>${name}</bdi></label>`)}</span>`;
  const gone = chosen[0] && !options.some(([one]) => one === chosen[0]);
  return html`<select class="input" aria-label=${label} value=${chosen[0] ?? ''} onChange=${(/** @type {any} */ event) => set(event.currentTarget.value)}>${kind === 'choice' ? null : html`<option value="" selected=${!chosen[0]}>Choose…</option>`}${gone ? html`<option value=${chosen[0]} selected=${true}>${options.length ? 'Something deleted' : '…'}</option>` : null}${options.map(([one, name]) => html`<option value=${one} selected=${one === chosen[0]}>${name}</option>`)}</select>`;
}

/** @param {number} ms */
const dayOf = (ms) => { const at = new Date(ms || today()); return `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, '0')}-${String(at.getDate()).padStart(2, '0')}`; };

/** A span of time as people say it. @param {{label: string, seconds: number, onChange: (seconds: number) => void}} props */
export function Span({ label, seconds, onChange }) {
  const unit = [...UNITS].reverse().find(([one]) => seconds && seconds % one === 0) || UNITS[0];
  const put = (/** @type {number} */ count, /** @type {number} */ of) => onChange(Math.max(1, Math.round(count) || 1) * of);
  return html`<span class="span-field"><input class="input is-number" type="number" min="1" aria-label=${label} value=${seconds ? seconds / unit[0] : ''} onInput=${(/** @type {any} */ event) => put(Number(event.currentTarget.value), unit[0])} />
    <select class="input" aria-label="Unit of ${label.toLowerCase()}" value=${String(unit[0])} onChange=${(/** @type {any} */ event) => put(seconds / unit[0], Number(event.currentTarget.value))}>${UNITS.map(([one, name]) => html`<option value=${String(one)} selected=${one === unit[0]}>${name}</option>`)}</select></span>`;
}

/** "45 minutes", "2 hours". @param {number} seconds */
export function spanWords(seconds) {
  const [size, name] = [...UNITS].reverse().find(([one]) => seconds % one === 0) || UNITS[0];
  const count = Math.round(seconds / size);
  return `${count} ${count === 1 ? name.slice(0, -1) : name}`;
}
