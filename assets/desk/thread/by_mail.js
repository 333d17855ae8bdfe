// What there is to say about a message that came by mail: whether its sender may be somebody else, what was left out of it, and what it
// quoted, which folds out.

import { html, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { api } from '../state/wire.js';

/** @type {Record<string, (mark: import('../state/types.js').MailMark, kind: string) => [string, string]>} */
const FLAGS = {
  stranger: ({ from }, kind) => ['Somebody else’s address', kind === 'note'
    ? `This answers a mail to the team, but ${from} is no colleague who may answer here. Nobody outside sees it.`
    : `This mail names another conversation, but ${from} is not the person it is held with. So it stands here, apart.`],
  forged: ({ from }, kind) => ['Forged?', `The mail server says that this may not come from ${from || 'the sender it names'}.${kind === 'note' ? ' Nobody outside sees it.' : ' Make sure before you act on it.'}`],
};

/** Before the words. @param {{mark: import('../state/types.js').MailMark, kind: string}} props */
export function MailFlag({ mark, kind }) {
  const flag = mark.flag && FLAGS[mark.flag];
  if (!flag) return null;
  const [name, why] = flag(mark, kind);
  return html`<p class="mail-flag" role="note"><${Icon} name="warning" size=${15} /><span><b>${name}</b> <span dir="auto">${why}</span></span></p>`;
}

/** After the words. @param {{entry: any}} props */
export function MailRest({ entry }) {
  const mark = /** @type {import('../state/types.js').MailMark} */ (entry.by_mail);
  const [rest, setRest] = useState(/** @type {{quoted: string, signature: string}|null} */ (null));
  const [open, setOpen] = useState(false);
  const [failed, setFailed] = useState('');
  const id = `rest-${entry.uuid}`;
  const unfold = async () => {
    setFailed('');
    if (open || rest) return setOpen(!open);
    try {
      setRest(await api.get(`/conversations/${entry.conversation}/messages/${entry.uuid}/rest`));
      setOpen(true);
    } catch (error) {
      setFailed(/** @type {Error} */ (error).message || 'It could not be fetched.');
    }
  };
  return html`${mark.remarks.length ? html`<ul class="mail-remarks" role="list">${mark.remarks.map((words) => html`<li dir="auto">${words}</li>`)}</ul>` : null}
    ${mark.rest ? html`<button type="button" class="link-button mail-more" aria-expanded=${open ? 'true' : 'false'} aria-controls=${id} onClick=${unfold}>${open ? 'Hide quoted text' : 'Show quoted text'}</button>` : null}
    ${failed ? html`<p class="said-state is-bad" role="alert">${failed}</p>` : null}
    ${open && rest ? html`<div class="mail-rest" id=${id}>${[rest.quoted, rest.signature].filter(Boolean).map((text) => html`<p dir="auto">${text}</p>`)}</div>` : null}`;
}
