// Makes assets/icons/icons.json from Lucide's drawings. Not part of the build: run it by hand when the choice below changes.
//
//   npm pack lucide-static && tar xzf lucide-static-*.tgz
//   node tests/tools/icons.mjs package assets/icons/icons.json && cp package/LICENSE assets/icons/
//
// Circles, lines and boxes become path data, so that whoever draws an icon needs to know nothing but paths: 24 px grid, stroked, round ends.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Which drawings, and under which further words somebody might look for them. The set's own tags are searched too. */
const CHOSEN = {
  // talking
  'message-circle': 'chat talk conversation bubble message', 'message-square': 'chat talk conversation comment', 'messages-square': 'chat discussion forum conversation',
  'message-circle-question-mark': 'help question ask', mail: 'email letter envelope contact', 'mail-open': 'email letter read', inbox: 'messages tray', send: 'paper plane message',
  phone: 'call telephone contact', 'phone-call': 'ring telephone contact', smartphone: 'mobile phone device', video: 'camera call meeting', mic: 'microphone voice audio',
  'at-sign': 'email address mention', megaphone: 'announcement news marketing', 'bell': 'notification alert reminder', 'rss': 'feed news blog', newspaper: 'news article press blog',
  // help
  'life-buoy': 'support help rescue', 'circle-question-mark': 'help question faq', info: 'information about', lightbulb: 'idea tip feature suggestion', book: 'manual documentation guide read',
  'book-open': 'manual documentation guide knowledge base', 'graduation-cap': 'course learning tutorial school training', 'file-text': 'document article terms page', headphones: 'support agent call sound',
  headset: 'support agent hotline', compass: 'guide tour explore', map: 'directions route guide', 'search': 'find look', 'list-checks': 'tasks steps checklist', 'clipboard-list': 'form survey list',
  'circle-play': 'video tutorial start', bug: 'error problem fault report', wrench: 'repair service technical settings', hammer: 'build repair tool', construction: 'maintenance work',
  // people
  user: 'person account profile', users: 'team people group community', 'user-plus': 'sign up register invite', 'user-check': 'verified member account', 'handshake': 'partner deal sales agreement',
  hand: 'stop wave hello', 'hand-heart': 'care donate charity', smile: 'happy feedback face', frown: 'sad complaint unhappy', meh: 'neutral feedback', baby: 'child family', accessibility: 'disabled access',
  // buying
  'shopping-cart': 'shop buy order basket', 'shopping-bag': 'shop buy order', store: 'shop market business', 'package': 'order delivery parcel box shipping', 'package-check': 'order delivered',
  truck: 'delivery shipping transport order', 'undo-2': 'return back refund', 'refresh-cw': 'exchange return update sync', receipt: 'invoice bill payment', 'credit-card': 'payment billing card pay',
  wallet: 'payment money billing', banknote: 'money cash payment price', coins: 'money price credit', 'dollar-sign': 'price money cost sales', euro: 'price money cost', tag: 'price label offer sale',
  percent: 'discount sale offer', 'ticket': 'coupon event support', gift: 'present voucher bonus', 'badge-percent': 'discount sale offer', scale: 'legal law compare', landmark: 'bank government institution',
  // business
  briefcase: 'work job business career', building: 'office company', 'building-2': 'office company city', factory: 'industry production', 'chart-column': 'statistics report analytics', 'chart-line': 'growth statistics analytics',
  'trending-up': 'growth sales', presentation: 'demo meeting slides', calendar: 'date appointment booking event', 'calendar-check': 'appointment booking reservation', clock: 'time hours opening',
  'alarm-clock': 'time reminder urgent', hourglass: 'wait time', 'timer': 'speed time', target: 'goal aim', rocket: 'launch start fast new', zap: 'lightning fast power energy', flag: 'report country mark',
  award: 'prize quality medal', trophy: 'win prize', crown: 'premium vip', gem: 'premium diamond', sparkles: 'new magic assistant', 'badge-check': 'verified quality trust', signature: 'contract sign',
  // rating
  star: 'rating favourite review', heart: 'love like favourite', 'thumbs-up': 'like praise good', 'thumbs-down': 'dislike complaint bad', 'quote': 'testimonial review words', 'party-popper': 'celebration praise',
  // the technical side
  settings: 'gear options preferences', 'sliders-horizontal': 'options filter', key: 'password login access', lock: 'security privacy password', shield: 'security privacy protection', 'shield-check': 'security trust verified',
  'fingerprint-pattern': 'identity login security', 'log-in': 'sign in account', 'log-out': 'sign out leave', download: 'save file get', upload: 'send file', cloud: 'hosting online storage', server: 'hosting status system', database: 'data storage',
  code: 'developer api programming', terminal: 'developer console', plug: 'integration connect power', puzzle: 'integration plugin extension', webhook: 'integration api', cpu: 'chip hardware', monitor: 'screen desktop computer',
  laptop: 'computer device', printer: 'print paper', wifi: 'internet connection network', activity: 'status health monitor', bot: 'assistant robot automatic', 'qr-code': 'scan code', globe: 'world language website international',
  languages: 'translate language', link: 'url chain connect', 'external-link': 'open new tab website', 'share-2': 'social share', image: 'picture photo', camera: 'photo picture', paperclip: 'attachment file', folder: 'files documents', archive: 'box storage',
  'layout-dashboard': 'overview dashboard', 'layout-grid': 'tiles apps overview', house: 'home start', 'map-pin': 'location address place visit', navigation: 'direction location', eye: 'view see', pencil: 'edit write', trash: 'delete remove',
  plus: 'add new create', check: 'done ok yes', 'circle-check': 'done ok success', x: 'close cancel no', 'triangle-alert': 'warning danger problem', 'circle-alert': 'warning error problem', ban: 'forbidden block cancel',
  'arrow-right': 'next go forward', 'chevron-right': 'next go', 'ellipsis': 'more dots',
  // life
  car: 'vehicle drive auto', plane: 'travel flight trip', 'train-front': 'travel rail', bike: 'bicycle ride', ship: 'boat travel cruise', hotel: 'room stay travel', bed: 'sleep room hotel', utensils: 'restaurant food eat menu',
  coffee: 'cafe drink break', pizza: 'food restaurant delivery', cake: 'birthday bakery', apple: 'fruit food health', leaf: 'nature green eco', 'tree-pine': 'nature forest outdoor', flower: 'garden florist', sun: 'weather day summer light', moon: 'night dark',
  droplet: 'water plumbing', flame: 'fire hot heating trend', snowflake: 'cold winter frozen', umbrella: 'insurance rain', 'heart-pulse': 'health medical doctor', stethoscope: 'doctor medical health', pill: 'medicine pharmacy',
  dumbbell: 'fitness gym sport', 'paw-print': 'pet animal vet', dog: 'pet animal', cat: 'pet animal', scissors: 'hair cut salon', shirt: 'clothes fashion', 'paintbrush': 'art design paint', palette: 'art design colour', music: 'song sound',
  'gamepad-2': 'game play', film: 'movie video cinema', 'sofa': 'furniture living', lamp: 'light furniture', 'church': 'religion community', school: 'education children',
};

