// The quiet card all doors share.

import { html } from '../../vendor/preact.js';
import { asset } from '../state/wire.js';

/** @param {{title: string, children?: any}} props */
export const EntryFrame = ({ title, children }) => html`<main class="entry">
  <div class="entry-card">
    <img class="entry-mark" src=${asset('desk/favicon.svg')} alt="" width="44" height="44" />
    <h1>${title}</h1>
    ${children}
  </div>
</main>`;
