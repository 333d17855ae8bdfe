// What was changed here, and what is left of it when somebody else has saved meanwhile. Pure, so that the tests need no browser.

/** @typedef {{name: string, enabled: boolean, config: Record<string, any>}} Draft */

/** @param {any} a @param {any} b */
export const equal = (a, b) => JSON.stringify(a) === JSON.stringify(b);
/** @param {any} value */
const isObject = (value) => !!value && typeof value === 'object' && !Array.isArray(value);

/** @param {Draft} inbox @returns {Draft} */
export const copyOf = (inbox) => structuredClone({ name: inbox.name, enabled: inbox.enabled, config: inbox.config });

/** Only what was changed travels; objects merge one level deep on the server. @param {Draft} draft @param {Draft} saved */
export function changesOf(draft, saved) {
  /** @type {any} */ const patch = {};
  if (draft.name !== saved.name) patch.name = draft.name;
  if (draft.enabled !== saved.enabled) patch.enabled = draft.enabled;
  /** @type {Record<string, any>} */ const config = {};
  for (const [key, value] of Object.entries(draft.config)) {
    const before = saved.config[key];
    if (equal(value, before)) continue;
    config[key] = isObject(value) && isObject(before) ? Object.fromEntries(Object.entries(value).filter(([inner, one]) => !equal(one, before[inner]))) : value;
  }
  if (Object.keys(config).length) patch.config = config;
  return patch;
}

/** A list is one thing: whoever touched it, means the whole of it. @param {any} draft @param {any} base @param {any} fresh @returns {any} */
function lay(draft, base, fresh) {
  if (equal(draft, base)) return fresh;
  if (!isObject(draft) || !isObject(base) || !isObject(fresh)) return draft;
  return Object.fromEntries([...new Set([...Object.keys(fresh), ...Object.keys(draft)])].map((key) => [key, lay(draft[key], base[key], fresh[key])]));
}

/**
 * A draft was made from `base`, and the saved settings are `fresh` by now: what was touched here stays, everything else is the newer one,
 * so that saving here never takes back what was saved in another window.
 * @param {Draft} draft @param {Draft} base @param {Draft} fresh @returns {Draft}
 */
export const rebase = (draft, base, fresh) => structuredClone(lay(copyOf(draft), copyOf(base), copyOf(fresh)));
