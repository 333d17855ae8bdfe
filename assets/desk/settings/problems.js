// What is wrong? A colleague looked around for a minute and says what, why it matters and how to mend it.

import { html, useEffect, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Empty, Spinner } from '../parts/small.js';
import { go } from '../state/router.js';
import { change, useDesk } from '../state/store.js';
import { toast } from '../state/toasts.js';
import { api, wordsFor } from '../state/wire.js';
import { PageFrame } from './settings.js';

/** @type {Record<string, [string, string]>} word, tone */
const SEVERITY = { urgent: ['Now', 'is-bad'], warning: ['Soon', 'is-warn'], hint: ['When you have time', ''] };

/** What is wrong, for the page and for the mark in the index. */
export const lookForProblems = () => api.get('/problems').then((answer) => { change({ problems: answer.problems }); return answer.problems; });

/** What stands between backticks is to be typed. @param {string} text */
const withCode = (text) => text.split('`').map((part, at) => (at % 2 ? html`<code dir="ltr">${part}</code>` : part));

/** @param {string} link */
const follow = (link) => { const [page, id = '', tab = ''] = link.split('/'); go({ name: 'settings', page, id, tab }); };

export function Problems() {
  const problems = useDesk((state) => state.problems);
  const [failed, setFailed] = useState('');
  const load = () => lookForProblems().then(() => setFailed('')).catch((error) => setFailed(wordsFor(error)));
  useEffect(() => { load(); }, []);
  const retry = async (/** @type {number} */ job) => {
    try { await api.post(`/problems/jobs/${job}`, {}); toast('It gets another chance now.'); load(); } catch (error) { toast(`It was not tried again. ${wordsFor(error)}`, { tone: 'bad' }); }
  };
  return html`<${PageFrame} title="What is wrong?" lead="What a colleague would point out after looking around for a minute." actions=${html`<button type="button" class="button" onClick=${load}>Look again</button>`}>
    ${!problems ? (failed ? html`<${Empty} icon="offline" title="I could not look" action=${html`<button type="button" class="button" onClick=${load}>Try again</button>`}>${failed}<//>` : html`<div class="centred"><${Spinner} /></div>`)
      : !problems.length ? html`<${Empty} icon="check" title="Nothing is wrong">Everything I know how to look at is in order.<//>`
      : html`<ul class="problems" role="list">${problems.map((/** @type {any} */ one) => html`<li key=${one.id} class="problem">
          <span class="badge ${SEVERITY[one.severity]?.[1] || ''}">${SEVERITY[one.severity]?.[0] || ''}</span><h2 dir="auto">${one.title}</h2><p dir="auto">${one.why}</p><p dir="auto"><b>What to do:</b> ${withCode(one.fix)}</p>
          ${one.link ? html`<button type="button" class="button is-small" aria-label="Go there: ${one.title}" onClick=${() => follow(one.link)}>Go there <${Icon} name="chevron_right" size=${16} /></button>` : null}
          ${one.job ? html`<button type="button" class="button is-small" onClick=${() => retry(one.job)}>Try again</button>` : null}</li>`)}</ul>`}
  <//>`;
}