/** Common names of Font Awesome (versions 4 to 6, with or without `fa-`), and a few of other sets. */
const ALIASES = {
  chat: 'message-circle', comment: 'message-circle', 'comment-o': 'message-circle', comments: 'messages-square', 'comments-o': 'messages-square', 'comment-dots': 'message-circle', commenting: 'message-circle', 'comment-alt': 'message-square', message: 'message-square',
  'envelope': 'mail', 'envelope-o': 'mail', 'envelope-open': 'mail-open', 'envelope-open-o': 'mail-open', 'envelope-square': 'mail', email: 'mail', 'paper-plane': 'send', 'paper-plane-o': 'send', 'phone-alt': 'phone', 'phone-square': 'phone', 'phone-volume': 'phone-call',
  mobile: 'smartphone', 'mobile-alt': 'smartphone', 'mobile-screen': 'smartphone', 'video-camera': 'video', microphone: 'mic', at: 'at-sign', bullhorn: 'megaphone', 'bell-o': 'bell', 'newspaper-o': 'newspaper',
  'life-ring': 'life-buoy', support: 'life-buoy', question: 'circle-question-mark', 'question-circle': 'circle-question-mark', 'circle-question': 'circle-question-mark', 'question-circle-o': 'circle-question-mark', help: 'circle-question-mark', 'help-circle': 'circle-question-mark',
  'info-circle': 'info', 'circle-info': 'info', 'lightbulb-o': 'lightbulb', 'book-reader': 'book-open', 'file-alt': 'file-text', file: 'file-text', 'file-o': 'file-text', 'file-text-o': 'file-text', 'file-lines': 'file-text', 'map-o': 'map', 'magnifying-glass': 'search',
  tasks: 'list-checks', 'list-check': 'list-checks', list: 'clipboard-list', clipboard: 'clipboard-list', 'clipboard-list': 'clipboard-list', 'play-circle': 'circle-play', play: 'circle-play', 'screwdriver-wrench': 'wrench', tools: 'wrench', 'hard-hat': 'construction', 'user-o': 'user', 'user-circle': 'user', 'circle-user': 'user', 'user-alt': 'user',
  'user-group': 'users', 'people-group': 'users', group: 'users', 'hands-helping': 'handshake', 'handshake-o': 'handshake', 'hand-paper-o': 'hand', 'hand-paper': 'hand', 'smile-o': 'smile', 'face-smile': 'smile', 'frown-o': 'frown', 'face-frown': 'frown', 'meh-o': 'meh', 'face-meh': 'meh',
  child: 'baby', 'universal-access': 'accessibility', wheelchair: 'accessibility', 'cart-shopping': 'shopping-cart', 'cart-plus': 'shopping-cart', 'shopping-basket': 'shopping-bag', 'bag-shopping': 'shopping-bag', 'basket-shopping': 'shopping-bag', shop: 'store', box: 'package', 'box-open': 'package', cube: 'package', cubes: 'package',
  'shipping-fast': 'truck', 'truck-fast': 'truck', undo: 'undo-2', reply: 'undo-2', 'rotate-left': 'undo-2', refresh: 'refresh-cw', sync: 'refresh-cw', rotate: 'refresh-cw', 'arrows-rotate': 'refresh-cw', 'file-invoice': 'receipt', 'file-invoice-dollar': 'receipt', 'credit-card-alt': 'credit-card', 'money-bill': 'banknote', money: 'banknote', 'money-bill-wave': 'banknote',
  dollar: 'dollar-sign', usd: 'dollar-sign', 'euro-sign': 'euro', eur: 'euro', tags: 'tag', percentage: 'percent', 'ticket-alt': 'ticket', 'ticket-simple': 'ticket', 'balance-scale': 'scale', 'scale-balanced': 'scale', gavel: 'scale', university: 'landmark', bank: 'landmark', 'building-columns': 'landmark', suitcase: 'briefcase', 'building-o': 'building', industry: 'factory',
  'bar-chart': 'chart-column', 'chart-bar': 'chart-column', 'chart-simple': 'chart-column', 'line-chart': 'chart-line', 'arrow-trend-up': 'trending-up', 'calendar-o': 'calendar', 'calendar-alt': 'calendar', 'calendar-days': 'calendar', 'calendar-check-o': 'calendar-check', 'clock-o': 'clock', 'hourglass-half': 'hourglass', stopwatch: 'timer', bullseye: 'target', crosshairs: 'target', bolt: 'zap', lightning: 'zap', 'flag-o': 'flag',
  medal: 'award', certificate: 'badge-check', 'file-signature': 'signature', 'file-contract': 'signature', diamond: 'gem', magic: 'sparkles', 'wand-magic-sparkles': 'sparkles', 'star-o': 'star', 'star-half-o': 'star', 'heart-o': 'heart', 'thumbs-o-up': 'thumbs-up', 'thumbs-o-down': 'thumbs-down', 'quote-left': 'quote', 'quote-right': 'quote', 'champagne-glasses': 'party-popper', 'birthday-cake': 'cake',
  cog: 'settings', cogs: 'settings', gear: 'settings', gears: 'settings', sliders: 'sliders-horizontal', 'sliders-h': 'sliders-horizontal', 'shield-alt': 'shield', 'shield-halved': 'shield', 'user-shield': 'shield-check', 'unlock': 'lock', 'unlock-alt': 'lock', fingerprint: 'fingerprint-pattern', 'sign-in': 'log-in', 'sign-in-alt': 'log-in', 'right-to-bracket': 'log-in', 'sign-out': 'log-out', 'sign-out-alt': 'log-out', 'right-from-bracket': 'log-out',
  'cloud-download': 'download', 'cloud-upload': 'upload', 'laptop-code': 'laptop', microchip: 'cpu', desktop: 'monitor', print: 'printer', 'puzzle-piece': 'puzzle', heartbeat: 'heart-pulse', robot: 'bot', qrcode: 'qr-code', 'globe-americas': 'globe', 'earth-americas': 'globe', 'earth-europe': 'globe', language: 'languages', chain: 'link',
  'external-link-alt': 'external-link', 'arrow-up-right-from-square': 'external-link', 'share-alt': 'share-2', share: 'share-2', 'share-nodes': 'share-2', picture: 'image', photo: 'image', 'picture-o': 'image', 'camera-retro': 'camera', 'folder-open': 'folder', 'folder-o': 'folder', 'box-archive': 'archive', tachometer: 'layout-dashboard', 'tachometer-alt': 'layout-dashboard', dashboard: 'layout-dashboard', gauge: 'layout-dashboard',
  'th-large': 'layout-grid', th: 'layout-grid', 'table-cells-large': 'layout-grid', home: 'house', 'map-marker': 'map-pin', 'map-marker-alt': 'map-pin', 'location-dot': 'map-pin', 'location-arrow': 'navigation', edit: 'pencil', pen: 'pencil', 'pencil-alt': 'pencil', 'pen-to-square': 'pencil', 'pencil-square-o': 'pencil', 'trash-o': 'trash', 'trash-alt': 'trash', 'trash-can': 'trash', 'plus-circle': 'plus', 'circle-plus': 'plus', 'check-circle': 'circle-check', 'check-circle-o': 'circle-check',
  times: 'x', xmark: 'x', close: 'x', 'exclamation-triangle': 'triangle-alert', 'triangle-exclamation': 'triangle-alert', warning: 'triangle-alert', 'exclamation-circle': 'circle-alert', 'circle-exclamation': 'circle-alert', 'angle-right': 'chevron-right', 'long-arrow-right': 'arrow-right', 'ellipsis-h': 'ellipsis', automobile: 'car', 'car-side': 'car', 'plane-departure': 'plane', train: 'train-front', bicycle: 'bike', cutlery: 'utensils',
  'mug-hot': 'coffee', 'mug-saucer': 'coffee', 'pizza-slice': 'pizza', 'apple-alt': 'apple', 'apple-whole': 'apple', seedling: 'leaf', pagelines: 'leaf', tree: 'tree-pine', 'sun-o': 'sun', 'moon-o': 'moon', tint: 'droplet', fire: 'flame', 'fire-alt': 'flame', 'user-md': 'stethoscope', 'user-doctor': 'stethoscope', pills: 'pill', medkit: 'heart-pulse', paw: 'paw-print', cut: 'scissors', tshirt: 'shirt', 'paint-brush': 'paintbrush', gamepad: 'gamepad-2', couch: 'sofa', 'mortar-board': 'graduation-cap', 'user-graduate': 'graduation-cap',
  'hdd-o': 'database', 'code-fork': 'webhook', 'eye-slash': 'eye', 'door-open': 'log-in', feed: 'rss', history: 'clock', 'hand-holding-heart': 'hand-heart', 'shopping-cart-alt': 'shopping-cart',
};

