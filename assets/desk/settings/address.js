// Addresses as people type them.

/** `example.com` means https://example.com. Anything that names a scheme, or is no name of a host, stays as it is. @param {string} typed */
export function withScheme(typed) {
  const text = typed.trim();
  return /^[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+(:\d+)?([/?#].*)?$/u.test(text) || /^localhost(:\d+)?([/?#].*)?$/.test(text) ? `https://${text}` : text;
}
