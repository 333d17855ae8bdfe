import { html } from '../../vendor/preact.js';
export const Settings = () => html`<main>settings</main>`;
