// One conversation: the thread, what it says about itself, and the composer or why there is none.

import { h, html, useEffect, useMemo, useRef, useState } from '../vendor/preact.js';
import { Avatar } from '../shared/avatar.js';
import { Icon } from '../shared/icons-base.js';
import { emptyTimeline, newestSeq, rows } from '../shared/timeline.js';
import { Bubble } from './bubble.js';
import { Composer } from './composer.js';
import { Faces } from './faces.js';
import { doorOf, mayStart } from './door.js';
import { fieldsToAsk, openingOf, rowAfter, wantsAway, wantsContact } from './asks.js';
import { Later, parts } from './screens.js';
import { Thread } from './thread.js';

const EMPTY = emptyTimeline();

/** @param {{chat: import('./chat.js').Chat}} props */
export function Conversation({ chat }) {
  const { state, t } = chat;
  const thread = useRef(/** @type {any} */ (null));
  const [atEnd, setAtEnd] = useState(true);
  const [readTo, setReadTo] = useState(0);
  const talk = chat.conversation(state.chat);
  const fresh = state.chat.startsWith('new');
  const timeline = state.timelines[state.chat] || EMPTY;
  const list = useMemo(() => rows(timeline), [timeline]);
  const newest = newestSeq(timeline);
  useEffect(() => { if (atEnd) setReadTo(newest); }, [atEnd, newest]);
  useEffect(() => { setAtEnd(true); setReadTo(newest); thread.current?.toEnd(); }, [state.chat]);
  const below = atEnd ? 0 : timeline.stored.filter((entry) => entry.seq > readTo && !entry.mine && entry.kind !== 'activity').length;
  const loading = !fresh && !state.loaded[state.chat] && !timeline.stored.length;
  const fields = fresh && !state.form && !timeline.pending.length ? fieldsToAsk(state) : [];
  const away = fresh && !fields.length && !timeline.pending.length && wantsAway(state);
  const opening = useMemo(() => (fresh ? openingOf(state) : null), [fresh, state.button, state.settings]);
  const contact = talk?.closed || talk?.status === 'Resolved' || talk?.status === 'Closed' ? null : wantsContact(state, timeline, !!talk && !talk.assignee);
  const leftAt = rowAfter(state.left, state.chat, timeline);
  const joinedAt = rowAfter(state.joined, state.chat, timeline);
  const agent = state.typing[state.chat];
  const seenTo = talk?.agent_seen_seq || 0;
  const lastMine = [...timeline.stored].reverse().find((entry) => entry.mine && entry.kind !== 'activity');
  const messages = list.filter((row) => row.type === 'message');
  const introduction = state.settings.chat_introduction || state.settings.introduction_message || '';
  return html`<div class="conversation">
    <${Thread} key=${fresh ? 'new' : state.chat} ref=${thread} fromTop=${fields.length > 0 || away} label=${t('w.messages')} first=${messages[0]?.key} last=${messages[messages.length - 1]?.key} mine=${timeline.pending.length > 0} onOlder=${() => !fresh && chat.talk.older(state.chat)} onEnd=${setAtEnd}>
      ${timeline.more ? html`<p class="older" role="status">${t('w.loading_older')}</p>` : null}
      ${!timeline.more && !loading && !away ? html`<div class="introduction">${h(Faces, { chat, size: 40 })}${introduction ? html`<p dir="auto">${introduction}</p>` : null}</div>` : null}
      ${loading ? html`<div class="skeleton bubbles" aria-hidden="true"><i></i><i></i><i></i></div>` : null}
      ${opening ? h(Bubble, { key: 'opening', chat, entry: opening, first: true, last: true, seen: false, mark: false }) : null}
      <div class="log" role="log" aria-live="off" aria-label=${t('w.messages')} aria-busy=${String(loading)}>
        ${list.flatMap((row) => (row.type === 'day' ? html`<p class="day" key=${row.key}><span>${state.time.day(row.at)}</span></p>`
          : row.type === 'new' ? html`<p class="new-line" key="new"><span>${t('w.new')}</span></p>`
            : [h(Bubble, { key: row.key, chat, entry: row.entry, first: row.first, last: row.last, seen: row.entry === lastMine && row.entry.seq > 0 && row.entry.seq <= seenTo, mark: row.entry === lastMine, progress: state.progress[row.entry.echo_id] }),
            row.key === leftAt ? html`<p class="activity" key="left"><span>${t(state.signed || state.contact?.email || state.user?.email || state.claims?.email ? 'w.left_known' : 'w.left')}</span></p>` : null,
            row.key === joinedAt ? html`<p class="activity" key="joined"><span>${t('w.joined', { name: state.joined?.name || '' })}</span></p>` : null,
            row.key === contact ? h(Later, { chat, fetch: parts.contact, key: 'contact' }) : null]))}
      </div>
      ${state.typing[state.chat] ? html`<div class="typing"><${Avatar} name=${agent} url=${talk?.assignee?.avatar_url} tint=${talk?.assignee?.tint} size=${28} /><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span></div>` : null}
      ${h(Spoken, { chat, timeline, loading })}
      ${talk?.queue ? html`<p class="activity" role="status">${t(talk.queue.position > 1 ? 'w.queue' : 'w.queue_next', { count: talk.queue.position })}${talk.queue.wait_minutes ? ` ${t('w.queue_wait', { time: state.time.span(talk.queue.wait_minutes * 60000) })}` : ''}</p>` : null}
      <p class="quiet" role="status">${state.joined?.uuid === state.chat ? t('w.joined', { name: state.joined.name }) : ''}</p>
      <p class="quiet" role="status">${state.typing[state.chat] ? t('w.typing', { name: agent }) : ''}</p>
      ${fields.length ? h(Later, { chat, fetch: parts.prechat, fields, key: 'prechat' }) : null}
      ${away ? h(Later, { chat, fetch: parts.away, key: 'away' }) : null}
    <//>
    ${!atEnd && !away && !fields.length ? html`<div class="below"><button type="button" class="pill ${below ? 'has-new' : ''}" onClick=${() => thread.current?.toEnd(true)}>${h(Icon, { name: 'arrow_down', size: 16 })}<span>${below ? t('w.new_below', { count: below }) : html`<span class="quiet">${t('w.to_end')}</span>`}</span></button></div>` : null}
    ${h(Foot, { chat, talk, asking: fields.length > 0 || away })}
  </div>`;
}

