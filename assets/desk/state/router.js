// Where we are, by history paths under /desk: the back gesture of a phone leads from a thread to its list.
// A screen with unsaved changes may stand in the way (`guard`); it is asked before each move.

import { change, now } from './store.js';
import { base } from './wire.js';

/**
 * @typedef {{name: 'conversations', conversation: string} | {name: 'search', q: string, conversation: string}
 *   | {name: 'settings', page: string, id: string, tab: string}} Route
 */

/** @param {string} path @param {string} search @returns {Route} */
export function routeOf(path, search) {
  const [head, first = '', second = '', third = ''] = path.slice(base.length).replace(/^\/desk\/?/, '').split('/').map(decodeURIComponent);
  const q = new URLSearchParams(search).get('q');
  if (head === 'settings') return { name: 'settings', page: first || '', id: second, tab: third };
  const conversation = head === 'c' ? first : '';
  return q !== null ? { name: 'search', q, conversation } : { name: 'conversations', conversation };
}

/** @param {Route} route */
export function pathOf(route) {
  if (route.name === 'settings') return `${base}/desk/${['settings', route.page, route.id, route.tab].filter(Boolean).map(encodeURIComponent).join('/')}`;
  const at = route.conversation ? `${base}/desk/c/${encodeURIComponent(route.conversation)}` : `${base}/desk`;
  return route.name === 'search' ? `${at}?q=${encodeURIComponent(route.q)}` : at;
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
  // How deep we are in our own history tells whether "back" stays inside the desk.
  const depth = (history.state?.depth || 0) + (how.replace ? 0 : 1);
  history[how.replace ? 'replaceState' : 'pushState']({ depth }, '', path);
  change({ route, open: '' });
}

/** To the list, by the browser's own back when that is where it leads. */
export function back() {
  const { route } = now();
  if (history.state?.depth > 0) history.back();
  else go(route.name === 'search' ? { ...route, conversation: '' } : { name: 'conversations', conversation: '' }, { replace: true });
}

/** @param {string} uuid */
export function openConversation(uuid) {
  const { route } = now();
  // Moving from thread to thread replaces: one step back is the list, however many threads were read.
  const replace = route.name !== 'settings' && !!route.conversation;
  return go(route.name === 'search' ? { ...route, conversation: uuid } : { name: 'conversations', conversation: uuid }, { replace });
}

export function startRouter() {
  change({ route: routeOf(location.pathname, location.search) });
  addEventListener('popstate', async () => {
    const target = routeOf(location.pathname, location.search);
    if (guard) {
      // The browser has moved already: step back into place, ask, and move again if allowed.
      const depth = history.state?.depth || 0;
      history.pushState({ depth: depth + 1 }, '', pathOf(now().route));
      if (!(await guard(target))) return;
      history.replaceState({ depth }, '', pathOf(target));
    }
    // What lies over one screen does not belong over the next.
    change({ route: target, open: '' });
  });
}
