// What is being written, per conversation and kind, kept in this browser: it survives reloads, crashes and signing out.

import { now } from './store.js';
import { recall, remember } from './prefs.js';

/** @typedef {'reply'|'note'} Kind */

/** @param {string} conversation @param {Kind} kind */
const keyOf = (conversation, kind) => `deskbell.draft.${now().agent.uuid}.${conversation}.${kind}`;

/** @param {string} conversation @param {Kind} kind */
export const draft = (conversation, kind) => recall(keyOf(conversation, kind)) || '';

/** @param {string} conversation @param {Kind} kind @param {string} text */
export const keepDraft = (conversation, kind, text) => remember(keyOf(conversation, kind), text || null);

/** Which tab was open last: someone who was writing a note comes back to the note. @param {string} conversation @returns {Kind} */
export const draftKind = (conversation) => (draft(conversation, 'note') && !draft(conversation, 'reply') ? 'note' : 'reply');
