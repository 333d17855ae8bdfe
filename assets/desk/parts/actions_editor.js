// A list of actions, put together by hand: for macros, rules and whatever else does prepared things.

import { html, useEffect } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Select } from './field.js';
import { PRIORITY_WORDS } from './kinds.js';
import { STATUS_WORDS } from '../state/actions.js';
import { nameOf } from '../state/people.js';
import { change, now, useDesk } from '../state/store.js';
import { useTools } from '../state/tools.js';
import { api } from '../state/wire.js';

/** @typedef {import('../state/tools.js').Action} Action */

export const ACTIONS_MAX = 20;

/** What a person chooses from: the word of the action, what it is called, and what stands there first. @type {[string, string, any][]} */
const KINDS = [
  ['tag', 'Add a tag', ''], ['untag', 'Remove a tag', ''], ['status', 'Set the status', 'resolved'], ['close', 'Resolve without asking how it was', null],
  ['snooze', 'Snooze', 86400], ['priority', 'Set the priority', 'high'], ['assign_agent', 'Assign to an agent', 'me'], ['assign_team', 'Give to a team', ''],
  ['unassign', 'Take it from whoever has it', null], ['reply', 'Reply', ''], ['note', 'Add a note', ''], ['notify', 'Tell somebody', { to: 'assignee', text: '' }],
  ['follow', 'Let somebody follow', 'me'], ['spam', 'Mark as spam', null],
];

/** @type {[string, string][]} */
const SPANS = [['3600', '1 hour'], ['14400', '4 hours'], ['86400', '1 day'], ['172800', '2 days'], ['604800', '1 week'], ['2592000', '30 days']];

function useTeams() {
  const teams = useDesk((state) => state.teams);
  useEffect(() => { if (!now().teams) api.get('/teams').then((answer) => change({ teams: answer.teams })).catch(() => { /* the choice stays empty */ }); }, []);
  return teams || [];
}

/** One line for people: "tag Refund", "resolve". @param {Action} action @param {{tags?: any[], statuses?: any[]}} [known] @returns {string} */
export function actionWords(action, { tags = [], statuses = [] } = {}) {
  const { do: what, value } = action;
  const { agents, teams, agent: me } = now();
  const tag = () => tags.find((one) => one.uuid === value)?.name || 'a tag';
  const agent = (/** @type {any} */ id) => (id === 'me' || id === me?.uuid ? 'me' : nameOf(agents[id]) || 'an agent');
  const team = (/** @type {any} */ id) => (teams || []).find((one) => one.uuid === id)?.name || 'a team';
  if (what === 'tag') return `tag ${tag()}`;
  if (what === 'untag') return `remove ${tag()}`;
  if (what === 'status') return value === 'resolved' ? 'resolve' : value === 'open' ? 'open' : 'set to waiting';
  if (what === 'custom_status') return `set to “${statuses.find((one) => one.uuid === value)?.name || 'a status'}”`;
  if (what === 'close') return 'resolve without a survey';
  if (what === 'snooze') return `snooze ${SPANS.find(([seconds]) => Number(seconds) === value)?.[1] || ''}`.trim();
  if (what === 'priority') return value ? `${value} priority` : 'no priority';
  if (what === 'assign_agent') return `assign to ${agent(value)}`;
  if (what === 'assign_team') return `give to ${team(value)}`;
  if (what === 'unassign') return 'unassign';
  if (what === 'reply') return 'send another reply';
  if (what === 'note') return 'add a note';
  if (what === 'notify') return 'tell somebody';
  if (what === 'follow') return `${agent(value)} ${value === 'me' ? 'follow' : 'follows'}`;
  if (what === 'sla') return value ? 'change the promise' : 'drop the promise';
  return what.replace('_', ' ');
}

/** Names of tags and statuses for `actionWords`, asked for once. */
export function useKnown() {
  return { tags: useTools('tags').list || [], statuses: useTools('statuses').list || [] };
}

