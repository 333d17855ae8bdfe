// Every language has the same sentences with the same placeholders, and the ones another widget for the protocol asks for are all there.

import { readFileSync, readdirSync } from 'node:fs';

const folder = new URL('../../assets/locales/', import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
const wrong = [];

/** What Libredesk's own widget looks up (protocol 2.3). */
const NEEDED = {
  'conversation': 'hideQuotedText showQuotedText',
  'globals.messages': 'addEmoji additionalFeedback attachFile backOnDayAt backTodayAt backTomorrowAt closeChat connected connecting connectionFailedRefresh continueConversation currentlyOffline goBack maxLength noInternetConnection noMessagesYet pleaseRateConversation required send sendUsMessage sending startNewConversation submitFeedback submitting thankYouFeedback uploading wellBeBack',
  'globals.terms': 'active away collapse excellent expand fair good great home loading message online phoneNumber poor select someone tellUsMore typeMessage you',
  'validation': 'invalid invalidEmail invalidPhone invalidUrl',
  'widget': 'conversationClosed prechatForm.startChat',
};
const needed = Object.entries(NEEDED).flatMap(([group, names]) => names.split(' ').map((name) => `${group}.${name}`));
const PLACEHOLDERS = { 'globals.messages.backTodayAt': ['{time}'], 'globals.messages.backTomorrowAt': ['{time}'], 'globals.messages.backOnDayAt': ['{day}', '{time}'], 'globals.messages.wellBeBack': ['{when}'], 'globals.messages.maxLength': ['{max}'] };
const PLURAL = ['message', 'away', 'online', 'phoneNumber'].map((name) => `globals.terms.${name}`);

const plain = (key) => key.split('#')[0];
const placeholders = (sentence) => [...sentence.matchAll(/:[a-z_]+|\{[a-z_]+\}/g)].map(([word]) => word).sort();

const files = readdirSync(folder).filter((name) => name.endsWith('.json') && name !== 'index.json');
const english = read('en.json');
const index = read('index.json');
if (needed.length !== 54) wrong.push(`the protocol names 54 sentences, this list ${needed.length}`);
if (index.length !== files.length) wrong.push(`index.json names ${index.length} languages, the folder has ${files.length}`);
for (const { code, name } of index) if (!files.includes(`${code.split('-')[0]}.json`) || !name) wrong.push(`index.json: ${code} has no file or no name`);

for (const file of files) {
  const raw = readFileSync(new URL(file, folder), 'utf8');
  const sentences = JSON.parse(raw);
  const keys = [...raw.matchAll(/^\s*"([^"]+)":/gm)].map(([, key]) => key);
  for (const key of keys) if (keys.indexOf(key) !== keys.lastIndexOf(key)) wrong.push(`${file}: ${key} is there twice`);
  for (const key of needed) if (!sentences[key]) wrong.push(`${file}: ${key} is missing`);
  for (const key of Object.keys(english)) if (!(key in sentences)) wrong.push(`${file}: ${key} is missing`);
  // Beside the English keys, a language has the plural forms it needs.
  const forms = new Intl.PluralRules(file.replace('.json', '')).resolvedOptions().pluralCategories;
  for (const key of Object.keys(sentences)) {
    const [base, form] = key.split('#');
    if (!(key in english) && !(base in english && english[base].includes(':count') && forms.includes(form))) wrong.push(`${file}: ${key} is nowhere else`);
  }
  for (const [key, sentence] of Object.entries(sentences)) {
    if (typeof sentence !== 'string' || !sentence.trim()) wrong.push(`${file}: ${key} is empty`);
    if (/<[a-z/]/i.test(sentence)) wrong.push(`${file}: ${key} has markup`);
    const expected = placeholders(english[plain(key)] ?? '');
    // A special form ("one message") may leave its number out, never bring in another placeholder.
    const found = placeholders(sentence);
    const fits = key.includes('#') ? found.every((one) => expected.includes(one)) : JSON.stringify(found) === JSON.stringify(expected);
    if (!fits) wrong.push(`${file}: ${key} has ${found.join(' ') || 'no placeholders'}, English has ${expected.join(' ') || 'none'}`);
  }
  for (const [key, words] of Object.entries(PLACEHOLDERS)) if (JSON.stringify(placeholders(sentences[key] || '')) !== JSON.stringify([...words].sort())) wrong.push(`${file}: ${key} needs ${words.join(' ')}`);
  for (const key of PLURAL) if ((sentences[key] || '').split('|').length !== 2) wrong.push(`${file}: ${key} needs "one | many"`);
}

for (const line of wrong) console.log(line);
console.log(`${files.length} languages, ${Object.keys(english).length} sentences`);
process.exit(wrong.length ? 1 : 0);
