// Files on their way into a message: chosen, pasted or dropped; uploaded at once with progress; kept per conversation
// while the page is open, so that switching conversations loses none.

import { change, now, useDesk } from '../state/store.js';
import { api, wordsFor } from '../state/wire.js';
import { time } from '../parts/small.js';
import { toast } from '../state/toasts.js';
import { ApiError } from '../../shared/api.js';

/** @typedef {{id: number, name: string, size: number, share: number, state: 'sending'|'done'|'failed', failure: string, attachment: any, file: File, abort: AbortController, preview: string}} Upload */

/** @type {Record<string, Upload[]>} */
let waiting = {};
let last = 0;

/** Uploads are no part of the server's truth, so they live here; the store is only rung, to draw again. */
function put(/** @type {string} */ conversation, /** @type {Upload[]} */ list) {
  waiting = { ...waiting, [conversation]: list };
  change({});
}

/** @type {Upload[]} */
const NONE = [];
/** @param {string} conversation */
export const uploadsOf = (conversation) => waiting[conversation] || NONE;
/** @param {string} conversation */
export const useUploads = (conversation) => useDesk(() => uploadsOf(conversation));

/** @param {string} conversation @param {number} id @param {Partial<Upload>} patch */
const patch = (conversation, id, patch) => put(conversation, uploadsOf(conversation).map((one) => (one.id === id ? { ...one, ...patch } : one)));

/** @param {string} conversation @param {Iterable<File>} files */
export function addFiles(conversation, files) {
  const { limits } = now();
  for (const file of files) {
    if (uploadsOf(conversation).length >= limits.files_per_message) { toast(`A message takes ${limits.files_per_message} files. Send these first, then the rest.`, { tone: 'bad' }); return; }
    if (file.size > limits.file_bytes) { toast(`“${file.name}” is ${time.bytes(file.size)}; the limit is ${time.bytes(limits.file_bytes)}. Your message is still here.`, { tone: 'bad' }); continue; }
    if (!file.size) { toast(`“${file.name}” is empty, so it was not attached.`, { tone: 'bad' }); continue; }
    const one = { id: ++last, name: file.name || 'picture.png', size: file.size, share: 0, state: /** @type {'sending'} */ ('sending'), failure: '', attachment: null, file, abort: new AbortController(), preview: file.type.startsWith('image/') && file.type !== 'image/svg+xml' ? URL.createObjectURL(file) : '' };
    put(conversation, [...uploadsOf(conversation), one]);
    upload(conversation, one);
  }
}

/** @param {string} conversation @param {Upload} one */
async function upload(conversation, one) {
  const form = new FormData();
  form.append('files', one.file, one.name);
  try {
    const { data } = await api.upload(`/conversations/${conversation}/attachments`, form, { signal: one.abort.signal, onProgress: (share) => patch(conversation, one.id, { share }) });
    patch(conversation, one.id, { state: 'done', share: 1, attachment: data.attachments[0] });
  } catch (error) {
    if (error instanceof ApiError && error.kind === 'aborted') return;
    patch(conversation, one.id, { state: 'failed', failure: wordsFor(error) });
  }
}

/** @param {string} conversation @param {number} id */
export function retryFile(conversation, id) {
  const one = uploadsOf(conversation).find((other) => other.id === id);
  if (!one) return;
  patch(conversation, id, { state: 'sending', share: 0, failure: '' });
  upload(conversation, one);
}

/** @param {string} conversation @param {number} id */
export function removeFile(conversation, id) {
  const one = uploadsOf(conversation).find((other) => other.id === id);
  one?.abort.abort();
  if (one?.preview) URL.revokeObjectURL(one.preview);
  put(conversation, uploadsOf(conversation).filter((other) => other.id !== id));
}

/** They belong to a message now. @param {string} conversation */
export function clearFiles(conversation) {
  for (const one of uploadsOf(conversation)) if (one.preview) URL.revokeObjectURL(one.preview);
  put(conversation, []);
}

/** Back into the composer, from a message that was taken back. @param {string} conversation @param {any[]} attachments */
export function restoreFiles(conversation, attachments) {
  put(conversation, [...uploadsOf(conversation), ...attachments.map((attachment) => ({ id: ++last, name: attachment.name, size: attachment.size, share: 1, state: /** @type {'done'} */ ('done'), failure: '', attachment, file: new File([], attachment.name), abort: new AbortController(), preview: '' }))]);
}

/** Handlers for a place files can be dropped on. @param {string} conversation @param {(over: boolean) => void} setOver */
export function dropsOf(conversation, setOver) {
  const has = (/** @type {DragEvent} */ event) => !!event.dataTransfer?.types.includes('Files');
  return {
    onDragOver: (/** @type {DragEvent} */ event) => { if (has(event)) { event.preventDefault(); setOver(true); } },
    onDragLeave: (/** @type {DragEvent} */ event) => { if (!(/** @type {HTMLElement} */ (event.currentTarget).contains(/** @type {Node|null} */ (event.relatedTarget)))) setOver(false); },
    onDrop: (/** @type {DragEvent} */ event) => { if (has(event)) { event.preventDefault(); setOver(false); addFiles(conversation, event.dataTransfer?.files || []); } },
  };
}