/**
 * Says what came in, once. The log itself is silent: one's own words, "seen" and older pages above would be read out, too.
 * @param {{chat: import('./chat.js').Chat, timeline: import('../shared/timeline.js').Timeline, loading: boolean}} props
 */
function Spoken({ chat, timeline, loading }) {
  const newest = newestSeq(timeline);
  const said = useRef({ chat: chat.state.chat, to: newest, known: new Set(), loaded: !loading, text: '', at: 0 });
  const now = said.current;
  const moved = now.chat !== chat.state.chat && !now.chat.startsWith('new');
  if (moved || !now.loaded) Object.assign(now, { to: newest, text: '' });
  else if (newest > now.to) {
    const fresh = timeline.stored.filter((entry) => entry.seq > now.to && !now.known.has(entry.uuid) && !entry.mine && entry.kind !== 'activity');
    for (const { uuid } of fresh) now.known.add(uuid);
    if (fresh.length) {
      now.at++;
      now.text = fresh.map((entry) => chat.t('w.says', { name: entry.name || chat.state.settings.brand_name, text: entry.text || entry.attachments[0]?.name || chat.t('w.a_file') })).join('\n');
    }
    now.to = newest;
  }
  now.chat = chat.state.chat;
  now.loaded = !loading;
  return html`<div class="quiet" aria-live="polite"><p key=${now.at}>${now.text}</p></div>`;
}

/** @param {{chat: import('./chat.js').Chat, talk: any, asking: boolean}} props */
function Foot({ chat, talk, asking }) {
  const { state, t } = chat;
  const policy = chat.policy();
  // One composer from the first key to the last: when what begins here becomes a conversation, somebody may be writing already.
  const box = useRef({ chat: '', key: '' }).current;
  if (box.chat !== state.chat) {
    const grew = state.grown?.to === state.chat && (box.chat === state.grown.from || box.chat === 'new');
    if (!grew && !(box.chat.startsWith('new') && state.chat.startsWith('new'))) box.key = state.chat;
    box.chat = state.chat;
  }
  if (asking) return null;
  if (talk?.closed || (talk?.status === 'Closed' && policy.prevent_reply_to_closed_conversation)) {
    return html`<div class="closed"><p>${t('w.conversation_closed')}</p>${mayStart(state, policy)
      ? html`<button type="button" class="primary" onClick=${() => chat.start()}>${t('w.start_new')}</button>` : null}</div>`;
  }
  if (state.chat.startsWith('new') && doorOf(state) === 'sign_in') return html`<div class="closed"><p>${t('w.sign_in_first')}</p></div>`;
  const ended = talk?.status === 'Resolved' && !state.chat.startsWith('new');
  return html`${ended ? html`<div class="ended"><p>${t('w.ended_note')}</p>${mayStart(state, policy) ? html`<button type="button" class="plain" onClick=${() => chat.start()}>${t('w.start_new')}</button>` : null}</div>` : null}${state.chat === 'new' && state.settings.consent ? h(Later, { chat, fetch: parts.consent, key: 'consent' }) : null}${h(Composer, { chat, key: `${state.person} ${box.key}` })}`;
}
