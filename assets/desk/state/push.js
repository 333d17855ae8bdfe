// Waking this browser when nobody looks at the desk: the service worker and its subscription (Push API), kept by our own server.

import { remembered } from './push_keys.js';
import { setPref } from './prefs.js';
import { onSignedIn } from './session.js';
import { api, base } from './wire.js';

/** Whether this browser could be woken at all. */
export const canPush = () => 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

const worker = () => navigator.serviceWorker.register(`${base}/desk/sw.js`, { scope: `${base}/desk` });

/** Asks the person, then the browser's push service, then tells our server. Answers what went wrong, or nothing. @returns {Promise<string>} */
export async function startPush() {
  if (!canPush()) return 'This browser cannot be woken. On an iPhone or iPad, add the desk to the home screen first, and open it from there.';
  const answer = await Notification.requestPermission();
  if (answer !== 'granted') return 'This browser does not allow notices for this address. Allow them in the address bar, then try again.';
  const { key } = await api.get('/push');
  const registration = await worker();
  await navigator.serviceWorker.ready;
  try {
    const old = await registration.pushManager.getSubscription();
    const subscription = old && remembered(old, key) ? old : (await old?.unsubscribe(), await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
    await api.post('/push', subscription.toJSON());
  } catch (error) {
    if (error instanceof DOMException) return `This browser’s push service cannot be reached (${error.name}). Notices go on while the desk is open.`;
    throw error;
  }
  setPref({ push: true });
  return '';
}

/** This browser sleeps again. @param {string} [uuid] the server's name of its subscription */
export async function stopPush(uuid) {
  setPref({ push: false });
  if (uuid) await api.del(`/push/${uuid}`).catch(() => { /* gone there already */ });
  const registration = canPush() ? await navigator.serviceWorker.getRegistration(`${base}/desk`) : null;
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
}

// The worker asks us to show what its notice was about.
if ('serviceWorker' in navigator) {
  navigator.serviceWorker.addEventListener('message', ({ data }) => {
    if (data?.type === 'open' && typeof data.url === 'string' && data.url.startsWith(`${base}/desk`)) { history.pushState(null, '', data.url); dispatchEvent(new PopStateEvent('popstate')); }
  });
}

// Installable also without push; a browser that was subscribed before, by another login, is subscribed again by this one.
onSignedIn(() => {
  if (!canPush()) return;
  worker().then(async (registration) => {
    const subscription = await registration.pushManager.getSubscription();
    if (subscription && Notification.permission === 'granted') await api.post('/push', subscription.toJSON());
  }).catch(() => { /* without a worker the desk works as before */ });
});
