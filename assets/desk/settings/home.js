// Home: what a visitor sees first. Buttons that begin a conversation, links to help, links elsewhere, and news.

import { html } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Choice, Field, Select, Switch } from '../parts/field.js';
import { Sortable, useList } from '../parts/sortable.js';
import { go } from '../state/router.js';
import { withScheme } from './address.js';
import { useTeams } from './directory.js';
import { fieldOfFault, itemFault } from './faults.js';
import { IconField, Named } from './icon_picker.js';
import { Part } from './settings.js';

const BUTTONS_MAX = 20;
const APPS_MAX = 20;
/** @type {[string, string][]} */
const PRIORITIES = [['', 'No priority'], ['low', 'Low'], ['medium', 'Medium'], ['high', 'High']];

/** @type {Record<string, {word: string, icon: string, fresh: any}>} */
const KINDS = {
  self_service: { word: 'Self-service link', icon: 'help', fresh: { type: 'self_service', id: '', icon: 'circle-question-mark', target: 'answer', text: '', body: '', url: '' } },
  external_link: { word: 'External link', icon: 'external', fresh: { type: 'external_link', id: '', icon: 'globe', text: '', url: '' } },
  announcement: { word: 'Announcement', icon: 'bell', fresh: { type: 'announcement', id: '', title: '', description: '', image_url: '', url: '' } },
};

/** What is wrong with this item, at the field it is about; at the first where that cannot be told. @param {import('./edit.js').Edit} edit @param {string} list @param {number} at @param {any} item @param {(key: string, value: any) => void} put @param {string} first */
const fields = (edit, list, at, item, put, first) => {
  const fault = itemFault(edit.errorIn(list));
  const wrong = fault?.at === at ? fieldOfFault(fault.words, item) || first : '';
  return (/** @type {string} */ key) => ({ value: item[key] || '', onInput: (/** @type {string} */ value) => put(key, value), error: edit.error(`${list}.${at}.${key}`) || (key === wrong && fault ? sentence(fault.words) : '') });
};
/** @param {string} words */
const sentence = (words) => words.slice(0, 1).toUpperCase() + words.slice(1);
/** Said above the list only when it is about no item. @param {import('./edit.js').Edit} edit @param {string} list */
const ofTheList = (edit, list) => (itemFault(edit.errorIn(list)) ? '' : edit.errorIn(list));

/** @param {{edit: import('./edit.js').Edit}} props */
export function Home({ edit }) {
  const { get } = edit;
  return html`
    ${get('direct_to_conversation') ? html`<p class="hint-box is-warn">The home screen is skipped: the launcher opens the conversation directly. Change that under General.</p>` : null}
    <${Part} title="Start buttons" lead="Each begins a conversation with its team, its priority and its first words. Without any, there is one plain button.">
      ${ofTheList(edit, 'home_buttons') && html`<p class="form-error" role="alert">${ofTheList(edit, 'home_buttons')}</p>`}
      <${Buttons} edit=${edit} />
    <//>
    <${Part} title="Links and news" lead="Below the buttons, in this order. Links open in a new tab; a self-service answer opens inside the chat.">
      ${ofTheList(edit, 'home_apps') && html`<p class="form-error" role="alert">${ofTheList(edit, 'home_apps')}</p>`}
      <${Apps} edit=${edit} />
    <//>`;
}

/** @param {{edit: import('./edit.js').Edit}} props */
function Buttons({ edit }) {
  const list = useList(edit.get('home_buttons') || [], (next) => edit.set('home_buttons', next), edit.errorIn('home_buttons'), edit.round);
  const { teams } = useTeams();
  const teamName = (/** @type {string} */ uuid) => teams?.find((team) => team.uuid === uuid)?.name || '';
  const head = (/** @type {any} */ one) => html`<span class="sort-icon"><${Named} name=${one.icon} /></span><span class="sort-words"><b dir="auto">${one.name || 'New button'}</b><small>${[teamName(one.team), PRIORITIES.find(([key]) => key && key === one.priority)?.[1] && `${PRIORITIES.find(([key]) => key === one.priority)?.[1]} priority`].filter(Boolean).join(' · ') || 'Nobody in particular'}</small></span>`;
  const body = (/** @type {any} */ one, /** @type {number} */ at) => {
    const field = fields(edit, 'home_buttons', at, one, (key, value) => list.put(at, { [key]: value }), 'name');
    return html`
      <div class="field-pair"><${Field} label="Button name" focus=${!one.name} ...${field('name')} required=${true} /><${IconField} label="Icon" ...${field('icon')} otherwise="the button without one" /></div>
      <div class="field-pair"><${Select} label="Team" ...${field('team')} options=${[['', 'Nobody in particular'], ...(teams || []).map((team) => /** @type {[string, string]} */ ([team.uuid, team.name])), ...(one.team && !teamName(one.team) ? [/** @type {[string, string]} */ ([one.team, teams ? 'A team that is gone' : '…'])] : [])]} />
        <${Select} label="Priority" ...${field('priority')} options=${PRIORITIES} /></div>
      ${teams && !teams.length ? html`<p class="field-hint is-below">There are no teams yet. <button type="button" class="link-button" onClick=${() => go({ name: 'settings', page: 'teams', id: '', tab: '' })}>Make one</button></p>` : null}
      <${Field} label="Opening message" hint="Said by you before they write. Empty: a blank thread." rows=${2} ...${field('opening_message')} optional=${true} />
      <${Switch} label="AI responses" on=${!!one.ai} disabled=${true} onChange=${() => {}} hint="Not available: no assistant is set up on this server. Every conversation is answered by your team." />`;
  };
  return html`
    ${list.items.length ? html`<${Sortable} list=${list} label="Start buttons" what="Button" name=${(/** @type {any} */ one) => one.name || 'New button'} head=${head} body=${body} />` : html`<p class="empty-line">No buttons of your own yet. Visitors see one that begins a conversation.</p>`}
    ${list.items.length < BUTTONS_MAX ? html`<button type="button" class="button" onClick=${() => list.add({ id: '', icon: 'message-circle', name: '', team: '', priority: '', opening_message: '', ai: false })}><${Icon} name="plus" size=${16} /> Add start button</button>` : html`<p class="field-hint">${BUTTONS_MAX} buttons are the most there can be.</p>`}`;
}

