// What is wrong? A colleague looked around for a minute and says what, why it matters and how to mend it; and what is in order.

import { html, useEffect, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Empty, Spinner } from '../parts/small.js';
import { change, useDesk } from '../state/store.js';
import { announce, toast } from '../state/toasts.js';
import { api, wordsFor } from '../state/wire.js';
import { Fine, merged, ProblemList, summary } from './problem_list.js';
import { PageLook } from './page_look.js';
import { PageFrame, Part } from './settings.js';

/** @typedef {import('./problem_list.js').Finding} Finding */

/** What is wrong, for the page and for the mark in the index. */
export const lookForProblems = () => api.get('/problems').then((answer) => { change({ problems: answer.problems }); return answer; });

/** What takes some seconds: word of the wire, name, what it is. @type {[string, string, string][]} */
const PARTS = [
  ['machine', 'This machine', 'clock, disk, rights, memory'],
  ['address', 'The way from outside', 'name, certificate, proxy, sockets, large files'],
  ['mail', 'Mail and push', 'logins of mailboxes, records of their domains'],
];

/** @param {{id?: string}} props the inbox whose site shall be looked at */
export function Problems({ id = '' }) {
  const problems = useDesk((state) => state.problems);
  const [fine, setFine] = useState(/** @type {Finding[]} */ ([]));
  const [failed, setFailed] = useState('');
  const [parts, setParts] = useState(/** @type {Record<string, {busy: boolean, failed: string, found: {problems: Finding[], fine: Finding[]}|null}>} */ ({}));
  const load = () => lookForProblems().then((answer) => { setFine(answer.fine || []); setFailed(''); }).catch((error) => setFailed(wordsFor(error)));
  useEffect(() => { load(); }, []);
  const retry = async (/** @type {number} */ job) => {
    try { await api.post(`/problems/jobs/${job}`, {}); toast('It gets another chance now.'); load(); } catch (error) { toast(`It was not tried again. ${wordsFor(error)}`, { tone: 'bad' }); }
  };
  const look = async (/** @type {string} */ part) => {
    setParts((held) => ({ ...held, [part]: { busy: true, failed: '', found: held[part]?.found || null } }));
    try {
      const found = await api.post(`/problems/look/${part}`, {});
      setParts((held) => ({ ...held, [part]: { busy: false, failed: '', found } }));
      announce(`${PARTS.find(([one]) => one === part)?.[1]}: ${summary(found.problems)}`);
    } catch (error) {
      setParts((held) => ({ ...held, [part]: { busy: false, failed: wordsFor(error), found: null } }));
    }
  };
  const isBusy = Object.values(parts).some((part) => part.busy);
  const lookAtAll = () => { if (!isBusy) { load(); PARTS.forEach(([part]) => look(part)); } };
  const looked = Object.values(parts).flatMap((part) => (part.found ? [part.found] : []));
  const all = merged([problems || [], ...looked.map((one) => one.problems)]);
  const good = merged([fine, ...looked.map((one) => one.fine)]);
  return html`<${PageFrame} title="What is wrong?" lead="What a colleague would point out after looking around for a minute." actions=${html`<button type="button" class="button" onClick=${load}>Look again</button>`}>
    <${PageLook} inbox=${id} />
    <${Part} title="This house" lead="What the data tells stands here at once. The rest takes up to a minute: it is tried for real, and only when you ask.">
      <div class="rounds"><button type="button" class="button" aria-disabled=${isBusy ? 'true' : null} onClick=${lookAtAll}><${Icon} name="search" size=${16} /> ${isBusy ? 'Looking…' : 'Try everything'}</button>
        <ul role="list" class="round-list">${PARTS.map(([part, name, what]) => html`<${Round} key=${part} name=${name} what=${what} standing=${parts[part]} />`)}</ul></div>
      ${!problems ? (failed ? html`<${Empty} icon="offline" title="I could not look" action=${html`<button type="button" class="button" onClick=${load}>Try again</button>`}>${failed}<//>` : html`<div class="centred"><${Spinner} /></div>`)
        : !all.length ? html`<${Empty} icon="check" title="Nothing is wrong">Everything I know how to look at is in order.<//>`
        : html`<${ProblemList} found=${all} onRetry=${retry} />`}
      <${Fine} found=${good} />
    <//>
  <//>`;
}

/** One part of a round: not asked for, under way, or what came of it. @param {{name: string, what: string, standing?: {busy: boolean, failed: string, found: {problems: Finding[]}|null}}} props */
function Round({ name, what, standing }) {
  const problems = standing?.found?.problems || [];
  const tone = problems.some((one) => one.severity === 'urgent') ? 'is-bad' : problems.some((one) => one.severity === 'warning') ? 'is-warn' : 'is-good';
  const state = !standing ? html`<span class="badge">not tried</span>` : standing.busy ? html`<span class="badge"><span class="pulse" aria-hidden="true"></span> looking</span>`
    : standing.failed ? html`<span class="badge is-bad">not tried</span>` : html`<span class="badge ${tone}">${summary(problems)}</span>`;
  return html`<li class="round"><span class="round-name"><b>${name}</b><small>${standing?.failed || what}</small></span>${state}</li>`;
}
