// How the desk calls its agent; remembered in this browser. The permission is asked only when the button is pressed.

import { html, useState } from '../../vendor/preact.js';
import { ring } from '../../shared/sound.js';
import { Field, Switch } from '../parts/field.js';
import { usePrefs } from '../parts/small.js';
import { setPref } from '../state/prefs.js';
import { PageFrame, Part } from './settings.js';

export function Notifications() {
  const prefs = usePrefs();
  const [permission, setPermission] = useState('Notification' in window ? Notification.permission : 'none');
  const ask = async (/** @type {boolean} */ on) => {
    if (!on) { setPref({ notify: false }); return; }
    const answer = permission === 'granted' ? permission : await Notification.requestPermission();
    setPermission(answer);
    setPref({ notify: answer === 'granted' });
  };
  const words = permission === 'none' ? 'This browser has no desktop notices.'
    : permission === 'denied' ? 'This browser blocks them for this address. Allow notices in the address bar, then come back.'
    : 'Shown only while you look elsewhere, for conversations that are yours or nobody’s.';
  return html`<${PageFrame} title="Sound and notices" lead="Remembered in this browser, at once. The title and the tab icon always show what is unread.">
    <${Part} title="Bell" lead="Soft, once per message, and never for your own.">
      <${Switch} label="Ring the bell" hint="For new messages in conversations that are yours or nobody’s." on=${prefs.sound} onChange=${(/** @type {boolean} */ sound) => setPref({ sound })} />
      <${Switch} label="A second bell for new visitors" hint="A little higher, when somebody writes for the first time." on=${prefs.visitor_bell} disabled=${!prefs.sound} onChange=${(/** @type {boolean} */ on) => setPref({ visitor_bell: on })} />
      <div class="field"><label for="volume">Volume</label><div class="field-row is-middle"><input id="volume" class="range" type="range" min="0.1" max="1" step="0.1" value=${prefs.volume} disabled=${!prefs.sound} onInput=${(/** @type {any} */ event) => setPref({ volume: Number(event.currentTarget.value) })} />
        <button type="button" class="button is-small" onClick=${() => ring({ volume: prefs.volume })}>Message</button><button type="button" class="button is-small" onClick=${() => ring({ volume: prefs.volume, kind: 'visitor' })}>Visitor</button></div></div>
    <//>
    <${Part} title="Desktop notices">
      <${Switch} label="Show desktop notices" hint=${words} on=${prefs.notify && permission === 'granted'} disabled=${permission === 'none' || permission === 'denied'} onChange=${ask} />
    <//>
    <${Part} title="Quiet hours" lead="No bell and no desktop notice between these times. Leave both empty for none.">
      <div class="field-pair"><${Field} label="From" type="time" value=${prefs.quiet_from} onInput=${(/** @type {string} */ value) => setPref({ quiet_from: value })} /><${Field} label="To" type="time" value=${prefs.quiet_to} onInput=${(/** @type {string} */ value) => setPref({ quiet_to: value })} /></div>
    <//>
  <//>`;
}
