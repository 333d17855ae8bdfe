// What a visitor does and sees, in the visitor's words. Everything is found as a person finds it: by role, label and text.

import { gone, one, until } from './wait.mjs';

export class Visitor {
  constructor(stage, context, page, base) { Object.assign(this, { stage, context, page, base }); }

  /** The launcher, which is the only button of ours on the page itself. */
  get launcher() { return this.page.locator('deskbell-chat').getByRole('button'); }
  get frame() { return this.page.frameLocator('deskbell-chat iframe'); }
  get log() { return this.frame.getByRole('log'); }
  get box() { return this.frame.getByRole('textbox', { name: 'Write a message…' }); }
  /** The app's frame as a frame, for scripts. */
  async inside() { return (await this.page.locator('deskbell-chat iframe').elementHandle()).contentFrame(); }

  async opens(path = '/demo') {
    await this.page.goto(path.startsWith('http') ? path : this.base + path);
    await one(this.launcher);
    return this;
  }

  /** Rings: opens the panel and waits for the app. */
  async rings() {
    await this.launcher.click();
    await this.isIn();
    return this;
  }

  async isIn() { await one(this.frame.getByRole('button', { name: 'More options' })); }

  /** To where one writes, from wherever the app stands. */
  async comesToWrite() {
    if (!await this.page.evaluate(() => window.Deskbell.isVisible())) await this.rings();
    const { frame } = this;
    const talk = frame.getByRole('region', { name: 'Your conversation' }).getByRole('button').first();
    const start = frame.getByRole('button', { name: /^(Start conversation|New conversation|Send us a message)/ });
    await this.box.or(start).or(talk).first().waitFor();
    if (!await this.box.isVisible()) await (await talk.isVisible() ? talk : start).click();
    await one(this.box);
  }

  /** What stands in the box and is not sent. */
  written() { return this.box.innerText(); }

  async types(text) { await this.comesToWrite(); await this.box.fill(text); }

  /** Writes and sends; done when the server has it. */
  async says(text) {
    await this.types(text);
    await this.box.press('Enter');
    await this.hasSent(text);
  }

  /** Writes without sending; done when the page keeps it. */
  async drafts(text) {
    await this.types(text);
    await until(this.page, (words) => Object.values(localStorage).some((value) => value.includes(words)), text);
  }

  message(text) { return this.log.getByRole('article').filter({ hasText: text }); }
  async hasSent(text) { await one(this.message(text).filter({ hasNotText: /Sending…|Will be sent|Uploading|Try again/ })); }
  async sees(text) { await one(this.message(text)); }
  async seesNot(text) { await gone(this.frame.getByText(text)); }
  count(text) { return this.message(text).count(); }

  /** One of the entries behind the three dots. */
  async chooses(entry) {
    await this.frame.getByRole('button', { name: 'More options' }).click();
    await this.frame.getByRole('menuitem', { name: entry }).click();
  }

  /** What the page may call. */
  call(method, ...values) { return this.page.evaluate(([name, args]) => window.Deskbell[name](...args), [method, values]); }

  /** Everything the browser keeps for the page. */
  kept() { return this.page.evaluate(() => ({ local: { ...localStorage }, session: { ...sessionStorage }, cookie: document.cookie })); }
}
