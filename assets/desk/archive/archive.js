// The archive: everything ever said and done, found by words, number, person and filters. The question is the address, so that it can be
// shared, left and come back to.

import { html, useEffect, useRef, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Chip, DayChip } from '../parts/chips.js';
import { Empty, Spinner, time } from '../parts/small.js';
import { loadInboxes, nameOf } from '../state/people.js';
import { dayOf, ownZone, startOf } from '../state/periods.js';
import { go } from '../state/router.js';
import { change, useDesk } from '../state/store.js';
import { announce } from '../state/toasts.js';
import { api, wordsFor } from '../state/wire.js';
import { Found } from './found.js';

const PAUSE_MS = 250;
/** @type {[string, string][]} */
const STATUSES = [['open', 'Open'], ['waiting', 'Waiting'], ['snoozed', 'Snoozed'], ['resolved', 'Resolved'], ['spam', 'Spam']];
/** @type {[string, string][]} */
const KINDS = [['chat', 'Live chat'], ['bug', 'Bug reports'], ['feature', 'Feature requests'], ['review', 'Reviews'], ['question', 'Questions']];
/** @type {[string, string][]} */
const RATINGS = [['5', '★★★★★'], ['4', '★★★★'], ['3', '★★★'], ['2', '★★'], ['1', '★']];

/** What the server is asked: days become instants of this browser's zone; without anything, what is resolved. @param {URLSearchParams} params */
function question(params) {
  const asked = new URLSearchParams(params);
  const zone = ownZone();
  const [from, to] = [asked.get('from'), asked.get('to')];
  if (from) asked.set('from', String(startOf(from, zone)));
  if (to) asked.set('to', String(startOf(to, zone, 1)));
  asked.delete('name');
  if (![...asked.keys()].length) asked.set('status', 'resolved');
  asked.set('limit', '40');
  return asked;
}

/** @param {{route: {query: string}}} props */
export function Archive({ route }) {
  const params = new URLSearchParams(route.query);
  const [text, setText] = useState(params.get('q') || '');
  const timer = useRef(/** @type {any} */ (0));
  const box = useRef(/** @type {HTMLInputElement|null} */ (null));
  const put = (/** @type {Record<string, string>} */ patch, replace = false) => {
    const next = new URLSearchParams(route.query);
    for (const [key, value] of Object.entries(patch)) { if (value) next.set(key, value); else next.delete(key); }
    go({ name: 'archive', query: next.toString(), conversation: '' }, { replace });
  };
  useEffect(() => { const q = params.get('q') || ''; if (q !== text.trim()) setText(q); }, [route.query]);
  useEffect(() => { box.current?.focus(); return () => clearTimeout(timer.current); }, []);
  const later = (/** @type {string} */ value) => { setText(value); clearTimeout(timer.current); timer.current = setTimeout(() => put({ q: value.trim() }, true), PAUSE_MS); };
  return html`<div class="archive screen" tabindex="-1"><div class="page is-wide">
    <header class="page-head"><div><h1>Archive</h1><p>Everything that was ever said here, as far as you may see it.</p></div></header>
    <form class="search is-large" role="search" onSubmit=${(/** @type {Event} */ event) => { event.preventDefault(); clearTimeout(timer.current); put({ q: text.trim() }, true); }}>
      <${Icon} name="search" size=${20} />
      <input ref=${box} id="search" type="search" placeholder="Words, #number, name or address" aria-label="Search the archive" autocomplete="off" dir="auto" maxlength="200" enterkeyhint="search" value=${text}
        onInput=${(/** @type {any} */ event) => later(event.currentTarget.value)}
        onKeyDown=${(/** @type {KeyboardEvent} */ event) => { if (event.key === 'Escape' && text) { event.stopPropagation(); later(''); } if (event.key === 'ArrowDown') { event.preventDefault(); /** @type {HTMLElement|null} */ (document.querySelector('[data-found]'))?.focus(); } }} />
    </form>
    <${Chips} params=${params} put=${put} clear=${() => go({ name: 'archive', query: '', conversation: '' })} />
    <${Results} key=${question(params).toString()} asked=${question(params)} params=${params} put=${put} />
  </div></div>`;
}