/** @param {Record<string, string>} a one drawing's attributes */
const number = (a, key, otherwise = 0) => (a[key] === undefined ? otherwise : Number(a[key]));
const short = (value) => String(Math.round(value * 1000) / 1000);

/** Any of SVG's simple shapes as path data. */
function pathOf(shape, a) {
  const n = (key, otherwise) => number(a, key, otherwise);
  switch (shape) {
    case 'path': return a.d;
    case 'line': return `M${a.x1} ${a.y1}L${a.x2} ${a.y2}`;
    case 'polyline': case 'polygon': return `M${a.points.trim().replace(/\s+/g, ' ')}${shape === 'polygon' ? 'z' : ''}`;
    case 'circle': case 'ellipse': {
      const rx = shape === 'circle' ? n('r') : n('rx');
      const ry = shape === 'circle' ? n('r') : n('ry');
      return `M${short(n('cx') - rx)} ${a.cy}a${rx} ${ry} 0 1 0 ${short(2 * rx)} 0a${rx} ${ry} 0 1 0 ${short(-2 * rx)} 0z`;
    }
    case 'rect': {
      const [x, y, w, h] = [n('x'), n('y'), n('width'), n('height')];
      const r = Math.min(n('rx', n('ry')), w / 2, h / 2);
      if (!r) return `M${x} ${y}h${w}v${h}h${-w}z`;
      const [along, down] = [short(w - 2 * r), short(h - 2 * r)];
      return `M${short(x + r)} ${y}h${along}a${r} ${r} 0 0 1 ${r} ${r}v${down}a${r} ${r} 0 0 1 ${-r} ${r}h${short(-(w - 2 * r))}a${r} ${r} 0 0 1 ${-r} ${-r}v${short(-(h - 2 * r))}a${r} ${r} 0 0 1 ${r} ${-r}z`;
    }
    default: throw new Error(`a shape nobody expected: ${shape}`);
  }
}

