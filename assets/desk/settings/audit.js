// The log of who did what, newest first, and a check that nothing was taken out of it.

import { html, useEffect, useRef, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Field, Select } from '../parts/field.js';
import { Empty, Spinner, time } from '../parts/small.js';
import { may, nameOf } from '../state/people.js';
import { useDesk } from '../state/store.js';
import { announce } from '../state/toasts.js';
import { api, wordsFor } from '../state/wire.js';
import { details, KINDS, sentence } from './audit_words.js';
import { PageFrame } from './settings.js';

/** @typedef {import('../state/types.js').AuditEntry} AuditEntry */
/** @typedef {{agent: string, action: string, from: string, to: string}} Filter */

/** The beginning of a day as the person sees it, `days` later. @param {string} day @param {number} days */
function startOf(day, days) {
  const [year, month, date] = day.split('-').map(Number);
  return new Date(year, month - 1, date + days).getTime();
}

/** @param {Filter} filter @param {number|null} before */
function query({ agent, action, from, to }, before) {
  const all = { agent, action, from: from && String(startOf(from, 0)), to: to && String(startOf(to, 1)), before: before ? String(before) : '' };
  return new URLSearchParams(Object.entries(all).filter(([, value]) => value)).toString();
}

export function AuditLog() {
  const agents = useDesk((state) => state.agents);
  const [filter, setFilter] = useState(/** @type {Filter} */ ({ agent: '', action: '', from: '', to: '' }));
  const [entries, setEntries] = useState(/** @type {AuditEntry[]|null} */ (null));
  const [next, setNext] = useState(/** @type {number|null} */ (null));
  const [failed, setFailed] = useState('');
  const asked = useRef(0);
  const load = async (/** @type {Filter} */ wanted, /** @type {number|null} */ before) => {
    const mine = ++asked.current;
    try {
      const answer = await api.get(`/audit?${query(wanted, before)}`);
      // An older answer must not overtake what was asked since.
      if (mine !== asked.current) return;
      setEntries((held) => (before ? [...(held || []), ...answer.entries] : answer.entries));
      setNext(answer.next);
      setFailed('');
      if (!before && Object.values(wanted).some(Boolean)) announce(answer.entries.length ? `${answer.entries.length}${answer.next ? ' or more' : ''} entries` : 'No entries');
    } catch (error) { if (mine === asked.current) setFailed(wordsFor(error)); }
  };
  useEffect(() => { if (may('audit')) load(filter, null); }, [filter]);
  if (!may('audit')) return html`<${PageFrame} title="Audit log"><${Empty} icon="lock" title="Your role does not show this">Owners and admins read it, and whoever has a role with “Audit log”.<//><//>`;
  const put = (/** @type {Partial<Filter>} */ patch) => setFilter((held) => ({ ...held, ...patch }));
  const people = Object.values(agents).map((agent) => /** @type {[string, string]} */ ([agent.uuid, nameOf(agent)])).sort((a, b) => a[1].localeCompare(b[1]));
  const narrowed = Object.values(filter).some(Boolean);
  return html`<${PageFrame} title="Audit log" lead="Who did what at this desk. It can be read, and never changed.">
    <${Check} />
    <div class="log-bar">
      <${Select} label="Who" value=${filter.agent} onInput=${(/** @type {string} */ agent) => put({ agent })} options=${[['', 'Everybody'], ...people, ['nobody', 'The house itself']]} />
      <${Select} label="What" value=${filter.action} onInput=${(/** @type {string} */ action) => put({ action })} options=${[['', 'Everything'], ...Object.entries(KINDS).map(([kind, [, label]]) => /** @type {[string, string]} */ ([kind, label]))]} />
      <${Field} label="From" type="date" value=${filter.from} onInput=${(/** @type {string} */ from) => put({ from })} />
      <${Field} label="To" type="date" value=${filter.to} onInput=${(/** @type {string} */ to) => put({ to })} />
    </div>
    ${failed ? html`<p class="form-error" role="alert">${failed} <button type="button" class="link-button" onClick=${() => load(filter, null)}>Try again</button></p>` : null}
    ${!entries ? (failed ? null : html`<div class="centred"><${Spinner} /></div>`)
      : !entries.length ? html`<${Empty} icon="book" title=${narrowed ? 'Nothing fits' : 'Nothing yet'} action=${narrowed && html`<button type="button" class="button" onClick=${() => setFilter({ agent: '', action: '', from: '', to: '' })}>Show everything</button>`}>${narrowed ? 'Take a filter away.' : 'What somebody changes here is written down from now on.'}<//>`
      : html`<${Days} entries=${entries} />${next ? html`<p class="log"><button type="button" class="button is-wide" onClick=${() => load(filter, next)}>Show older ones</button></p>` : null}`}
  <//>`;
}

