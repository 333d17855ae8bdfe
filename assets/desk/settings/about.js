// Which program this is.

import { html } from '../../vendor/preact.js';
import { change, useDesk } from '../state/store.js';
import { PageFrame, Part } from './settings.js';

export function About() {
  const version = useDesk((state) => state.version);
  const limits = useDesk((state) => state.limits);
  const line = useDesk((state) => state.line);
  return html`<${PageFrame} title="About" lead="deskbell: live chat for small sites, in one program and one file.">
    <${Part} title="This desk"><dl class="facts is-wide">
      <div><dt>Version</dt><dd class="tabular">${version}</dd></div>
      <div><dt>Live line</dt><dd>${line === 'open' ? 'Connected' : 'Not connected'}</dd></div>
      <div><dt>Message length</dt><dd>up to ${limits.message_chars.toLocaleString()} characters</dd></div>
      <div><dt>Files</dt><dd>up to ${Math.round(limits.file_bytes / 1048576)} MB each, ${limits.files_per_message} in one message</dd></div>
    </dl><//>
    <${Part} title="Keyboard" lead="Everything in the desk has a key."><button type="button" class="button" onClick=${() => change({ open: 'keys' })}>Show every key <kbd>?</kbd></button><//>
    <${Part} title="Back up" lead="All of this desk is one file. Copy it while it runs, here under Backups or on the machine:"><pre class="plain-code" tabindex="0">deskbell backup /path/to/copy.db</pre><//>
  <//>`;
}
