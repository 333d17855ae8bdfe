// The house wants a tag before a conversation is resolved: it is asked for right there, and then goes on as intended.

import { html, useEffect, useState } from '../../vendor/preact.js';
import { Dialog } from '../parts/dialog.js';
import { TagChip } from '../parts/tag_chip.js';
import { TagPicker } from '../parts/tag_picker.js';
import { now } from '../state/store.js';

/** @typedef {import('../state/tools.js').Tag} Tag */

export function TagNeeded() {
  const [asked, setAsked] = useState(/** @type {null|{uuids: string[], then: (tag: Tag) => void}} */ (null));
  const [chosen, setChosen] = useState(/** @type {Tag|null} */ (null));
  useEffect(() => {
    const ask = (/** @type {any} */ event) => { setChosen(null); setAsked(event.detail); };
    addEventListener('deskbell:tag-needed', ask);
    return () => removeEventListener('deskbell:tag-needed', ask);
  }, []);
  if (!asked) return null;
  const close = () => setAsked(null);
  const go = () => { if (!chosen) return; close(); asked.then(chosen); };
  const who = asked.uuids.length === 1 ? now().conversations[asked.uuids[0]]?.contact.name || 'It' : `${asked.uuids.length} conversations`;
  return html`<${Dialog} title="What was it about?" onClose=${close} actions=${html`<button type="button" class="button" onClick=${close}>Not now</button><button type="button" class="button is-primary" disabled=${!chosen} onClick=${go}>Tag and resolve</button>`}>
    <p class="dialog-text"><bdi>${who}</bdi> ${asked.uuids.length === 1 ? 'needs' : 'need'} a tag before being resolved.</p>
    ${chosen ? html`<p class="tag-chosen"><${TagChip} tag=${chosen} /></p>` : null}
    <${TagPicker} chosen=${chosen ? [chosen.uuid] : []} onPick=${(/** @type {Tag} */ tag, /** @type {boolean} */ on) => setChosen(on ? tag : null)} onDone=${go} />
  <//>`;
}
