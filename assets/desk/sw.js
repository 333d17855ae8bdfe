// @ts-nocheck (a worker has another world than the pages around it)
// The desk's service worker: shows what the server pushes, and leads to it. It keeps nothing and answers no requests.

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('push', (event) => {
  let told = {};
  try { told = event.data.json(); } catch { /* shown without words: the browser asks for some notice */ }
  const { title, body, tag, url } = told;
  event.waitUntil(self.registration.showNotification(title || 'deskbell', {
    body: body || 'Something new is waiting for you.', tag: tag || 'deskbell', renotify: true, vibrate: [120, 60, 120],
    icon: new URL('icon-192.png', self.location.href).href, badge: new URL('icon-192.png', self.location.href).href, data: { url: url || '' },
  }));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const home = self.registration.scope;
  const wanted = new URL(event.notification.data?.url || home, home);
  // Only ever into our own desk.
  const url = wanted.href.startsWith(home) ? wanted : new URL(home);
  event.waitUntil(self.clients.matchAll({ type: 'window', includeUncontrolled: true }).then(async (windows) => {
    const desk = windows.find((one) => one.url.startsWith(home));
    if (!desk) return self.clients.openWindow(url.href);
    await desk.focus();
    desk.postMessage({ type: 'open', url: url.pathname });
    return undefined;
  }));
});
