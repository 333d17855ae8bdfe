// One to five stars, as the radio group they are.

import { h, html } from '../vendor/preact.js';
import { Icon } from '../shared/icons-base.js';

const WORDS = ['poor', 'fair', 'good', 'great', 'excellent'];
const STAR = { d: ['M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1.1 5.9-5.3-2.8-5.3 2.8 1.1-5.9-4.3-4.1 5.9-.8z'] };

/** @param {{t: (key: string, terms?: any) => string, value: number, bad: string, onChange: (value: number) => void}} props */
export function Stars({ t, value, bad, onChange }) {
  return html`<fieldset class="ask stars" aria-describedby=${bad ? 'stars-bad' : undefined}><legend>${t('w.report_rating')}</legend>
    <div class="stars-row">${[1, 2, 3, 4, 5].map((star) => html`<label class=${star <= value ? 'is-on' : ''} key=${star}><input type="radio" class="quiet" name="rating" value=${star} checked=${star === value} onChange=${() => onChange(star)} />${h(Icon, { name: 'chat', drawn: STAR, size: 32 })}<span class="quiet">${t('w.stars', { count: star })}</span></label>`)}
      <span class="stars-said" aria-hidden="true">${value ? t(`globals.terms.${WORDS[value - 1]}`) : ''}</span></div>
    ${bad ? html`<p class="ask-bad" id="stars-bad">${bad}</p>` : null}</fieldset>`;
}
