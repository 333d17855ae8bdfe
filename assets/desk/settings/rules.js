// Rules: what happens by itself. A list in the order in which they are asked, and a page for each that reads like a sentence.

import { html, useEffect, useRef, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { ActionsEditor, actionWords, useKnown } from '../parts/actions_editor.js';
import { ConditionsEditor } from '../parts/conditions_editor.js';
import { Confirm } from '../parts/dialog.js';
import { Choice, Field, Switch } from '../parts/field.js';
import { Empty, Spinner, time } from '../parts/small.js';
import { Sortable, useList } from '../parts/sortable.js';
import { go } from '../state/router.js';
import { useDesk } from '../state/store.js';
import { announce, toast } from '../state/toasts.js';
import { loadTools, take, useTools } from '../state/tools.js';
import { api, fieldOf, wordsFor } from '../state/wire.js';
import { useGuard } from './guard.js';
import { PageFrame, Part, mainUnless } from './settings.js';

/** @typedef {import('../state/tools.js').Rule} Rule */

/** @type {[string, string, string][]} */
const TRIGGERS = [
  ['conversation', 'A conversation begins', 'when a conversation begins'], ['message', 'Somebody writes', 'when somebody writes'],
  ['update', 'Something changes', 'when something changes'], ['time', 'Time passes', 'as time passes'],
];

const home = () => go({ name: 'settings', page: 'rules', id: '', tab: '' });

/** @param {{id: string}} props */
export function Rules({ id }) {
  const { list, failed, again } = useTools('rules');
  useEffect(() => { loadTools('rules'); }, []);
  const up = { label: 'Rules', page: 'rules' };
  if (id) {
    const rule = list?.find((one) => one.uuid === id);
    if (id !== 'new' && !list) return html`<${PageFrame} title="Rule" up=${up}>${failed ? html`<p class="form-error" role="alert">${failed}</p>` : html`<div class="centred"><${Spinner} /></div>`}<//>`;
    if (id !== 'new' && !rule) return html`<${PageFrame} title="Rule" up=${up}><${Empty} icon="refresh" title="There is no such rule">It may have been removed.<//><//>`;
    return html`<${Editor} key=${id} rule=${rule || null} />`;
  }
  const create = () => go({ name: 'settings', page: 'rules', id: 'new', tab: '' });
  return html`<${PageFrame} title="Rules" lead="What happens by itself: sorting what comes in, answering when nobody is here, asking again, closing what is done. They are asked from top to bottom."
      actions=${html`<button type="button" class=${mainUnless(list)} onClick=${create}><${Icon} name="plus" size=${18} /> New rule</button>`}>
    ${!list ? (failed ? html`<${Empty} icon="offline" title="The rules did not load" action=${html`<button type="button" class="button" onClick=${again}>Try again</button>`}>${failed}<//>` : html`<div class="centred"><${Spinner} /></div>`)
      : !list.length ? html`<${Empty} icon="refresh" title="Nothing happens by itself yet" action=${html`<button type="button" class="button is-primary" onClick=${create}>Make the first rule</button>`}>For example: when a conversation begins and the message contains “refund”, tag it and give it to Billing.<//>`
      : html`<${Ordered} key=${list.map((one) => one.uuid).join()} rules=${list} />`}
  <//>`;
}

/** @param {{rules: Rule[]}} props */
function Ordered({ rules }) {
  const [items, setItems] = useState(rules);
  useEffect(() => setItems(rules), [rules]);
  const known = useKnown();
  const list = useList(items, async (next) => {
    setItems(next);
    try { take('rules', (await api.put('/rules/order', { rules: next.map((one) => one.uuid) })).rules); } catch (error) { setItems(rules); toast(`The order stays as it was. ${wordsFor(error)}`, { tone: 'bad' }); }
  });
  const turn = async (/** @type {Rule} */ rule, /** @type {boolean} */ enabled) => {
    try { take('rules', (await api.put(`/rules/${rule.uuid}`, { enabled })).rules); announce(`${rule.name} is ${enabled ? 'on' : 'off'}`); } catch (error) { toast(`${rule.name} is still ${rule.enabled ? 'on' : 'off'}. ${wordsFor(error)}`, { tone: 'bad' }); loadTools('rules'); }
  };
  return html`<div class="rule-list"><${Sortable} list=${list} label="Rules in their order" what="Rule" name=${(/** @type {Rule} */ rule) => rule.name} removable=${() => false} head=${(/** @type {Rule} */ rule) => html`
    <div class="rule-row ${rule.enabled ? '' : 'is-off'}">
      <button type="button" class="rule-open" onClick=${() => go({ name: 'settings', page: 'rules', id: rule.uuid, tab: '' })}>
        <b dir="auto">${rule.name}</b>
        <span class="card-sub">${sentence(rule, known)}</span>
        ${rule.error ? html`<span class="rule-fault"><${Icon} name="warning" size=${14} /> Failed ${time.ago(rule.failed_at || 0)}: <bdi>${rule.error}</bdi></span>`
          : html`<span class="card-sub">${rule.runs ? `Acted ${rule.runs === 1 ? 'once' : `${rule.runs} times`}, last ${time.ago(rule.ran_at || 0)}` : 'Has not acted yet'}${rule.stops ? ' · ends the row' : ''}</span>`}
      </button>
      <input type="checkbox" class="switch" role="switch" aria-label="${rule.name} is on" checked=${rule.enabled} onChange=${(/** @type {any} */ event) => turn(rule, event.currentTarget.checked)} />
    </div>`} /></div>`;
}