/** @param {{params: URLSearchParams, put: (patch: Record<string, string>) => void, clear: () => void}} props */
function Chips({ params, put, clear }) {
  const agents = useDesk((state) => state.agents);
  const chats = useDesk((state) => state.inboxes);
  const mailboxes = useDesk((state) => state.mailbox_names);
  const inboxes = chats && [...chats, ...mailboxes];
  const teams = useDesk((state) => state.teams);
  const [tags, setTags] = useState(/** @type {any[]} */ ([]));
  useEffect(() => {
    if (!inboxes) loadInboxes().catch(() => { /* the filter stays empty */ });
    if (!teams) api.get('/teams').then((answer) => change({ teams: answer.teams })).catch(() => { /* the filter stays empty */ });
    api.get('/tags').then((answer) => setTags(answer.tags || [])).catch(() => { /* the filter stays empty */ });
  }, []);
  const today = dayOf(Date.now(), ownZone());
  const chip = (/** @type {string} */ key, /** @type {string} */ label, /** @type {[string, string][]} */ options) => html`<${Chip} key=${key} label=${label} any="Any" value=${params.get(key) || ''} options=${options} onChange=${(/** @type {string} */ value) => put({ [key]: value })} />`;
  return html`<div class="chips" role="group" aria-label="Filters">
    ${chip('status', 'Status', STATUSES)}
    <${DayChip} label="From" value=${params.get('from') || ''} max=${params.get('to') || today} onChange=${(/** @type {string} */ from) => put({ from })} />
    <${DayChip} label="To" value=${params.get('to') || ''} max=${today} onChange=${(/** @type {string} */ to) => put({ to })} />
    ${chip('agent', 'Agent', [['none', 'Nobody'], ...Object.values(agents).map((one) => /** @type {[string, string]} */ ([one.uuid, nameOf(one)]))])}
    ${teams?.length ? chip('team', 'Team', [['none', 'No team'], ...teams.map((one) => /** @type {[string, string]} */ ([one.uuid, one.name]))]) : null}
    ${tags.length ? chip('tag', 'Tag', tags.map((one) => [one.uuid, one.name])) : null}
    ${inboxes && inboxes.length > 1 ? chip('inbox', 'Inbox', inboxes.map((one) => [one.uuid, one.name])) : null}
    ${chip('rating', 'Stars', RATINGS)}
    ${chip('kind', 'Kind', KINDS)}
    ${params.get('contact') ? html`<span class="chip is-set"><span class="chip-button"><span class="chip-label">Person</span> <b dir="auto">${params.get('name') || 'one person'}</b></span><button type="button" class="chip-cross" aria-label="Any person" onClick=${() => put({ contact: '', name: '' })}><${Icon} name="close" size=${14} /></button></span>` : null}
    ${[...params.keys()].length ? html`<button type="button" class="link-button" onClick=${clear}>Clear all</button>` : null}
  </div>`;
}

/** @param {{asked: URLSearchParams, params: URLSearchParams, put: (patch: Record<string, string>) => void}} props */
function Results({ asked, params, put }) {
  const [found, setFound] = useState(/** @type {any} */ (null));
  const [failed, setFailed] = useState('');
  const [busy, setBusy] = useState(false);
  const load = async (/** @type {number|null} */ before, /** @type {AbortSignal|undefined} */ signal) => {
    setBusy(true);
    try {
      const answer = await api.get(`/search?${asked}${before ? `&before=${before}` : ''}`, { signal });
      setFailed('');
      setFound((/** @type {any} */ held) => (before && held ? { ...held, ...answer, results: [...held.results, ...answer.results], conversations: [...held.conversations, ...answer.conversations], contacts: held.contacts, numbered: held.numbered } : answer));
      const count = answer.results.length + answer.conversations.length;
      announce(count ? `${count}${answer.next ? ' or more' : ''} found` : 'Nothing found');
    } catch (error) {
      if (!signal?.aborted) setFailed(wordsFor(error));
    } finally {
      if (!signal?.aborted) setBusy(false);
    }
  };
  useEffect(() => { const abort = new AbortController(); load(null, abort.signal); return () => abort.abort(); }, []);
  if (failed && !found) return html`<${Empty} icon="offline" title="The search did not work" action=${html`<button type="button" class="button" onClick=${() => load(null, undefined)}>Try again</button>`}>${failed}<//>`;
  if (!found) return html`<div class="centred"><${Spinner} label="Searching" /></div>`;
  const nothing = !found.results.length && !found.conversations.length && !found.contacts.length && !found.numbered;
  if (nothing && !found.next) {
    return [...params.keys()].length ? html`<${Empty} icon="search" title="Nothing found">Try a part of a word, a longer time, or one filter less.<//>`
      : html`<${Empty} icon="archive" title="Nothing is resolved yet">Conversations that are done stand here by date. Search finds the open ones as well.<//>`;
  }
  return html`<${Found} found=${found} put=${put} />
    ${found.searched_to ? html`<p class="list-note" role="status">Looked back to ${time.day(found.searched_to)} so far.</p>` : null}
    ${failed ? html`<p class="form-error" role="alert">${failed}</p>` : null}
    ${found.next ? html`<div class="list-more"><button type="button" class="button" disabled=${busy} onClick=${() => load(found.next, undefined)}>${busy ? 'Loading…' : found.searched_to ? 'Search further back' : 'Show more'}</button></div>` : html`<p class="list-note">That is all.</p>`}`;
}
