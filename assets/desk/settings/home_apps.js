// The cards of the home screen: links, and announcements with a picture.

import { html } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Field } from '../parts/field.js';

const APPS_MAX = 20;

/** @param {{edit: import('./edit.js').Edit}} props */
export function HomeApps({ edit }) {
  const { get, set, error } = edit;
  /** @type {any[]} */
  const apps = get('home_apps') || [];
  const put = (/** @type {number} */ at, /** @type {any} */ patch) => set('home_apps', apps.map((app, index) => (index === at ? { ...app, ...patch } : app)));
  const move = (/** @type {number} */ at, /** @type {number} */ step) => { const next = [...apps]; const [one] = next.splice(at, 1); next.splice(at + step, 0, one); set('home_apps', next); };
  const text = (/** @type {number} */ at, /** @type {string} */ key) => ({ value: apps[at][key] || '', onInput: (/** @type {string} */ value) => put(at, { [key]: value }) });
  return html`<div class="editor-list"><h3>Cards</h3>
    ${error('home_apps') && html`<p class="form-error" role="alert">${error('home_apps')}</p>`}
    ${apps.map((app, at) => html`<div class="editor-item" role="group" aria-label="Card ${at + 1}">
      <header><b>${app.type === 'announcement' ? 'Announcement' : 'Link'}</b><span class="row-gap"></span>
        <button type="button" class="icon-button is-small is-up" aria-label="Move card ${at + 1} up" disabled=${at === 0} onClick=${() => move(at, -1)}><${Icon} name="chevron_down" size=${16} /></button>
        <button type="button" class="icon-button is-small" aria-label="Move card ${at + 1} down" disabled=${at === apps.length - 1} onClick=${() => move(at, 1)}><${Icon} name="chevron_down" size=${16} /></button>
        <button type="button" class="icon-button is-small" aria-label="Remove card ${at + 1}" onClick=${() => set('home_apps', apps.filter((_, index) => index !== at))}><${Icon} name="trash" size=${16} /></button></header>
      ${app.type === 'announcement' ? html`<${Field} label="Title" ...${text(at, 'title')} /><${Field} label="Text" rows=${2} ...${text(at, 'description')} optional=${true} />
        <div class="field-pair"><${Field} label="Picture" placeholder="https://" ...${text(at, 'image_url')} /><${Field} label="Leads to" placeholder="https://" ...${text(at, 'url')} /></div>`
        : html`<div class="field-pair"><${Field} label="Text" ...${text(at, 'text')} /><${Field} label="Leads to" placeholder="https://" ...${text(at, 'url')} /></div>`}
    </div>`)}
    ${apps.length < APPS_MAX && html`<div class="editor-add"><button type="button" class="button is-small" onClick=${() => set('home_apps', [...apps, { type: 'external_link', text: '', url: '' }])}><${Icon} name="plus" size=${16} /> Link</button>
      <button type="button" class="button is-small" onClick=${() => set('home_apps', [...apps, { type: 'announcement', title: '', description: '', image_url: '', url: '' }])}><${Icon} name="plus" size=${16} /> Announcement</button></div>`}
  </div>`;
}
