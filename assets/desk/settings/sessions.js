// Where somebody is signed in: one's own devices in the profile, those of an agent for whoever may edit people.

import { html, useEffect, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Spinner, time } from '../parts/small.js';
import { browserName } from '../contact/browser.js';
import { toast } from '../state/toasts.js';
import { api, wordsFor } from '../state/wire.js';
import { Part } from './settings.js';

/** @typedef {import('../state/types.js').Login} Login */

/** @param {string} path */
export function useSessions(path) {
  const [list, setList] = useState(/** @type {Login[]|null} */ (null));
  const [failed, setFailed] = useState('');
  const load = () => api.get(path).then(({ sessions }) => { setList(sessions); setFailed(''); }).catch((error) => setFailed(wordsFor(error)));
  useEffect(() => { load(); }, [path]);
  return { list, failed, load };
}

/** @param {{list: Login[]|null, failed: string, again: () => void, onEnd?: (one: Login) => void}} props */
export function SessionList({ list, failed, again, onEnd }) {
  if (failed) return html`<p class="form-error" role="alert">${failed} <button type="button" class="link-button" onClick=${again}>Try again</button></p>`;
  if (!list) return html`<div class="centred"><${Spinner} /></div>`;
  if (!list.length) return html`<p class="empty-line">Signed in nowhere.</p>`;
  return html`<ul class="devices" role="list">${list.map((one) => {
    const name = browserName(one.user_agent) || 'Unknown browser';
    return html`<li key=${one.uuid} class="device"><span class="card-icon"><${Icon} name="globe" size=${18} /></span>
      <div class="card-main"><p class="card-title"><b dir="auto">${name}</b>${one.current ? html` <span class="badge is-good">This browser</span>` : null}</p>
        <p class="card-sub">${one.ip ? html`near <bdi>${one.ip}</bdi> · ` : null}${one.current ? 'in use now' : `last used ${time.ago(one.used_at)}`} · since <time datetime=${new Date(one.created_at).toISOString()}>${time.full(one.created_at)}</time></p></div>
      ${onEnd && !one.current ? html`<button type="button" class="button is-small" aria-label="Sign out ${name}, since ${time.full(one.created_at)}" onClick=${() => onEnd(one)}>Sign out</button>` : null}</li>`;
  })}</ul>`;
}

/** One's own. */
export function SessionsPart() {
  const { list, failed, load } = useSessions('/me/sessions');
  const act = async (/** @type {string} */ path, /** @type {string} */ done) => {
    try { await api.del(path); toast(done); } catch (error) { toast(`Nothing was signed out. ${wordsFor(error)}`, { tone: 'bad' }); }
    load();
  };
  return html`<${Part} title="Where you are signed in" lead="Of the address only the beginning is kept. Something you do not know? Sign it out and change your password.">
    <${SessionList} list=${list} failed=${failed} again=${load} onEnd=${(/** @type {Login} */ one) => act(`/me/sessions/${one.uuid}`, `${browserName(one.user_agent) || 'That browser'} is signed out`)} />
    ${list && list.length > 1 ? html`<div class="button-row"><button type="button" class="button" onClick=${() => act('/me/sessions', 'Everywhere else is signed out')}>Sign out everywhere else</button></div>` : null}
  <//>`;
}
