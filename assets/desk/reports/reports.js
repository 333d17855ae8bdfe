// Reports: which one, of which time and of whom. The question is the address; the numbers are the server's, and only of what one may see.

import { html, useEffect, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Chip, DayChip } from '../parts/chips.js';
import { Empty, Spinner } from '../parts/small.js';
import { loadInboxes, nameOf } from '../state/people.js';
import { dayOf, lastOf, ownZone, periodOf, PERIODS, startOf } from '../state/periods.js';
import { go } from '../state/router.js';
import { change, useDesk } from '../state/store.js';
import { announce } from '../state/toasts.js';
import { api, base, kindOf, wordsFor } from '../state/wire.js';
import { REPORTS } from './pages.js';
import { dayWords } from './words.js';

/** The server's question from the page's. @param {URLSearchParams} params */
function question(params) {
  const zone = params.get('zone') || ownZone();
  const [first, last] = [params.get('from'), params.get('to')];
  const { from, to } = params.get('p') === 'own' && first && last ? { from: startOf(first, zone), to: startOf(last, zone, 1) } : periodOf(params.get('p') || '30', zone);
  const asked = new URLSearchParams({ from: String(from), to: String(to), zone });
  for (const key of ['inbox', 'team', 'agent', 'tag']) if (params.get(key)) asked.set(key, /** @type {string} */ (params.get(key)));
  return asked;
}

/** @param {{route: {page: string, query: string}}} props */
export function Reports({ route }) {
  const params = new URLSearchParams(route.query);
  const page = REPORTS.some(([name]) => name === route.page) ? route.page : 'overview';
  const put = (/** @type {Record<string, string>} */ patch) => {
    const next = new URLSearchParams(route.query);
    for (const [key, value] of Object.entries(patch)) { if (value) next.set(key, value); else next.delete(key); }
    go({ name: 'reports', page, query: next.toString(), conversation: '' }, { replace: true });
  };
  const asked = question(params);
  return html`<div class="reports screen" tabindex="-1"><div class="page is-wide">
    <header class="page-head"><div><h1>Reports</h1><p>Compared with the same length of time before.</p></div>
      <a class="button" href="${base}/api/desk/reports/${page}?${asked}&format=csv" download><${Icon} name="download" size=${18} />CSV</a></header>
    <${Filters} params=${params} put=${put} asked=${asked} />
    <nav class="page-tabs" aria-label="Reports">${REPORTS.map(([name, label]) => html`<button type="button" key=${name} class="page-tab" aria-current=${name === page ? 'page' : null} onClick=${() => go({ name: 'reports', page: name, query: route.query, conversation: '' }, { replace: true })}>${label}</button>`)}</nav>
    <${Shown} key="${page}?${asked}" page=${page} asked=${asked.toString()} />
  </div></div>`;
}

/** @param {{params: URLSearchParams, put: (patch: Record<string, string>) => void, asked: URLSearchParams}} props */
function Filters({ params, put, asked }) {
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
  const zone = asked.get('zone') || 'UTC';
  const [first, last] = [dayOf(Number(asked.get('from')), zone), dayOf(lastOf(Number(asked.get('to'))), zone)];
  const period = params.get('p') || '30';
  const own = (/** @type {Record<string, string>} */ days) => put({ p: 'own', from: first, to: last, ...days });
  const chip = (/** @type {string} */ key, /** @type {string} */ label, /** @type {[string, string][]} */ options) => html`<${Chip} key=${key} label=${label} any="All" value=${params.get(key) || ''} options=${options} onChange=${(/** @type {string} */ value) => put({ [key]: value })} />`;
  const zones = [...new Set([ownZone(), 'UTC', zone, ...(/** @type {any} */ (Intl).supportedValuesOf?.('timeZone') || [])])];
  return html`<div class="chips" role="group" aria-label="Filters">
    <${Chip} label="Time" value=${period} options=${[...PERIODS, ['own', `${dayWords(first)} – ${dayWords(last)}`]]} onChange=${(/** @type {string} */ p) => (p === 'own' ? own({}) : put({ p, from: '', to: '' }))} />
    ${period === 'own' ? html`<${DayChip} label="From" value=${first} max=${last} onChange=${(/** @type {string} */ from) => from && own({ from })} /><${DayChip} label="To" value=${last} onChange=${(/** @type {string} */ to) => to && own({ to, from: to < first ? to : first })} />` : null}
    ${inboxes && inboxes.length > 1 ? chip('inbox', 'Inbox', inboxes.map((one) => [one.uuid, one.name])) : null}
    ${teams?.length ? chip('team', 'Team', teams.map((one) => [one.uuid, one.name])) : null}
    ${chip('agent', 'Agent', Object.values(agents).map((one) => [one.uuid, nameOf(one)]))}
    ${tags.length ? chip('tag', 'Tag', tags.map((one) => [one.uuid, one.name])) : null}
    <${Chip} label="Zone" value=${zone} options=${zones.map((one) => [one, one.replace(/_/g, ' ')])} onChange=${(/** @type {string} */ value) => put({ zone: value === ownZone() ? '' : value })} />
  </div>`;
}

/** @param {{page: string, asked: string}} props */
function Shown({ page, asked }) {
  const [shown, setShown] = useState(/** @type {any} */ (null));
  const [failed, setFailed] = useState(/** @type {any} */ (null));
  const load = async (/** @type {AbortSignal|undefined} */ signal) => {
    setFailed(null);
    try {
      setShown(await api.get(`/reports/${page}?${asked}`, { signal, retry: false }));
      announce('The numbers are here');
    } catch (error) {
      if (!signal?.aborted) setFailed(error);
    }
  };
  useEffect(() => { const abort = new AbortController(); load(abort.signal); return () => abort.abort(); }, []);
  if (failed && kindOf(failed) === 'forbidden') return html`<${Empty} icon="lock" title="Reports are not for your role">Somebody who looks after roles can change that.<//>`;
  if (failed) return html`<${Empty} icon="offline" title="The numbers did not come" action=${html`<button type="button" class="button" onClick=${() => load(undefined)}>Try again</button>`}>${wordsFor(failed)}<//>`;
  if (!shown) return html`<div class="centred"><${Spinner} label="Counting" /></div>`;
  const Page = /** @type {any} */ (REPORTS.find(([name]) => name === page))[2];
  return html`<${Page} shown=${shown} />`;
}
