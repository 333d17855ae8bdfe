// Charts as small drawings: an SVG with a title and a description for those who do not see it, and the numbers as a table behind it.
// Time runs the way text does.

import { h, html, useEffect, useRef, useState } from '../../vendor/preact.js';

/** @typedef {{name: string, tone: 'a'|'b'|'c', values: number[]}} Series */

let number = 0;
const HEIGHT = 190;
const FOOT = 22;
const SIDE = 40;

/** The width there is. */
function useWidth() {
  const ref = useRef(/** @type {HTMLElement|null} */ (null));
  const [width, setWidth] = useState(640);
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => setWidth(Math.max(240, Math.round(entry.contentRect.width))));
    watch.observe(/** @type {HTMLElement} */ (ref.current));
    return () => watch.disconnect();
  }, []);
  return /** @type {const} */ ([ref, width]);
}

/** A round number at or above, for the top line. @param {number} value */
function roundUp(value) {
  if (value <= 4) return Math.max(1, Math.ceil(value));
  const step = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 2.5, 5, 10].map((times) => times * step).find((top) => top >= value) || value;
}

/** The numbers behind a drawing. @param {{head: string[], lines: any[][], open?: boolean}} props */
export const Table = ({ head, lines }) => html`<div class="table-scroll" tabindex="0" role="region" aria-label="Table"><table class="numbers"><thead><tr>${head.map((words, at) => html`<th scope="col" class=${at ? 'is-number' : ''}>${words}</th>`)}</tr></thead>
  <tbody>${lines.map((line) => html`<tr>${line.map((cell, at) => (at ? html`<td class="is-number tabular">${cell}</td>` : html`<th scope="row" dir="auto">${cell}</th>`))}</tr>`)}</tbody></table></div>`;

/** @param {{head: string[], lines: any[][]}} props */
const Behind = ({ head, lines }) => html`<details class="behind"><summary>Show as a table</summary><${Table} head=${head} lines=${lines} /></details>`;

/**
 * Columns over time, beside or on top of each other.
 * @param {{title: string, lead?: string, labels: string[], longLabels: string[], series: Series[], format: (value: number) => string, stacked?: boolean}} props
 */
export function Columns({ title, lead, labels, longLabels, series, format, stacked = false }) {
  const [place, width] = useWidth();
  const id = useRef(`chart-${++number}`).current;
  const rtl = document.documentElement.dir === 'rtl';
  const sums = labels.map((_, at) => (stacked ? series.reduce((sum, one) => sum + (one.values[at] || 0), 0) : Math.max(0, ...series.map((one) => one.values[at] || 0))));
  const highest = Math.max(0, ...sums);
  const top = roundUp(highest);
  const inner = width - SIDE;
  const slot = inner / Math.max(1, labels.length);
  const gap = Math.min(6, slot * 0.25);
  const part = stacked ? slot - gap : (slot - gap) / series.length;
  const y = (/** @type {number} */ value) => HEIGHT - (value / top) * (HEIGHT - 12);
  const x = (/** @type {number} */ from, /** @type {number} */ wide) => (rtl ? width - SIDE - from - wide : SIDE + from);
  const every = Math.max(1, Math.ceil(labels.length / Math.max(2, Math.floor(inner / 64))));
  const best = sums.indexOf(highest);
  const said = highest ? `${series.map((one) => `${one.name}: ${format(one.values.reduce((sum, value) => sum + (value || 0), 0))} in all`).join('; ')}. Highest: ${longLabels[best]}, ${format(highest)}.` : 'Nothing in this time.';
  const bars = labels.flatMap((_, at) => {
    let below = 0;
    return series.map((one, which) => {
      const value = one.values[at] || 0;
      if (!value) return null;
      const from = at * slot + gap / 2 + (stacked ? 0 : which * part);
      const bottom = stacked ? y(below) : HEIGHT;
      below += value;
      const upper = stacked ? y(below) : y(value);
      return h('rect', { key: `${at}-${which}`, class: `bar is-${one.tone}`, x: x(from, part), y: upper, width: Math.max(1, part - (stacked ? 0 : 1)), height: Math.max(1, bottom - upper), rx: Math.min(3, part / 3) }, h('title', {}, `${longLabels[at]}: ${one.name} ${format(value)}`));
    });
  });
  return html`<figure class="chart"><figcaption><h2>${title}</h2>${lead ? html`<p>${lead}</p>` : null}
      ${series.length > 1 ? html`<p class="legend">${series.map((one) => html`<span><i class="swatch is-${one.tone}" aria-hidden="true"></i>${one.name}</span>`)}</p>` : null}</figcaption>
    <div ref=${place}>${h('svg', { class: 'drawing', role: 'img', 'aria-labelledby': `${id}-t ${id}-d`, width, height: HEIGHT + FOOT, viewBox: `0 0 ${width} ${HEIGHT + FOOT}` },
      h('title', { id: `${id}-t` }, title), h('desc', { id: `${id}-d` }, said),
      ...[0, 0.5, 1].map((share) => h('g', { key: share, 'aria-hidden': 'true' },
        h('line', { class: 'grid', x1: x(0, 0), x2: x(inner, 0), y1: y(top * share), y2: y(top * share) }),
        h('text', { class: 'axis', x: rtl ? width - SIDE + 6 : SIDE - 6, y: y(top * share) + 4, 'text-anchor': rtl ? 'start' : 'end' }, format(top * share)))),
      ...bars,
      ...labels.map((words, at) => (at % every ? null : h('text', { key: `l${at}`, class: 'axis', 'aria-hidden': 'true', x: x(at * slot + slot / 2, 0), y: HEIGHT + 16, 'text-anchor': 'middle' }, words))))}</div>
    <${Behind} head=${['When', ...series.map((one) => one.name)]} lines=${longLabels.map((words, at) => [words, ...series.map((one) => format(one.values[at] || 0))])} />
  </figure>`;
}

