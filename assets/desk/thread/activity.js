// Lines about what happened to the conversation, in one short sentence each.

import { html } from '../../vendor/preact.js';
import { time } from '../parts/small.js';
import { untilWords } from './header.js';

/** @type {Record<string, string>} */
const STATUS = { open: 'opened the conversation', waiting: 'is waiting for something', resolved: 'resolved the conversation' };

/** @param {any} entry */
function sentence(entry) {
  const { activity, author } = entry;
  // The server's own sentence knows the case best.
  if (entry.text || !activity) return entry.text;
  const who = author.type === 'system' ? '' : author.name;
  const { action, value } = activity;
  if (action === 'status' && STATUS[value]) return who ? `${who} ${STATUS[value]}` : { open: 'Opened again', waiting: 'Waiting', resolved: 'Resolved' }[/** @type {'open'} */ (value)];
  if (action === 'assignment') return value ? (value === who ? `${who} took the conversation` : `${who || 'It was'} assigned ${who ? `it to ${value}` : `to ${value}`}`) : (who ? `${who} gave it back; nobody is assigned` : 'Nobody is assigned');
  if (action === 'unattended') return 'Left while nobody was here';
  if (action === 'left') return `${value} left; it goes on to somebody else`;
  if (action === 'unanswered') return `${value} did not answer in time; it goes on to somebody else`;
  if (action === 'custom_status') return who ? `${who} set it to “${value}”` : `Set to “${value}”`;
  if (action === 'priority') return value ? `${who || 'It was'} set${who ? '' : ' to'} ${value} priority` : `${who || 'It was'} took the priority back`;
  if (action === 'tag') return `${who || 'It was'} tagged${who ? ' it' : ''} ${value}`;
  if (action === 'untag') return `${who || 'It was'} ${who ? 'removed' : 'freed from'} the tag ${value}`;
  if (action === 'spam') return `${who || 'It was'} ${who ? 'marked it' : 'marked'} as spam`;
  if (action === 'rule') return `By the rule “${value}”:`;
  if (action === 'sla_breach') return { first: 'The first answer is late', next: 'The answer is late', resolution: 'It is not resolved in time' }[/** @type {'first'} */ (value)] || 'A promise was broken';
  if (action === 'kind') return `${who || 'It was'} ${who ? 'made it' : 'made'} a ${value === 'feature' ? 'feature request' : value === 'bug' ? 'bug report' : value}`;
  if (action === 'team') return value ? `${who || 'It was'} gave${who ? ' it' : 'n'} to the team ${value}` : `${who} took it from its team`;
  if (action === 'snooze') return Number(value) > 0 ? `${who} put it away until ${untilWords(Number(value))}` : `${who} woke it`;
  if (action === 'identify') return `${value || 'The visitor'} was identified`;
  if (action === 'merge') return 'Two conversations of the same person became one';
  if (action === 'transcript') return `${who || 'The visitor'} asked for the conversation by mail${value ? ` to ${value}` : ''}`;
  if (action === 'quarantine') return value === 'spam' ? `${who} said that this is spam` : `${who} let it out of quarantine`;
  if (action === 'survey') return `${who} made a link to ask how it was`;
  if (action === 'rating') return `How it was: ${value}`;
  if (action === 'mail_bounced') return `Mail came back from ${value}`;
  if (action === 'mail_complaint') return `${value} called a mail from here unwanted; nothing is mailed there by itself any more`;
  if (action === 'mail_automatic') return `An automatic answer came by mail${value ? `: “${value}”` : ''}`;
  if (action === 'close') return 'The visitor closed the conversation';
  return [who, action, value].filter(Boolean).join(' ');
}

/** @param {{entry: any, place: string}} props */
export const Activity = ({ entry, place }) => html`<p class="activity" data-place=${place} title=${time.full(entry.at)}><span dir="auto">${sentence(entry)}</span> <span aria-hidden="true">·</span> <time class="tabular faint" datetime=${new Date(entry.at).toISOString()}>${time.clock(entry.at)}</time></p>`;
