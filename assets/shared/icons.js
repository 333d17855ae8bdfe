// Our own small set of icons: 20 px grid, 1.5 px stroke, round ends, drawn in the colour of the text around them.
// They are decoration: the button that carries one has its own name.

import { h } from '../vendor/preact.js';

/** @type {Record<string, string>} */
const PATHS = {
  archive: 'M3.5 4h13v3.5h-13zM5 7.5V16h10V7.5M8 10.5h4',
  arrow_down: 'M10 4v12M5 11l5 5 5-5',
  back: 'M12.5 4.5 7 10l5.5 5.5',
  bell: 'M5 13.5V9a5 5 0 0 1 10 0v4.5l1.25 1.5H3.75zM8.25 17.25c.4.5 1 .75 1.75.75s1.35-.25 1.75-.75',
  bell_off: 'M15 11.5V9a5 5 0 0 0-8.2-3.8M5 9v4.5L3.75 15H13M8.25 17.25c.4.5 1 .75 1.75.75s1.35-.25 1.75-.75M3 3l14 14',
  book: 'M10 5.5C8.5 4.3 6.2 4 3.5 4v11c2.7 0 5 .3 6.5 1.5 1.5-1.2 3.8-1.5 6.5-1.5V4c-2.7 0-5 .3-6.5 1.5zM10 5.5v11',
  chart: 'M4 16.5v-6M10 16.5V4M16 16.5v-9',
  chat: 'M4 4h12a1.5 1.5 0 0 1 1.5 1.5v7A1.5 1.5 0 0 1 16 14H9l-4 3.2V14H4a1.5 1.5 0 0 1-1.5-1.5v-7A1.5 1.5 0 0 1 4 4z',
  check: 'M4.5 10.5 8.25 14.25 15.5 6',
  checks: 'M2.5 10.5 6 14l6.75-8M9.5 13.25l.75.75L17.5 6',
  chevron_down: 'M5 7.5 10 12.5 15 7.5',
  chevron_right: 'M7.5 5 12.5 10 7.5 15',
  clock: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 6v4l2.75 1.75',
  close: 'M5 5l10 10M15 5 5 15',
  copy: 'M7.5 7.5h9v9h-9zM12.5 7.5v-4h-9v9h4',
  download: 'M10 3.5v9M6 9l4 4 4-4M4 16.5h12',
  edit: 'M4 16l.75-3.25L13.5 4 16 6.5l-8.75 8.75z',
  expand: 'M11.5 3.5h5v5M8.5 16.5h-5v-5M16 4l-5 5M4 16l5-5',
  external: 'M8 4.5H4.5v11h11V12M11.5 3.5h5v5M16 4l-7 7',
  eye: 'M2.5 10S5 5 10 5s7.5 5 7.5 5-2.5 5-7.5 5-7.5-5-7.5-5zM10 7.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4z',
  file: 'M5 2.75h6.5L15.5 7v10.25H5zM11 3v4.5h4.25',
  filter: 'M3.5 5.5h13M6 10h8M8.5 14.5h3',
  flag: 'M5 17V3.5h9.5L12.5 7l2 3.5H5',
  globe: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM3.25 10h13.5M10 3c2 2 2.75 4.3 2.75 7S12 15 10 17c-2-2-2.75-4.3-2.75-7S8 5 10 3z',
  help: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM8 8.2c0-1.1.9-1.95 2-1.95s2 .8 2 1.85c0 1.5-2 1.5-2 3.15M10 13.7v.1',
  home: 'M3.5 9 10 3.5 16.5 9v7.5h-4.25V12h-4.5v4.5H3.5z',
  image: 'M3.5 4h13v12h-13zM3.5 13.5l3.75-3.75 4 4M10 12.25l2.25-2.25 4.25 4M12.75 7.25v.1',
  inbox: 'M3 11.5 5 4h10l2 7.5V16H3zM3 11.5h4c0 1.7 1.3 3 3 3s3-1.3 3-3h4',
  info: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 9.25v4.25M10 6.5v.1',
  key: 'M13 3.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10.5 9.5 3.5 16.5M5.5 14.5l2 2',
  link: 'M8.5 11.5l3-3M7.5 8.5 5 11a2.83 2.83 0 0 0 4 4l2.5-2.5M12.5 11.5 15 9a2.83 2.83 0 0 0-4-4L8.5 7.5',
  lock: 'M5 9h10v7.5H5zM7 9V6.5a3 3 0 0 1 6 0V9',
  logout: 'M8.5 3.5h-5v13h5M12.5 6.5 16 10l-3.5 3.5M16 10H7.5',
  mail: 'M3 4.5h14v11H3zM3.25 5 10 10.75 16.75 5',
  menu: 'M3.5 5.5h13M3.5 10h13M3.5 14.5h13',
  minus: 'M4.5 10h11',
  moon: 'M16.5 11.5A6.75 6.75 0 0 1 8.5 3.5a6.75 6.75 0 1 0 8 8z',
  more: 'M10 5v.1M10 10v.1M10 15v.1',
  note: 'M4 3.5h12v8.5l-4.5 4.5H4zM11.5 16.25V12h4.25',
  offline: 'M3 3l14 14M2.5 8a11 11 0 0 1 4-2.4M5 11a7 7 0 0 1 4-2M17.5 8a11 11 0 0 0-7-2.9M7.5 13.7A3.7 3.7 0 0 1 10 12.75M10 16v.1',
  paperclip: 'M15.5 9.25 10 14.75a3.54 3.54 0 0 1-5-5L10.75 4a2.36 2.36 0 0 1 3.35 3.35l-5.6 5.5a1.18 1.18 0 0 1-1.7-1.65l5-5',
  phone: 'M6.5 3.5H4A.5.5 0 0 0 3.5 4c0 6.9 5.6 12.5 12.5 12.5a.5.5 0 0 0 .5-.5v-2.5l-3.5-1.5-1.5 1.75A10 10 0 0 1 6.25 8.5L8 7z',
  plus: 'M10 4.5v11M4.5 10h11',
  refresh: 'M16 10a6 6 0 1 1-1.75-4.25L16 7.5M16 3.5v4h-4',
  search: 'M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM13 13l4 4',
  send: 'M3.5 10 3 3.5 17 10 3 16.5zM3.5 10H10',
  settings: 'M3 6h7M14 6h3M3 14h3M10 14h7M12 4a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM8 12a2 2 0 1 0 0 4 2 2 0 0 0 0-4z',
  shield: 'M10 3l6 2v4.5c0 3.5-2.5 6-6 7.5-3.5-1.5-6-4-6-7.5V5zM7.25 10l2 2 3.5-4',
  shrink: 'M16 8.5h-4.5V4M4 11.5h4.5V16M12 8l4.5-4.5M8 12l-4.5 4.5',
  smile: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM7 11.5c.6 1.2 1.7 1.9 3 1.9s2.4-.7 3-1.9M7.75 8v.1M12.25 8v.1',
  star: 'M10 3.2l2.1 4.3 4.7.7-3.4 3.3.8 4.7L10 14l-4.2 2.2.8-4.7-3.4-3.3 4.7-.7z',
  sun: 'M10 6.75a3.25 3.25 0 1 0 0 6.5 3.25 3.25 0 0 0 0-6.5zM10 2.5v1.25M10 16.25v1.25M2.5 10h1.25M16.25 10h1.25M4.7 4.7l.9.9M14.4 14.4l.9.9M15.3 4.7l-.9.9M5.6 14.4l-.9.9',
  tag: 'M3.5 3.5h6l7 7-6 6-7-7zM7 7v.1',
  trash: 'M3.5 5.5h13M8 5.5v-2h4v2M5 5.5l.75 11h8.5L15 5.5M8.25 8.5v5M11.75 8.5v5',
  user: 'M10 3.5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM4 16.5c.5-3 3-4.5 6-4.5s5.5 1.5 6 4.5',
  user_plus: 'M8 3.5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM2.5 16.5c.4-3 2.5-4.5 5.5-4.5s5.1 1.5 5.5 4.5M15 6.5v5M12.5 9h5',
  users: 'M7.5 4a2.75 2.75 0 1 0 0 5.5 2.75 2.75 0 0 0 0-5.5zM2 16c.4-2.7 2.5-4 5.5-4s5.1 1.3 5.5 4M13 4.2a2.75 2.75 0 0 1 0 5.1M15 12.4c1.7.5 2.7 1.7 3 3.6',
  warning: 'M10 3.5 17.5 16.5h-15zM10 8.5v4M10 14.3v.1',
};

/** Icons that point somewhere are mirrored where text runs from right to left. */
const MIRRORED = new Set(['back', 'chevron_right', 'external', 'logout', 'send']);

/** @param {{name: string, size?: number, class?: string}} props */
export function Icon({ name, size = 20, class: extra = '' }) {
  return h('svg', {
    class: `icon${MIRRORED.has(name) ? ' icon-mirror' : ''} ${extra}`.trim(), width: size, height: size, viewBox: '0 0 20 20', fill: 'none', stroke: 'currentColor',
    'stroke-width': name === 'more' ? 2.2 : 1.5, 'stroke-linecap': 'round', 'stroke-linejoin': 'round', 'aria-hidden': 'true', focusable: 'false',
  }, h('path', { d: PATHS[name] || PATHS.info }));
}

/** @type {readonly string[]} */
export const ICON_NAMES = Object.keys(PATHS);
