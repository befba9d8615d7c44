// The console as staff use it: page object. `tab` names are tickets, conversations, dead, whatever the language.
const kLimit = 30_000;  // ms

export class ConsolePage {
  constructor(page, limit = kLimit) {
    this.page = page;
    this.limit = limit;
    this.main = page.locator('main');
  }

  async open(url) {
    await this.page.goto(url);
    await this.page.locator('.sign_in, .overview').first().waitFor({ timeout: this.limit });
  }

  // Signs in; with {fails: PATTERN} waits until the page says such words instead, and returns them.
  async signIn(name, password, { fails } = {}) {
    await this.page.locator('#name').fill(name);
    await this.page.locator('#password').fill(password);
    await this.page.locator('#password').press('Enter');
    if (fails) {
      const error = this.page.locator('#sign_in_error').filter({ hasText: fails });
      await error.waitFor({ timeout: this.limit });
      return error.innerText();
    }
    await this.page.locator('.overview dl, .overview .failure').waitFor({ timeout: this.limit });
    return '';
  }
  async signOut() {
    await this.page.locator('header .who button:not(.lang)').click();
    await this.page.locator('.sign_in').waitFor({ timeout: this.limit });
  }

  // Goes to a section and waits until it shows rows, its empty state or an error: its own, not those of the section before.
  async tab(name) {
    await this.page.locator(`nav a[href="#/${name}"]`).click();
    await this.page.locator(`nav a[href="#/${name}"][aria-current=page]`).first().waitFor({ timeout: this.limit });
    await this.settled();
  }
  async settled() {
    await this.page.waitForFunction(() => !document.querySelector('main .list .loading, main section > .loading'), null, { timeout: this.limit });
    await this.main.locator('table, .rows, .list .nothing, section > .nothing, section > .failure, .list .failure').first().waitFor({ timeout: this.limit });
  }
  async refresh() {
    await this.main.locator('.head button').first().click();
    await this.settled();
  }

  // Every row of the table or list in view as its text, columns separated by " | ".
  async rows() {
    if (await this.main.locator('table').count()) {
      return this.main.locator('tbody tr').evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.innerText.trim()).join(' | ')));
    }
    return this.main.locator('.rows a').evaluateAll((all) => all.map((row) => row.innerText.replace(/\s*\n\s*/g, ' | ').trim()));
  }
  // Waits until a row contains the words; refreshes by itself. Returns that row.
  async waitForRow(substring) {
    const until = Date.now() + this.limit;
    for (;;) {
      const row = (await this.rows()).find((text) => text.includes(substring));
      if (row) return row;
      if (Date.now() > until) throw new Error(`no row with "${substring}" within ${this.limit} ms; there are:\n${(await this.rows()).join('\n')}`);
      await this.page.waitForTimeout(250);
      await this.refresh();
    }
  }

  // Opens the conversation whose row contains the words.
  async openConversation(substring) {
    await this.tab('conversations');
    await this.main.locator('.rows a').filter({ hasText: substring }).first().click({ timeout: this.limit });
    await this.main.locator('.transcript').waitFor({ timeout: this.limit });
  }
  async transcript() {
    return this.main.locator('.transcript > li').evaluateAll((all) => all.map((line) => ({
      from: line.className, text: line.querySelector('.said').innerText, why: line.querySelector('.why ul')?.textContent ?? '',
    })));
  }
  // {label: value}
  async slots() {
    return Object.fromEntries(await this.main.locator('.side dl > div').evaluateAll((all) => all.map((slot) =>
      [slot.querySelector('dt').innerText, slot.querySelector('dd').innerText])));
  }
  async tried() { return this.main.locator('.tried li').allInnerTexts(); }

  // The figures of the strip, in the order shown: open, tickets today, dead letters, oldest waiting, ticket system.
  async overview() {
    return this.page.locator('.overview dl > div').evaluateAll((all) => all.map((figure) => figure.querySelector('dd').innerText));
  }

  // Re-drives the dead letter whose row contains the words, or all of them without words (null), until the page says what it should.
  async redrive(substring, says) {
    if (substring === null) await this.main.locator('.head .primary').click({ timeout: this.limit });
    else await this.main.locator('tbody tr').filter({ hasText: substring }).first().locator('button').click({ timeout: this.limit });
    await this.page.locator('dialog[open] .primary').click({ timeout: this.limit });
    await this.main.locator('.outcome').filter({ hasText: says }).waitFor({ timeout: this.limit });
    await this.settled();
  }
}
