// The column of conversations: search box, tabs, filters, and the rows, or the search results instead of them.

import { html } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { News } from '../parts/news.js';
import { Empty, Spinner } from '../parts/small.js';
import { keyOf, load, setFilter } from '../state/lists.js';
import { isAdmin } from '../state/people.js';
import { go } from '../state/router.js';
import { useDesk } from '../state/store.js';
import { BulkBar } from './bulk_bar.js';
import { Filters } from './filters.js';
import { Rows } from './rows.js';
import { SearchBox, SearchResults } from './search.js';
import { Waiting } from './waiting.js';

/** @param {{route: any}} props */
export function ConversationList({ route }) {
  const searching = route.name === 'search' && route.q.trim() !== '';
  return html`<section class="list-column" aria-label="Conversations">
    <header class="list-head">
      <h1 class="quiet">Conversations</h1>
      <${SearchBox} route=${route} />
      ${searching ? null : html`<${Filters} /><${Waiting} />`}
    </header>
    ${searching ? html`<${SearchResults} key=${route.q} q=${route.q} selected=${route.conversation} />` : html`<${List} selected=${route.conversation} />`}
    ${searching ? null : html`<${BulkBar} />`}
    <${News} />
  </section>`;
}

/** @param {{selected: string}} props */
function List({ selected }) {
  const filter = useDesk((state) => state.filter);
  const list = useDesk((state) => state.lists[keyOf(filter)]);
  if (list?.state === 'failed') {
    return html`<div class="list-body"><${Empty} icon="offline" title="The list did not load" action=${html`<button type="button" class="button" onClick=${() => load(filter)}>Try again</button>`}>${list.error}<//></div>`;
  }
  if (!list || (list.state === 'loading' && !list.ids.length)) return html`<div class="list-body"><${Skeleton} /></div>`;
  // A view that looked at thousands and found nothing yet is still looking.
  if (!list.ids.length && list.next) return html`<div class="list-body"><${Skeleton} /></div>`;
  if (!list.ids.length) return html`<div class="list-body"><${EmptyList} /></div>`;
  return html`<${Rows} key=${keyOf(filter)} list=${list} filter=${filter} selected=${selected} />`;
}

const Skeleton = () => html`<div class="skeleton" aria-hidden="true">${[0, 1, 2, 3, 4, 5].map(() => html`<div><i></i><span></span></div>`)}</div><span class="quiet"><${Spinner} label="Loading conversations" /></span>`;

/** @type {Record<string, [string, string, string]>} */
const EMPTY = {
  mine: ['user', 'Nothing is waiting for you', 'Conversations assigned to you appear here. Take one from New with the key a.'],
  unassigned: ['inbox', 'All taken', 'New conversations that nobody has taken yet appear here.'],
  mentioned: ['at', 'Nobody has called you', 'When a colleague writes @ and your name in a note, the conversation appears here.'],
  all: ['chat', 'All quiet', 'Every open conversation appears here, as soon as a visitor writes.'],
  followed: ['eye', 'You follow nothing', 'Follow a conversation from its assign menu (m). You hear what is said there; nobody outside notices.'],
  waiting: ['clock', 'Nothing is waiting', 'Mark a conversation as waiting when you need something from someone else first.'],
  resolved: ['check', 'Nothing is resolved yet', 'Press e in a conversation when it is done. If the visitor writes again, it opens by itself.'],
  spam: ['flag', 'Nothing is suspect', 'First messages that look like spam wait here, with the reasons, until somebody lets them in or says that they are spam. Their senders do not notice.'],
  snoozed: ['moon', 'Nothing is snoozed', 'Press s to put a conversation away until later. It comes back on time, or when the visitor writes.'],
};

/** @type {[string, string, string]} */
const REPORTS_EMPTY = ['flag', 'No feedback yet', 'Bug reports, feature requests, reviews and questions from the tiles of your widget appear here.'];

function EmptyList() {
  const filter = useDesk((state) => state.filter);
  const inboxes = useDesk((state) => state.inboxes);
  const mayCreate = useDesk((state) => isAdmin(state.agent));
  const anything = useDesk((state) => Object.keys(state.conversations).length > 0);
  if (!anything && filter.status === 'open' && filter.box === 'all' && !filter.inbox && !filter.kind && !filter.tag) {
    const inbox = inboxes?.[0];
    return html`<${Empty} icon="chat" title="Put the chat on your site" action=${(inbox || mayCreate) && html`
        <button type="button" class="button is-primary" onClick=${() => go({ name: 'settings', page: 'inboxes', id: inbox?.uuid || 'new', tab: inbox ? 'installation' : '' })}><${Icon} name=${inbox ? 'copy' : 'plus'} size=${18} />${inbox ? 'Get the snippet' : 'Create an inbox'}</button>`}>
      Paste one line into your pages. The first visitor who writes appears here, with a soft bell.<//>`;
  }
  if (filter.tag) return html`<${Empty} icon="tag" title="Nothing here has this tag" action=${html`<button type="button" class="button" onClick=${() => setFilter({ tag: '' })}>Show every tag</button>`}>Press t in a conversation to put it on.<//>`;
  if (filter.view) return html`<${Empty} icon="filter" title="Nothing fits this view">What fits it appears here by itself.<//>`;
  if (filter.sort === 'due') return html`<${Empty} icon="clock" title="Nothing is due">Conversations under a promise appear here, the most urgent first.<//>`;
  const [icon, title, text] = filter.kind && filter.kind !== 'chat' && filter.status === 'open' ? REPORTS_EMPTY : EMPTY[filter.status === 'open' || filter.box === 'mentioned' ? filter.box : filter.status];
  return html`<${Empty} icon=${icon} title=${title}>${text}<//>`;
}
