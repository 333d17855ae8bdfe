// Files waiting in the composer, with how far they are.

import { html } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { time } from '../parts/small.js';
import { removeFile, retryFile } from './files.js';

/** @param {{uuid: string, uploads: import('./files.js').Upload[]}} props */
export function Uploads({ uuid, uploads }) {
  if (!uploads.length) return null;
  return html`<ul class="uploads" role="list" aria-label="Attached files">${uploads.map((one) => html`<li key=${one.id} class="upload is-${one.state}">
    ${one.preview ? html`<img src=${one.preview} alt="" />` : html`<${Icon} name="file" />`}
    <span class="upload-main"><span class="file-name" dir="auto">${one.name}</span>
      ${one.state === 'failed' ? html`<span class="upload-failure" role="alert">${one.failure} <button type="button" class="link-button" onClick=${() => retryFile(uuid, one.id)}>Try again</button></span>`
        : one.state === 'sending' ? html`<progress max="1" value=${one.share} aria-label="Uploading ${one.name}"></progress>` : html`<span class="file-size tabular">${time.bytes(one.size)}</span>`}</span>
    <button type="button" class="icon-button is-small" aria-label="Remove ${one.name}" onClick=${() => removeFile(uuid, one.id)}><${Icon} name="close" size=${16} /></button>
  </li>`)}</ul>`;
}
