// Runs inside a downloaded transcript, without any network: checks the signature over the record, then shows what the record says in place of
// the copy that stands in the page, so that what is read is what was signed. No markup is made from words: every word is a text node.
(() => {
  'use strict';
  const place = (id) => document.getElementById(id);
  const make = (name, text, kind) => { const node = document.createElement(name); if (text) node.textContent = text; if (kind) node.className = kind; return node; };
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (letter) => letter.charCodeAt(0));
  const record = place('record').textContent;

  function told(kind, title, lines) {
    const verdict = place('verdict');
    verdict.className = kind;
    verdict.replaceChildren(make('strong', title), ...lines.map((line) => (typeof line === 'string' ? make('p', line) : line)));
  }

  function show() {
    const said = JSON.parse(record);
    const clock = (text) => { const time = make('time', new Date(text).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })); time.dateTime = text; time.title = text; return time; };
    const { contact, conversation } = said;
    const head = make('header');
    head.append(make('h1', `Conversation ${conversation.number}, ${conversation.inbox}`),
      make('p', `With ${contact.name}${contact.email ? ` (${contact.email})` : ''}: ${contact.identity}.`));
    const began = make('p', `${conversation.status}, began `, 'soft');
    began.append(clock(conversation.began_at), '. Written down ', clock(said.made_at), said.notes ? ', with private notes.' : ', without private notes.');
    head.append(began);
    if (said.cut) head.append(make('p', 'Only the newest messages are here; older ones were left out.', 'soft'));
    const rows = said.messages.map((one) => {
      const row = make('article', '', `${one.from} ${one.kind}`);
      const line = make('p', '', 'soft');
      line.append(make('b', one.name), `, ${one.from}${one.kind === 'message' ? '' : one.kind === 'note' ? ', private note' : ', event'}, by ${one.via}`,
        one.from === 'contact' ? (one.verified ? ', verified' : ', not verified') : '', ' · ', clock(one.at));
      if (one.edited_at) line.append(' · edited ', clock(one.edited_at));
      if (one.deleted_at) line.append(' · deleted ', clock(one.deleted_at));
      const words = make('pre', one.text);
      words.dir = 'auto';
      row.append(line, words);
      if (one.rating) row.append(make('p', `Answered with ${one.rating} of 5`));
      if (one.feedback) row.append(make('pre', one.feedback));
      for (const file of one.files) row.append(make('p', `File: ${file.name} (${file.size} bytes, SHA-256 ${file.sha256})`, 'soft'));
      return row;
    });
    const main = place('shown');
    main.replaceChildren(head, ...rows);
    main.hidden = false;
  }

  async function check() {
    const changed = (why) => told('is-bad', 'NOT GENUINE: this file was changed after it was signed.', ['Do not rely on what it says.', why]);
    if (!globalThis.crypto || !crypto.subtle) {
      show();
      told('is-unknown', 'Not checked: this browser cannot check signatures here.', ['Open the downloaded file itself, in a current browser.']);
      return;
    }
    let proof;
    let holds = false;
    let print = '';
    try {
      proof = JSON.parse(place('proof').textContent);
      const { kty, crv, x, y } = proof.key;
      const key = await crypto.subtle.importKey('jwk', { kty, crv, x, y }, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify']);
      holds = await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, bytes(proof.signature), new TextEncoder().encode(record));
      const point = new Uint8Array([4, ...bytes(x), ...bytes(y)]);
      const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', point));
      print = Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('').replace(/(.{8})(?=.)/g, '$1 ');
    } catch {
      changed('Its signature cannot be read.');
      try { show(); } catch { place('shown').hidden = true; }
      return;
    }
    try { show(); } catch { changed('Its record cannot be read.'); return; }
    if (!holds) { changed('The words below do not belong to the signature.'); return; }
    const compare = make('p', 'Anybody can sign with a key of his own. Compare this fingerprint with the one that the house shows: ');
    compare.append(make('code', print));
    told('is-good', 'Genuine: not a letter was changed since it was signed.', [compare, `The house: ${JSON.parse(record).house}`]);
  }
  check();
})();