/** @param {Rule} rule @param {any} known */
function sentence(rule, known) {
  const count = rule.conditions.items.length;
  const when = TRIGGERS.find(([key]) => key === rule.trigger)?.[2] || '';
  const does = rule.actions.slice(0, 3).map((action) => (action.do === 'reply' ? 'reply' : actionWords(action, known))).join(', ');
  const more = rule.actions.length > 3 ? ` and ${rule.actions.length - 3} more` : '';
  const words = `${when}${count ? ` and ${count === 1 ? 'a condition holds' : `${rule.conditions.match === 'all' ? 'all' : 'any'} of ${count} conditions hold`}` : ''}: ${does || 'nothing'}${more}`;
  return words[0].toUpperCase() + words.slice(1);
}

/** @param {{rule: Rule|null}} props */
function Editor({ rule }) {
  /** @type {any} */ const blank = { name: '', enabled: true, trigger: 'conversation', conditions: { match: 'all', items: [] }, actions: [], stops: false };
  const pick = (/** @type {any} */ one) => structuredClone(Object.fromEntries(Object.keys(blank).map((key) => [key, one[key]])));
  const saved = useRef(pick(rule || blank));
  const [draft, setDraft] = useState(saved.current);
  const [wrong, setWrong] = useState({ field: '', words: '' });
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const [told, setTold] = useState(/** @type {any} */ (null));
  const dirty = JSON.stringify(draft) !== JSON.stringify(saved.current);
  useGuard(dirty && !busy);
  const put = (/** @type {any} */ patch) => { setWrong({ field: '', words: '' }); setTold(null); setDraft((/** @type {any} */ held) => ({ ...held, ...patch })); };
  const error = (/** @type {string} */ field) => (wrong.field === field ? wrong.words : '');
  const placed = ['name', 'trigger', 'conditions', 'actions'].some((field) => wrong.field === field || wrong.field.startsWith(`${field}.`));
  const save = async () => {
    setBusy(true);
    try {
      const answer = rule ? await api.put(`/rules/${rule.uuid}`, draft) : await api.post('/rules', draft);
      saved.current = draft;
      take('rules', answer.rules);
      toast(rule ? 'Saved. It counts from now on.' : `${draft.name} is at work`);
      setTimeout(home);
    } catch (failure) { setWrong({ field: fieldOf(failure), words: wordsFor(failure) }); announce('Not saved'); } finally { setBusy(false); }
  };
  const remove = async () => {
    setAsking(false);
    try { await api.del(`/rules/${/** @type {Rule} */ (rule).uuid}`); saved.current = draft; await home(); loadTools('rules'); toast(`${draft.name} is removed`); } catch (failure) { toast(`Not removed. ${wordsFor(failure)}`, { tone: 'bad' }); }
  };
  const doing = draft.actions.filter((/** @type {any} */ one) => one.do === 'reply').length > 0;
  return html`<${PageFrame} title=${rule ? rule.name : 'New rule'} up=${{ label: 'Rules', page: 'rules' }}>
    <${Part} title="Name"><${Field} label="What it is called" hint="Stands in the conversation when the rule acts." placeholder="Refunds to Billing" value=${draft.name} onInput=${(/** @type {string} */ name) => put({ name })} error=${error('name')} required=${true} focus=${!rule} />
      <${Switch} label="On" on=${draft.enabled} onChange=${(/** @type {boolean} */ enabled) => put({ enabled })} /><//>
    <${Part} title="When">
      <${Choice} label="What it waits for" value=${draft.trigger} onInput=${(/** @type {string} */ trigger) => put({ trigger })} options=${TRIGGERS.map(([key, label]) => [key, label])} />
      ${draft.trigger === 'time' ? html`<p class="field-hint">It acts once on each conversation, until somebody says or changes something there.</p>` : null}
    <//>
    <${Part} title="If" lead="Without a condition it acts on every conversation.">
      <${ConditionsEditor} group=${draft.conditions} onChange=${(/** @type {any} */ conditions) => put({ conditions })} where=${draft.trigger} place="conditions" error=${error} told=${told} />
      <${Try} draft=${draft} told=${told} setTold=${setTold} onWrong=${setWrong} />
    <//>
    <${Part} title="Then">
      <${ActionsEditor} actions=${draft.actions} onChange=${(/** @type {any[]} */ actions) => put({ actions })} error=${error} rule=${true} />
      ${doing ? html`<p class="field-hint">What a rule says reaches the chat at once. It does not count as an answer: the person still waits for one of you.</p>` : null}
      <${Switch} label="No later rule is asked" hint="When this one acted, the rules below it are left out." on=${draft.stops} onChange=${(/** @type {boolean} */ stops) => put({ stops })} />
    <//>
    ${rule ? html`<${Part} title="Remove"><button type="button" class="button is-danger-quiet" onClick=${() => setAsking(true)}><${Icon} name="trash" size=${16} /> Remove this rule…</button><//>` : null}
    ${dirty || wrong.words || !rule ? html`<div class="save-bar ${wrong.words ? 'is-wrong' : ''}"><span class="save-words" role=${wrong.words ? 'alert' : 'status'}>${wrong.words ? `Not saved.${placed ? '' : ` ${wrong.words}`}` : rule ? 'Unsaved changes' : 'Not saved yet'}</span>
      <button type="button" class="button" disabled=${busy} onClick=${() => { setDraft(saved.current); setWrong({ field: '', words: '' }); if (!rule) setTimeout(home); }}>${rule ? 'Discard' : 'Cancel'}</button>
      <button type="button" class="button is-primary" disabled=${busy} onClick=${save}>${busy ? 'Saving…' : 'Save'}</button></div>` : null}
    ${asking ? html`<${Confirm} title="Remove ${draft.name}?" danger=${true} yes="Remove" text="What it did stays as it is." onYes=${remove} onNo=${() => setAsking(false)} />` : null}
  <//>`;
}