/** @param {{actions: Action[], onChange: (actions: Action[]) => void, error?: (field: string) => string, hide?: string[]}} props */
export function ActionsEditor({ actions, onChange, error = () => '', hide = [] }) {
  const put = (/** @type {number} */ at, /** @type {Action} */ action) => onChange(actions.map((one, index) => (index === at ? action : one)));
  const kinds = KINDS.filter(([what]) => !hide.includes(what));
  return html`<div class="actions-editor">
    ${actions.length ? html`<ol class="action-rows">${actions.map((action, at) => html`<li key=${at} class="action-row" aria-label="Action ${at + 1}">
      <div class="action-fields">
        <${Select} label="Do" value=${action.do === 'custom_status' ? 'status' : action.do} onInput=${(/** @type {string} */ what) => { put(at, { do: what, value: KINDS.find(([key]) => key === what)?.[2] ?? null }); }}
          options=${[...kinds.map(([key, label]) => /** @type {[string, string]} */ ([key, label])), ...(kinds.some(([key]) => key === action.do) || action.do === 'custom_status' ? [] : [/** @type {[string, string]} */ ([action.do, actionWords(action)])])]} />
        <${Value} action=${action} onChange=${(/** @type {Action} */ next) => put(at, next)} />
      </div>
      <button type="button" class="icon-button" aria-label="Remove action ${at + 1}" title="Remove" onClick=${() => onChange(actions.filter((_, index) => index !== at))}><${Icon} name="trash" size=${18} /></button>
      ${error(`actions.${at}`) ? html`<p class="field-error" role="alert">${error(`actions.${at}`)}</p>` : null}
    </li>`)}</ol>` : null}
    ${error('actions') ? html`<p class="field-error" role="alert">${error('actions')}</p>` : null}
    ${actions.length < ACTIONS_MAX ? html`<button type="button" class="button" onClick=${() => onChange([...actions, { do: 'tag', value: '' }])}><${Icon} name="plus" size=${16} /> Add an action</button>` : null}
  </div>`;
}

/** @param {{action: Action, onChange: (action: Action) => void}} props */
function Value({ action, onChange }) {
  const { list: tags } = useTools('tags');
  const { list: statuses } = useTools('statuses');
  const teams = useTeams();
  const agents = useDesk((state) => Object.values(state.agents).filter((agent) => !agent.suspended));
  const { do: what, value } = action;
  const set = (/** @type {any} */ next) => onChange({ do: what, value: next });
  const choose = (/** @type {string} */ word) => /** @type {[string, string]} */ (['', word]);
  if (what === 'tag' || what === 'untag') return html`<${Select} label="Tag" value=${value || ''} onInput=${set} options=${[choose('Choose a tag'), ...(tags || []).map((tag) => [tag.uuid, tag.name])]} />`;
  if (what === 'status' || what === 'custom_status') {
    return html`<${Select} label="Status" value=${value} onInput=${(/** @type {string} */ next) => onChange({ do: next in STATUS_WORDS ? 'status' : 'custom_status', value: next })}
      options=${Object.entries(STATUS_WORDS).flatMap(([key, label]) => [[key, label], ...(statuses || []).filter((one) => one.category === key).map((one) => [one.uuid, `${label}: ${one.name}`])])} />`;
  }
  if (what === 'snooze') return html`<${Select} label="For" value=${String(value)} onInput=${(/** @type {string} */ next) => set(Number(next))} options=${SPANS.some(([key]) => key === String(value)) ? SPANS : [...SPANS, [String(value), `${value} seconds`]]} />`;
  if (what === 'priority') return html`<${Select} label="Priority" value=${value || ''} onInput=${(/** @type {string} */ next) => set(next || null)} options=${[...Object.entries(PRIORITY_WORDS), ['', 'None']]} />`;
  if (what === 'assign_agent' || what === 'follow') return html`<${Select} label="Agent" value=${value || ''} onInput=${set} options=${[['me', 'Whoever uses it'], ...agents.map((agent) => [agent.uuid, nameOf(agent)])]} />`;
  if (what === 'assign_team') return html`<${Select} label="Team" value=${value || ''} onInput=${set} options=${[choose('Choose a team'), ...teams.map((team) => [team.uuid, team.name])]} />`;
  if (what === 'reply' || what === 'note') return html`<${Words} label=${what === 'reply' ? 'What it says' : 'What is noted'} value=${value || ''} onInput=${set} />`;
  if (what === 'notify') {
    const to = typeof value?.to === 'string' ? value.to : value?.to?.agent ? `agent:${value.to.agent}` : value?.to?.team ? `team:${value.to.team}` : 'assignee';
    const pick = (/** @type {string} */ next) => { const [kind, id] = next.split(':'); set({ ...value, to: id ? { [kind]: id } : kind }); };
    return html`<${Select} label="Whom" value=${to} onInput=${pick} options=${[['assignee', 'Whoever has it'], ['all', 'Everybody'], ...agents.map((agent) => [`agent:${agent.uuid}`, nameOf(agent)]), ...teams.map((team) => [`team:${team.uuid}`, `Team ${team.name}`])]} /><${Words} label="What" value=${value?.text || ''} onInput=${(/** @type {string} */ text) => set({ ...value, text })} rows=${1} />`;
  }
  return null;
}

/** @param {{label: string, value: string, onInput: (value: string) => void, rows?: number}} props */
const Words = ({ label, value, onInput, rows = 3 }) => html`<label class="field action-words"><span>${label}</span><textarea class="input" rows=${rows} dir="auto" value=${value} onInput=${(/** @type {any} */ event) => onInput(event.currentTarget.value)}></textarea></label>`;
