// Appearance: the button on the page, the window behind it, and the head of the home screen. Everything may stay as it is.

import { html, useRef, useState } from '../../vendor/preact.js';
import { Choice, Field, Switch } from '../parts/field.js';
import { Spinner } from '../parts/small.js';
import { api, wordsFor } from '../state/wire.js';
import { contrast, fullHex, readableOn, rgbOf } from './colour.js';
import { IconField } from './icon_picker.js';
import { Part } from './settings.js';

const SPACING_MAX = 200;
const Z_MAX = 2147483647;

/** @param {{label: string, hint?: any, value: string, onInput: (value: string) => void, error?: string}} props */
export function Colour({ label, hint, value, onInput, error }) {
  const fine = !!rgbOf(value);
  return html`<${Field} label=${label} hint=${hint} mono=${true} value=${value} onInput=${onInput} error=${error || (value && !fine ? 'Write a colour like #0f766e.' : '')}
    after=${html`<input type="color" class="colour-well" aria-label="Choose: ${label}" value=${fullHex(value)} onInput=${(/** @type {any} */ event) => onInput(event.currentTarget.value)} />`} />`;
}

/** @param {{edit: import('./edit.js').Edit, inbox: import('../state/types.js').Inbox}} props */
export function Appearance({ edit, inbox }) {
  const { bind, get, set, error, errorIn, flag } = edit;
  const colour = get('launcher.color') || get('colors.primary');
  const ratio = contrast(colour, readableOn(colour));
  const type = get('home_screen.background.type');
  const number = (/** @type {string} */ path, most = SPACING_MAX) => ({ value: get(path) ?? '', onInput: (/** @type {string} */ value) => set(path, Math.max(0, Math.min(most, Math.round(Number(value)) || 0))), error: error(path), min: 0, max: most, type: 'number' });
  // A field of its own shows its own error; the rest of them stand at the head of the part.
  const above = (/** @type {string} */ key) => (error(key) ? html`<p class="form-error" role="alert">${error(key)}</p>` : null);
  const bare = get('launcher.icon') === 'none' && !get('launcher.text') && !get('launcher.logo_url');
  return html`
    <${Part} title="Launcher" lead="The button on your pages.">
      ${above('launcher')}
      <${Colour} label="Launcher colour" ...${bind('launcher.color')} hint=${rgbOf(colour) ? `What is on it will be ${readableOn(colour) === '#ffffff' ? 'white' : 'dark'}, with a contrast of ${ratio.toFixed(1)} to 1. ${ratio >= 4.5 ? 'Easy to see.' : 'Enough to see it; a darker or lighter colour would be clearer.'}` : ''} />
      <div class="field-pair"><${IconField} label="Launcher icon" none="None" otherwise="a speech bubble" ...${bind('launcher.icon')} /><${Field} label="Launcher text" hint="Empty: the icon alone." ...${bind('launcher.text')} optional=${true} /></div>
      ${bare ? html`<p class="hint-box is-warn" role="status">Neither icon nor text: the button would be an empty spot of colour. Choose one of them.</p>` : null}
      <${LogoField} label="Launcher picture" hint="Instead of the icon. Square works best." inbox=${inbox} ...${bind('launcher.logo_url')} />
      <${Choice} label="Position" ...${bind('launcher.position')} options=${[['left', 'Left'], ['right', 'Right']]} hint="Of the button and the window. Mirrored on pages written from right to left." />
      <div class="field-pair"><${Field} label="Distance from the side" ...${number('launcher.spacing.side')} /><${Field} label="Distance from the bottom" ...${number('launcher.spacing.bottom')} /></div>
      <${Switch} label="Hide the launcher" hint=${html`No button. Your page opens the chat itself, with <code>Deskbell.show()</code>.`} ...${flag('launcher.hidden')} />
      <details class="more" open=${!!errorIn('launcher.z_index')}><summary>When something on your page covers it</summary><${Field} label="Stacking order (z-index)" hint="Higher lies further in front. Rarely needs a change." ...${number('launcher.z_index', Z_MAX)} /></details>
    <//>
    <${Part} title="Window">
      <${Choice} label="Type" ...${bind('window.kind')} options=${[['popup', 'Popup'], ['sidebar', 'Sidebar']]} hint="A popup stands above the button; a sidebar takes the full height of the page’s edge." />
      <${Colour} label="Main colour" hint="Buttons and the visitor’s own messages. Text on it is made readable by itself." ...${bind('colors.primary')} error=${error('colors') || error('colors.primary')} />
      <${LogoField} label="Logo" hint="At the head of the window. If it cannot be loaded, the first letter of the brand stands there." inbox=${inbox} ...${bind('logo_url')} />
      <${Choice} label="Light or dark" ...${bind('theme')} options=${[['system', 'Like the visitor’s system'], ['light', 'Light'], ['dark', 'Dark']]} />
      <${Switch} label="Say that it runs on deskbell" hint="One small line inside the chat." ...${flag('show_powered_by')} />
    <//>
    <${Part} title="Head of the home screen">
      ${above('home_screen')}
      <${Choice} label="Background of the head" ...${bind('home_screen.background.type')} options=${[['solid', 'One colour'], ['gradient', 'Gradient'], ['image', 'Picture']]} />
      ${type === 'gradient' ? html`<div class="field-pair"><${Colour} label="From" ...${bind('home_screen.background.gradient_start')} /><${Colour} label="To" ...${bind('home_screen.background.gradient_end')} /></div>`
        : type === 'image' ? html`<${Field} label="Address of the picture" inputmode="url" placeholder="https://" ...${bind('home_screen.background.image_url')} />`
        : html`<${Colour} label="Colour of the head" hint="White means: the main colour." ...${bind('home_screen.background.color')} />`}
      <${Choice} label="Text on it" ...${bind('home_screen.header_text_color')} options=${[['black', 'Dark'], ['white', 'White']]} />
      <${Switch} label="Fade it out downwards" ...${flag('home_screen.fade_background')} />
    <//>`;
}

/** An address, or a file from this computer. @param {{label: string, hint: string, inbox: import('../state/types.js').Inbox, value: string, onInput: (value: string) => void, error: string}} props */
function LogoField({ label, hint, inbox, value, onInput, error }) {
  const input = useRef(/** @type {HTMLInputElement|null} */ (null));
  const [state, setState] = useState({ busy: false, words: '' });
  const upload = async (/** @type {File|undefined} */ file) => {
    if (!file) return;
    setState({ busy: true, words: '' });
    try {
      const form = new FormData();
      form.append('files', file, file.name);
      const { data } = await api.upload(`/inboxes/${inbox.uuid}/logo`, form);
      onInput(data.url);
      setState({ busy: false, words: '' });
    } catch (failure) { setState({ busy: false, words: wordsFor(failure) }); }
  };
  return html`<${Field} label=${label} hint=${`${hint} PNG, JPEG, WebP or GIF up to 512 KB, or an address.`} placeholder="https://" inputmode="url" value=${value} onInput=${onInput} error=${error || state.words} optional=${true}
    after=${html`<input ref=${input} type="file" hidden tabindex="-1" aria-hidden="true" accept="image/png,image/jpeg,image/webp,image/gif" onChange=${(/** @type {any} */ event) => { upload(event.currentTarget.files[0]); event.currentTarget.value = ''; }} />
      <button type="button" class="button" disabled=${state.busy} aria-label="Upload: ${label}" onClick=${() => input.current?.click()}>${state.busy ? html`<${Spinner} label="Uploading" />` : 'Upload'}</button>`} />`;
}
