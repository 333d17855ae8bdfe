// A mail as its reader will see it, while it is written: as a page and as plain text, with a conversation that really took place.

import { html, useEffect, useState } from '../../vendor/preact.js';
import { framed } from '../../shared/html.js';
import { Icon } from '../../shared/icons.js';
import { Spinner } from '../parts/small.js';
import { api, wordsFor } from '../state/wire.js';

const PAUSE_MS = 350;

/** @param {{asked: {kind: string, name: string, locale: string, subject: string, body: string}}} props */
export function MailPreview({ asked }) {
  const [mail, setMail] = useState(/** @type {null|{subject: string, html: string, text: string, real: boolean}} */ (null));
  const [failed, setFailed] = useState('');
  const [as, setAs] = useState('page');
  const [example, setExample] = useState(false);
  const key = JSON.stringify({ ...asked, example });
  useEffect(() => {
    let gone = false;
    const timer = setTimeout(async () => {
      try { const next = await api.post('/mail/templates/preview', JSON.parse(key)); if (!gone) { setMail(next); setFailed(''); } } catch (error) { if (!gone) setFailed(wordsFor(error)); }
    }, mail ? PAUSE_MS : 0);
    return () => { gone = true; clearTimeout(timer); };
  }, [key]);
  const choice = (/** @type {string} */ one, /** @type {string} */ icon, /** @type {string} */ label) => html`<button type="button" class="look-button" aria-pressed=${as === one} aria-label=${label} title=${label} onClick=${() => setAs(one)}><${Icon} name=${icon} size=${16} /></button>`;
  return html`<section class="preview-column mail-preview" aria-label="Preview">
    <div class="look"><span class="look-pair">${choice('page', 'mail', 'As a page')}${choice('text', 'note', 'As plain text')}</span>
      <label class="look-menu"><input type="checkbox" checked=${example} onChange=${(/** @type {any} */ event) => setExample(event.currentTarget.checked)} /> Made-up data</label></div>
    ${failed ? html`<p class="hint-box is-warn" role="status">${failed}</p>` : null}
    ${mail ? html`<p class="mail-subject"><span class="quiet">Subject: </span><b dir="auto">${mail.subject}</b></p>
      ${as === 'page' ? html`<iframe class="mail-frame" title="The mail" ...${framed(mail.html)}></iframe>` : html`<pre class="mail-text" dir="auto" tabindex="0" role="region" aria-label="The mail as plain text">${mail.text}</pre>`}
      <p class="field-hint">${mail.real ? 'With the newest conversation that you see.' : 'With made-up data.'}</p>` : failed ? null : html`<div class="centred"><${Spinner} /></div>`}
  </section>`;
}
