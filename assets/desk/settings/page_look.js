// "Why is the launcher not visible?": a field for the address of a page, and what was found there.

import { html, useEffect, useRef, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { announce } from '../state/toasts.js';
import { useDesk } from '../state/store.js';
import { api, fieldOf, wordsFor } from '../state/wire.js';
import { Fine, ProblemList } from './problem_list.js';
import { Part } from './settings.js';

/** @typedef {import('./problem_list.js').Finding} Finding */
/** @typedef {{url: string, title: string, problems: Finding[], fine: Finding[]}} Looked */

/** What stands first for whoever does not read on. @param {Looked} looked */
function verdict(looked) {
  const urgent = looked.problems.filter((one) => one.severity === 'urgent');
  if (urgent.length > 1) return `${urgent.length} things keep the chat away`;
  if (urgent.length) return urgent[0].title;
  return looked.problems.some((one) => one.severity === 'warning') ? 'It may be that not everybody sees the chat' : 'The launcher should be visible';
}

/** @param {{inbox?: string}} props the inbox whose site it is, when somebody came from there */
export function PageLook({ inbox = '' }) {
  const one = useDesk((state) => state.inboxes?.find((each) => each.uuid === inbox));
  const [typed, setTyped] = useState(/** @type {string|null} */ (null));
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');
  const [looked, setLooked] = useState(/** @type {Looked|null} */ (null));
  const field = useRef(/** @type {HTMLInputElement|null} */ (null));
  const url = typed ?? one?.config.website_url ?? '';
  useEffect(() => { if (inbox) field.current?.focus(); }, [inbox]);
  const look = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (busy) return;
    if (!url.trim()) { setWrong('Please write the address of the page first.'); field.current?.focus(); return; }
    setBusy(true);
    setWrong('');
    setLooked(null);
    announce('I am looking at the page.');
    try {
      const answer = await api.post('/problems/page', { url, ...(inbox ? { inbox } : {}) });
      setLooked(answer);
      announce(verdict(answer));
    } catch (error) {
      setWrong(wordsFor(error));
      if (fieldOf(error)) field.current?.focus();
    } finally {
      setBusy(false);
    }
  };
  return html`<${Part} title="Look at a page" lead="Why is the launcher not visible? I fetch the page as a browser would, and say what keeps the chat away.">
    <form class="look-form" onSubmit=${look} novalidate>
      <div class="field"><label for="look-url">Address of the page</label>
        <div class="look-row"><input id="look-url" ref=${field} class="input" type="url" inputmode="url" autocomplete="url" spellcheck=${false} dir="ltr" placeholder="https://shop.example.com/" value=${url} aria-invalid=${wrong ? 'true' : null} aria-describedby=${wrong ? 'look-wrong' : 'look-hint'} onInput=${(/** @type {any} */ event) => setTyped(event.currentTarget.value)} />
          <button type="submit" class="button is-primary" aria-disabled=${busy ? 'true' : null}>${busy ? 'Looking…' : 'Look'}</button></div>
        ${wrong ? html`<p id="look-wrong" class="field-error" role="alert">${wrong}</p>` : html`<p id="look-hint" class="field-hint">${one ? html`I look for the chat of <b dir="auto">${one.name}</b>.` : 'A page that should have the chat, as it stands in the browser.'}</p>`}
      </div>
    </form>
    ${busy ? html`<p class="waits" role="status"><span class="pulse" aria-hidden="true"></span> Fetching the page, its headers and its code…</p>` : null}
    ${looked ? html`<${Seen} looked=${looked} />` : null}
  <//>`;
}

/** @param {{looked: Looked}} props */
function Seen({ looked }) {
  const isGood = !looked.problems.some((one) => one.severity === 'urgent' || one.severity === 'warning');
  return html`<div class="looked" role="group" aria-label="What I found on the page">
    <div class="looked-head ${isGood ? 'is-good' : 'is-bad'}"><${Icon} name=${isGood ? 'check' : 'info'} size=${20} /><div><h3 dir="auto">${verdict(looked)}</h3><p dir="auto">${looked.title ? html`<span>${looked.title}</span> ` : null}<span class="looked-url" dir="ltr">${looked.url}</span></p></div></div>
    <${ProblemList} found=${looked.problems} />
    <${Fine} found=${looked.fine} open=${isGood} />
  </div>`;
}
