// Who is writing: told to the other side now and then, and shown of the other side until it is old.

const ON_MS = 3000;
const OFF_MS = 2000;
const SHOWN_MS = 5000;

/** @param {import('./store.js').Core} core @param {import('./line.js').Line} line */
export function createTyping(core, line) {
  const spoken = { at: 0, to: '' };

  /** The other side. @param {string} uuid @param {string} who nobody: empty */
  function theirs(uuid, who) {
    const { typing } = core.state;
    if ((typing[uuid] || '') !== who) core.set({ typing: { ...typing, [uuid]: who } });
    if (who) core.later(`typing${uuid}`, SHOWN_MS, () => theirs(uuid, ''));
  }

  /** Called at each key; tells the other side at most every three seconds. */
  function mine() {
    const { chat } = core.state;
    if (!chat || chat.startsWith('new')) return;
    const now = Date.now();
    if (now - spoken.at > ON_MS || spoken.to !== chat) { spoken.at = now; spoken.to = chat; line.send({ type: 'typing', data: { conversation_uuid: chat, is_typing: true } }); }
    core.later('typed', OFF_MS, stop);
  }

  function stop() {
    clearTimeout(core.timers.typed);
    if (spoken.to) line.send({ type: 'typing', data: { conversation_uuid: spoken.to, is_typing: false } });
    spoken.to = '';
    spoken.at = 0;
  }

  return { theirs, mine, stop };
}
/** @typedef {ReturnType<typeof createTyping>} Typing */
