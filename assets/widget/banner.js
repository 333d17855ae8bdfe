// One line that says when the connection is gone. It waits a moment: a blink of the line is nobody's business.

import { h, html, useEffect, useState } from '../vendor/preact.js';
import { Icon } from '../shared/icons-base.js';

const PATIENCE_MS = 2500;

/** @param {{chat: import('./chat.js').Chat}} props */
export function Banner({ chat }) {
  const { state, t } = chat;
  const [line, setLine] = useState(navigator.onLine);
  const [shown, setShown] = useState(false);
  const bad = !line || state.net === 'connecting' || state.net === 'offline';
  useEffect(() => {
    const look = () => setLine(navigator.onLine);
    addEventListener('online', look);
    addEventListener('offline', look);
    return () => { removeEventListener('online', look); removeEventListener('offline', look); };
  }, []);
  useEffect(() => {
    if (!bad) { setShown(false); return undefined; }
    const timer = setTimeout(() => setShown(true), line ? PATIENCE_MS : 0);
    return () => clearTimeout(timer);
  }, [bad, line]);
  return html`<div role="status" class="line-state">${shown ? html`<p>${h(Icon, { name: line ? 'refresh' : 'offline', size: 16 })}<span>${t(line ? 'w.reconnecting' : 'w.offline')}</span></p>` : null}</div>`;
}
