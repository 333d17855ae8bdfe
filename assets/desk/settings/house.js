// What concerns the whole house: its name, its language, one rule for everybody, and when agents are left in peace.

import { html, useEffect, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Field, Select, Switch } from '../parts/field.js';
import { Empty, Spinner } from '../parts/small.js';
import { useForm } from '../entry/form.js';
import { may } from '../state/people.js';
import { toast } from '../state/toasts.js';
import { api, base, wordsFor } from '../state/wire.js';
import { useLanguages } from './languages.js';
import { PageFrame, Part } from './settings.js';

export function HousePage() {
  const [house, setHouse] = useState(/** @type {any} */ (null));
  const [failed, setFailed] = useState('');
  const load = () => api.get('/house').then((answer) => { setHouse(answer.house); setFailed(''); }).catch((error) => setFailed(wordsFor(error)));
  useEffect(() => { load(); }, []);
  return html`<${PageFrame} title="House" lead="What all inboxes and everybody at the desk share.">
    ${house ? html`<${HouseForm} house=${house} />` : failed ? html`<${Empty} icon="offline" title="The settings did not load" action=${html`<button type="button" class="button" onClick=${load}>Try again</button>`}>${failed}<//>` : html`<div class="centred"><${Spinner} /></div>`}
    ${may('settings') ? html`<${Part} title="Data-processing sheet" lead="What is kept of people, why and how long, from the settings as they are now. For the printer, and for whoever asks."><div class="button-row">
      ${[['en', 'English'], ['de', 'Deutsch']].map(([lang, label]) => html`<a key=${lang} class="button" href="${base}/api/desk/privacy-sheet?lang=${lang}" target="_blank" rel="noopener"><${Icon} name="external" size=${16} /> ${label}</a>`)}</div><//>` : null}
  <//>`;
}

/** @param {{house: any}} props */
function HouseForm({ house }) {
  const zones = /** @type {any} */ (Intl).supportedValuesOf?.('timeZone') || [house.quiet_hours.time_zone];
  const all = [...new Set(['UTC', house.quiet_hours.time_zone, ...zones])];
  const languages = useLanguages();
  const form = useForm({ name: house.name, language: house.language, tag_required: house.tag_required, quiet_hours: house.quiet_hours }, async (values) => { await api.put('/house', values); toast('Saved. It is live now.'); });
  const { values, set, error } = form;
  const quiet = (/** @type {any} */ patch) => set({ quiet_hours: { ...values.quiet_hours, ...patch } });
  const locked = !may('settings');
  const shown = ['name', 'language', 'tag_required', 'quiet_hours', 'quiet_hours.from', 'quiet_hours.to', 'quiet_hours.time_zone'];
  return html`<form onSubmit=${form.submit}>
    <${Part} title="This house">
      <${Field} label="Name of the house" hint="For your team and on the data-processing sheet. Visitors see the brand name of the inbox." value=${values.name} onInput=${(/** @type {string} */ name) => set({ name })} error=${error('name')} disabled=${locked} optional=${true} />
      <${Select} label="Language of the house" hint="Where nothing else is known." value=${values.language} onInput=${(/** @type {string} */ language) => set({ language })} error=${error('language')} options=${languages.map((one) => /** @type {[string, string]} */ ([one.code, one.name]))} disabled=${locked} />
      <${Switch} label="Ask for a tag before resolving" hint="Without one, the desk asks what it was about: reports by tag are then complete. The same switch stands under Tags." on=${values.tag_required} onChange=${(/** @type {boolean} */ on) => set({ tag_required: on })} disabled=${locked} error=${error('tag_required')} />
    <//>
    <${Part} title="Quiet hours" lead="For everybody who chose none of their own: no sound and no notices between these times.">
      <${Switch} label="Quiet hours of the house" on=${values.quiet_hours.enabled} onChange=${(/** @type {boolean} */ enabled) => quiet({ enabled })} disabled=${locked} />
      ${values.quiet_hours.enabled ? html`<div class="field-pair"><${Field} label="From" type="time" value=${values.quiet_hours.from} onInput=${(/** @type {string} */ from) => quiet({ from })} error=${error('quiet_hours.from')} disabled=${locked} /><${Field} label="To" type="time" value=${values.quiet_hours.to} onInput=${(/** @type {string} */ to) => quiet({ to })} error=${error('quiet_hours.to')} disabled=${locked} /></div>
        <${Select} label="Time zone of the quiet hours" value=${values.quiet_hours.time_zone} onInput=${(/** @type {string} */ zone) => quiet({ time_zone: zone })} error=${error('quiet_hours.time_zone')} options=${all.map((zone) => /** @type {[string, string]} */ ([zone, zone]))} disabled=${locked} />` : null}
    <//>
    ${form.rest(shown) && html`<p class="form-error" role="alert">${form.rest(shown)}</p>`}
    ${locked ? null : html`<div class="panel-actions"><button class="button is-primary" disabled=${form.busy}>${form.busy ? 'Saving…' : 'Save'}</button></div>`}
  </form>`;
}
