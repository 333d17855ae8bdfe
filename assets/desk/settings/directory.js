// Teams and business hours, as several settings pages need them: asked for once when looked at, held until changed here.

import { useEffect, useState } from '../../vendor/preact.js';
import { change, useDesk } from '../state/store.js';
import { api, wordsFor } from '../state/wire.js';

/** @param {'teams'|'hours'} what */
async function load(what) {
  const answer = await api.get(`/${what}`);
  change(/** @type {any} */ ({ [what]: answer[what] }));
}

/** @param {'teams'|'hours'} what */
function useDirectory(what) {
  const list = useDesk((state) => state[what]);
  const [failed, setFailed] = useState('');
  const again = () => load(what).then(() => setFailed('')).catch((error) => setFailed(wordsFor(error)));
  useEffect(() => { again(); }, []);
  return { list, failed, again };
}

export function useTeams() {
  const { list, ...rest } = useDirectory('teams');
  return { teams: /** @type {import('../state/types.js').Team[]|null} */ (list), ...rest };
}

export function useHours() {
  const { list, ...rest } = useDirectory('hours');
  return { hours: /** @type {import('../state/types.js').Hours[]|null} */ (list), ...rest };
}
