// The server's messages and conversations as the app shows them. Nobody else reads the wire's field names.

/** @param {any} message a ChatMessage */
export function entryOf(message) {
  const author = message.author || {};
  const mine = author.type === 'visitor' || author.type === 'contact';
  const name = [author.first_name, author.last_name].filter(Boolean).join(' ');
  return {
    uuid: String(message.uuid), seq: Number(message.seq) || 0, at: Date.parse(message.created_at) || Date.now(), echo_id: message.echo_id || null,
    mine, from: mine ? 'me' : `agent:${author.id ?? name}`, name, avatar: author.avatar_url || null, tint: typeof author.tint === 'number' ? author.tint : null, kind: message.kind || 'message',
    // Beside cards only what was typed: the rest of `content` says the cards again, for those who cannot draw them.
    html: message.meta?.rich ? String(message.html || '') : message.html ? String(message.html) : message.content_type === 'text' ? '' : String(message.content || ''),
    text: String(message.text_content || message.content || ''),
    attachments: Array.isArray(message.attachments) ? message.attachments : [],
    meta: message.meta || {},
  };
}

/** What a conversation looks like in a list. @param {any} wire a ChatConversation @param {any} [old] */
export function conversationOf(wire, old) {
  const conversation = { ...old, ...wire };
  if (old?.assignee && wire.assignee) conversation.assignee = { ...old.assignee, ...wire.assignee };
  const last = conversation.last_message || {};
  conversation.at = Date.parse(last.created_at) || Date.parse(conversation.created_at) || 0;
  conversation.unread = Number(conversation.unread_message_count) || 0;
  return conversation;
}

/** The conversation after this entry was said in it. @param {any} conversation @param {any} entry */
export function spokenIn(conversation, entry) {
  if (entry.kind === 'activity' || entry.at < conversation.at) return conversation;
  const author = { type: entry.mine ? 'contact' : 'agent', first_name: entry.name, last_name: '', avatar_url: entry.avatar, tint: entry.tint };
  return conversationOf({ last_message: { content: entry.text || entry.attachments[0]?.name || '', created_at: new Date(entry.at).toISOString(), author } }, conversation);
}

/** The claim that names the person in a token. Read only to notice a change of person; the server alone verifies. @param {string} jwt */
export function personIn(jwt) {
  try {
    const claims = JSON.parse(atob(jwt.split('.')[1].replace(/-/g, '+').replace(/_/g, '/')));
    return String(claims.external_user_id || claims.sub || claims.email || '');
  } catch {
    return '';
  }
}
