// How a conversation is ordered: its priority and its tags, in a line below its head; each can be changed right there.

import { html, useEffect, useRef } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Menu } from '../parts/menu.js';
import { Popup } from '../parts/popup.js';
import { PRIORITY_WORDS, PriorityMark } from '../parts/kinds.js';
import { TagChip } from '../parts/tag_chip.js';
import { TagPicker } from '../parts/tag_picker.js';
import { bind } from '../state/keys.js';
import { setPriority, setTags } from '../state/order.js';
import { may } from '../state/people.js';
import { change, now, useDesk } from '../state/store.js';
import { THREAD_KEYS } from '../state/thread_keys.js';

/** @type {(null|'low'|'medium'|'high')[]} */
const LEVELS = ['high', 'medium', 'low', null];

/** @param {{uuid: string}} props */
export function Labels({ uuid }) {
  const one = useDesk((state) => state.conversations[uuid]);
  const open = useDesk((state) => state.open);
  const allowed = useDesk(() => may('status'));
  const button = useRef(/** @type {HTMLButtonElement|null} */ (null));
  useEffect(() => (allowed ? bind([
    { ...THREAD_KEYS.tags, run: () => change({ open: 'tags' }) },
    { ...THREAD_KEYS.priority, run: () => change({ open: 'priority' }) },
  ]) : undefined), [allowed]);
  const tags = one.tags || [];
  const hold = (/** @type {boolean} */ is) => { if (is) change({ open: 'priority' }); else if (now().open === 'priority') change({ open: '' }); };
  const word = one.priority ? PRIORITY_WORDS[one.priority] : '';
  if (!allowed) {
    if (!tags.length && !one.priority) return null;
    return html`<div class="labels">${one.priority ? html`<span class="label-priority"><${PriorityMark} priority=${one.priority} />${word} priority</span>` : null}${tags.map((tag) => html`<${TagChip} key=${tag.uuid} tag=${tag} />`)}</div>`;
  }
  const pick = (/** @type {import('../state/tools.js').Tag} */ tag, /** @type {boolean} */ on) => setTags(uuid, on ? [...tags, tag] : tags.filter((other) => other.uuid !== tag.uuid));
  return html`<div class="labels" role="group" aria-label="Priority and tags">
    <${Menu} buttonClass="label-button" name="Priority: ${word || 'none'}" title="Priority (p)" open=${open === 'priority'} onOpen=${hold}
      label=${one.priority ? html`<${PriorityMark} priority=${one.priority} /><span>${word}</span>` : html`<${Icon} name="flag" size=${15} /><span>Priority</span>`}
      items=${LEVELS.map((level) => ({ label: level ? html`<span class="menu-person"><${PriorityMark} priority=${level} />${PRIORITY_WORDS[level]}</span>` : 'None', checked: (one.priority || null) === level, run: () => setPriority(uuid, level) }))} />
    ${tags.map((tag) => html`<${TagChip} key=${tag.uuid} tag=${tag} onRemove=${() => { setTags(uuid, tags.filter((other) => other.uuid !== tag.uuid)); button.current?.focus(); }} />`)}
    <span class="menu-place"><button ref=${button} type="button" class="label-button" aria-haspopup="dialog" aria-expanded=${open === 'tags' ? 'true' : 'false'} title="Tags (t)" onClick=${() => change({ open: open === 'tags' ? '' : 'tags' })}><${Icon} name="tag" size=${15} /><span>${tags.length ? 'Tags' : 'Add a tag'}</span></button>
      ${open === 'tags' ? html`<${Popup} button=${button} label="Tags" className="is-tags" onClose=${() => { if (now().open === 'tags') change({ open: '' }); }}><${TagPicker} chosen=${tags.map((tag) => tag.uuid)} onPick=${pick} onDone=${() => { change({ open: '' }); button.current?.focus(); }} /><//>` : null}</span>
  </div>`;
}
