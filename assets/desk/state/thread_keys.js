// The keys that need an open conversation. They are bound only there; `?` shows them everywhere.

const group = 'In a conversation';

export const THREAD_KEYS = {
  reply: { keys: 'r', group, label: 'Reply' },
  note: { keys: 'n', group, label: 'Write a note' },
  snooze: { keys: 's', group, label: 'Snooze' },
  assign: { keys: 'm', group, label: 'Assign to somebody' },
  tags: { keys: 't', group, label: 'Tags' },
  priority: { keys: 'p', group, label: 'Priority' },
  person: { keys: 'i', group, label: 'Show or hide the person' },
};
