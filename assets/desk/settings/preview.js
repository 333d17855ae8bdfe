// The launcher and the window as a visitor will see them, from the values not saved yet.

import { html, useState } from '../../vendor/preact.js';
import { Avatar } from '../../shared/avatar.js';
import { safeHref } from '../../shared/html.js';
import { Icon } from '../../shared/icons.js';
import { accentTokens, ground } from '../../widget/colour.js';
import { useDesk } from '../state/store.js';
import { placed } from '../state/wire.js';
import { readableOn, rgbOf } from './colour.js';

/** `{{.FirstName | there}}` as for someone unknown. @param {string} text */
export const spoken = (text) => (text || '').replace(/\{\{\s*\.?(?:first|last)name\s*(?:\|\s*([^}]*?))?\s*\}\}/gi, (_, fallback) => fallback || '').replace(/\s+([,.!?])/g, '$1').trim();

/** A picture, or what stands there when it cannot be loaded. @param {{src: string, otherwise: any, size: number}} props */
function Picture({ src, otherwise, size }) {
  const [broken, setBroken] = useState('');
  if (!src || broken === src) return otherwise;
  return html`<img src=${placed(src)} alt="" width=${size} height=${size} onError=${() => setBroken(src)} />`;
}

const STOCK_GREETING = 'Hello {{.FirstName | there}}';
const STOCK_BUTTON = 'Start conversation';
const FACES_MAX = 4;

/** @param {{draft: import('./edit.js').Draft}} props */
export function WidgetPreview({ draft }) {
  const { config } = draft;
  // The same that the widget is told: who answers here, and whether somebody is here now.
  const team = useDesk((state) => Object.values(state.agents).filter((agent) => !agent.suspended && !agent.invited));
  const me = useDesk((state) => state.agent);
  const online = me.availability === 'online' || team.some((agent) => agent.online && agent.availability === 'online');
  const main = rgbOf(config.colors?.primary) ? config.colors.primary : '#0f766e';
  const button = rgbOf(config.launcher?.color) ? config.launcher.color : main;
  const left = config.launcher?.position === 'left';
  const dark = config.theme === 'dark' || (config.theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  const brand = config.brand_name || draft.name || 'Your brand';
  const greeting = config.greeting_message === STOCK_GREETING ? 'Hello there' : spoken(config.greeting_message);
  const introduction = spoken(config.introduction_message);
  const own = config.visitors?.start_conversation_button_text;
  const apps = (config.home_apps || []).filter((/** @type {any} */ app) => safeHref(app.url)).slice(0, 3);
  // A white ground is what nobody chose: then the head takes the main colour (the widget's own rule, `ground`).
  const hero = ground(config.home_screen, safeHref);
  return html`<section class="preview-column" aria-label="Preview"><p class="preview-title">Preview</p>
    <div class="preview ${dark ? 'is-dark' : 'is-light'}">
      <div class="preview-window" style=${accentTokens(main, dark)}>
        <div class="preview-bar" style=${ground(config.home_screen, null)}>${config.logo_url ? html`<${Picture} src=${config.logo_url} size=${22} otherwise=${null} />` : null}<b dir="auto">${brand}</b><${Icon} name="more" size=${18} /><${Icon} name="close" size=${18} /></div>
        <div class="preview-hero" style=${hero}>
          ${team.length ? html`<span class="preview-faces">${team.slice(0, FACES_MAX).map((agent) => html`<${Avatar} name=${agent.first_name} tint=${agent.avatar_tint} size=${30} />`)}</span>` : null}
          ${greeting ? html`<b dir="auto">${greeting}</b>` : null}
          ${introduction ? html`<span dir="auto">${introduction}</span>` : null}
        </div>
        <div class="preview-body">
          ${config.notice_banner?.enabled && config.notice_banner.text ? html`<p class="preview-card" dir="auto"><${Icon} name="info" size=${16} /><span>${config.notice_banner.text}</span></p>` : null}
          ${config.visitors?.allow_start_conversation === false ? null : html`<span class="preview-card preview-start"><span><b dir="auto">${own && own !== STOCK_BUTTON ? own : 'Send us a message'}</b>
            <small class=${online ? 'is-online' : ''}><i></i><span dir="auto">${online ? config.chat_reply_expectation_message || 'Online now' : 'Away right now. We answer as soon as we are back.'}</span></small></span><span class="preview-send"><${Icon} name="send" size=${16} /></span></span>`}
          ${apps.map((/** @type {any} */ app) => html`<span class="preview-card" dir="auto"><span>${app.title || app.text}</span><${Icon} name="external" size=${14} /></span>`)}
          ${config.show_powered_by ? html`<span class="preview-powered">Chat by deskbell</span>` : null}
        </div>
      </div>
      <span class="preview-launcher" style=${{ background: button, color: readableOn(button), alignSelf: left ? 'flex-start' : 'flex-end', marginInline: `${Math.min(60, (config.launcher?.spacing?.side ?? 20) / 2)}px`, marginBlockEnd: `${Math.min(60, (config.launcher?.spacing?.bottom ?? 20) / 2)}px` }}><${Picture} src=${config.launcher?.logo_url} size=${30} otherwise=${html`<${Icon} name="chat" size=${26} />`} /></span>
    </div></section>`;
}
