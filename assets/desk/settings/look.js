// How the desk looks and how one writes in it; remembered in this browser.

import { html } from '../../vendor/preact.js';
import { Choice, Switch } from '../parts/field.js';
import { usePrefs } from '../parts/small.js';
import { setPref } from '../state/prefs.js';
import { PageFrame, Part } from './settings.js';

export function Look() {
  const prefs = usePrefs();
  return html`<${PageFrame} title="Look and writing" lead="Remembered in this browser, at once.">
    <${Part} title="Look"><${Choice} label="Colours" value=${prefs.theme} onInput=${(/** @type {any} */ theme) => setPref({ theme })} options=${[['system', 'Like the system'], ['light', 'Light'], ['dark', 'Dark']]} /><//>
    <${Part} title="Writing">
      <${Choice} label="Send with" value=${prefs.enter_sends ? 'enter' : 'ctrl'} onInput=${(/** @type {string} */ value) => setPref({ enter_sends: value === 'enter' })} options=${[['enter', 'Enter'], ['ctrl', 'Ctrl Enter']]} hint=${prefs.enter_sends ? 'Shift Enter begins a new line. Ctrl Enter sends as well.' : 'Enter begins a new line.'} />
      <${Switch} label="A moment to undo a reply" hint="A reply goes out five seconds after you send it; until then it can be taken back with Ctrl Z. It is kept on the server meanwhile, so closing the tab loses nothing." on=${prefs.hold_replies} onChange=${(/** @type {boolean} */ holds) => setPref({ hold_replies: holds })} />
      <${Switch} label="Preview while writing" hint="Shows the Markdown as the visitor will see it, below the text." on=${prefs.preview} onChange=${(/** @type {boolean} */ preview) => setPref({ preview })} />
    <//>
  <//>`;
}
