// The one file that turns the server's sanitised `html` fields into something to show.
// The server already cleaned it; here it is read in an inert document (nothing loads, nothing runs) and rebuilt
// as vnodes from a short list of allowed elements. So no markup is ever assigned to the page, and a mistake on
// the server's side still cannot become a script here.

import { h } from '../vendor/preact.js';
import { safeHref } from './links.js';

export { safeHref };

const ALLOWED = new Set(['a', 'b', 'blockquote', 'br', 'code', 'del', 'em', 'h1', 'h2', 'h3', 'h4', 'hr', 'i', 'li', 'ol', 'p', 'pre', 's', 'strong', 'u', 'ul']);
const DROPPED = new Set(['script', 'style', 'template', 'iframe', 'object', 'embed', 'svg', 'math', 'noscript', 'textarea', 'title', 'head']);
/** Headings inside a message would disturb the page's own outline. */
const RENAMED = /** @type {Record<string,string>} */ ({ b: 'strong', i: 'em', h1: 'strong', h2: 'strong', h3: 'strong', h4: 'strong', s: 'del' });
const DEPTH_MAX = 30;
const NODES_MAX = 5000;

/** @param {string} markup the server's `html` field @returns {any[]} vnodes */
export function fromHtml(markup) {
  let budget = NODES_MAX;
  /** @param {Node} parent @param {number} depth @returns {any[]} */
  function children(parent, depth) {
    /** @type {any[]} */ const list = [];
    for (const node of parent.childNodes) {
      if (budget-- <= 0) break;
      if (node.nodeType === 3) { list.push(node.nodeValue); continue; }
      if (node.nodeType !== 1) continue;
      const element = /** @type {Element} */ (node);
      const name = element.localName;
      if (DROPPED.has(name)) continue;
      if (depth > DEPTH_MAX) { list.push(element.textContent); continue; }
      const inner = children(element, depth + 1);
      if (!ALLOWED.has(name)) { list.push(...inner); continue; }
      if (name === 'a') {
        const href = safeHref(element.getAttribute('href'));
        if (href) list.push(h('a', { href, target: '_blank', rel: 'noopener noreferrer nofollow' }, ...inner));
        else list.push(...inner);
        continue;
      }
      const start = name === 'ol' ? Number(element.getAttribute('start')) || undefined : undefined;
      list.push(h(RENAMED[name] || name, start ? { start } : null, ...inner));
    }
    return list;
  }
  return children(new DOMParser().parseFromString(markup, 'text/html').body, 0);
}

/** The words of the same markup, for what is read out. @param {string} markup */
export const plainOf = (markup) => new DOMParser().parseFromString(markup, 'text/html').body.textContent || '';

/** What a whole page needs to be shown in a frame of ours: no script, no origin, no form. Our page allows no style sheets from elsewhere, and a
 * frame inherits that: what stands at the elements is enough. @param {string} page */
export const framed = (page) => ({ sandbox: '', srcdoc: page.replace(/<style>[\s\S]*?<\/style>/, '') });
