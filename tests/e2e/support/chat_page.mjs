// The chat element as a customer uses it: page object for any page that carries <usher-chat>. Everything waits by itself, up to
// `limit` ms, and fails with what is on the screen.
import { eventually } from './usher.mjs';

const kLimit = 30_000;  // ms

export async function openChat(page, { url, limit = kLimit } = {}) {
  if (url) await page.goto(url);
  const chat = new ChatPage(page, limit);
  const panel = page.locator('usher-chat .panel');
  // Drawn, one way or the other: an element whose script is still loading is neither open nor closed.
  await page.locator('usher-chat').locator('.panel:visible, .launcher:visible').first().waitFor({ timeout: limit });
  if (!(await panel.isVisible())) await page.locator('usher-chat .launcher').click({ timeout: limit });
  await panel.waitFor({ timeout: limit });
  return chat;
}

export class ChatPage {
  constructor(page, limit = kLimit) {
    this.page = page;
    this.limit = limit;
    this.panel = page.locator('usher-chat .panel');
    this.input = this.panel.locator('textarea');
  }

  // Writes and sends; returns when the server has stored it ("received"), unless received is false.
  async say(text, { received = true } = {}) {
    const before = await this.own(text).count();
    await this.input.fill(text);
    await this.input.press('Enter');
    if (received) await this.#received(text, before);
  }

  // Presses the open answer with this label.
  async press(label, { received = true } = {}) {
    const before = await this.own(label).count();
    await this.panel.locator('.choices button:enabled').getByText(label, { exact: true }).click({ timeout: this.limit });
    if (received) await this.#received(label, before);
  }

  // The customer's lines with these words.
  own(text) { return this.panel.locator('.line.customer').filter({ hasText: text }); }
  // The one behind the first `before` of them: the same may have been said earlier.
  async #received(text, before) {
    await this.own(text).nth(before).and(this.page.locator('.received')).waitFor({ timeout: this.limit });
  }

  // A line of the customer in this state: sending, waiting, received, failed.
  async waitForOwn(text, state) {
    await this.panel.locator(`.line.customer.${state}`).filter({ hasText: text }).last().waitFor({ timeout: this.limit });
  }

  // Waits until a line of the bot (or staff) contains the words, the newest lines included; returns the whole text of the last such line.
  async waitForBot(substring) {
    const line = this.panel.locator('.line.bot .text, .line.staff .text').filter({ hasText: substring }).last();
    try {
      await line.waitFor({ timeout: this.limit });
    } catch (error) {
      throw new Error(`the bot did not say "${substring}" within ${this.limit} ms. The conversation was:\n${await this.transcript()}`, { cause: error });
    }
    return line.innerText();
  }

  // Waits until the last line of the customer is answered and all that is stored is on the screen: the lines of a turn come one by one, but
  // they are stored together.
  async waitForTurn() {
    await eventually(async () => {
      const shown = await this.panel.locator('.line').evaluateAll((all) => all.map((line) => [Number(line.dataset.seq), line.classList.contains('customer')]));
      const [seq, is_own] = shown.at(-1) ?? [0, true];
      if (is_own) throw new Error('not answered yet');
      const last = await this.#stored_after(seq);
      if (last > seq) throw new Error(`line ${last} is stored, the last shown is ${seq}`);
      return true;
    }, 'the whole turn on the screen', this.limit);
  }
  async #stored_after(seq) {
    const [server, session] = await this.page.evaluate(() => {
      const key = Object.keys(localStorage).find((one) => /^usher-chat\|.*\|session$/.test(one));
      return [key.split('|')[1], localStorage.getItem(key)];
    });
    const answer = await fetch(`${server}/chat/messages?after=${seq}&wait=0`, { headers: { authorization: `Bearer ${session}` } });
    return (await answer.json()).messages.at(-1)?.seq ?? seq;
  }

  async lastBotText() {
    return this.panel.locator('.line.bot .text, .line.staff .text').last().innerText({ timeout: this.limit });
  }

  // The labels that can be pressed now.
  async choices() {
    return this.panel.locator('.choices button:enabled').allInnerTexts();
  }

  // The number in the badge ("4711", "P-…"), or '' while there is none.
  async reference() {
    const badge = this.panel.locator('header .ref');
    if (!(await badge.count())) return '';
    return (await badge.innerText()).trim().split(/\s+/).at(-1);
  }
  async waitForReference(pattern = /./) {
    const badge = this.panel.locator('header .ref').filter({ hasText: pattern });
    await badge.waitFor({ timeout: this.limit });
    return this.reference();
  }

  // Every line on the screen as {from, text, state}.
  async lines() {
    return this.panel.locator('.line').evaluateAll((all) => all.map((line) => ({
      from: ['customer', 'bot', 'staff'].find((who) => line.classList.contains(who)),
      text: line.querySelector('.text').innerText,
      state: ['sending', 'waiting', 'received', 'failed'].find((state) => line.classList.contains(state)) ?? '',
    })));
  }
  async transcript() {
    return (await this.lines()).map((line) => `${line.from}${line.state && ` (${line.state})`}: ${line.text}`).join('\n');
  }

  // Reloads the page; returns when the conversation is back, the lines that the server knows and the page had shown.
  async reload() {
    const before = (await this.lines()).filter((line) => !line.state || line.state === 'received').length;
    await this.page.reload();
    await openChat(this.page, { limit: this.limit });
    await this.waitForOnline();
    await this.panel.locator('.line').nth(before - 1).waitFor({ state: 'attached', timeout: this.limit });
  }
  async waitForOnline() {
    await this.panel.locator('.status.online').waitFor({ state: 'attached', timeout: this.limit });
  }
}
