// What is seldom done to a conversation: taking it away as a file, handing on the question how it was.

import { html } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Menu } from '../parts/menu.js';
import { announce, toast } from '../state/toasts.js';
import { api, base, wordsFor } from '../state/wire.js';

/** @param {string} uuid */
async function copySurvey(uuid) {
  try {
    const { link, answered, rating } = await api.post(`/conversations/${uuid}/survey`, {});
    if (answered) { toast(`Answered already${rating ? `, with ${rating} of 5` : ''}.`); return; }
    await navigator.clipboard.writeText(link).then(() => toast('The link to the survey is copied. Whoever has it may answer, once.'), () => toast(`The link to the survey: ${link}`));
  } catch (error) {
    toast(`There is no link. ${wordsFor(error)}`, { tone: 'bad' });
  }
}

/** A download by the browser itself, which knows where files go. @param {string} uuid @param {string} query */
function take(uuid, query) {
  const link = document.createElement('a');
  link.href = `${base}/api/desk/conversations/${uuid}/transcript?${query}`;
  link.download = '';
  link.click();
  announce('The transcript is on its way');
}

/** @param {{uuid: string}} props */
export function MoreMenu({ uuid }) {
  const items = [
    { label: 'Copy a link to the survey', icon: 'star', run: () => { copySurvey(uuid); } },
    { heading: 'Take a transcript' },
    { label: 'Signed page', icon: 'shield', hint: 'HTML', run: () => take(uuid, 'format=html') },
    { label: 'Signed page with notes', icon: 'lock', hint: 'HTML', run: () => take(uuid, 'format=html&notes=1') },
    { label: 'Plain text', icon: 'file', hint: 'TXT', run: () => take(uuid, 'format=text') },
  ];
  return html`<${Menu} buttonClass="icon-button" name="More" title="Transcript, survey" align="end" items=${items} label=${html`<${Icon} name="more" />`} />`;
}