/** @param {{edit: import('./edit.js').Edit}} props */
function Apps({ edit }) {
  const list = useList(edit.get('home_apps') || [], (next) => edit.set('home_apps', next), edit.errorIn('home_apps'), edit.round);
  const called = (/** @type {any} */ one) => one.text || one.title || `New ${KINDS[one.type]?.word.toLowerCase() || 'card'}`;
  const head = (/** @type {any} */ one) => html`<span class="sort-icon">${one.icon ? html`<${Named} name=${one.icon} />` : html`<${Icon} name=${KINDS[one.type]?.icon || 'info'} />`}</span><span class="sort-words"><b dir="auto">${called(one)}</b><small>${KINDS[one.type]?.word}${one.url ? ` · ${one.url.replace(/^https?:\/\//, '')}` : ''}</small></span>`;
  const body = (/** @type {any} */ one, /** @type {number} */ at) => {
    const field = fields(edit, 'home_apps', at, one, (key, value) => list.put(at, { [key]: value }), one.type === 'announcement' ? 'title' : 'text');
    const address = (/** @type {string} */ key) => ({ placeholder: 'https://', inputmode: 'url', ...field(key), onLeave: (/** @type {string} */ typed) => { const whole = withScheme(typed); if (whole !== typed) list.put(at, { [key]: whole }); } });
    if (one.type === 'announcement') {
      return html`<${Field} label="Title" focus=${!one.title} ...${field('title')} required=${true} /><${Field} label="Text" rows=${2} ...${field('description')} optional=${true} />
        <div class="field-pair"><${Field} label="Picture" ...${address('image_url')} optional=${true} /><${Field} label="Leads to" ...${address('url')} /></div>`;
    }
    const first = html`<div class="field-pair"><${Field} label="Display name" focus=${!one.text} ...${field('text')} required=${true} /><${IconField} label="Icon" ...${field('icon')} otherwise="the link without one" /></div>`;
    if (one.type === 'external_link') return html`${first}<${Field} label="Address" hint="Opens in a new tab; http or https only." ...${address('url')} required=${true} />`;
    return html`${first}
      <${Choice} label="Opens" value=${one.target || 'answer'} onInput=${(/** @type {string} */ target) => list.put(at, { target })} options=${[['answer', 'An answer in the chat'], ['page', 'A page of your help centre']]} />
      ${one.target === 'page' ? html`<${Field} label="Address" hint="Opens in a new tab; http or https only." ...${address('url')} required=${true} />`
        : html`<${Field} label="Answer" hint=${html`Markdown: <code>**bold**</code>, lists, links. No agent is needed.`} rows=${6} ...${field('body')} required=${true} />`}`;
  };
  return html`
    ${list.items.length ? html`<${Sortable} list=${list} label="Links and news" what="Card" name=${called} head=${head} body=${body} />` : html`<p class="empty-line">Nothing here yet. A link to your shipping costs saves everyone a question.</p>`}
    ${list.items.length < APPS_MAX ? html`<div class="button-row">${Object.entries(KINDS).map(([key, kind]) => html`<button type="button" key=${key} class="button" onClick=${() => list.add({ ...kind.fresh })}><${Icon} name="plus" size=${16} /> Add ${kind.word.toLowerCase()}</button>`)}</div>` : html`<p class="field-hint">${APPS_MAX} cards are the most there can be.</p>`}`;
}
