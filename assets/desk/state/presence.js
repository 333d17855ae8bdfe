// How oneself counts, in words; the switch; and telling the server when nobody touches the keys.

import { change, now } from './store.js';
import { announce, toast } from './toasts.js';
import { api, wordsFor } from './wire.js';

/** @typedef {import('./types.js').Agent} Agent */

/** So long without a key, a click or a scroll, and nobody sits here. */
export const IDLE_MS = 10 * 60_000;

/** @type {Record<string, string>} */
const WHY = { switch: 'Away', hours: 'Away: outside your hours', idle: 'Away: no key touched for 10 minutes', gone: 'Not connected' };

/** What others see of oneself, with the reason when it is not what was chosen. @param {Agent} agent */
export function statusWords(agent) {
  if (agent.hidden) return 'Appearing offline';
  if (agent.availability === 'away') return 'Away';
  return agent.status && agent.status !== 'online' ? WHY[agent.why || ''] || 'Away' : 'Online';
}

/** The same in one word, for the rail. @param {Agent} agent */
export const statusWord = (agent) => (agent.hidden ? 'Hidden' : statusWords(agent).split(':')[0].replace('Not connected', 'Online'));

/** Whether somebody takes conversations now. @param {Agent} agent */
export const isHere = (agent) => (agent.status ? agent.status === 'online' : agent.online && agent.availability === 'online');

/** @param {{availability?: 'online'|'away', hidden?: boolean}} wanted */
export async function setStatus(wanted) {
  const before = now().agent;
  change({ agent: { ...before, ...wanted } });
  try {
    const agent = await api.put('/me', wanted);
    change({ agent });
    announce(`You are ${statusWords(agent).toLowerCase()}`);
  } catch (error) {
    change({ agent: before });
    toast(`You are still ${statusWords(before).toLowerCase()}. ${wordsFor(error)}`, { tone: 'bad' });
  }
}

/** The entries of the menu under one's own face. @param {Agent} agent */
export function statusItems(agent) {
  const chosen = agent.hidden ? 'hidden' : agent.availability;
  const because = !agent.hidden && agent.availability === 'online' && agent.status && agent.status !== 'online' ? statusWords(agent).replace('Away: ', 'but ') : '';
  return [
    { label: 'Online', hint: because, checked: chosen === 'online', run: () => setStatus({ availability: 'online', hidden: false }) },
    { label: 'Away', checked: chosen === 'away', run: () => setStatus({ availability: 'away', hidden: false }) },
    { label: 'Appear offline', checked: chosen === 'hidden', run: () => setStatus({ hidden: true }) },
  ];
}

/**
 * Tells when this page falls idle and when it wakes.
 * @param {(idle: boolean) => void} tell @param {number} [after] @returns {() => void} says again how it is, to a line that is new
 */
export function watchIdle(tell, after = IDLE_MS) {
  let idle = false;
  let touched = Date.now();
  const set = (/** @type {boolean} */ next) => { if (idle !== next) { idle = next; tell(idle); } };
  const touch = () => { touched = Date.now(); set(false); };
  for (const event of ['keydown', 'pointerdown', 'pointermove', 'wheel', 'touchstart', 'focus']) addEventListener(event, touch, { passive: true, capture: true });
  setInterval(() => set(Date.now() - touched >= after), Math.min(after / 4, 15_000));
  return () => { if (idle) tell(true); };
}
