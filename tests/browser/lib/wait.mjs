// Waiting for what happens, never for time to pass.

/** Exactly one such thing is to be seen. */
export async function one(locator) {
  await locator.first().waitFor({ state: 'visible' });
  const count = await locator.count();
  if (count > 1) throw new Error(`${count} where one is expected: ${locator}`);
}

/** None is to be seen. */
export async function gone(locator) { await locator.first().waitFor({ state: 'hidden' }); }

/** Something only a page or a frame itself can tell. Asked again from here: a page with a strict policy may not do it by itself. */
export async function until(frame, test, argument) {
  for (const late = Date.now() + 20_000; ;) {
    if (await frame.evaluate(test, argument).catch((error) => { if (/navigation|destroyed/.test(String(error))) return false; throw error; })) return;
    if (Date.now() > late) throw new Error(`not true in time: ${test}`);
    await new Promise((again) => { setTimeout(again, 40); });
  }
}

/** @param {any} truth @param {string} words */
export function check(truth, words) { if (!truth) throw new Error(words); }

/** @param {any} got @param {any} wanted @param {string} words */
export function same(got, wanted, words) {
  const [a, b] = [JSON.stringify(got), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`${words}: ${a}, not ${b}`);
}
