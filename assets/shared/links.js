// Which addresses a person may be led to.

/** Links a person may follow; anything else is shown as its text. @param {string|null} href */
export function safeHref(href) {
  if (!href) return null;
  try {
    const url = new URL(href, location.href);
    return url.protocol === 'https:' || url.protocol === 'http:' || url.protocol === 'mailto:' || url.protocol === 'tel:' ? url.href : null;
  } catch {
    return null;
  }
}
