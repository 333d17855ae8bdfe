// A browser's own description of itself, in words an agent reads at a glance. Only for show: nothing depends on it.

/** Which says what it really is, before those that everyone claims to be. @type {[RegExp, string][]} */
const BROWSERS = [[/Edg(?:e|A|iOS)?\/(\d+)/, 'Edge'], [/OPR\/(\d+)/, 'Opera'], [/SamsungBrowser\/(\d+)/, 'Samsung Internet'], [/(?:Firefox|FxiOS)\/(\d+)/, 'Firefox'], [/(?:Chrome|CriOS)\/(\d+)/, 'Chrome'], [/Version\/(\d+)[^ ]* (?:Mobile\/\S+ )?Safari/, 'Safari']];
/** @type {[RegExp, string][]} */
const SYSTEMS = [[/iPhone/, 'iPhone'], [/iPad/, 'iPad'], [/Android/, 'Android'], [/Windows/, 'Windows'], [/Mac OS X|Macintosh/, 'macOS'], [/CrOS/, 'ChromeOS'], [/Linux/, 'Linux']];

/** @param {string} agent */
export function browserName(agent) {
  const browser = BROWSERS.map(([pattern, name]) => { const match = pattern.exec(agent); return match ? `${name} ${match[1]}` : ''; }).find(Boolean);
  const system = SYSTEMS.find(([pattern]) => pattern.test(agent))?.[1];
  return browser ? `${browser}${system ? ` on ${system}` : ''}` : agent.slice(0, 80);
}
