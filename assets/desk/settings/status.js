// How the house is: one look at what runs, what it holds, what it owes and what it wears out. Looks again now and then while somebody looks.

import { html, useEffect, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Select } from '../parts/field.js';
import { Empty, Spinner, time, useTick } from '../parts/small.js';
import { Columns } from '../reports/charts.js';
import { go } from '../state/router.js';
import { toast } from '../state/toasts.js';
import { api, wordsFor } from '../state/wire.js';
import { ago, jobWords, period, soon } from './status_words.js';
import { PageFrame, Part } from './settings.js';

/** Between two looks. */
const EVERY_MS = 15000;
const DAY_MS = 86400000;

/** @type {[string, string][]} */
const LEVELS = [['error', 'Errors alone'], ['warn', 'Warnings too'], ['info', 'What the house does'], ['debug', 'Everything, for a search']];

const to = (/** @type {string} */ page) => () => go({ name: 'settings', page, id: '', tab: '' });

/** Numbers beside their words. @param {{rows: [string, any, string?][]}} props */
const Facts = ({ rows }) => html`<dl class="facts is-wide">${rows.map(([name, value, tone]) => html`<div key=${name}><dt>${name}</dt><dd class="tabular ${tone || ''}" dir="auto">${value}</dd></div>`)}</dl>`;

/** @param {{children?: any}} props */
const Remark = ({ children }) => html`<p class="hint-box is-warn" role="status">${children}</p>`;

