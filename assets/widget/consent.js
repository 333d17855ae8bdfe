// What has to be agreed to before the first word is sent. Asked once; another text is asked again.

import { html, useEffect, useRef } from '../vendor/preact.js';
import { safeHref } from '../shared/links.js';

/** @param {{chat: import('./chat.js').Chat}} props */
export function Consent({ chat }) {
  const { state, t } = chat;
  const { consent } = state.settings;
  const box = useRef(/** @type {any} */ (null));
  // Given before this screen was opened, it is not asked again; given on this screen, it can still be taken back.
  const before = useRef({ agreed: state.agreed, refusals: state.refusals }).current;
  // Where something above needs another look, too, that has the focus.
  useEffect(() => { if (state.refusals > before.refusals && !box.current?.closest('form')?.querySelector('[aria-invalid="true"]:not(#consent), .stars .ask-bad')) box.current?.focus(); }, [state.refusals]);
  if (!consent || before.agreed) return null;
  const bad = state.refusals > before.refusals && !state.agreed;
  const link = consent.link_text && safeHref(consent.link_url);
  return html`<div class="ask is-check consent">
    <input ref=${box} id="consent" name="consent" type="checkbox" checked=${state.agreed} aria-required="true" aria-invalid=${bad ? 'true' : undefined} aria-describedby=${bad ? 'consent-bad' : undefined} onChange=${(/** @type {any} */ event) => chat.agree(event.target.checked)} />
    <div><label for="consent" dir="auto">${consent.text || t('w.consent')}</label>${link ? html` <a href=${link} target="_blank" rel="noopener noreferrer"><bdi>${consent.link_text}</bdi><span class="quiet"> ${t('w.new_tab')}</span></a>` : null}</div>
    ${bad ? html`<p class="ask-bad" id="consent-bad" role="alert">${t('error.consent_needed')}</p>` : null}
  </div>`;
}
