// What this person may do here, and which screen is the first one. Pure.

/** May this person chat: yes, after a code by mail, or only signed in on the page (decision 2). @param {import('./chat.js').State} state @returns {'open'|'identify'|'sign_in'} */
export function doorOf({ settings, signed, session }) {
  if (signed) return 'open';
  if (settings.access === 'identify') return 'identify';
  return settings.access === 'verified' || (!session && settings.anonymous_allowed === false) ? 'sign_in' : 'open';
}

/** The tiles of the hub this person has, in their order; none where nothing but chat is on (rows 105–110). @param {import('./chat.js').State} state @returns {string[]} */
export const tilesOf = (state) => ['chat', 'bug', 'feature', 'review', 'question'].filter((kind) => state.settings.tiles?.[kind] && (kind !== 'chat' || doorOf(state) !== 'sign_in'));

/** The first screen. One module alone is opened directly (row 117). @param {import('./chat.js').State} state @returns {{view: import('./chat.js').State['view'], about: string}} */
export function rootOf(state) {
  const tiles = tilesOf(state);
  if (!tiles.length || (tiles.length === 1 && tiles[0] === 'chat')) return { view: 'home', about: '' };
  return tiles.length === 1 ? { view: 'report', about: tiles[0] } : { view: 'hub', about: '' };
}

/** No screen before the conversation. @param {import('./chat.js').State} state */
export const straight = (state) => !!(state.settings.direct_to_conversation || state.settings.single_thread) && rootOf(state).view === 'home' && doorOf(state) !== 'sign_in';

/** Conversations, without the reports. @param {import('./chat.js').State} state */
export const chatsOf = (state) => state.conversations.filter((talk) => !talk.kind || talk.kind === 'chat');

/** May another conversation begin? @param {import('./chat.js').State} state @param {any} policy */
export const mayStart = (state, policy) => doorOf(state) !== 'sign_in' && policy.allow_start_conversation !== false && !((policy.prevent_multiple_conversations || state.settings.single_thread) && chatsOf(state).length > 0);

/** What the consent that was given is remembered by: another text is asked again. @param {any} consent */
export const consentMark = (consent) => (consent ? `${consent.text} ${consent.link_url || ''}` : '');

/** The verbs that lead into a conversation. @param {Pick<import('./store.js').Core, 'state'|'set'|'keep'|'go'>} core */
export const doorVerbs = (core) => ({
  /** To where one writes: with a button's team and words, or on in the one thread. @param {string} [button] */
  start(button = '') {
    const { state, set, keep, go } = core;
    const { settings } = state;
    const buttons = settings.home_buttons || [];
    if (!button && buttons.length > 1) { go('home', rootOf(state).view === 'home' ? '' : 'chat'); return; }
    const chosen = button || buttons[0]?.id || '';
    set({ button: chosen });
    keep({ button: chosen || null });
    go('chat', settings.single_thread ? chatsOf(state)[0]?.uuid || 'new' : 'new');
  },
  /** Agreed to what must be agreed to before the first word. @param {boolean} on */
  agree(on) {
    core.set({ agreed: on, refusals: 0 });
    core.keep({ agreed: on ? consentMark(core.state.settings.consent) : null });
  },
  /** Something still has to be agreed to; the checkbox says so. */
  unagreed() {
    const { settings, agreed, refusals } = core.state;
    if (!settings.consent || agreed) return false;
    core.set({ refusals: refusals + 1 });
    return true;
  },
});
