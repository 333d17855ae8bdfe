// Where we are, by history paths under /desk: the back gesture of a phone leads from a thread to its list.
// A screen with unsaved changes may stand in the way (`guard`); it is asked before each move.
// Where the person slides over the thread, that is a step of its own, so that "back" closes the panel first.

import { change, now } from './store.js';
import { base } from './wire.js';

/**
 * @typedef {{name: 'conversations', conversation: string, at?: number} | {name: 'search', q: string, conversation: string, at?: number}
 *   | {name: 'contacts', id: string, conversation: ''} | {name: 'visitors', conversation: ''}
 *   | {name: 'archive', query: string, conversation: ''} | {name: 'reports', page: string, query: string, conversation: ''}
 *   | {name: 'settings', page: string, id: string, tab: string}} Route
 */

/** A screen of its own, without the columns of conversations. @param {Route} route @returns {route is Extract<Route, {name: 'archive'|'reports'|'settings'|'contacts'|'visitors'}>} */
export const isPage = (route) => ['settings', 'archive', 'reports', 'contacts', 'visitors'].includes(route.name);

/** @param {string} path @param {string} search @returns {Route} */
export function routeOf(path, search) {
  const [head, first = '', second = '', third = ''] = path.slice(base.length).replace(/^\/desk\/?/, '').split('/').map(decodeURIComponent);
  const q = new URLSearchParams(search).get('q');
  if (head === 'archive') return { name: 'archive', query: search.slice(1), conversation: '' };
  if (head === 'reports') return { name: 'reports', page: first, query: search.slice(1), conversation: '' };
  if (head === 'settings') return { name: 'settings', page: first || '', id: second, tab: third };
  if (head === 'contacts') return { name: 'contacts', id: first, conversation: '' };
  if (head === 'visitors') return { name: 'visitors', conversation: '' };
  const conversation = head === 'c' ? first : '';
  // The place of a message that was found, by its change number.
  const place = Number(new URLSearchParams(search).get('at')) || undefined;
  return q !== null ? { name: 'search', q, conversation, at: place } : { name: 'conversations', conversation, at: place };
}

/** @param {Route} route */
export function pathOf(route) {
  if (route.name === 'settings') return `${base}/desk/${['settings', route.page, route.id, route.tab].filter(Boolean).map(encodeURIComponent).join('/')}`;
  if (route.name === 'contacts') return `${base}/desk/contacts${route.id ? `/${encodeURIComponent(route.id)}` : ''}`;
  if (route.name === 'visitors') return `${base}/desk/visitors`;
  if (route.name === 'archive') return `${base}/desk/archive${route.query && `?${route.query}`}`;
  if (route.name === 'reports') return `${base}/desk/reports${route.page && `/${encodeURIComponent(route.page)}`}${route.query && `?${route.query}`}`;
  const path = route.conversation ? `${base}/desk/c/${encodeURIComponent(route.conversation)}` : `${base}/desk`;
  const query = [route.name === 'search' && `q=${encodeURIComponent(route.q)}`, route.conversation && route.at && `at=${route.at}`].filter(Boolean).join('&');
  return query ? `${path}?${query}` : path;
}

/** @type {null | ((target: Route) => Promise<boolean>)} */
let guard = null;
/** Asked before each move, with where it leads; answers whether to go. @param {null | ((target: Route) => Promise<boolean>)} next */
export const setGuard = (next) => { guard = next; };

/** @param {Route} route @param {{replace?: boolean}} [how] */
export async function go(route, how = {}) {
  const path = pathOf(route);
  if (path === location.pathname + location.search) return;
  if (guard && !(await guard(route))) return;
  const { route: from } = now();
  // Whether this conversation was opened from the list: then the browser's own "back" leads there.
  const over = how.replace ? !!history.state?.over && !history.state.panel : !isPage(from) && !from.conversation && !isPage(route) && !!route.conversation;
  history[how.replace ? 'replaceState' : 'pushState']({ over }, '', path);
  // What was open belonged to the place that is left.
  change({ route, open: '' });
}

/** From a conversation to the list, by the browser's own back when that is where it leads; never out of the list. */
export function back() {
  const { route } = now();
  if (isPage(route) || !route.conversation) return;
  if (history.state?.over) history.back();
  else go(route.name === 'search' ? { ...route, conversation: '' } : { name: 'conversations', conversation: '' }, { replace: true });
}

/** `at` is the place of a found message, to show it there. @param {string} uuid @param {number} [at] */
export function openConversation(uuid, at) {
  const { route } = now();
  // Moving from thread to thread replaces: one step back is the list, however many threads were read.
  const replace = !isPage(route) && !!route.conversation;
  return go(route.name === 'search' ? { ...route, conversation: uuid, at } : { name: 'conversations', conversation: uuid, at }, { replace });
}

/** Up to this width the person slides over the thread; wider, they stand beside it (css/shell.css). */
const slides = matchMedia('(max-width: 1239px)');

/** Shows or hides the person, where they do not stand beside the thread anyway. */
export function togglePanel() {
  if (now().open === 'panel') closePanel();
  else if (slides.matches) {
    history.pushState({ panel: true }, '', pathOf(now().route));
    change({ open: 'panel' });
  }
}

export function closePanel() {
  if (now().open !== 'panel') return;
  change({ open: '' });
  if (history.state?.panel) history.back();
}

export function startRouter() {
  if (history.state?.panel) history.replaceState({}, '', location.href);
  change({ route: routeOf(location.pathname, location.search) });
  addEventListener('popstate', async () => {
    const target = routeOf(location.pathname, location.search);
    if (guard) {
      // The browser has moved already: step back into place, ask, and move again if allowed.
      const { state } = history;
      history.pushState({}, '', pathOf(now().route));
      if (!(await guard(target))) return;
      history.replaceState(state, '', pathOf(target));
    }
    change({ route: target, open: history.state?.panel && slides.matches ? 'panel' : '' });
  });
}