/** Bars side by side with their words before them: how many of each. @param {{title: string, lead?: string, rows: [string, number][], format: (value: number) => string, share?: (value: number) => string}} props */
export function Bars({ title, lead, rows, format, share }) {
  const id = useRef(`chart-${++number}`).current;
  const top = Math.max(1, ...rows.map(([, value]) => value));
  const line = 30;
  const [place, width] = useWidth();
  const rtl = document.documentElement.dir === 'rtl';
  const start = rtl ? 'end' : 'start';
  const words = Math.min(130, width * 0.34);
  const room = width - words - 70;
  return html`<figure class="chart"><figcaption><h2>${title}</h2>${lead ? html`<p>${lead}</p>` : null}</figcaption>
    <div ref=${place}>${h('svg', { class: 'drawing', role: 'img', 'aria-labelledby': `${id}-t ${id}-d`, width, height: rows.length * line, viewBox: `0 0 ${width} ${rows.length * line}` },
      h('title', { id: `${id}-t` }, title), h('desc', { id: `${id}-d` }, rows.map(([name, value]) => `${name}: ${format(value)}`).join('; ')),
      ...rows.flatMap(([name, value], at) => {
        const wide = Math.max(value ? 2 : 0, (value / top) * room);
        return [
          h('text', { key: `n${at}`, class: 'axis is-name', 'aria-hidden': 'true', x: rtl ? width : 0, y: at * line + 19, 'text-anchor': start }, name),
          h('rect', { key: `b${at}`, class: 'bar is-a', x: rtl ? width - words - wide : words, y: at * line + 5, width: wide, height: line - 12, rx: 4 }),
          h('text', { key: `v${at}`, class: 'axis', 'aria-hidden': 'true', x: rtl ? width - words - wide - 8 : words + wide + 8, y: at * line + 19, 'text-anchor': start }, `${format(value)}${share && value ? ` · ${share(value)}` : ''}`),
        ];
      }))}</div>
    <${Behind} head=${['What', 'Count']} lines=${rows.map(([name, value]) => [name, format(value)])} />
  </figure>`;
}

/** Weekday by hour: the darker, the more; each cell says its number. @param {{title: string, lead?: string, cells: number[][], days: string[], longDays: string[], format: (value: number) => string}} props */
export function HeatMap({ title, lead, cells, days, longDays, format }) {
  const id = useRef(`chart-${++number}`).current;
  const [place, width] = useWidth();
  const rtl = document.documentElement.dir === 'rtl';
  const start = rtl ? 'end' : 'start';
  const side = 44;
  const wide = (width - side) / 24;
  const high = Math.max(18, Math.min(30, wide));
  const top = Math.max(1, ...cells.flat());
  const [day, hour] = cells.flatMap((line, at) => line.map((value, hours) => /** @type {[number, number, number]} */ ([value, at, hours]))).reduce((best, one) => (one[0] > best[0] ? one : best), [0, 0, 0]).slice(1);
  const clock = (/** @type {number} */ at) => `${String(at).padStart(2, '0')}:00`;
  const busiest = cells[day][hour] ? `Busiest: ${longDays[day]} at ${clock(hour)}, ${format(cells[day][hour])}.` : 'Nothing in this time.';
  const x = (/** @type {number} */ at) => (rtl ? width - side - (at + 1) * wide : side + at * wide);
  return html`<figure class="chart"><figcaption><h2>${title}</h2><p>${lead ? `${lead} ` : ''}${busiest}</p></figcaption>
    <div ref=${place}>${h('svg', { class: 'drawing', role: 'img', 'aria-labelledby': `${id}-t ${id}-d`, width, height: 7 * high + FOOT, viewBox: `0 0 ${width} ${7 * high + FOOT}` },
      h('title', { id: `${id}-t` }, title), h('desc', { id: `${id}-d` }, `${busiest} ${longDays.map((name, at) => `${name}: ${format(cells[at].reduce((sum, value) => sum + value, 0))}`).join('; ')}`),
      ...days.map((name, at) => h('text', { key: name, class: 'axis', 'aria-hidden': 'true', x: rtl ? width : 0, y: at * high + high / 2 + 4, 'text-anchor': start }, name)),
      ...cells.flatMap((line, at) => line.map((value, hours) => h('rect', { key: `${at}-${hours}`, class: `cell ${value ? 'is-some' : ''}`, 'fill-opacity': value ? 0.15 + 0.85 * (value / top) : 1, x: x(hours) + 1, y: at * high + 1, width: Math.max(1, wide - 2), height: high - 2, rx: 3 }, h('title', {}, `${longDays[at]} ${clock(hours)}: ${format(value)}`)))),
      ...[0, 6, 12, 18].map((hours) => h('text', { key: `h${hours}`, class: 'axis', 'aria-hidden': 'true', x: x(hours) + wide / 2, y: 7 * high + 16, 'text-anchor': 'middle' }, clock(hours))))}</div>
    <${Behind} head=${['Weekday', ...Array.from({ length: 24 }, (_, at) => clock(at))]} lines=${longDays.map((name, at) => [name, ...cells[at].map(format)])} />
  </figure>`;
}
