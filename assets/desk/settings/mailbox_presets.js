// What the settings of well-known mail providers are, so that an address and a password are enough. Pure, so that the tests need no browser.

/** @typedef {{host: string, port: number, security: 'tls'|'starttls'|'none'}} Place */
/** @typedef {{key: string, name: string, domains: string[], smtp: Place, imap: Place, note: string}} Preset */

const tls = (/** @type {string} */ host, port = 465) => /** @type {Place} */ ({ host, port, security: 'tls' });
const starttls = (/** @type {string} */ host, port = 587) => /** @type {Place} */ ({ host, port, security: 'starttls' });

const APP = 'It wants an app password instead of the usual one: make one in the security settings of the account.';

/** @type {Preset[]} */
export const PRESETS = [
  { key: 'google', name: 'Gmail, Google Workspace', domains: ['gmail.com', 'googlemail.com'], smtp: tls('smtp.gmail.com'), imap: tls('imap.gmail.com', 993), note: 'Google wants an app password: switch on 2-Step Verification, then Google account, Security, App passwords.' },
  { key: 'microsoft', name: 'Outlook, Microsoft 365', domains: ['outlook.com', 'hotmail.com', 'live.com', 'msn.com'], smtp: starttls('smtp.office365.com'), imap: tls('outlook.office365.com', 993), note: 'Microsoft mostly takes its own sign-in only, which is not spoken here. Sending works where the administrator allows “authenticated SMTP” for the mailbox; for what comes in, forward it to a mailbox elsewhere.' },
  { key: 'fastmail', name: 'Fastmail', domains: ['fastmail.com', 'fastmail.fm'], smtp: tls('smtp.fastmail.com'), imap: tls('imap.fastmail.com', 993), note: APP },
  { key: 'icloud', name: 'iCloud', domains: ['icloud.com', 'me.com', 'mac.com'], smtp: starttls('smtp.mail.me.com'), imap: tls('imap.mail.me.com', 993), note: APP },
  { key: 'yahoo', name: 'Yahoo', domains: ['yahoo.com', 'ymail.com', 'yahoo.de', 'yahoo.co.uk', 'yahoo.fr'], smtp: tls('smtp.mail.yahoo.com'), imap: tls('imap.mail.yahoo.com', 993), note: APP },
  { key: 'gmx', name: 'GMX', domains: ['gmx.net', 'gmx.de', 'gmx.at', 'gmx.ch', 'gmx.com'], smtp: starttls('mail.gmx.net'), imap: tls('imap.gmx.net', 993), note: 'Allow IMAP first: in the settings of the mailbox, “POP3/IMAP”.' },
  { key: 'mailbox', name: 'mailbox.org', domains: ['mailbox.org'], smtp: tls('smtp.mailbox.org'), imap: tls('imap.mailbox.org', 993), note: '' },
  { key: 'posteo', name: 'Posteo', domains: ['posteo.de', 'posteo.net'], smtp: tls('posteo.de'), imap: tls('posteo.de', 993), note: '' },
];

/** The domain of an address. @param {string} address */
export const domainOf = (address) => address.trim().toLowerCase().split('@')[1] || '';

/** What is likely for an address: its provider, or the usual name at its own domain. @param {string} address @returns {Preset|null} */
export function guess(address) {
  const domain = domainOf(address);
  if (!/^[^\s.]+(\.[^\s.]+)+$/.test(domain)) return null;
  return PRESETS.find((one) => one.domains.includes(domain))
    || { key: 'own', name: `mail.${domain}`, domains: [], smtp: tls(`mail.${domain}`), imap: tls(`mail.${domain}`, 993), note: `mail.${domain} is a guess. The help pages of your provider name the servers; with Google or Microsoft behind your domain, choose them here.` };
}

/** Lays a preset over the settings; who logs in is the address. @param {any} config @param {Preset} preset */
export const withPreset = (config, preset) => ({
  ...config,
  smtp: { ...config.smtp, ...preset.smtp, user: config.address.trim() },
  incoming: { ...config.incoming, kind: config.incoming.kind === 'off' ? 'imap' : config.incoming.kind, imap: { ...config.incoming.imap, ...preset.imap, user: config.address.trim() } },
});

/** The usual port of a protection, when it is changed by hand. @param {'smtp'|'imap'} what @param {string} security */
export const portOf = (what, security) => ({ smtp: { tls: 465, starttls: 587, none: 25 }, imap: { tls: 993, starttls: 143, none: 143 } })[what][/** @type {'tls'} */ (security)];
