// What each report shows of the numbers the server counted.

import { html } from '../../vendor/preact.js';
import { Stars } from '../parts/kinds.js';
import { Empty, time } from '../parts/small.js';
import { openConversation } from '../state/router.js';
import { Bars, Columns, HeatMap, Table } from './charts.js';
import { average, change, count, dayWords, LONG_WEEKDAYS, percent, took, WEEKDAYS } from './words.js';

/** @param {{label: string, value: string, note?: any, against?: string}} props */
const Card = ({ label, value, note, against }) => html`<div class="figure-card"><dt>${label}</dt><dd class="tabular">${value}</dd>${against ? html`<dd class="figure-note">${against}</dd>` : null}${note ? html`<dd class="figure-note">${note}</dd>` : null}</div>`;

/** @param {{children?: any}} props */
const Cards = ({ children }) => html`<dl class="figure-cards">${children}</dl>`;

/** @param {any} shown */
const axis = (shown) => ({ labels: shown.lines.map((/** @type {any} */ line) => dayWords(line.key)), longLabels: shown.lines.map((/** @type {any} */ line) => dayWords(line.key, true)) });

/** @param {any} shown @param {string} name @param {'a'|'b'|'c'} tone @param {(line: any) => number} of */
const series = (shown, name, tone, of) => ({ name, tone, values: shown.lines.map(of) });

/** @param {{shown: any}} props */
const First = ({ shown: { total, before } }) => html`<${Card} label="First answer" value=${took(total.first.median_ms)} against=${change(total.first.median_ms, before.first.median_ms)} note=${`median; 9 of 10 within ${took(total.first.p90_ms)}`} />`;
/** @param {{shown: any}} props */
const Csat = ({ shown: { total, before } }) => html`<${Card} label="Satisfaction" value=${average(total.csat.average)} against=${change(total.csat.average, before.csat.average)} note=${`of 5; ${count(total.csat.answered)} of ${count(total.csat.asked)} asked answered`} />`;
/** @param {{shown: any}} props */
const Missed = ({ shown: { total, before } }) => html`<${Card} label="Never answered" value=${count(total.missed)} against=${change(total.missed, before.missed)} note=${`${count(total.missed_closed)} of them outside opening hours`} />`;
/** @param {{shown: any}} props */
const Volume = ({ shown }) => html`<${Columns} title="Conversations" ...${axis(shown)} format=${count} series=${[series(shown, 'New', 'a', (line) => line.new), series(shown, 'Resolved', 'b', (line) => line.resolved)]} />`;
/** @param {{shown: any}} props */
const Messages = ({ shown }) => html`<${Columns} title="Messages" ...${axis(shown)} format=${count} stacked=${true} series=${[series(shown, 'Of visitors', 'a', (line) => line.incoming), series(shown, 'Of agents', 'b', (line) => line.outgoing)]} />`;

/** @param {{shown: any}} props */
const Overview = ({ shown }) => {
  const { total, before } = shown;
  return html`<${Cards}>
      <${Card} label="New conversations" value=${count(total.new)} against=${change(total.new, before.new)} />
      <${Card} label="Resolved" value=${count(total.resolved)} against=${change(total.resolved, before.resolved)} />
      <${First} shown=${shown} />
      <${Card} label="Resolution" value=${took(total.resolution.median_ms)} against=${change(total.resolution.median_ms, before.resolution.median_ms)} note=${`median; 9 of 10 within ${took(total.resolution.p90_ms)}`} />
      <${Csat} shown=${shown} /><${Missed} shown=${shown} />
    <//><${Volume} shown=${shown} /><${Messages} shown=${shown} />`;
};

/** @param {{shown: any}} props */
const VolumePage = ({ shown }) => {
  const { total, before } = shown;
  return html`<${Cards}>
      <${Card} label="New conversations" value=${count(total.new)} against=${change(total.new, before.new)} />
      <${Card} label="Resolved" value=${count(total.resolved)} against=${change(total.resolved, before.resolved)} />
      <${Card} label="Messages of visitors" value=${count(total.incoming)} against=${change(total.incoming, before.incoming)} />
      <${Card} label="Messages of agents" value=${count(total.outgoing)} against=${change(total.outgoing, before.outgoing)} />
    <//><${Volume} shown=${shown} /><${Messages} shown=${shown} />`;
};

const BAND_WORDS = ['under 1 min', 'under 5 min', 'under 15 min', 'under 1 hour', 'under 4 hours', 'under 1 day', 'longer'];

/** @param {{shown: any}} props */
const Times = ({ shown }) => {
  const { total, before } = shown;
  return html`<${Cards}>
      <${First} shown=${shown} />
      <${Card} label="First answer, in opening hours" value=${took(total.first_open.median_ms)} against=${change(total.first_open.median_ms, before.first_open.median_ms)} note=${`${percent(total.asked_open, total.new)} began while it was open`} />
      <${Card} label="Resolution" value=${took(total.resolution.median_ms)} against=${change(total.resolution.median_ms, before.resolution.median_ms)} note=${`median; 9 of 10 within ${took(total.resolution.p90_ms)}`} />
      <${Card} label="Resolution, in opening hours" value=${took(total.resolution_open.median_ms)} against=${change(total.resolution_open.median_ms, before.resolution_open.median_ms)} />
    <//>
    <${Bars} title="How long the first answer took" rows=${shown.bands.map((/** @type {any} */ band, /** @type {number} */ at) => [BAND_WORDS[at], band.count])} format=${count} share=${(/** @type {number} */ value) => percent(value, total.first.count)} />
    <${Columns} title="First answer, median" ...${axis(shown)} format=${took} series=${[series(shown, 'Median', 'a', (line) => line.first.median_ms || 0)]} />`;
};

