// Our own small set of icons: 20 px grid, 1.5 px stroke, round ends, drawn in the colour of the text around them.
// Here are those a visitor's first screens need; icons.js has all of them.
// They are decoration: the button that carries one has its own name.

import { h } from '../vendor/preact.js';

/** @type {Record<string, string>} */
export const PATHS = {
  arrow_down: 'M10 4v12M5 11l5 5 5-5',
  back: 'M12.5 4.5 7 10l5.5 5.5',
  bell: 'M5 13.5V9a5 5 0 0 1 10 0v4.5l1.25 1.5H3.75zM8.25 17.25c.4.5 1 .75 1.75.75s1.35-.25 1.75-.75',
  bell_off: 'M15 11.5V9a5 5 0 0 0-8.2-3.8M5 9v4.5L3.75 15H13M8.25 17.25c.4.5 1 .75 1.75.75s1.35-.25 1.75-.75M3 3l14 14',
  chat: 'M4 4h12a1.5 1.5 0 0 1 1.5 1.5v7A1.5 1.5 0 0 1 16 14H9l-4 3.2V14H4a1.5 1.5 0 0 1-1.5-1.5v-7A1.5 1.5 0 0 1 4 4z',
  check: 'M4.5 10.5 8.25 14.25 15.5 6',
  checks: 'M2.5 10.5 6 14l6.75-8M9.5 13.25l.75.75L17.5 6',
  chevron_right: 'M7.5 5 12.5 10 7.5 15',
  clock: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 6v4l2.75 1.75',
  close: 'M5 5l10 10M15 5 5 15',
  download: 'M10 3.5v9M6 9l4 4 4-4M4 16.5h12',
  expand: 'M11.5 3.5h5v5M8.5 16.5h-5v-5M16 4l-5 5M4 16l5-5',
  external: 'M8 4.5H4.5v11h11V12M11.5 3.5h5v5M16 4l-7 7',
  file: 'M5 2.75h6.5L15.5 7v10.25H5zM11 3v4.5h4.25',
  inbox: 'M3 11.5 5 4h10l2 7.5V16H3zM3 11.5h4c0 1.7 1.3 3 3 3s3-1.3 3-3h4',
  info: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 9.25v4.25M10 6.5v.1',
  lock: 'M5 9h10v7.5H5zM7 9V6.5a3 3 0 0 1 6 0V9',
  logout: 'M8.5 3.5h-5v13h5M12.5 6.5 16 10l-3.5 3.5M16 10H7.5',
  more: 'M10 5v.1M10 10v.1M10 15v.1',
  offline: 'M3 3l14 14M2.5 8a11 11 0 0 1 4-2.4M5 11a7 7 0 0 1 4-2M17.5 8a11 11 0 0 0-7-2.9M7.5 13.7A3.7 3.7 0 0 1 10 12.75M10 16v.1',
  paperclip: 'M15.5 9.25 10 14.75a3.54 3.54 0 0 1-5-5L10.75 4a2.36 2.36 0 0 1 3.35 3.35l-5.6 5.5a1.18 1.18 0 0 1-1.7-1.65l5-5',
  refresh: 'M16 10a6 6 0 1 1-1.75-4.25L16 7.5M16 3.5v4h-4',
  send: 'M3.5 10 3 3.5 17 10 3 16.5zM3.5 10H10',
  shrink: 'M16 8.5h-4.5V4M4 11.5h4.5V16M12 8l4.5-4.5M8 12l-4.5 4.5',
  smile: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM7 11.5c.6 1.2 1.7 1.9 3 1.9s2.4-.7 3-1.9M7.75 8v.1M12.25 8v.1',
  warning: 'M10 3.5 17.5 16.5h-15zM10 8.5v4M10 14.3v.1',
};

/** Icons that point somewhere are mirrored where text runs from right to left. */
const MIRRORED = new Set(['back', 'chevron_right', 'external', 'logout', 'send']);

/** `drawn` is an icon of the server's set, on a grid of its own. @param {{name: string, drawn?: {d: string[]}|null, size?: number, class?: string}} props */
export function Icon({ name, drawn, size = 20, class: extra = '' }) {
  const grid = drawn ? 24 : 20;
  return h('svg', {
    class: `icon${!drawn && MIRRORED.has(name) ? ' icon-mirror' : ''} ${extra}`.trim(), width: size, height: size, viewBox: `0 0 ${grid} ${grid}`, fill: 'none', stroke: 'currentColor',
    'stroke-width': drawn ? 1.8 : name === 'more' ? 2.2 : 1.5, 'stroke-linecap': 'round', 'stroke-linejoin': 'round', 'aria-hidden': 'true', focusable: 'false',
  }, (drawn?.d || [PATHS[name] || PATHS.info]).map((d) => h('path', { d })));
}
