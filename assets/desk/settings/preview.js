// The widget as visitors will see it, from values not saved yet: the real app in a frame, told what to show, on a page that is only drawn.

import { html, useEffect, useRef, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { newEchoId } from '../../shared/api.js';
import { Menu } from '../parts/menu.js';
import { Spinner, time } from '../parts/small.js';
import { api, base, placed, wordsFor } from '../state/wire.js';
import { readableOn, rgbOf } from './colour.js';
import { Drawing, useDrawing } from './icon_picker.js';
import { directionOf, languageName, useLanguages } from './languages.js';
import { hiddenNow, screensOf, withWords } from './preview_of.js';

const PAUSE_MS = 280;
const PATIENCE_MS = 8000;

/** @typedef {{view: string, device: 'desktop'|'phone', signed: boolean, dark: boolean, lang: string}} Look */
/** @returns {Look} */
export const firstLook = () => ({ view: 'home', device: innerWidth < 800 ? 'phone' : 'desktop', signed: false, dark: document.documentElement.dataset.theme ? document.documentElement.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches, lang: '' });

/** @type {[string, string][]} */
const VIEWS = [['home', 'Home'], ['chat', 'Chat'], ['hub', 'Tiles'], ['report', 'Report'], ['list', 'Conversations'], ['identify', 'Identity']];

/**
 * @param {{inbox: import('../state/types.js').Inbox, config: Record<string, any>, changes: any, words: Record<string, string>, look: Look, setLook: (patch: Partial<Look>) => void}} props
 */
export function WidgetPreview({ inbox, config, changes, words, look, setLook }) {
  const frame = useRef(/** @type {HTMLIFrameElement|null} */ (null));
  const nonce = useRef(newEchoId()).current;
  const [answer, setAnswer] = useState(/** @type {null | {settings: any, words: Record<string, string>, problems?: {field: string, message: string}[]}} */ (null));
  const [failed, setFailed] = useState('');
  const [greeted, setGreeted] = useState(0);
  const [shown, setShown] = useState(false);
  const [late, setLate] = useState(false);
  const [open, setOpen] = useState(true);
  const languages = useLanguages();
  const asked = JSON.stringify(changes || {});
  const lang = look.lang || (config.language !== 'auto' && config.language) || 'en-US';

  useEffect(() => {
    let gone = false;
    const timer = setTimeout(async () => {
      try {
        const next = await api.post(`/inboxes/${inbox.uuid}/preview`, { config: JSON.parse(asked), lang });
        if (!gone) { setAnswer(next); setFailed(next.problems?.[0]?.message || ''); }
      } catch (error) { if (!gone) setFailed(wordsFor(error)); }
    }, answer ? PAUSE_MS : 0);
    return () => { gone = true; clearTimeout(timer); };
  }, [asked, lang, inbox]);

  useEffect(() => {
    const hear = (/** @type {MessageEvent} */ event) => {
      if (event.source !== frame.current?.contentWindow || event.origin !== location.origin || event.data?.deskbell !== nonce) return;
      if (event.data.type === 'hello') setGreeted((n) => n + 1);
      else if (event.data.type === 'ready') setShown(true);
      else if (event.data.type === 'close') setOpen(false);
    };
    addEventListener('message', hear);
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => { removeEventListener('message', hear); clearTimeout(timer); };
  }, []);

  // A page may wish for a screen that visitors never come to: then the one they do come to is shown.
  const { views, first, about } = screensOf(answer?.settings || config, look.signed);
  const view = views.find((one) => one === look.view) || first;
  const hidden = hiddenNow(answer?.settings);
  useEffect(() => {
    if (!greeted || !answer) return;
    const state = { view, about: view === 'report' ? about : '', signed: look.signed, mobile: look.device === 'phone', dark: look.dark };
    frame.current?.contentWindow?.postMessage({ deskbell: nonce, type: 'preview', settings: withWords(answer.settings, words), words: { ...answer.words, ...words }, state }, location.origin);
  }, [greeted, answer, words, look, view, about]);

  const phone = look.device === 'phone';
  const sidebar = !phone && config.window?.kind === 'sidebar';
  const left = config.launcher?.position === 'left';
  const src = `${base}/widget?inbox_id=${inbox.uuid}#preview&n=${nonce}&o=${encodeURIComponent(location.origin)}`;
  const toggle = (/** @type {string} */ label, /** @type {boolean} */ on, /** @type {() => void} */ run, /** @type {any} */ face) => html`<button type="button" class="look-button" aria-pressed=${on ? 'true' : 'false'} title=${label} onClick=${run}><span class="quiet">${label}</span>${face}</button>`;
  const both = (/** @type {string} */ label, /** @type {any[]} */ items) => html`<div class="look-pair" role="group" aria-label=${label}>${items}</div>`;
  return html`<section class="preview-column" aria-label="Preview">
    <div class="look">
      <${Menu} buttonClass="look-menu" name="Screen: ${VIEWS.find(([key]) => key === view)?.[1]}" label=${html`<span>${VIEWS.find(([key]) => key === view)?.[1]}</span><${Icon} name="chevron_down" size=${14} />`} items=${VIEWS.filter(([key]) => views.some((one) => one === key)).map(([key, label]) => ({ label, checked: view === key, run: () => { setOpen(true); setLook({ view: key }); } }))} />
      <${Menu} buttonClass="look-menu" name="Language: ${languageName(lang)}" label=${html`<${Icon} name="globe" size=${16} /><span>${lang.split('-')[0].toUpperCase()}</span>`} items=${languages.map((one) => ({ label: one.name, checked: lang === one.code, run: () => setLook({ lang: one.code }) }))} />
      <span class="row-gap"></span>
      ${both('Who looks', [toggle('As a visitor', !look.signed, () => setLook({ signed: false }), html`<${Icon} name="user" size=${16} />`), toggle('As a signed-in user', look.signed, () => setLook({ signed: true }), html`<${Icon} name="shield" size=${16} />`)])}
      ${both('Light or dark', [toggle('In light', !look.dark, () => setLook({ dark: false }), html`<${Icon} name="sun" size=${16} />`), toggle('In dark', look.dark, () => setLook({ dark: true }), html`<${Icon} name="moon" size=${16} />`)])}
      ${both('Device', [toggle('On a computer', !phone, () => setLook({ device: 'desktop' }), html`<${Device} d="M3 4h14v9.5H3zM7 17h6M10 13.5V17" />`), toggle('On a phone', phone, () => setLook({ device: 'phone' }), html`<${Device} d="M6.5 2.5h7a1 1 0 0 1 1 1v13a1 1 0 0 1-1 1h-7a1 1 0 0 1-1-1v-13a1 1 0 0 1 1-1zM9.5 15h1" />`)])}
    </div>
    <div class="scene ${phone ? 'is-phone' : 'is-desktop'} ${look.dark ? 'is-dark' : ''} ${sidebar ? 'is-sidebar' : ''} ${left ? 'is-left' : ''} ${open ? 'is-open' : ''}" dir=${directionOf(answer?.settings.locale || lang)}>
      <div class="scene-page" aria-hidden="true"><i></i><i></i><i></i><b></b><b></b><b></b><b></b></div>
      <div class="scene-window" hidden=${!open}><iframe ref=${frame} src=${src} title="Preview of the chat"></iframe>
        ${shown ? null : html`<div class="scene-wait">${failed ? null : late ? html`<p>The preview did not start.</p>` : html`<${Spinner} label="Preparing the preview" />`}</div>`}</div>
      ${!phone || !open ? html`<${Launcher} config=${config} hidden=${hidden} open=${open} onPress=${() => setOpen(!open)} />` : null}
    </div>
    ${failed ? html`<p class="field-hint" role="status">Not shown yet: ${failed}</p>` : hidden ? html`<p class="field-hint" role="status">Closed now: outside of the business hours the launcher is not on your pages${answer?.settings.availability.opens_at ? `. Open again ${time.full(answer.settings.availability.opens_at)}` : ''}.</p>` : config.launcher?.hidden ? html`<p class="field-hint">The launcher is hidden: your page opens the chat itself.</p>` : null}
  </section>`;
}

/** @param {{d: string}} props */
const Device = ({ d }) => html`<svg class="icon" width="16" height="16" viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d=${d} /></svg>`;

/** @param {{config: Record<string, any>, hidden: boolean, open: boolean, onPress: () => void}} props */
function Launcher({ config, hidden, open, onPress }) {
  const { launcher = {}, colors = {} } = config;
  const main = rgbOf(colors.primary) ? colors.primary : '#0f766e';
  const ground = rgbOf(launcher.color) ? launcher.color : main;
  const d = useDrawing(launcher.icon === 'chat' ? '' : launcher.icon);
  const [broken, setBroken] = useState('');
  if (launcher.hidden && open) return null;
  const picture = launcher.logo_url && broken !== launcher.logo_url;
  const face = picture ? html`<img src=${placed(launcher.logo_url)} alt="" width="26" height="26" onError=${() => setBroken(launcher.logo_url)} />`
    : launcher.icon === 'none' ? null : d ? html`<${Drawing} d=${d} size=${22} />` : html`<${Icon} name="chat" size=${22} />`;
  return html`<button type="button" class="scene-launcher ${launcher.text ? 'is-pill' : ''} ${launcher.hidden || hidden ? 'is-ghost' : ''}" aria-label=${open ? 'Close the preview' : 'Open the preview'} onClick=${onPress}
    style=${{ background: ground, color: readableOn(ground), marginInline: `${Math.min(60, (launcher.spacing?.side ?? 20) * 0.5)}px`, marginBlockEnd: `${Math.min(60, (launcher.spacing?.bottom ?? 20) * 0.5)}px` }}>${face}${launcher.text ? html`<span dir="auto">${launcher.text}</span>` : null}</button>`;
}
