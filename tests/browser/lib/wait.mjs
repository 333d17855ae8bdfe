// Waiting for what happens, never for time to pass.

/** Exactly one such thing is to be seen. */
export async function one(locator) {
  await locator.first().waitFor({ state: 'visible' });
  const count = await locator.count();
  if (count > 1) throw new Error(`${count} where one is expected: ${locator}`);
}

/** None is to be seen. */
export async function gone(locator) { await locator.first().waitFor({ state: 'hidden' }); }

/** Something the page itself can tell. */
export const until = (page, test, argument) => page.waitForFunction(test, argument);

/** @param {any} truth @param {string} words */
export function check(truth, words) { if (!truth) throw new Error(words); }

/** @param {any} got @param {any} wanted @param {string} words */
export function same(got, wanted, words) {
  const [a, b] = [JSON.stringify(got), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`${words}: ${a}, not ${b}`);
}