/** Tries the conditions out on a conversation, without doing anything. @param {{draft: any, told: any, setTold: (told: any) => void, onWrong: (wrong: {field: string, words: string}) => void}} props */
function Try({ draft, told, setTold, onWrong }) {
  const [chosen, setChosen] = useState('');
  const [recent, setRecent] = useState(/** @type {any[]|null} */ (null));
  useEffect(() => { api.get('/conversations?box=all&status=any&limit=20').then((answer) => setRecent(answer.conversations)).catch(() => setRecent([])); }, []);
  const known = useDesk((state) => state.conversations);
  const try_ = async () => {
    try {
      const answer = await api.post('/rules/try', { rule: { trigger: draft.trigger, conditions: draft.conditions }, conversation: chosen || recent?.[0]?.uuid });
      setTold(answer);
      announce(answer.holds ? 'The rule would act on this conversation' : 'The rule would leave this conversation alone');
    } catch (failure) { onWrong({ field: fieldOf(failure).replace(/^rule\./, ''), words: wordsFor(failure) }); }
  };
  if (!recent?.length) return null;
  return html`<div class="rule-try" role="group" aria-label="Try it out">
    <label>Try it out on <select class="input" value=${chosen || recent[0].uuid} onChange=${(/** @type {any} */ event) => { setChosen(event.currentTarget.value); setTold(null); }}>${recent.map((one) => html`<option value=${one.uuid} selected=${one.uuid === (chosen || recent[0].uuid)}>#${one.number} ${(known[one.uuid] || one).contact.name}: ${one.preview.slice(0, 40)}</option>`)}</select></label>
    <button type="button" class="button" onClick=${try_}>Try</button>
    ${told ? html`<p class="rule-verdict ${told.holds ? 'is-true' : 'is-false'}"><${Icon} name=${told.holds ? 'check' : 'close'} size=${16} /> ${told.holds ? 'It would act.' : 'It would leave this one alone.'}</p>` : null}
  </div>`;
}

