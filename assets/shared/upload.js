// Posting files. XMLHttpRequest, because fetch cannot say how much has left.

import { ApiError } from './api.js';

const IDLE_MS = 60000;

/**
 * A stalled upload ends after a minute without a byte.
 * @param {string} url @param {FormData} form @param {Record<string, string>} headers
 * @param {(status: number, text: string, header: (name: string) => string|null) => import('./api.js').Answer} settle reads the answer, or throws what was refused
 * @param {{onProgress?: (share: number) => void, signal?: AbortSignal}} options @returns {Promise<import('./api.js').Answer>}
 */
export function post(url, form, headers, settle, { onProgress = () => {}, signal }) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) { reject(new ApiError('aborted')); return; }
    const request = new XMLHttpRequest();
    /** @type {ReturnType<typeof setTimeout>} */ let idle;
    let stalled = false;
    const stop = () => request.abort();
    const alive = () => { clearTimeout(idle); idle = setTimeout(() => { stalled = true; stop(); }, IDLE_MS); };
    const end = () => { clearTimeout(idle); signal?.removeEventListener('abort', stop); };
    request.open('POST', url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => { alive(); if (event.lengthComputable) onProgress(event.loaded / event.total); };
    request.onload = () => {
      end();
      try { resolve(settle(request.status, request.responseText, (name) => request.getResponseHeader(name))); } catch (error) { reject(error); }
    };
    request.onerror = () => { end(); reject(new ApiError('offline')); };
    request.onabort = () => { end(); reject(new ApiError(stalled ? 'timeout' : 'aborted')); };
    signal?.addEventListener('abort', stop);
    alive();
    request.send(form);
  });
}
