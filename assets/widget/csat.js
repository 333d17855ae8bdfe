// "How was it?" asked once, answered once.

import { h, html, useState } from '../vendor/preact.js';
import { Icon } from '../shared/icons-base.js';

const FACES = ['😞', '😕', '😐', '🙂', '😄'];
const WORDS = ['poor', 'fair', 'good', 'great', 'excellent'];
const CHARS_MAX = 500;

/** @param {{chat: import('./chat.js').Chat, entry: any}} props */
export function Csat({ chat, entry }) {
  const { state, t } = chat;
  const { meta } = entry;
  const [rating, setRating] = useState(0);
  const [feedback, setFeedback] = useState('');
  const [busy, setBusy] = useState(false);
  /** @param {number} value */
  const name = (value) => t(`globals.terms.${WORDS[value - 1]}`);
  if (meta.csat_submitted) {
    return html`<div class="bubble csat"><p>${h(Icon, { name: 'check', size: 18 })} ${t('w.csat_thanks')}</p>${meta.submitted_rating ? html`<p class="csat-given"><span aria-hidden="true">${FACES[meta.submitted_rating - 1]}</span> ${name(meta.submitted_rating)}</p>` : null}${meta.submitted_feedback ? html`<p dir="auto">${meta.submitted_feedback}</p>` : null}</div>`;
  }
  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    try {
      await chat.talk.rate(meta.csat_uuid, rating, feedback.trim());
      chat.talk.changed(state.chat, { ...entry, meta: { ...meta, csat_submitted: true, submitted_rating: rating, submitted_feedback: feedback.trim() } });
    } catch (error) {
      chat.say(/** @type {Error} */ (error).message || t('w.busy'), true);
      setBusy(false);
    }
  };
  return html`<form class="bubble csat" onSubmit=${submit}>
    <fieldset><legend>${t('w.csat_ask')}</legend><div class="csat-faces">${FACES.map((face, at) => html`<label class=${rating === at + 1 ? 'is-on' : ''}><input type="radio" class="quiet" name=${`csat-${meta.csat_uuid}`} value=${at + 1} onChange=${() => setRating(at + 1)} /><span aria-hidden="true">${face}</span><small>${name(at + 1)}</small></label>`)}</div></fieldset>
    ${rating ? html`<textarea rows="2" maxlength=${CHARS_MAX} value=${feedback} aria-label=${t('w.csat_more')} placeholder=${t('w.csat_more')} dir="auto" onInput=${(/** @type {any} */ event) => setFeedback(event.target.value)}></textarea>
    <button type="submit" class="primary" disabled=${busy}>${t('w.csat_send')}</button>` : null}
  </form>`;
}
