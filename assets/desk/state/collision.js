// Two people, one conversation: what somebody who presses "Send" has seen of the other's answers. Pure.

/** What came less than this ago was not read by somebody who was typing. */
export const FRESH_MS = 8000;

/**
 * Answers of others that came while this one was being written.
 * @param {readonly any[]} stored @param {number} began when the first letter was typed; 0 = not known @param {number} now
 */
export const missed = (stored, began, now) => stored.filter((one) => one.kind === 'outgoing' && !one.mine && one.author?.type === 'agent' && one.arrived && (now - one.arrived < FRESH_MS || (began && one.arrived > began && now - began < FRESH_MS)));

/** The change number up to which everything on the screen has been there long enough to be read. @param {readonly any[]} stored @param {number} now */
export function seenUpTo(stored, now) {
  const fresh = missed(stored, 0, now);
  if (!fresh.length) return stored.length ? stored[stored.length - 1].seq : 0;
  return Math.min(...fresh.map((one) => one.seq)) - 1;
}
