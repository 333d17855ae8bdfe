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

/** @param {string} uuid */
async function mailSurvey(uuid) {
  try {
    const { answered } = await api.post(`/conversations/${uuid}/survey`, { mail: true });
    toast(answered ? 'Answered already.' : 'The question is on its way by mail.');
  } catch (error) { toast(`The question was not mailed. ${wordsFor(error)}`, { tone: 'bad' }); }
}

/** @param {string} uuid */
async function mailTranscript(uuid) {
  try {
    const { sent_to: to } = await api.post(`/conversations/${uuid}/transcript`, {});
    toast(`The conversation is on its way to ${to}.`);
  } catch (error) { toast(`Nothing was mailed. ${wordsFor(error)}`, { tone: 'bad' }); }
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
    { heading: 'By mail' },
    { label: 'Mail the conversation', icon: 'mail', run: () => { mailTranscript(uuid); } },
    { label: 'Mail the survey', icon: 'star', run: () => { mailSurvey(uuid); } },
    { heading: 'Take away' },
    { label: 'Copy a link to the survey', icon: 'star', run: () => { copySurvey(uuid); } },
    { label: 'Signed page', icon: 'shield', hint: 'HTML', run: () => take(uuid, 'format=html') },
    { label: 'Signed page with notes', icon: 'lock', hint: 'HTML', run: () => take(uuid, 'format=html&notes=1') },
    { label: 'Plain text', icon: 'file', hint: 'TXT', run: () => take(uuid, 'format=text') },
  ];
  return html`<${Menu} buttonClass="icon-button" name="More" title="Transcript, survey" align="end" items=${items} label=${html`<${Icon} name="more" />`} />`;
}
