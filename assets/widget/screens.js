// Screens that come when they are wanted: a visitor who only looks at the first one does not pay for them.
// All parts of a screen are asked for at once, so that it costs one round trip.

import { h, useEffect, useState } from '../vendor/preact.js';

/** @type {Record<string, Promise<any>>} */ const sheets = {};

/** A style sheet beside this file, ready when it applies. @param {string} name */
function style(name) {
  return (sheets[name] ??= new Promise((done, failed) => {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = new URL(name, import.meta.url).href;
    link.onload = done;
    link.onerror = () => { link.remove(); delete sheets[name]; failed(new Error(name)); };
    document.head.append(link);
  }));
}

/** @type {Promise<any>|null} */ let coming = null;

/** Begins to fetch the conversation screen; harmless to call often. @param {import('./chat.js').Chat} chat */
export function warmConversation(chat) {
  coming ??= Promise.all([
    import('./conversation.js'), chat.fetchTalk(), style('./conversation.css'), style('./forms.css'), import('./composer.js'), import('./editor.js'), import('./markup.js'), import('./thread.js'), import('./bubble.js'), import('./attachments.js'),
    import('./csat.js'), import('./chosen.js'), import('./asks.js'), import('../shared/html.js'),
  ]).then(([module]) => module.Conversation, (error) => { coming = null; throw error; });
  return coming;
}

/** All parts of a screen at once. @param {string} name of its component @param {string[]} styles @param {() => Promise<any>[]} scripts the component's own file first */
function together(name, styles, scripts) {
  /** @type {Promise<any>|null} */ let fetching = null;
  return () => {
    fetching ??= Promise.all([Promise.all(scripts()), ...styles.map((file) => style(`./${file}`))]).then(([[module]]) => module[name], (error) => { fetching = null; throw error; });
    return fetching;
  };
}

const field = () => [import('./field.js'), import('./consent.js')];
const contact = () => [import('./code.js'), import('./verbs_contact.js'), ...field()];

/** What each view is made of; `home` is here already. */
export const screens = {
  chat: warmConversation,
  list: () => import('./list.js').then((module) => module.List),
  hub: together('Hub', ['hub.css'], () => [import('./hub.js')]),
  report: together('Report', ['forms.css', 'hub.css'], () => [import('./report.js'), import('./stars.js'), import('./chosen.js'), import('./verbs_report.js'), import('../shared/links.js'), ...field()]),
  answer: together('Answer', ['forms.css'], () => [import('./answer.js'), import('../shared/html.js')]),
  identify: together('Identify', ['forms.css'], () => [import('./identify.js'), ...contact()]),
};

/** Parts of a screen that not every inbox has. */
export const parts = {
  apps: together('Apps', ['apps.css'], () => [import('./apps.js')]),
  prechat: together('PreChat', ['forms.css'], () => [import('./prechat.js'), ...field()]),
  away: together('Away', ['forms.css'], () => [import('./away.js'), ...field()]),
  contact: together('Contact', ['forms.css'], () => [import('./contact.js'), ...contact()]),
  rich: together('Rich', ['rich.css'], () => [import('./rich.js')]),
  consent: together('Consent', ['forms.css'], () => [import('./consent.js')]),
};

/** A screen or part once it is here, a quiet empty place until then; a failed fetch is tried again. @param {{chat: import('./chat.js').Chat, fetch: (chat: import('./chat.js').Chat) => Promise<any>, [more: string]: any}} props */
export function Later({ chat, fetch, ...more }) {
  const [Screen, setScreen] = useState(/** @type {any} */ (null));
  useEffect(() => {
    let here = true;
    const come = () => { fetch(chat).then((screen) => here && setScreen(() => screen), () => here && setTimeout(come, 2000)); };
    come();
    return () => { here = false; };
  }, []);
  return Screen ? h(Screen, { chat, ...more }) : h('div', { class: 'later', 'aria-busy': 'true' });
}