export function Status() {
  const [status, setStatus] = useState(/** @type {any} */ (null));
  const [days, setDays] = useState(/** @type {any[]|null} */ (null));
  const [failed, setFailed] = useState('');
  useTick(EVERY_MS);
  const take = (/** @type {any} */ answer) => { setStatus(answer); if (answer.days) setDays(answer.days); setFailed(''); };
  const look = (first = false) => api.get(first ? `/status?days=1&offset=${-new Date().getTimezoneOffset()}` : '/status').then(take).catch((error) => setFailed(wordsFor(error)));
  useEffect(() => {
    look(true);
    // Nobody is asked for a page that nobody sees.
    const timer = setInterval(() => { if (!document.hidden) look(); }, EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const setLevel = async (/** @type {string} */ level) => {
    try { take(await api.put('/status/log', { level })); toast('Until the next reload or restart.'); } catch (error) { toast(`It stays as it was. ${wordsFor(error)}`, { tone: 'bad' }); }
  };
  return html`<${PageFrame} title="Status" lead="How this deskbell is at the moment." actions=${html`<button type="button" class="button" onClick=${() => look(true)}>Look again</button>`}>
    ${status ? html`${failed ? html`<${Remark}>The numbers below are of a moment ago. ${failed}<//>` : null}<${Shown} status=${status} days=${days} setLevel=${setLevel} />`
      : failed ? html`<${Empty} icon="offline" title="I could not look" action=${html`<button type="button" class="button" onClick=${() => look(true)}>Try again</button>`}>${failed}<//>`
      : html`<div class="centred"><${Spinner} /></div>`}
  <//>`;
}

/** @param {{status: any, days: any[]|null, setLevel: (level: string) => void}} props */
function Shown({ status, days, setLevel }) {
  const { file, queues, wear } = status;
  const low = file.free != null && file.free < 500e6;
  const late = queues.late_since && Date.now() - queues.late_since > 60000;
  const hours = status.uptime_s / 3600;
  const level = LEVELS.some(([name]) => name === status.log_level) ? status.log_level : 'info';
  return html`
    ${status.restart_for.length ? html`<${Remark}>A restart is needed for ${status.restart_for.join(', ')}: ${status.restart_for.length === 1 ? 'it was' : 'they were'} changed in the settings of this machine.<//>` : null}
    ${status.refused ? html`<${Remark}>The last reload changed nothing. ${status.refused}<//>` : null}
    <${Part} title="The program"><${Facts} rows=${[
      ['Version', status.version],
      ['Running for', `${period(status.uptime_s)}, since ${time.full(status.started_at)}`],
      ...(status.memory ? [['Memory', time.bytes(status.memory)]] : []),
      ['Agents connected', status.people.agents],
      ['Visitors connected', status.people.visitors],
      ['Open lines', `${status.sockets.agents + status.sockets.visitors} live, ${status.connections} for pages and calls`],
    ]} /><//>
    <${Part} title="Conversations"><${Facts} rows=${[['Open', status.conversations.open], ['Of them nobody’s', status.conversations.unassigned]]} />
      ${days ? html`<${Chart} days=${days} />` : null}<//>
    <${Part} title="The one file" lead="Everything of this desk is in it."><${Facts} rows=${[
      ['Size', time.bytes(file.bytes + file.wal)],
      ['Of it beside the file until it is folded in', time.bytes(file.wal)],
      ...(file.free != null ? [['Left on its disk', html`${time.bytes(file.free)}${low ? ' · that is little' : ''}`, low ? 'is-bad' : '']] : []),
      ['Last backup', status.backup_at ? ago(status.backup_at) : 'none that I know of', status.backup_at ? '' : 'is-bad'],
      ...(status.certificate_until ? [['Certificate', soon(status.certificate_until)]] : []),
    ]} /><//>
    <${Part} title="What is owed" lead="Mails, notices and timers that wait for their moment.">
      <${Facts} rows=${[
        ...(queues.jobs.length ? queues.jobs.map((/** @type {any} */ one) => [jobWords(one.kind), one.count]) : [['Waiting', 'nothing']]),
        ['Waiting to be written', queues.writes],
        ...(queues.buried ? [['Given up', queues.buried, 'is-bad']] : []),
      ]} />
      ${late ? html`<${Remark}>Something should have been done ${ago(queues.late_since)} and waits still.<//>` : null}
      ${queues.buried || late ? html`<button type="button" class="button is-small" onClick=${to('problems')}>What is wrong? <${Icon} name="chevron_right" size=${16} /></button>` : null}
    <//>
    <${Part} title="Wear" lead="What a memory card feels. A quiet house writes nothing but one page a minute, for its watchdog."><${Facts} rows=${[
      ['Commits since the start', wear.commits.toLocaleString()],
      ...(wear.commit_ms != null ? [['A commit takes', `${wear.commit_ms} ms`]] : []),
      ...(wear.refused ? [['Refused by the disk', wear.refused, 'is-bad']] : []),
      ...(wear.bytes ? [['Written since the start', `${time.bytes(wear.bytes)}${hours >= 1 ? `, ${time.bytes(wear.bytes / hours)} an hour` : ''}`]] : []),
    ]} /><//>
    <${Part} title="Log" lead="What is written into the log of this machine: never what people wrote, or who they are.">
      <${Select} label="Log level" hint="Until the next reload or restart; LOG_LEVEL in the settings of this machine lasts." value=${level} onInput=${setLevel} options=${LEVELS} />
    <//>`;
}

/** @param {{days: any[]}} props */
function Chart({ days }) {
  const date = (/** @type {number} */ day, /** @type {Intl.DateTimeFormatOptions} */ style) => new Date(day * DAY_MS).toLocaleDateString(navigator.language || 'en', { ...style, timeZone: 'UTC' });
  return html`<${Columns} title="Messages per day" labels=${days.map((one) => date(one.day, { day: 'numeric', month: 'short' }))} longLabels=${days.map((one) => date(one.day, { weekday: 'long', day: 'numeric', month: 'long' }))}
    series=${[{ name: 'From visitors', tone: 'a', values: days.map((one) => one.incoming) }, { name: 'Answers', tone: 'b', values: days.map((one) => one.outgoing) }]} format=${(/** @type {number} */ value) => Math.round(value).toLocaleString()} stacked=${true} />`;
}
