// Screens that come when they are wanted: a visitor who only looks at the first one does not pay for them.
// All parts of a screen are asked for at once, so that it costs one round trip.

import { h, useEffect, useState } from '../vendor/preact.js';

/** A style sheet beside this file, ready when it applies. @param {string} name */
function style(name) {
  return new Promise((done, failed) => {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = new URL(name, import.meta.url).href;
    link.onload = done;
    link.onerror = () => { link.remove(); failed(new Error(name)); };
    document.head.append(link);
  });
}

/** @type {Promise<any>|null} */ let coming = null;

/** Begins to fetch the conversation screen; harmless to call often. @param {import('./chat.js').Chat} chat */
export function warmConversation(chat) {
  coming ??= Promise.all([
    import('./conversation.js'), chat.fetchTalk(), style('./conversation.css'), import('./composer.js'), import('./editor.js'), import('./markup.js'), import('./thread.js'), import('./bubble.js'), import('./attachments.js'),
    import('./banner.js'), import('./csat.js'), import('./prechat.js'), import('../shared/html.js'),
  ]).then(([module]) => module.Conversation, (error) => { coming = null; throw error; });
  return coming;
}

export const fetchList = () => import('./list.js').then((module) => module.List);

/** A screen once it is here, a quiet empty place until then; a failed fetch is tried again. @param {{chat: import('./chat.js').Chat, fetch: (chat: import('./chat.js').Chat) => Promise<any>}} props */
export function Later({ chat, fetch }) {
  const [Screen, setScreen] = useState(/** @type {any} */ (null));
  useEffect(() => {
    let here = true;
    const come = () => { fetch(chat).then((screen) => here && setScreen(() => screen), () => here && setTimeout(come, 2000)); };
    come();
    return () => { here = false; };
  }, []);
  return Screen ? h(Screen, { chat }) : h('div', { class: 'later', 'aria-busy': 'true' });
}
