// What a page may say of its visitor, and what it may listen to: fetched only when a page does so, as the embed codes of others do.
// Contract: assets/embed/README.md.

import { DRAFT, PREFIX } from './store.js';

const VARIABLES_MAX = 50;
const CHARS_MAX = 500;

/** Names and values as text, bounded. @param {any} values @returns {Record<string, string>} */
function plain(values) {
  const pairs = Object.entries(values && typeof values === 'object' ? values : {}).slice(0, VARIABLES_MAX);
  return Object.fromEntries(pairs.map(([name, value]) => [name.slice(0, CHARS_MAX), String(value ?? '').slice(0, CHARS_MAX)]));
}

/** The conversation that goes on, if one does. @param {import('./store.js').State} state */
const going = (state) => state.conversations.find((talk) => !talk.closed);

/** @param {import('./store.js').Core} core */
export function createPageCalls(core) {
  let listening = false;
  let sending = false;
  let drafted = '';

  // ---- what the page says of the visitor

  /** Claims wait for a session: nobody becomes a contact by looking at a page. Each is sent once; a lost answer sends it again. */
  async function tellServer() {
    const { claims, variables } = core.state;
    const said = JSON.stringify([claims, variables]);
    if (sending || !core.kept.session || (!claims && !variables) || core.kept.claimed === said) return;
    // Who proved who they are is not renamed by a page's word.
    const body = { ...(!core.kept.signed && claims?.name && { name: claims.name }), ...(!core.kept.signed && claims?.email && { email: claims.email }), ...(variables && { variables }) };
    if (!Object.keys(body).length) return;
    sending = true;
    try {
      const answer = await core.api.put(`${PREFIX}/auth/me`, body);
      core.keep({ claimed: said, ...(answer?.user && { user: answer.user }) });
      if (answer?.user) core.set({ user: answer.user });
    } catch (error) {
      // A refusal stays one; a bad line is tried again with the next change.
      if (/** @type {any} */ (error).temporary) core.later('claims', 5000, tellServer);
      else core.keep({ claimed: said });
    }
    sending = false;
    if (JSON.stringify([core.state.claims, core.state.variables]) !== said) tellServer();
  }

  /** Begins a message for the visitor, unless something is written already. @param {string} text */
  function draft(text) {
    const { state } = core;
    // The first screen is still to be chosen, and would be put over ours.
    drafted = state.phase === 'ready' ? '' : text;
    if (drafted) return;
    const to = state.view === 'chat' ? state.chat : going(state)?.uuid || 'new';
    if (core.editor) {
      if (!core.editor.value().trim()) core.editor.insert(text);
    } else {
      if (!core.kept[DRAFT + to]) core.keep({ [DRAFT + to]: text });
      if (state.view !== 'chat') core.go('chat', to);
    }
  }

  // ---- what the page hears

  /** @param {string} name @param {any} data */
  const tell = (name, data) => core.page.post('event', { name, data });
  /** What was told already, by what. @type {Record<string, string>} */
  const told = {};
  /** Tells what differs from what was told before. @param {string} name @param {any} data */
  function differs(name, data) {
    const text = JSON.stringify(data);
    if (told[name] === text) return false;
    told[name] = text;
    return true;
  }

  /** By conversation, until when its messages are known to the page. @type {Map<string, number>} */ const known = new Map();
  let primed = false;
  let rated = new Set();
  let form = core.state.form;

  function look() {
    const { state } = core;
    if (state.phase !== 'ready') return;
    const { user, settings } = state;
    const variables = state.variables || {};
    const name = [user?.first_name, user?.last_name].filter(Boolean).join(' ') || state.claims?.name || '';
    const talk = going(state);
    const facts = {
      availability: (settings.availability?.online ?? settings.team?.online) === false ? 'offline' : 'online',
      customer: { id: String(user?.uuid || user?.id || ''), name, email: user?.email || state.claims?.email || '', isReturning: state.conversations.length > 0, status: talk ? 'chatting' : 'browsing', sessionVariables: variables },
      chat: { chatId: talk?.uuid || null, threadId: talk?.uuid || null },
    };
    for (const [about, data] of Object.entries(facts)) if (differs(about, data)) tell(about, data);
    if (differs('ready', 1)) tell('ready', {});
    if (form !== state.form) {
      form = state.form;
      if (form) tell('form_submitted', { type: 'prechat' });
    }
    messages(state);
    ratings(state);
  }

  /** @param {import('./store.js').State} state */
  function messages(state) {
    if (!state.listed && state.session) return;
    for (const talk of state.conversations) {
      const before = known.get(talk.uuid) || 0;
      if (talk.at <= before) continue;
      known.set(talk.uuid, talk.at);
      if (!primed || !talk.last_message) continue;
      const entry = state.timelines[talk.uuid]?.stored.findLast((one) => one.kind !== 'activity');
      const mine = entry && entry.at === talk.at ? entry.mine : talk.last_message.author?.type !== 'agent';
      const type = entry?.meta?.rich ? 'rich_message' : entry?.attachments?.length && !entry.text ? 'file' : 'message';
      tell('new_event', { timestamp: Math.floor(talk.at / 1000), type, author: { id: mine ? String(state.user?.uuid || state.user?.id || '') : String(talk.assignee?.id || ''), type: mine ? 'customer' : 'agent' } });
    }
    // What was there before anybody listened is no news.
    primed = true;
  }

  /** @param {import('./store.js').State} state */
  function ratings(state) {
    const stored = state.timelines[state.chat]?.stored || [];
    for (const { uuid, meta } of stored) {
      if (!meta?.csat_submitted || rated.has(uuid)) continue;
      rated.add(uuid);
      if (told[`asked ${uuid}`]) tell('rating_submitted', meta.submitted_rating > 3 ? 'good' : meta.submitted_rating < 3 ? 'bad' : 'none');
    }
    for (const { uuid, meta } of stored) if (meta?.csat_uuid && !meta.csat_submitted) told[`asked ${uuid}`] = '1';
  }

  /** What the page wishes of our looks, laid over the settings whenever they come. @type {any} */ let looks = null;
  /** @type {any} */ let dressed = null;
  function dress() {
    const { settings, phase } = core.state;
    if (!looks || settings === dressed || phase === 'loading') return;
    const primary = /^#(\w{3}|\w{6})$/.test(looks.color) ? looks.color : settings.colors?.primary;
    dressed = { ...settings, colors: { ...settings.colors, primary }, ...(looks.powered === false && { show_powered_by: false }) };
    core.set({ settings: dressed });
  }

  // A session that begins, or a conversation, is when waiting claims can be told.
  let session = '';
  core.watch(() => {
    if (core.kept.session && core.kept.session !== session) { session = core.kept.session; tellServer(); }
    dress();
    if (drafted) draft(drafted);
    if (listening) look();
  });

  return {
    /** @param {string} type @param {any} said */
    hear(type, said) {
      if (type === 'claims') {
        const { name, email, user_id: id } = plain(said);
        core.set({ claims: { ...(name && { name }), ...(email && { email }), ...(id && { user_id: id }) } });
        tellServer();
      } else if (type === 'variables') { core.set({ variables: plain(said.values) }); tellServer(); } else if (type === 'draft') draft(String(said.text || '').slice(0, 10_000));
      else if (type === 'listen') { listening = true; look(); }
      else if (type === 'look') { looks = said; dressed = null; dress(); }
    },
  };
}
