// The desk's line to the server: where it is, and the proof that travels with each call.

import { ApiError, createApi } from '../../shared/api.js';

/** @param {string} name */
const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.getAttribute('content') || '';

/** The part of the path before `/desk`, for installs below a sub-path; usually empty. */
export const base = new URL(meta('deskbell-base') || '/', location.origin).pathname.replace(/\/$/, '');
/** Where this page's files are. @param {string} path */
export const asset = (path) => `${meta('deskbell-assets')}/${path}`;

/** Files are named from the root of the server; below a sub-path the root is there. @param {string} url */
export const placed = (url) => (base && url.startsWith('/uploads/') ? base + url : url);

let csrf = '';
/** @type {() => void} */
let lost = () => {};

/** @param {string} next */
export const holdProof = (next) => { csrf = next; };
/** Called when an answer says that the session is over. @param {() => void} run */
export const onSessionLost = (run) => { lost = run; };

export const api = createApi({
  base: `${base}/api/desk`,
  headers: () => (csrf ? { 'X-Deskbell-CSRF': csrf } : /** @type {Record<string, string>} */ ({})),
  onAnswer: (answer) => { if (answer.status === 401 && csrf) lost(); },
});

/** @type {Record<string, string>} */
const WORDS = {
  offline: 'The server cannot be reached. Check your connection, then try again.',
  timeout: 'The server took too long to answer. Try again in a moment.',
  aborted: 'Stopped.',
  unauthorized: 'You are signed out. Sign in again; nothing you wrote is lost.',
  too_many: 'That was a little too often. Wait a moment, then try again.',
  busy: 'The server is busy. Try again in a moment.',
};

/** What to tell a person about a failure: the server's own sentence when there is one. @param {unknown} error @returns {string} */
export function wordsFor(error) {
  if (!(error instanceof ApiError)) return 'Something went wrong on this page. Reload it, and tell us if it happens again.';
  const sentence = error.message || WORDS[error.kind] || 'Something went wrong on the server. Try again in a moment.';
  return error.kind === 'internal' && error.body?.error?.request_id ? `${sentence} (${error.body.error.request_id})` : sentence;
}

/** @param {unknown} error */
export const fieldOf = (error) => (error instanceof ApiError ? error.field : '');
/** The server's stable word for what happened, where it has one. @param {unknown} error @returns {string} */
export const codeOf = (error) => (error instanceof ApiError ? error.body?.error?.code || '' : '');
/** @param {unknown} error */
export const kindOf = (error) => (error instanceof ApiError ? error.kind : 'internal');
