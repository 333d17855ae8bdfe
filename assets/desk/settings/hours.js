// Business hours: sets of opening times with their time zone and holidays, shared by inboxes and teams.

import { html, useMemo, useRef, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Confirm } from '../parts/dialog.js';
import { Field, Select } from '../parts/field.js';
import { Empty, Spinner } from '../parts/small.js';
import { isAdmin } from '../state/people.js';
import { go } from '../state/router.js';
import { change, now, useDesk } from '../state/store.js';
import { announce, toast } from '../state/toasts.js';
import { api, fieldOf, wordsFor } from '../state/wire.js';
import { openWords } from './availability.js';
import { useHours } from './directory.js';
import { useGuard } from './guard.js';
import { PageFrame, Part, mainUnless } from './settings.js';
import { DAYS, WORKDAYS, called, pastMidnight, summary, wholeDay } from './week.js';

/** @typedef {import('../state/types.js').Hours} Hours */
/** @typedef {{name: string, time_zone: string, weekly: Record<string, [string, string][]>, holidays: {date: string, name: string}[]}} Draft */

const SPANS_MAX = 6;
const HOLIDAYS_MAX = 300;

const homeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
/** Every time zone the browser knows. @param {string} chosen @returns {[string, string][]} */
function zones(chosen) {
  const all = /** @type {any} */ (Intl).supportedValuesOf?.('timeZone') || [];
  return [...new Set(['UTC', homeZone(), chosen, ...all])].filter(Boolean).sort().map((zone) => [zone, zone.replaceAll('_', ' ')]);
}

/** The clock there, now. @param {string} zone */
function clockIn(zone) {
  try { return new Intl.DateTimeFormat(navigator.language, { weekday: 'long', hour: '2-digit', minute: '2-digit', timeZone: zone }).format(new Date()); } catch { return ''; }
}

/** @returns {Draft} */
const fresh = () => ({ name: '', time_zone: homeZone(), weekly: Object.fromEntries(DAYS.map((day) => [day, WORKDAYS.includes(day) ? [['09:00', '17:00']] : []])), holidays: [] });
/** @param {any} set @returns {Draft} */
const copyOf = (set) => structuredClone({ name: set.name, time_zone: set.time_zone, weekly: Object.fromEntries(DAYS.map((day) => [day, (set.weekly[day] || []).map((/** @type {[string, string]} */ span) => span.map((time) => (time === '24:00' ? '00:00' : time)))])), holidays: set.holidays });

/** @param {{id: string}} props */
export function HoursPage({ id }) {
  const { hours, failed, again } = useHours();
  const admin = isAdmin(now().agent);
  if (id) {
    const set = hours?.find((one) => one.uuid === id);
    if (id !== 'new' && !hours) return html`<${PageFrame} title="Business hours" up=${{ label: 'Business hours', page: 'hours' }}>${failed ? html`<p class="form-error" role="alert">${failed}</p>` : html`<div class="centred"><${Spinner} /></div>`}<//>`;
    if (id !== 'new' && !set) return html`<${PageFrame} title="Business hours" up=${{ label: 'Business hours', page: 'hours' }}><${Empty} icon="clock" title="There is no such set">It may have been removed.<//><//>`;
    return html`<${Editor} key=${id} set=${set || null} admin=${admin} />`;
  }
  const create = () => go({ name: 'settings', page: 'hours', id: 'new', tab: '' });
  return html`<${PageFrame} title="Business hours" lead="When you are there, and when you are not. An inbox follows one set; a team may have its own." actions=${admin && html`<button type="button" class=${mainUnless(hours)} onClick=${create}><${Icon} name="plus" size=${18} /> New set</button>`}>
    ${!hours ? (failed ? html`<${Empty} icon="offline" title="The business hours did not load" action=${html`<button type="button" class="button" onClick=${again}>Try again</button>`}>${failed}<//>` : html`<div class="centred"><${Spinner} /></div>`)
      : !hours.length ? html`<${Empty} icon="clock" title="Always open, so far" action=${admin && html`<button type="button" class="button is-primary" onClick=${create}>Make the first set</button>`}>With business hours, visitors know when to expect you.<//>`
      : html`<ul class="cards" role="list">${hours.map((set) => html`<li key=${set.uuid}><button type="button" class="card is-link" onClick=${() => go({ name: 'settings', page: 'hours', id: set.uuid, tab: '' })}>
          <span class="card-icon"><${Icon} name="clock" /></span><span class="card-main"><span class="card-title"><b dir="auto">${set.name}</b></span><span class="card-sub">${summary(set.weekly)}</span><span class="card-sub">${set.time_zone.replaceAll('_', ' ')}${set.holidays.length ? ` · ${set.holidays.length} ${set.holidays.length === 1 ? 'holiday' : 'holidays'}` : ''}</span></span>
          <span class="badge ${set.open_now ? 'is-good' : ''}">${set.open_now ? 'Open now' : 'Closed now'}</span><${Icon} name="chevron_right" /></button></li>`)}</ul>`}
  <//>`;
}

