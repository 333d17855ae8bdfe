// Keys of push subscriptions as text and back.

/** @param {ArrayBuffer|null} bytes */
const text = (bytes) => (bytes ? btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '') : '');

/** Whether a subscription was made for this server's key. @param {PushSubscription} subscription @param {string} key base64url */
export const remembered = (subscription, key) => text(subscription.options.applicationServerKey) === key;
