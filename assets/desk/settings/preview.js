// The launcher and the window as a visitor will see them, from the values not saved yet.

import { html, useState } from '../../vendor/preact.js';
import { safeHref } from '../../shared/html.js';
import { Icon } from '../../shared/icons.js';
import { placed } from '../state/wire.js';
import { readableOn, rgbOf } from './colour.js';

/** `{{.FirstName | there}}` as for someone unknown. @param {string} text */
export const spoken = (text) => (text || '').replace(/\{\{\s*\.?(?:first|last)name\s*(?:\|\s*([^}]*?))?\s*\}\}/gi, (_, fallback) => fallback || '').replace(/\s+([,.!?])/g, '$1').trim();

/** @param {any} background */
function groundOf(background) {
  const colour = (/** @type {string} */ value, /** @type {string} */ otherwise) => (rgbOf(value) ? value : otherwise);
  if (background?.type === 'gradient') return { backgroundImage: `linear-gradient(160deg, ${colour(background.gradient_start, '#0f766e')}, ${colour(background.gradient_end, '#134e4a')})` };
  const image = background?.type === 'image' ? safeHref(background.image_url) : null;
  if (image && background.image_url) return { backgroundImage: `url("${encodeURI(decodeURI(image)).replace(/"/g, '%22')}")`, backgroundSize: 'cover', backgroundPosition: 'center' };
  return { backgroundColor: colour(background?.color, '#ffffff') };
}

/** A picture, or what stands there when it cannot be loaded. @param {{src: string, otherwise: any, size: number}} props */
function Picture({ src, otherwise, size }) {
  const [broken, setBroken] = useState('');
  if (!src || broken === src) return otherwise;
  return html`<img src=${placed(src)} alt="" width=${size} height=${size} onError=${() => setBroken(src)} />`;
}

/** @param {{draft: import('./edit.js').Draft}} props */
export function WidgetPreview({ draft }) {
  const { config } = draft;
  const main = rgbOf(config.colors?.primary) ? config.colors.primary : '#0f766e';
  const button = rgbOf(config.launcher?.color) ? config.launcher.color : main;
  const left = config.launcher?.position === 'left';
  const brand = config.brand_name || draft.name || 'Your brand';
  const white = config.home_screen?.header_text_color === 'white';
  return html`<section class="preview-column" aria-label="Preview"><p class="preview-title">Preview</p>
    <div class="preview ${config.theme === 'dark' ? 'is-dark' : 'is-light'}">
      <div class="preview-window">
        <div class="preview-hero ${config.home_screen?.fade_background ? 'is-faded' : ''}" style=${{ ...groundOf(config.home_screen?.background), color: white ? '#fff' : '#1b1a18' }}>
          <span class="preview-logo" style=${{ background: main, color: readableOn(main) }}><${Picture} src=${config.logo_url} size=${32} otherwise=${[...brand][0]?.toUpperCase()} /></span>
          ${spoken(config.greeting_message) ? html`<b dir="auto">${spoken(config.greeting_message)}</b>` : null}
          ${spoken(config.introduction_message) ? html`<span dir="auto">${spoken(config.introduction_message)}</span>` : null}
        </div>
        ${config.notice_banner?.enabled && config.notice_banner.text ? html`<p class="preview-notice" dir="auto">${config.notice_banner.text}</p>` : null}
        <div class="preview-body">
          <span class="preview-start" style=${{ background: main, color: readableOn(main) }} dir="auto">${config.visitors?.start_conversation_button_text || 'Start conversation'}</span>
          ${(config.home_apps || []).slice(0, 3).map((/** @type {any} */ app) => html`<span class="preview-card" dir="auto">${app.title || app.text || 'Link'}<${Icon} name="external" size=${14} /></span>`)}
          ${config.show_powered_by ? html`<span class="preview-powered">runs on deskbell</span>` : null}
        </div>
      </div>
      <span class="preview-launcher" style=${{ background: button, color: readableOn(button), alignSelf: left ? 'flex-start' : 'flex-end', marginInline: `${Math.min(60, (config.launcher?.spacing?.side ?? 20) / 2)}px`, marginBlockEnd: `${Math.min(60, (config.launcher?.spacing?.bottom ?? 20) / 2)}px` }}><${Picture} src=${config.launcher?.logo_url} size=${30} otherwise=${html`<${Icon} name="chat" size=${26} />`} /></span>
    </div></section>`;
}
