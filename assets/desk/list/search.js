// Search over everything ever said, and over people. The question is in the address, so a result can be left and come back to.

import { html, useEffect, useRef, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { ContactAvatar } from '../parts/avatars.js';
import { Empty, Spinner, time } from '../parts/small.js';
import { keep } from '../state/lists.js';
import { go, isPage, openConversation } from '../state/router.js';
import { useDesk } from '../state/store.js';
import { announce } from '../state/toasts.js';
import { api, wordsFor } from '../state/wire.js';

const PAUSE_MS = 220;

/** @param {{route: any}} props */
export function SearchBox({ route }) {
  const [text, setText] = useState(route.name === 'search' ? route.q : '');
  const timer = useRef(/** @type {any} */ (0));
  const asked = route.name === 'search' ? route.q : '';
  useEffect(() => { if (asked !== text.trim()) setText(asked); }, [asked]);
  const ask = (/** @type {string} */ q) => {
    clearTimeout(timer.current);
    const conversation = isPage(route) ? '' : route.conversation;
    // Each letter replaces; only leaving the list for the search is a step to go back from.
    go(q.trim() ? { name: 'search', q: q.trim(), conversation } : { name: 'conversations', conversation }, { replace: route.name === 'search' });
  };
  const onInput = (/** @type {any} */ event) => {
    const { value } = event.currentTarget;
    setText(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => ask(value), PAUSE_MS);
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === 'Escape') { event.stopPropagation(); if (text) { setText(''); ask(''); } else /** @type {HTMLElement} */ (event.currentTarget).blur(); }
    if (event.key === 'Enter') ask(text);
    if (event.key === 'ArrowDown') { event.preventDefault(); /** @type {HTMLElement|null} */ (document.querySelector('[data-result], .row[tabindex="0"]'))?.focus(); }
  };
  return html`<form class="search" role="search" onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
    <${Icon} name="search" size=${18} />
    <input id="search" type="search" placeholder="Search" aria-label="Search messages and people" autocomplete="off" dir="auto" enterkeyhint="search" value=${text} onInput=${onInput} onKeyDown=${onKeyDown} />
    ${text ? html`<button type="button" class="icon-button is-small" aria-label="Clear the search" onClick=${() => { setText(''); ask(''); document.getElementById('search')?.focus(); }}><${Icon} name="close" size=${16} /></button>` : html`<kbd aria-hidden="true">/</kbd>`}
  </form>`;
}

/** @param {{q: string, selected: string}} props */
export function SearchResults({ q, selected }) {
  const [found, setFound] = useState(/** @type {any} */ (null));
  const [failed, setFailed] = useState('');
  const [busy, setBusy] = useState(false);
  const cursor = useDesk((state) => state.cursor);
  const load = async (/** @type {number|null} */ before, /** @type {AbortSignal|undefined} */ signal) => {
    setBusy(true);
    try {
      const answer = await api.get(`/search?q=${encodeURIComponent(q)}&limit=30${before ? `&before=${before}` : ''}`, { signal });
      keep([...answer.results.map((/** @type {any} */ one) => one.conversation), ...(answer.numbered ? [answer.numbered] : [])]);
      setFailed('');
      setFound((/** @type {any} */ held) => (before && held ? { ...answer, results: [...held.results, ...answer.results], contacts: held.contacts, numbered: held.numbered } : answer));
      if (!before) announce(answer.results.length ? `${answer.results.length}${answer.next ? ' or more' : ''} messages found` : 'Nothing found');
    } catch (error) {
      if (!signal?.aborted) setFailed(wordsFor(error));
    } finally {
      if (!signal?.aborted) setBusy(false);
    }
  };
  useEffect(() => { const abort = new AbortController(); load(null, abort.signal); return () => abort.abort(); }, [q]);
  useEffect(() => { if (cursor) /** @type {HTMLElement|null} */ (document.querySelector(`[data-result="${CSS.escape(cursor)}"]`))?.focus(); }, [cursor]);

  if (failed && !found) return html`<div class="list-body"><${Empty} icon="offline" title="The search did not work" action=${html`<button type="button" class="button" onClick=${() => load(null, undefined)}>Try again</button>`}>${failed}<//></div>`;
  if (!found) return html`<div class="list-body"><div class="centred"><${Spinner} label="Searching" /></div></div>`;
  if (!found.results.length && !found.contacts.length && !found.numbered && !found.next) return html`<div class="list-body"><${Empty} icon="search" title="Nothing found">No message and no person contains “${q}”. Try a part of a word, a name or an e-mail address.<//></div>`;
  return html`<div class="list-body" tabindex="-1">
    ${found.numbered && html`<h2 class="list-title">Number ${found.numbered.number}</h2><ul class="results" role="list"><li><button type="button" class="result" data-result=${found.numbered.uuid} onClick=${() => openConversation(found.numbered.uuid)}>
      <${ContactAvatar} contact=${found.numbered.contact} size=${28} presence=${false} /><span class="result-main"><b dir="auto">${found.numbered.contact.name}</b><span class="result-text" dir="auto">${found.numbered.preview}</span></span></button></li></ul>`}
    ${found.contacts.length > 0 && html`<h2 class="list-title">People</h2><ul class="results" role="list">${found.contacts.map((/** @type {any} */ one) => html`<li>
      <button type="button" class="result" disabled=${!one.conversation} onClick=${() => openConversation(one.conversation)}>
        <${ContactAvatar} contact=${one} size=${28} presence=${false} /><span class="result-main"><b dir="auto">${one.name}</b><span class="result-text">${one.email || 'No e-mail address'}${one.conversation ? '' : ' · no conversation yet'}</span></span></button></li>`)}</ul>`}
    ${found.results.length > 0 && html`<h2 class="list-title">Messages</h2><ul class="results" role="list">${found.results.map((/** @type {any} */ one) => html`<li key=${one.message.uuid}>
      <button type="button" class="result" data-result=${one.conversation.uuid} aria-current=${selected === one.conversation.uuid ? 'true' : null} onClick=${() => openConversation(one.conversation.uuid, one.message.seq)}>
        <${ContactAvatar} contact=${one.conversation.contact} size=${28} presence=${false} />
        <span class="result-main"><span class="row-line"><b dir="auto">${one.conversation.contact.name}</b><span class="row-gap"></span><span class="row-time tabular">${time.ago(one.message.created_at)}</span></span>
          <span class="result-text" dir="auto">${one.message.kind === 'note' ? html`<i class="result-note">Note</i> ` : one.message.kind === 'outgoing' ? `${one.message.author_name}: ` : ''}${one.snippet.map((/** @type {any} */ part) => (part.hit ? html`<mark>${part.text}</mark>` : part.text))}</span></span></button></li>`)}</ul>`}
    ${found.searched_to ? html`<p class="list-note" role="status">Looked back to ${time.day(found.searched_to)} so far.</p>` : null}
    ${found.next ? html`<div class="list-more"><button type="button" class="button" disabled=${busy} onClick=${() => load(found.next, undefined)}>${busy ? 'Loading…' : 'Older results'}</button></div>` : null}
  </div>`;
}