/** @param {{set: Hours|null, admin: boolean}} props */
function Editor({ set, admin }) {
  const saved = useRef(set ? copyOf(set) : fresh());
  const [draft, setDraft] = useState(saved.current);
  const [wrong, setWrong] = useState({ field: '', words: '' });
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const options = useMemo(() => zones(draft.time_zone), [draft.time_zone]);
  const dirty = JSON.stringify(draft) !== JSON.stringify(saved.current);
  useGuard(dirty && !busy);
  const error = (/** @type {string} */ field) => (wrong.field === field ? wrong.words : '');
  const put = (/** @type {Partial<Draft>} */ patch) => { setWrong({ field: '', words: '' }); setDraft((held) => ({ ...held, ...patch })); };
  const day = (/** @type {string} */ name, /** @type {[string, string][]} */ spans) => put({ weekly: { ...draft.weekly, [name]: spans } });
  const home = () => go({ name: 'settings', page: 'hours', id: '', tab: '' }, { replace: true });
  const save = async () => {
    setBusy(true);
    try {
      const body = { ...draft, holidays: draft.holidays.filter((one) => one.date) };
      const answer = set ? await api.put(`/hours/${set.uuid}`, body) : await api.post('/hours', body);
      change({ hours: answer.hours });
      saved.current = structuredClone(body);
      setDraft(body);
      toast('Saved. It counts from now on.');
      if (!set) setTimeout(home);
    } catch (failure) { setWrong({ field: fieldOf(failure), words: wordsFor(failure) }); announce('Not saved'); } finally { setBusy(false); }
  };
  const remove = async () => {
    setAsking(false);
    try { change({ hours: (await api.del(`/hours/${/** @type {Hours} */ (set).uuid}`))?.hours ?? (now().hours || []).filter((one) => one.uuid !== set?.uuid) }); toast(`${draft.name} is removed`); home(); } catch (failure) { toast(`Not removed. ${wordsFor(failure)}`, { tone: 'bad' }); }
  };
  const rest = wrong.words && !['name', 'time_zone'].includes(wrong.field) ? wrong.words : '';
  return html`<${PageFrame} title=${set ? set.name : 'New business hours'} up=${{ label: 'Business hours', page: 'hours' }} lead=${set ? openWords(set) : null}>
    <fieldset class="bare" disabled=${!admin}>
    <${Part} title="Name and place">
      <${Field} label="Name" placeholder="Office" value=${draft.name} onInput=${(/** @type {string} */ name) => put({ name })} error=${error('name')} required=${true} focus=${!set} />
      <${Select} label="Time zone" hint=${clockIn(draft.time_zone) ? `It is ${clockIn(draft.time_zone)} there.` : ''} value=${draft.time_zone} onInput=${(/** @type {string} */ zone) => put({ time_zone: zone })} error=${error('time_zone')} options=${options} />
    <//>
    <${Part} title="The week" lead="A time that ends before it starts runs past midnight.">
      <div class="week">${DAYS.map((name) => {
        const spans = draft.weekly[name];
        return html`<div key=${name} class="week-day" role="group" aria-label=${called(name)}>
          <label class="week-name"><input type="checkbox" class="switch" role="switch" checked=${spans.length > 0} onChange=${(/** @type {any} */ event) => day(name, event.currentTarget.checked ? [['09:00', '17:00']] : [])} /><span>${called(name)}</span></label>
          <div class="week-spans">${spans.length ? spans.map((span, at) => html`<div class="week-span" key=${at}>
              <input class="input" type="time" required aria-label="${called(name)}, opens" value=${span[0]} onInput=${(/** @type {any} */ event) => day(name, spans.map((one, index) => (index === at ? [event.currentTarget.value, one[1]] : one)))} />
              <span aria-hidden="true">–</span>
              <input class="input" type="time" required aria-label="${called(name)}, closes" value=${span[1]} onInput=${(/** @type {any} */ event) => day(name, spans.map((one, index) => (index === at ? [one[0], event.currentTarget.value] : one)))} />
              ${wholeDay(span) ? html`<span class="week-note">all day</span>` : pastMidnight(span) ? html`<span class="week-note">next day</span>` : null}
              <button type="button" class="icon-button is-small" aria-label="Remove ${span[0]} to ${span[1]} on ${called(name)}" title="Remove" onClick=${() => day(name, spans.filter((_, index) => index !== at))}><${Icon} name="close" size=${16} /></button>
            </div>`) : html`<span class="faint week-closed">Closed</span>`}</div>
          <div class="week-more">${spans.length && spans.length < SPANS_MAX ? html`<button type="button" class="icon-button is-small" aria-label="Another time on ${called(name)}" title="Another time" onClick=${() => day(name, [...spans, ['18:00', '20:00']])}><${Icon} name="plus" size=${16} /></button>` : null}
            ${spans.length ? html`<button type="button" class="icon-button is-small" aria-label="Copy ${called(name)} to every weekday" title="Copy to Monday to Friday" onClick=${() => { put({ weekly: { ...draft.weekly, ...Object.fromEntries(WORKDAYS.map((one) => [one, structuredClone(spans)])) } }); announce(`${called(name)} copied to Monday to Friday`); }}><${Icon} name="copy" size=${16} /></button>` : null}</div>
        </div>`;
      })}</div>
    <//>
    <${Part} title="Holidays" lead="Closed all day, whatever the week says.">
      ${draft.holidays.length ? html`<ul class="holidays" role="list">${draft.holidays.map((one, at) => html`<li key=${at}><input class="input" type="date" aria-label="Date of holiday ${at + 1}" value=${one.date} onInput=${(/** @type {any} */ event) => put({ holidays: draft.holidays.map((held, index) => (index === at ? { ...held, date: event.currentTarget.value } : held)) })} />
        <input class="input" type="text" dir="auto" aria-label="Name of holiday ${at + 1}" placeholder="Christmas" value=${one.name} onInput=${(/** @type {any} */ event) => put({ holidays: draft.holidays.map((held, index) => (index === at ? { ...held, name: event.currentTarget.value } : held)) })} />
        <button type="button" class="icon-button is-small" aria-label="Remove ${one.name || one.date || 'this holiday'}" onClick=${() => put({ holidays: draft.holidays.filter((_, index) => index !== at) })}><${Icon} name="trash" size=${16} /></button></li>`)}</ul>` : null}
      ${draft.holidays.length < HOLIDAYS_MAX ? html`<button type="button" class="button" onClick=${() => put({ holidays: [...draft.holidays, { date: '', name: '' }] })}><${Icon} name="plus" size=${16} /> Add holiday</button>` : null}
    <//>
    ${set && admin ? html`<${Part} title="Remove"><button type="button" class="button is-danger-quiet" onClick=${() => setAsking(true)}><${Icon} name="trash" size=${16} /> Remove this set…</button><//>` : null}
    </fieldset>
    ${dirty || wrong.words || !set ? html`<div class="save-bar ${wrong.words ? 'is-wrong' : ''}"><span class="save-words" role=${wrong.words ? 'alert' : 'status'}>${rest ? `Not saved. ${rest}` : wrong.words ? 'Not saved.' : set ? 'Unsaved changes' : 'Not saved yet'}</span>
      <button type="button" class="button" disabled=${busy} onClick=${() => { if (set) { setDraft(saved.current); setWrong({ field: '', words: '' }); } else { setDraft(saved.current); setTimeout(home); } }}>${set ? 'Discard' : 'Cancel'}</button>
      <button type="button" class="button is-primary" disabled=${busy || !admin} onClick=${save}>${busy ? 'Saving…' : 'Save'}</button></div>` : null}
    ${asking ? html`<${Confirm} title="Remove ${draft.name}?" danger=${true} yes="Remove" text="A set that an inbox or a team goes by cannot be removed; they have to choose another one first." onYes=${remove} onNo=${() => setAsking(false)} />` : null}
  <//>`;
}
