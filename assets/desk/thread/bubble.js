// One message. Theirs stands at the start on neutral ground, ours at the end in the accent; a note spans the width,
// tinted, dashed and labelled, so that nobody can take it for a reply. Pending, failed and seen are said in words.

import { html, useEffect, useState } from '../../vendor/preact.js';
import { fromHtml } from '../../shared/html.js';
import { Avatar } from '../../shared/avatar.js';
import { Icon } from '../../shared/icons.js';
import { time } from '../parts/small.js';
import { now } from '../state/store.js';
import { retry, sendAnyway, sendNow, takeBack, undoSend } from '../state/outbox.js';
import { DeleteNote } from './delete_note.js';
import { Attached } from './attached.js';
import { MailFlag, MailRest } from './by_mail.js';
import { Mailed } from './mailed.js';
import { preview } from './markdown.js';
import { Rich } from './rich.js';

/** @param {{entry: any, first: boolean, last: boolean, seen: boolean, unseen: boolean, newest: boolean, place: string}} props */
export function Bubble({ entry, first, last, seen, unseen, newest, place }) {
  const side = entry.kind === 'incoming' ? 'theirs' : entry.kind === 'note' ? 'note' : 'ours';
  const stored = entry.state === 'stored';
  const body = stored ? (entry.html ? fromHtml(entry.html) : entry.text) : preview(entry.text || '');
  // Cards without words of their own carry a plain text for mail and search; beside the cards it would say everything twice.
  const says = !!entry.text?.trim() && (!entry.rich || !!entry.html);
  const tint = entry.kind === 'incoming' ? now().contacts[entry.author.uuid]?.avatar_tint : now().agents[entry.author.uuid]?.avatar_tint;
  // Known by a better name since: the person's own, as everywhere else.
  const writer = (entry.kind === 'incoming' && now().contacts[entry.author.uuid]?.name) || entry.author.name;
  const label = side === 'note' ? `Note by ${writer}` : writer;
  const calls = side === 'note' && entry.mentions?.includes(now().agent.uuid);
  return html`<article data-place=${place} class="said is-${side} ${calls ? 'is-calling' : ''} ${first ? 'is-first' : ''} ${last ? 'is-last' : ''} ${stored ? '' : `is-${entry.state}`}" data-seq=${entry.seq || null} aria-label="${label}, ${time.full(entry.at)}">
    <span class="said-face">${first && side !== 'note' ? html`<${Avatar} name=${writer} size=${28} tint=${tint ?? null} />` : null}</span>
    <div class="said-main">
      ${side === 'note' ? html`<header class="said-head"><${Icon} name="lock" size=${13} /> <b>Note</b> · ${entry.via === 'mail' ? `by mail from ${entry.by_mail?.from || 'nobody known'}` : entry.author.name} · <time class="tabular" title=${time.full(entry.at)}>${time.clock(entry.at)}</time><span class="said-private">${calls ? 'calls you' : 'only your team sees this'}</span>${stored && entry.mine && !entry.deleted ? html`<${DeleteNote} entry=${entry} />` : null}</header>`
        : first ? html`<header class="said-head"><b dir="auto">${entry.mine ? 'You' : writer}</b> <time class="tabular" title=${time.full(entry.at)}>${time.clock(entry.at)}</time>${entry.via === 'api' ? ' · by API' : entry.via === 'mail' ? html`<span class="said-via" title=${entry.by_mail?.from ? `From ${entry.by_mail.from}` : null}>· <${Icon} name="mail" size=${13} /> by mail</span>` : ''}</header>` : null}
      ${entry.postback ? html`<p class="postback"><${Icon} name="check" size=${13} /> Pressed a button</p>` : null}
      ${entry.deleted ? html`<p class="said-deleted">This note was deleted.</p>` : null}
      ${entry.by_mail ? html`<${MailFlag} mark=${entry.by_mail} kind=${entry.kind} />` : null}
      ${says ? html`<div class="bubble prose" dir="auto" title=${time.full(entry.at)}>${body}</div>` : null}
      ${entry.rich ? html`<${Rich} rich=${entry.rich} />` : null}
      ${entry.attachments?.length ? html`<${Attached} files=${entry.attachments} />` : null}
      ${entry.by_mail ? html`<${MailRest} entry=${entry} />` : null}
      ${!stored ? html`<${Pending} entry=${entry} />` : seen ? html`<p class="said-state"><${Icon} name="checks" size=${14} /> Seen</p>` : side === 'ours' && unseen && (entry.mail || newest) ? html`<${Mailed} entry=${entry} newest=${newest} />` : entry.edited_at && !entry.deleted ? html`<p class="said-state">Edited</p>` : null}
    </div>
  </article>`;
}

/** @param {{entry: any}} props */
function Pending({ entry }) {
  if (entry.state === 'held') return html`<${Held} entry=${entry} />`;
  if (entry.state === 'failed') {
    return html`<p class="said-state is-bad" role="alert"><${Icon} name="warning" size=${14} /> Not sent. ${entry.failure}
      <button type="button" class="link-button" onClick=${() => (entry.answered ? sendAnyway : retry)(entry.echo_id)}>${entry.answered ? 'Send anyway' : 'Try again'}</button>
      <button type="button" class="link-button" onClick=${() => { const item = takeBack(entry.echo_id); if (item) dispatchEvent(new CustomEvent('deskbell:taken-back', { detail: item })); }}>Edit</button></p>`;
  }
  return html`<p class="said-state"><${Icon} name="clock" size=${13} /> ${entry.state === 'queued' || entry.failure ? 'Waiting for the connection' : 'Sending…'}</p>`;
}

/** On the server already, and going out by itself: the last moment to take it back. @param {{entry: any}} props */
function Held({ entry }) {
  const [left, setLeft] = useState(Math.ceil((entry.until - Date.now()) / 1000));
  useEffect(() => { const timer = setInterval(() => setLeft(Math.ceil((entry.until - Date.now()) / 1000)), 250); return () => clearInterval(timer); }, [entry.until]);
  if (left <= 0) return html`<p class="said-state"><${Icon} name="clock" size=${13} /> Sending…</p>`;
  const gone = entry.ms - (entry.until - Date.now());
  return html`<div class="held"><span class="held-line" aria-hidden="true"><i style=${{ animationDuration: `${entry.ms}ms`, animationDelay: `${-gone}ms` }}></i></span>
    <p class="said-state"><span class="tabular">${entry.resolves ? 'Sends and resolves' : 'Sends'} in ${left} s</span>
      <button type="button" class="link-button" title="Undo (Ctrl Z)" onClick=${() => undoSend(entry.conversation, entry.echo_id)}>Undo</button>
      <button type="button" class="link-button" onClick=${() => sendNow(entry.conversation, entry.echo_id)}>Send now</button></p></div>`;
}
