// What an agent does and sees in the desk.

import { one, gone } from './wait.mjs';

export class Agent {
  constructor(stage, context, page, base) { Object.assign(this, { stage, context, page, base }); }

  get list() { return this.page.getByRole('region', { name: 'Conversations' }); }
  get log() { return this.page.getByRole('log', { name: 'Messages' }); }
  get box() { return this.page.getByRole('textbox', { name: /^(Reply to|Note for your team)/ }); }
  get panel() { return this.page.getByRole('region', { name: 'About this person' }); }
  get dialog() { return this.page.getByRole('dialog').or(this.page.locator('dialog[open]')).first(); }

  async opens(path = '/desk') { await this.page.goto(path.startsWith('http') ? path : this.base + path); return this; }

  /** Another place of the desk without loading it anew, as the browser's own "forward" leads there. */
  goes(path) { return this.page.evaluate((where) => { history.pushState(null, '', where); dispatchEvent(new PopStateEvent('popstate')); }, path); }

  /** The desk with its list. */
  async comesIn() { await this.opens(); await one(this.list); return this; }

  tab(name) { return this.list.getByRole('button', { name: new RegExp(`^${name} \\d+$`) }); }
  row(text) { return this.list.getByRole('listitem').filter({ hasText: text }).getByRole('button'); }
  async looksAt(tab) { await this.tab(tab).click(); await one(this.page.locator('[aria-pressed="true"]').filter({ hasText: tab })); }

  /** Opens the conversation whose row says so (who, or what was said last). */
  async takes(text) {
    await this.looksAt('All');
    await one(this.row(text).first());
    await this.row(text).first().click();
    await one(this.box);
  }

  message(text) { return this.log.getByRole('article').filter({ hasText: text }); }
  async sees(text) { await one(this.message(text)); }
  async seesNot(text) { await gone(this.log.getByText(text)); }
  count(text) { return this.message(text).count(); }

  /** `text` is Markdown; what is seen of it has no stars. */
  async replies(text) {
    await this.page.getByRole('button', { name: 'Reply', exact: true }).click();
    await this.box.fill(text);
    await this.page.getByRole('button', { name: 'Send', exact: true }).click();
    await this.hasSent(text.replaceAll(/[*`]/g, '').split('\n')[0]);
  }

  async notes(text) {
    await this.page.getByRole('button', { name: 'Note', exact: true }).click();
    await this.box.fill(text);
    await this.page.getByRole('button', { name: 'Add note', exact: true }).click();
    await this.hasSent(text);
  }

  async hasSent(text) { await one(this.message(text).filter({ hasNotText: /Sending…|Waiting for the connection/ })); }

  async signsIn(email, password) {
    await this.page.getByLabel('E-mail').fill(email);
    await this.page.getByLabel('Password').fill(password);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
  }

  /** A call of the desk's own API with this agent's session, for what is not the point of a story. */
  async api(method, path, body) {
    const answer = await this.page.evaluate(async ([how, where, what]) => {
      // The token is asked for once in a page.
      const csrf = (window.csrfOfStories ??= (await (await fetch('/api/desk/session')).json()).csrf);
      const got = await fetch(`/api/desk${where}`, { method: how, headers: { 'content-type': 'application/json', 'x-deskbell-csrf': csrf }, body: what && JSON.stringify(what) });
      return { status: got.status, text: await got.text() };
    }, [method, path, body]);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.text ? JSON.parse(answer.text) : null;
  }

  /** Changes settings of the demo's inbox, as the settings pages do. */
  configures(config) { return this.api('PUT', `/inboxes/${this.stage.inbox}`, { config }); }

  /** Another page of the inbox that is open in the settings. */
  async settingsPage(name) {
    await this.page.getByRole('navigation', { name: 'Settings' }).getByRole('button', { name, exact: true }).click();
    await one(this.page.getByRole('heading', { level: 1, name }));
  }

  /** Saves what was changed; done when nothing is left to save. */
  async saves() {
    const save = this.page.getByRole('button', { name: 'Save', exact: true });
    await save.click();
    await gone(this.page.locator('.save-bar'));
  }

  /** The widget in the settings' preview. */
  get preview() { return this.page.frameLocator('iframe[title="Preview of the chat"]'); }

  /** A settings page by its address. */
  async settings(path) { await this.opens(`/desk/settings/${path}`); await this.page.getByRole('main').getByRole('heading', { level: 1 }).last().waitFor(); }
}
