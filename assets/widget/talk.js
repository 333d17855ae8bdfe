// The visitor's side of every conversation, joined from its parts: who is here (people), what was said (reading), what waits
// to be sent (sending), who writes (typing) and the line to the server (line). Components call its verbs and draw `core.state`.
//
// Never lose, never double:
//  - Each message has an echo id before anything else happens, and is kept in the page's storage until the server
//    answered; repeating it is harmless.
//  - `cursor` is the change number up to which we know everything. Frames move it only while `caughtUp` is true; after
//    every (re)join we fetch what came after it, and only then believe the socket again. So a frame that comes early
//    cannot hide one that was missed.
//  - Whatever arrives twice is the same uuid or the same echo id, and the timeline keeps one of it.
//  - `era` changes with the person. An answer to a question of an earlier era is thrown away.

import { ApiError } from '../shared/api.js';
import { createLine } from './line.js';
import { createPeople } from './people.js';
import { createReading } from './reading.js';
import { createSending } from './sending.js';
import { PREFIX } from './store.js';
import { createTyping } from './typing.js';

/**
 * @typedef {object} Talk
 * @property {() => void} start
 * @property {(token: string) => Promise<void>} identify
 * @property {(token: string) => Promise<void>} someone the page says who is here
 * @property {(result: {session_token: string, user: any}) => void} begun something made a visitor
 * @property {(answer: {session_token: string, user: any}) => void} proven a code proved who is here
 * @property {() => void} logout
 * @property {() => void} sessionOver
 * @property {(value: Record<string, any>) => void} otherTab
 * @property {() => Promise<void>} reload
 * @property {(uuid: string) => void} entered
 * @property {(away?: boolean) => void} left
 * @property {(uuid: string) => void} older
 * @property {() => void} seen
 * @property {(uuid: string, entry: any) => void} changed
 * @property {() => void} resume
 * @property {(text: string, files?: File[], postback?: {message_uuid: string, postback_id: string}) => void} send
 * @property {(echoId: string) => void} retry
 * @property {(echoId: string) => string} discard
 * @property {() => void} visited
 * @property {() => void} typing
 * @property {() => Promise<void>} closeConversation
 * @property {(csat: string, rating: number, feedback: string) => Promise<any>} rate
 */

/** @param {import('./store.js').Core} core @returns {Talk} */
export function createTalk(core) {
  const { api, open } = core;
  const line = createLine(core, {
    hear: (frame) => reading.hear(frame, true),
    ready: () => { reading.catchUp(); sending.outbox.flush(); },
    lost: () => reading.missed(),
    over: () => people.sessionOver(),
    ask: (going, signal, answered) => { sending.outbox.flush(); return reading.ask(going, signal, answered); },
  });
  const typing = createTyping(core, line);
  const reading = createReading(core, typing, (echoId) => sending.beginning(echoId));
  const sending = createSending(core, reading, typing, (result) => people.begun(result));
  const people = createPeople(core, reading, sending, line);

  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') reading.seen(); });
  addEventListener('online', () => sending.outbox.flush());

  return {
    // people
    start: people.start, begun: people.begun, proven: people.proven, identify: people.identify, someone: people.someone, logout: people.logout, sessionOver: people.sessionOver, otherTab: people.otherTab,
    // reading
    reload: reading.reload, entered: reading.entered, left: reading.left, older: reading.older, seen: reading.seen, changed: reading.changed,
    // sending
    resume: sending.resume, send: sending.send, retry: sending.retry, discard: sending.discard,
    // line
    visited: line.visited,
    typing: typing.mine,
    async closeConversation() {
      const uuid = core.state.chat;
      try { reading.upsert(await api.post(`${PREFIX}/conversations/${uuid}/close`)); } catch (error) { core.say(error instanceof ApiError ? core.why(error) : core.t('w.busy'), true); }
    },
    /** @param {string} csat @param {number} rating @param {string} feedback */
    rate: (csat, rating, feedback) => open.post(`/api/v1/csat/${csat}/response`, { rating, feedback }),
  };
}