const [from, to] = process.argv.slice(2);
if (!to) throw new Error('node icons.mjs <folder of lucide-static> <icons.json>');
const tags = JSON.parse(readFileSync(join(from, 'tags.json'), 'utf8'));

const icons = {};
for (const [name, words] of Object.entries(CHOSEN).sort(([a], [b]) => (a < b ? -1 : 1))) {
  const svg = readFileSync(join(from, 'icons', `${name}.svg`), 'utf8');
  const shapes = [...svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1).matchAll(/<(\w+)\s([^>]*?)\/?>/g)];
  const d = shapes.map(([, shape, rest]) => pathOf(shape, Object.fromEntries([...rest.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]))));
  if (!d.length || d.some((one) => !/^[Mm][-\d.\s,a-zA-Z]*$/.test(one))) throw new Error(`${name}: ${d}`);
  icons[name] = { d, words: [...new Set([...words.split(' '), ...(tags[name] || []).flatMap((tag) => tag.toLowerCase().split(/[^a-z0-9]+/))])].filter((word) => word.length > 1).slice(0, 16) };
}
const aliases = {};
for (const [alias, name] of Object.entries(ALIASES).sort(([a], [b]) => (a < b ? -1 : 1))) {
  if (!icons[name]) throw new Error(`${alias} leads to ${name}, which is not chosen`);
  if (icons[alias]) continue;
  aliases[alias] = name;
}
// Font Awesome's own spelling of every name there is, also of those that are called the same here.
for (const name of [...Object.keys(aliases), ...Object.keys(icons)]) aliases[`fa-${name}`] = aliases[name] || name;
const lines = (entries) => Object.entries(entries).map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',\n');
writeFileSync(to, `{"icons":{\n${lines(icons)}\n},"aliases":{\n${lines(Object.fromEntries(Object.entries(aliases).sort(([a], [b]) => (a < b ? -1 : 1))))}\n}}\n`);
console.log(`${Object.keys(icons).length} icons, ${Object.keys(aliases).length} further names`);
