// What the visitor writes: kept until the server has it, sent in order, never twice. The rules: talk.js.

import { ApiError, newEchoId } from '../shared/api.js';
import { createOutbox } from '../shared/outbox.js';
import * as line from '../shared/timeline.js';
import { OUT, PREFIX } from './store.js';
import { entryOf, spokenIn } from './wire.js';
import { worked } from './worked.js';

/** How often a chat that is switched off is asked again. */
const OFF_RETRY_S = 60;

/** What goes with a first message besides its words. @param {import('./store.js').State} state */
const beginning = ({ button, settings, agreed, words }) => ({ ...(button && { button }), ...(settings.consent && agreed && { consent: true }), locale: words.code, took_ms: Math.round(performance.now()) });

/** @param {import('./store.js').Core} core @param {import('./reading.js').Reading} reading @param {import('./typing.js').Typing} typing @param {(result: any) => void} begun a first message made a visitor */
export function createSending(core, reading, typing, begun) {
  const { api, set, keep, conversation } = core;
  /** @type {Set<string>} */ const ours = new Set();

  const outbox = createOutbox({
    store: {
      load: () => '[]',
      save(text) {
        // One key per message, so that two tabs never overwrite each other's.
        const items = JSON.parse(text);
        /** @type {Record<string, any>} */ const patch = {};
        for (const key of Object.keys(core.kept)) if (key.startsWith(OUT) && !items.some((/** @type {any} */ item) => OUT + item.echo_id === key) && ours.has(key)) patch[key] = null;
        for (const item of items) if (JSON.stringify(core.kept[OUT + item.echo_id]) !== JSON.stringify(item)) { patch[OUT + item.echo_id] = item; ours.add(OUT + item.echo_id); }
        if (Object.keys(patch).length) keep(patch);
      },
    },
    // An inbox that is switched off may be switched on again; until then nothing written is given up.
    send: (item) => worked((work) => deliver(item, work)).catch((error) => { throw error instanceof ApiError && error.body?.code === 'chat_off' ? new ApiError('busy', error.message, { status: error.status, retryAfter: Math.max(OFF_RETRY_S, error.retryAfter), body: error.body }) : error; }),
    onStored,
    onState(item, now, error) {
      reading.change(item.conversation, (timeline) => line.changedPending(timeline, item.echo_id, { state: now, why: error ? core.why(error) : '' }));
      if (error?.kind === 'too_many') core.say(core.why(error));
    },
  });

  /** @param {any} item */
  const pendingOf = (item) => ({
    echo_id: item.echo_id, at: item.at, from: 'me', mine: true, kind: 'message', text: item.text, html: '', name: '', meta: {}, why: item.failed || '', state: item.failed ? 'failed' : 'sending',
    attachments: (item.files || []).map((/** @type {File} */ file) => ({ uuid: `${item.echo_id}${file.name}`, name: file.name, size: file.size, content_type: file.type, url: '', file })),
  });

  /** Messages that an earlier page could not get through. */
  function resume() {
    const { kept } = core;
    const items = Object.keys(kept).filter((key) => key.startsWith(OUT)).map((key) => { ours.add(key); return kept[key]; }).sort((a, b) => a.at - b.at);
    for (const item of items) {
      if (item.was_files) item.failed = core.t('w.files_again');
      reading.change(item.conversation, (timeline) => line.withPending(timeline, pendingOf(item)));
      outbox.add(item);
    }
  }

  /** @param {string} text @param {File[]} [files] @param {{message_uuid: string, postback_id: string}} [postback] the button that says this */
  function send(text, files = [], postback) {
    const { state } = core;
    const echo = newEchoId();
    const chat = state.chat === 'new' || !state.chat ? `new:${echo}` : state.chat;
    const begins = chat === `new:${echo}`;
    const item = { echo_id: echo, conversation: chat, text, at: Date.now(), ...(begins ? { begin: beginning(state) } : {}), ...(begins && state.form ? { extra: state.form } : {}), ...(files.length ? { files } : {}), ...(postback && { postback }) };
    if (begins) { set({ chat }); keep({ view: { name: 'chat', chat } }); }
    reading.change(chat, (timeline) => line.withDivider(line.withPending(timeline, pendingOf(item)), 0));
    typing.stop();
    outbox.add(item);
  }

  /** @param {import('../shared/outbox.js').OutboxItem} item @param {any} [work] */
  async function deliver(item, work) {
    const fresh = item.conversation.startsWith('new:');
    if (item.files?.length) {
      const form = new FormData();
      form.set('echo_id', item.echo_id);
      if (item.text) form.set('message', item.text);
      if (fresh) { form.set('start', '1'); for (const [name, value] of Object.entries(item.begin || {})) form.set(name, String(value)); if (item.extra) form.set('form_data', JSON.stringify(item.extra)); if (work) form.set('work', JSON.stringify(work)); } else form.set('conversation_uuid', item.conversation);
      for (const file of item.files) form.append('files', file, file.name);
      try {
        return (await api.upload('/api/v1/widget/media/upload', form, { onProgress: (share) => set({ progress: { ...core.state.progress, [item.echo_id]: share } }) })).data;
      } finally {
        const { [item.echo_id]: done, ...progress } = core.state.progress;
        set({ progress });
      }
    }
    const text = { message: item.text, echo_id: item.echo_id };
    return fresh ? api.post(`${PREFIX}/conversations/init`, { ...text, ...item.begin, ...(work && { work }), ...(item.extra && { form_data: item.extra }), ...(core.state.variables && { variables: core.state.variables }) }) : api.post(`${PREFIX}/conversations/${item.conversation}/message`, { ...text, ...(item.postback && { postback: item.postback }) });
  }

  /** @param {import('../shared/outbox.js').OutboxItem} item @param {any} result */
  function onStored(item, result) {
    if (!result.conversation) {
      const entry = entryOf({ ...result, echo_id: item.echo_id });
      reading.heard.add(entry.uuid);
      reading.change(item.conversation, (timeline) => line.withStored(timeline, [entry]));
      const talk = conversation(item.conversation);
      if (talk) reading.upsert(spokenIn(talk, entry));
      return;
    }
    const { state } = core;
    const uuid = result.conversation.uuid;
    const from = item.conversation;
    const { [from]: before, ...timelines } = state.timelines;
    const entries = result.messages.map(entryOf);
    for (const entry of entries) { reading.heard.add(entry.uuid); if (entry.mine && entries.length === 1) entry.echo_id = item.echo_id; }
    const joined = line.withoutPending(line.withStored({ ...(before || line.emptyTimeline()), stored: state.timelines[uuid]?.stored || [] }, entries), item.echo_id);
    set({ timelines: { ...timelines, [uuid]: joined }, loaded: { ...state.loaded, [uuid]: true }, chat: state.chat === from ? uuid : state.chat, grown: { from, to: uuid }, form: null, button: '' });
    reading.upsert({ ...result.conversation, business_hours_id: result.business_hours_id, working_hours_utc_offset: result.working_hours_utc_offset });
    keep({ form: null, button: null, view: { name: core.state.view, chat: core.state.chat } });
    outbox.moved(from, uuid);
    if (result.session_token) begun(result);
  }

  return {
    outbox, resume, send,
    /** Is this the first message of a conversation, under way? @param {string} echoId */
    beginning: (echoId) => outbox.items().some((item) => item.echo_id === echoId && item.conversation.startsWith('new:')),
    /** @param {string} echoId */
    retry(echoId) { outbox.retry(echoId); },
    /** @param {string} echoId */
    discard(echoId) {
      const item = outbox.remove(echoId);
      if (item) reading.change(item.conversation, (timeline) => line.withoutPending(timeline, echoId));
      return item?.text || '';
    },
    /** Another person: nothing of before remains. */
    clear() { ours.clear(); outbox.clear(); },
  };
}
/** @typedef {ReturnType<typeof createSending>} Sending */