/** @param {{entries: AuditEntry[]}} props */
function Days({ entries }) {
  /** @type {[string, AuditEntry[]][]} */ const days = [];
  for (const entry of entries) {
    const day = time.day(entry.at);
    if (days.at(-1)?.[0] === day) days.at(-1)?.[1].push(entry); else days.push([day, [entry]]);
  }
  return html`<div class="log">${days.map(([day, list]) => html`<section key="${day}-${list[0].id}"><h2 class="log-day">${day}</h2><ol role="list" reversed>${list.map((entry) => html`<${Row} key=${entry.id} entry=${entry} />`)}</ol></section>`)}</div>`;
}

/** @param {{entry: AuditEntry}} props */
function Row({ entry }) {
  const [before, name, after] = sentence(entry);
  const more = details(entry);
  return html`<li class="log-row" id="entry-${entry.id}"><time datetime=${new Date(entry.at).toISOString()} title=${time.full(entry.at)}>${time.clock(entry.at)}</time>
    <p><b><bdi>${entry.agent ? nameOf(entry.agent) : 'The house'}</bdi></b> ${before}${name ? html` <b><bdi>${name}</bdi></b>` : null}${after}${more ? html`<small dir="auto">${more}</small>` : null}</p></li>`;
}

/** Whether the chain is whole, said plainly. */
function Check() {
  const [state, setState] = useState(/** @type {null | 'busy' | {whole: boolean, entries: number, head: string, broken: null | {entry: number, at: number|null, missing_end: boolean}} | {failed: string}} */ (null));
  const check = async () => {
    setState('busy');
    try { setState(await api.get('/audit/check', { timeoutMs: 60000 })); } catch (error) { setState({ failed: wordsFor(error) }); }
  };
  const button = html`<button type="button" class="button is-small" disabled=${state === 'busy'} onClick=${check}>${state === 'busy' ? 'Checking…' : state ? 'Check again' : 'Check it'}</button>`;
  if (!state || state === 'busy') return html`<div class="log-verdict"><${Icon} name="shield" size=${20} /><p>Every entry carries a fingerprint of the one before, so that none can be changed or taken out unnoticed.</p>${button}</div>`;
  if ('failed' in state) return html`<div class="log-verdict" role="alert"><${Icon} name="warning" size=${20} /><p>The log was not checked. ${state.failed}</p>${button}</div>`;
  if (state.whole) return html`<div class="log-verdict" role="status"><${Icon} name="check" size=${20} /><p><b>The log is whole.</b> All ${state.entries.toLocaleString()} entries are as they were written.<small>Fingerprint of the newest: <bdi>${state.head.slice(0, 16)}</bdi>. Note it down, and you can prove later that nothing before it was touched.</small></p>${button}</div>`;
  const broken = /** @type {NonNullable<typeof state.broken>} */ (state.broken);
  return html`<div class="log-verdict is-broken" role="alert"><${Icon} name="warning" size=${20} /><p><b>The log is not whole.</b> ${broken.missing_end ? `Entries after number ${broken.entry.toLocaleString()} were taken out.` : `Entry ${broken.entry.toLocaleString()}${broken.at ? `, of ${time.full(broken.at)},` : ''} is not what was written, or one before it was taken out.`}
    <small>${state.entries.toLocaleString()} entries before it are as they were written. This does not happen by itself: somebody changed the data file past deskbell, or it is damaged. Compare it with a backup.</small></p>${button}</div>`;
}
