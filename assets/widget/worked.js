// While very many begin at once, the server asks for a little work before it takes a first message. Loaded only then: work.js.

/** Sends, and once more with the work when it is asked for. @template T @param {(work?: {puzzle: string, nonce: string}) => Promise<T>} send @returns {Promise<T>} */
export const worked = (send) => send().catch(async (error) => {
  if (error.body?.code !== 'work') throw error;
  const { solve } = await import('./work.js').catch(() => { throw error; });
  return send(await solve(error.body));
});
