// A tag as a small coloured sign; what is written on it is black or white, whichever can be read.

import { html } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { readableOn } from '../settings/colour.js';

/** @param {{tag: {name: string, color: string}, onRemove?: () => void, small?: boolean}} props */
export const TagChip = ({ tag, onRemove, small = false }) => html`<span class="tag-chip ${small ? 'is-small' : ''}" title=${tag.name} style=${{ background: tag.color, color: readableOn(tag.color) }}><bdi>${tag.name}</bdi>${onRemove ? html`<button type="button" class="tag-off" aria-label="Remove the tag ${tag.name}" onClick=${onRemove}><${Icon} name="close" size=${13} /></button>` : null}</span>`;
