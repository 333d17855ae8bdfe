// Which inbox uses which words for a kind of mail (row 176).

import { html } from '../../vendor/preact.js';
import { Select } from '../parts/field.js';
import { holdInbox } from '../state/people.js';
import { useDesk } from '../state/store.js';
import { toast } from '../state/toasts.js';
import { api, wordsFor } from '../state/wire.js';

/** @param {{kind: string, names: string[]}} props */
export function TemplateChoice({ kind, names }) {
  const inboxes = useDesk((state) => state.inboxes);
  if (!names.length) return null;
  const choose = async (/** @type {import('../state/types.js').Inbox} */ inbox, /** @type {string} */ name) => {
    const templates = { ...inbox.config.continuity?.templates, [kind]: name };
    if (!name) delete templates[kind];
    try {
      const saved = await api.put(`/inboxes/${inbox.uuid}`, { config: { continuity: { templates } } });
      holdInbox(saved.inbox || saved);
      toast(`Saved for ${inbox.name}`);
    } catch (error) { toast(`Nothing was changed for ${inbox.name}. ${wordsFor(error)}`, { tone: 'bad' }); }
  };
  return html`${(inboxes || []).map((inbox) => html`<${Select} key=${inbox.uuid} label="Words of ${inbox.name}" value=${inbox.config.continuity?.templates?.[kind] || ''} onInput=${(/** @type {string} */ name) => { choose(inbox, name); }}
    options=${[['', 'Usual words'], ...names.map((one) => /** @type {[string, string]} */ ([one, one]))]} />`)}`;
}
