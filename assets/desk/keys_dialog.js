// `?`: every key, straight from the table that makes them work.

import { html } from '../vendor/preact.js';
import { Dialog } from './parts/dialog.js';
import { bound } from './state/keys.js';
import { change, useDesk } from './state/store.js';
import { THREAD_KEYS } from './state/thread_keys.js';

const COMPOSER = [['Enter', 'Send (or Ctrl Enter, as you choose below the box)'], ['Shift Enter', 'New line'], ['Ctrl B', 'Bold'], ['Ctrl I', 'Italic'], ['Ctrl K', 'Link, with words chosen; else find or do anything'], ['Ctrl Z', 'In an empty box: undo what you did last'], ['@', 'Call a colleague, in a note'], ['Escape', 'Leave the box']];

/** @param {{keys: string}} props */
const Keys = ({ keys }) => html`<span class="keys" dir="ltr">${keys.split(', ').map((one, index) => html`${index ? html`<i>or</i>` : null}${one.split(/[ +]/).map((key) => html`<kbd>${key === 'Escape' ? 'Esc' : key.length === 1 && one.includes('+') ? key.toUpperCase() : key}</kbd>`)}`)}</span>`;

export function KeysDialog() {
  const open = useDesk((state) => state.open === 'keys');
  if (!open) return null;
  const inThread = Object.values(THREAD_KEYS);
  const all = [...bound().filter((one) => !inThread.some((other) => other.keys === one.keys)), ...inThread]
    // Nine views need one line.
    .filter((one) => !/^g [2-9]$/.test(one.keys)).map((one) => (one.keys === 'g 1' ? { ...one, keys: 'g 1…9', label: 'A view, by its place' } : one));
  const order = ['Conversations', 'In a conversation', 'Go to', 'Anywhere'];
  const groups = [...new Set(all.map((one) => one.group))].sort((a, b) => order.indexOf(a) - order.indexOf(b));
  return html`<${Dialog} title="Keyboard" wide=${true} onClose=${() => change({ open: '' })}>
    <div class="keys-columns">
      ${groups.map((group) => html`<section><h3>${group}</h3><dl>${all.filter((one) => one.group === group).map((one) => html`<div><dt>${one.label}</dt><dd><${Keys} keys=${one.keys} /></dd></div>`)}</dl></section>`)}
      <section><h3>While writing</h3><dl>${COMPOSER.map(([keys, label]) => html`<div><dt>${label}</dt><dd><${Keys} keys=${keys} /></dd></div>`)}</dl></section>
    </div>
  <//>`;
}
