// What was written but is not acknowledged yet. It survives a reload, is sent in order per conversation,
// and always with the same echo id, so that a lost answer can never make a second message.
//
// It knows neither the DOM nor HTTP: it is given a place to keep text, and a function that sends one item.
// Files cannot be kept across a reload; items with files are kept in memory only (the text of them is kept).

import { ApiError } from './api.js';

const ITEMS_MAX = 50;
const RETRY_MS = [1000, 2000, 4000, 8000, 15000, 30000];

/**
 * @typedef {{echo_id: string, conversation: string, text: string, at: number, extra?: any, postback?: any, begin?: any, files?: File[], failed?: string, was_files?: number}} OutboxItem
 * `conversation` is a uuid, or `new:<echo id>` for one that does not exist yet. `failed` is why it needs a person.
 */

/**
 * @param {object} options
 * @param {{load: () => string|null, save: (text: string) => void}} options.store
 * @param {(item: OutboxItem) => Promise<any>} options.send resolves when stored; rejects with ApiError
 * @param {(item: OutboxItem, result: any) => void} options.onStored
 * @param {(item: OutboxItem, state: 'queued'|'sending'|'failed', error?: ApiError) => void} options.onState
 */
export function createOutbox({ store, send, onStored, onState }) {
  /** @type {OutboxItem[]} */ let items = [];
  /** @type {Set<string>} */ const busy = new Set();
  /** @type {any} */ let timer = 0;
  let tries = 0;
  let stopped = false;
  let era = 0;

  try {
    const kept = JSON.parse(store.load() || '[]');
    if (Array.isArray(kept)) items = kept.filter((item) => item && typeof item.echo_id === 'string' && typeof item.conversation === 'string').slice(-ITEMS_MAX);
  } catch { /* something else was kept under our name: start empty */ }

  const save = () => store.save(JSON.stringify(items.map(({ files, ...item }) => (files && files.length ? { ...item, was_files: files.length } : item))));

  function flush() {
    clearTimeout(timer);
    if (stopped) return;
    /** @type {Set<string>} */ const seen = new Set();
    for (const item of [...items]) {
      // Order within a conversation: a later item waits for the earlier one, unless a person must look at that one.
      if (item.failed || seen.has(item.conversation)) continue;
      seen.add(item.conversation);
      if (!busy.has(item.conversation)) deliver(item);
    }
  }

  /** @param {OutboxItem} item */
  async function deliver(item) {
    const mine = era;
    const lane = item.conversation;
    busy.add(lane);
    onState(item, 'sending');
    try {
      const result = await send(item);
      if (mine !== era) return;
      tries = 0;
      items = items.filter((other) => other !== item);
      save();
      onStored(item, result);
    } catch (error) {
      if (mine !== era) return;
      const problem = error instanceof ApiError ? error : new ApiError('internal');
      if (!items.includes(item)) { /* taken back meanwhile */ } else if (problem.temporary) {
        // Those behind it wait for the same thing.
        for (const other of items) if (other.conversation === lane && !other.failed) onState(other, 'queued', problem);
        const pause = Math.max(problem.retryAfter * 1000, RETRY_MS[Math.min(tries++, RETRY_MS.length - 1)]);
        clearTimeout(timer);
        timer = setTimeout(flush, pause * (1 + Math.random() * 0.25));
        busy.delete(lane);
        return;
      } else {
        item.failed = problem.message || problem.kind;
        save();
        onState(item, 'failed', problem);
      }
    }
    busy.delete(lane);
    flush();
  }

  return {
    /** What waits, oldest first. */
    items: () => items,
    /** @param {OutboxItem} item */
    add(item) {
      items = [...items, item].slice(-ITEMS_MAX);
      save();
      flush();
    },
    /** Tries a failed one again. @param {string} echoId */
    retry(echoId) {
      for (const item of items) if (item.echo_id === echoId) delete item.failed;
      tries = 0;
      save();
      flush();
    },
    /** Takes one back; answers it, so that its text can return to the composer. @param {string} echoId */
    remove(echoId) {
      const item = items.find((other) => other.echo_id === echoId);
      items = items.filter((other) => other !== item);
      save();
      return item;
    },
    /** A conversation came into being: what was meant for it goes there. @param {string} from @param {string} to */
    moved(from, to) {
      for (const item of items) if (item.conversation === from) item.conversation = to;
      save();
      flush();
    },
    /** The line is back. */
    flush() { tries = 0; flush(); },
    /** Another person is here now: forget everything. Answers still under way are ignored. */
    clear() { era++; items = []; busy.clear(); clearTimeout(timer); save(); },
    stop() { stopped = true; clearTimeout(timer); },
  };
}