/** @param {{shown: any}} props */
const CsatPage = ({ shown }) => {
  const { csat } = shown.total;
  return html`<${Cards}><${Csat} shown=${shown} />
      <${Card} label="Answered" value=${percent(csat.answered, csat.asked)} note=${`${count(csat.answered)} answers to ${count(csat.asked)} questions`} />
      <${Card} label="Happy" value=${percent(csat.stars[3] + csat.stars[4], csat.stars.reduce((/** @type {number} */ sum, /** @type {number} */ value) => sum + value, 0))} note="four or five stars" /><//>
    <${Bars} title="Stars" rows=${[5, 4, 3, 2, 1].map((stars) => [`${stars} ${stars > 1 ? 'stars' : 'star'}`, csat.stars[stars - 1]])} format=${count} />
    <section class="chart"><h2>In their words</h2>${shown.comments.length ? html`<ul role="list" class="comments">${shown.comments.map((/** @type {any} */ one) => html`<li key="${one.conversation}"><button type="button" class="comment" onClick=${() => openConversation(one.conversation)}>
      <span class="row-line">${one.rating ? html`<${Stars} rating=${one.rating} />` : html`<span class="faint">no stars</span>`}<b dir="auto">${one.contact}</b><span class="faint">#${one.number}${one.agent ? ` · ${one.agent}` : ''}</span><span class="row-gap"></span><span class="row-time tabular">${time.ago(one.at)}</span></span><span class="comment-text" dir="auto">${one.text}</span></button></li>`)}</ul>`
      : html`<${Empty} icon="star" title="No words yet">What people write beside their stars appears here. Surveys are switched on for each inbox, or handed on as a link from a conversation.<//>`}</section>`;
};

/** By agent, team or tag. @param {{shown: any, nobody: string}} props */
const Lines = ({ shown, nobody }) => {
  const lines = [...shown.lines].sort((a, b) => b.new - a.new);
  const name = (/** @type {any} */ line) => (line.key ? line.name : nobody);
  if (!lines.length) return html`<${Empty} icon="chart" title="Nothing in this time">Choose a longer period, or one filter less.<//>`;
  const byAgent = shown.report === 'agents';
  return html`<${Bars} title="New conversations" rows=${lines.slice(0, 12).map((line) => [name(line), line.new])} format=${count} />
    <section class="chart"><h2>Side by side</h2><${Table} head=${['Name', 'New', 'Resolved', ...(byAgent ? ['Messages'] : []), 'First answer', '9 of 10', 'Resolution', 'Satisfaction', 'Never answered']}
      lines=${lines.map((line) => [name(line), count(line.new), count(line.resolved), ...(byAgent ? [count(line.outgoing)] : []), took(line.first.median_ms), took(line.first.p90_ms), took(line.resolution.median_ms), `${average(line.csat.average)}${line.csat.answered ? ` (${count(line.csat.answered)})` : ''}`, count(line.missed)])} /></section>`;
};

/** @param {{shown: any}} props */
const Hours = ({ shown }) => html`<${HeatMap} title="New conversations by hour" lead=${`Hours of ${shown.period.zone.replace(/_/g, ' ')}.`} cells=${shown.new_by_hour} days=${WEEKDAYS} longDays=${LONG_WEEKDAYS} format=${count} />
  <${HeatMap} title="Messages of visitors by hour" cells=${shown.messages_by_hour} days=${WEEKDAYS} longDays=${LONG_WEEKDAYS} format=${count} />`;

/** @param {{shown: any}} props */
const MissedPage = ({ shown }) => html`<${Cards}><${Missed} shown=${shown} /><${Card} label="Of all that began" value=${percent(shown.total.missed, shown.total.new)} /><//>
  <${Columns} title="Never answered" lead="Conversations in which no agent ever wrote." ...${axis(shown)} format=${count} stacked=${true} series=${[series(shown, 'In opening hours', 'c', (line) => line.missed - line.missed_closed), series(shown, 'Outside opening hours', 'b', (line) => line.missed_closed)]} />`;

/** @type {[string, string, (props: {shown: any}) => any][]} */
export const REPORTS = [
  ['overview', 'Overview', Overview], ['volume', 'Volume', VolumePage], ['times', 'Waiting', Times], ['csat', 'Satisfaction', CsatPage],
  ['agents', 'Agents', ({ shown }) => html`<${Lines} shown=${shown} nobody="Nobody" />`], ['teams', 'Teams', ({ shown }) => html`<${Lines} shown=${shown} nobody="No team" />`],
  ['tags', 'Tags', ({ shown }) => html`<${Lines} shown=${shown} nobody="No tag" />`], ['hours', 'Hours', Hours], ['missed', 'Missed', MissedPage],
];
