// The pages by themselves, in a real browser against the pretend gateway of web/dev: what a customer and a member of staff can do, what
// survives a bad line, and whether everybody can use it. Needs web/dist (built by cmake or `npm run build` in web/).
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { start } from '../../web/dev/server.mjs';
import { violations } from './support/axe.mjs';
import { becomes, counts, focus_is, focus_of, launch } from './support/browser.mjs';
import { openChat } from './support/chat_page.mjs';
import { ConsolePage } from './support/console_page.mjs';

const kUuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

let browser;
let gateway;
let contexts;
let complaints;  // what the browser's console said: scripts that threw, policies that were broken

before(async () => { browser = await launch(); });
after(async () => { await browser?.close(); });
beforeEach(async () => {
  gateway = await start();
  contexts = [];
  complaints = [];
});
afterEach(async () => {
  for (const context of contexts) await context.close();
  gateway.stop();
  assert.deepEqual(complaints.filter((text) => /Content.Security.Policy|Error:/i.test(text)), [], 'nothing threw, no policy was broken');
});

async function fresh(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 820 }, ...options });
  contexts.push(context);
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(`Error: ${error.message}`));
  page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
  return page;
}
async function set(knobs) {
  await fetch(`${gateway.url}/dev/set`, { method: 'POST', body: JSON.stringify(knobs) });
}
const texts = (lines) => lines.map((line) => line.text);
const stored = () => gateway.chat.customer_texts().flat();

async function walk_to_contact(chat) {
  await chat.say("my laptop won't turn on");
  await chat.waitForBot('charging light');
  await chat.press('No');
  await chat.waitForBot('Does it start now');
  await chat.press('No');
  await chat.waitForBot('Did this help');
  await chat.press('No, it did not help');
  await chat.waitForBot('your name');
  await chat.say('Ana Lindgren');
  await chat.waitForBot('email address');
}

describe('the chat', () => {
  it('walks from the first words to the ticket number', async () => {
    const page = await fresh();
    const chat = await openChat(page, { url: `${gateway.url}/` });
    await chat.waitForBot('What is wrong');
    assert.equal(await chat.reference(), '');
    await walk_to_contact(chat);
    assert.equal(await chat.input.getAttribute('inputmode'), 'email');
    await chat.say('ana@example.com');
    await chat.waitForBot('serial number');
    assert.equal(await chat.input.getAttribute('autocapitalize'), 'characters');
    await chat.say('XX1');
    await chat.waitForBot('does not look like');
    await chat.say('NL20260117');
    assert.equal(await chat.waitForReference(/4711/), '4711');
    assert.match(await chat.waitForBot('Your ticket number'), /4711/);
    assert.match(await chat.panel.locator('header .ref').innerText(), /^Ticket 4711$/);
    assert.ok((await chat.lines()).filter((line) => line.from === 'customer').every((line) => line.state === 'received'));
  });

  it('shows an article with links that open apart, and keeps answered questions readable', async () => {
    const page = await fresh();
    const chat = await openChat(page, { url: `${gateway.url}/` });
    await walk_to_contact(chat);
    const link = chat.panel.locator('.article a');
    assert.equal(await link.getAttribute('target'), '_blank');
    assert.match(await link.getAttribute('rel'), /noopener/);
    await counts(chat.panel.locator('.article li'), 3);
    await becomes(() => chat.choices(), []);
    assert.match(await chat.panel.locator('.choices button.chosen').first().innerText(), /No/);
    await counts(chat.panel.locator('.choices button:disabled'), 7);
  });

  it('sends files again when the upload breaks off, once; shows its progress meanwhile', async () => {
    const page = await fresh();
    const chat = await openChat(page, { url: `${gateway.url}/` });
    await chat.waitForBot('What is wrong');
    await set({ lose_upload: 2, hold_uploads: true });
    page.on('filechooser', () => {});  // taken over before the click, not with it
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), chat.panel.locator('button.attach').click()]);
    await chooser.setFiles([{ name: 'system.log', mimeType: 'text/plain', buffer: Buffer.from('kernel: thermal shutdown') }]);
    await counts(chat.panel.locator('.files.waiting li'), 1);  // the page asks what it may take first
    await chat.say('It gets hot', { received: false });
    await chat.panel.locator('.line.customer.sending progress').waitFor();
    await set({ hold_uploads: false });
    await chat.waitForOwn('system.log', 'received');
    await chat.waitForBot('charging light');
    assert.deepEqual(stored(), ['It gets hot']);
    await counts(chat.panel.locator('.line.customer'), 1);
    await chat.say('and words after it go on as before');
    complaints = complaints.filter((text) => !/Failed to load resource/.test(text));
  });

  it('speaks Chinese, with a provisional reference', async () => {
    const page = await fresh();
    const chat = await openChat(page, { url: `${gateway.url}/?lang=zh` });
    await chat.waitForBot('出了什么问题');
    assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
    for (const [say, hear] of [['笔记本开不了机', '充电指示灯'], ['不亮', '现在能开机吗'], ['不能', '解决了吗'], ['没有', '怎么称呼'], ['王小明', '邮箱或电话'], ['13800000000', '序列号'], ['NL20260117', '受理编号']]) {
      await chat.say(say);
      await chat.waitForBot(hear);
    }
    assert.equal(await chat.waitForReference(/P-/), 'P-7K3M-9QXA');
    assert.match(await chat.panel.locator('header .ref').innerText(), /^受理编号/);
  });

  it('is the same after a reload in the middle: nothing lost, nothing twice', async () => {
    const page = await fresh();
    const chat = await openChat(page, { url: `${gateway.url}/` });
    await chat.say("my laptop won't turn on");
    await chat.waitForTurn();
    const seen = texts(await chat.lines());
    await chat.reload();
    await chat.waitForTurn();
    assert.deepEqual(texts(await chat.lines()), seen);
    await becomes(() => chat.choices(), ['Yes', 'No', 'I am not sure']);
    await chat.press('No');
    await chat.waitForBot('Does it start now');
    assert.deepEqual(stored(), ["my laptop won't turn on", 'No']);
  });

  it('shows "received" only after the ack, and one bubble when the ack was lost', async () => {
    const page = await fresh();
    const chat = await openChat(page, { url: `${gateway.url}/` });
    await chat.waitForBot('What is wrong');
    await set({ swallow_ack: 3, hold_answers: true });
    const states = page.evaluate(() => new Promise((resolve) => {
      const log = document.querySelector('usher-chat').shadowRoot.querySelector('.log');
      const seen = [];
      new MutationObserver(() => {
        const all = [...log.querySelectorAll('.line.customer')];
        const now = `${all.length} ${all.at(-1)?.classList[2]}`;
        if (all.length && seen.at(-1) !== now) seen.push(now);
        if (now.endsWith('received')) resolve(seen);
      }).observe(log, { subtree: true, childList: true, attributes: true });
    }));
    await chat.say('it smells of smoke', { received: false });
    const seen = await states;
    assert.ok(seen.every((state) => state.startsWith('1 ')), `never two bubbles: ${seen}`);
    assert.equal(seen.at(-1), '1 received');
    assert.equal(gateway.knobs.swallow_ack, 0);
    assert.deepEqual(stored(), ['it smells of smoke']);
  });

  it('keeps what was written while the server is away, over a reload, in order', async () => {
    const page = await fresh();
    const chat = await openChat(page, { url: `${gateway.url}/` });
    await chat.waitForBot('What is wrong');
    await set({ down: true });
    await chat.say('first', { received: false });
    await chat.waitForOwn('first', 'waiting');
    await chat.say('second', { received: false });
    await page.reload();
    await chat.waitForOwn('second', 'waiting');
    const cmids = await page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('unsent|')).map((key) => key.split('|').at(-1)));
    assert.equal(cmids.length, 2);
    for (const cmid of cmids) assert.match(cmid, kUuidV7);
    await chat.panel.locator('.status').filter({ hasText: /No connection/ }).waitFor();
    assert.deepEqual(stored(), []);
    await set({ down: false });
    await chat.panel.getByRole('button', { name: 'Try now' }).click({ timeout: 2000 }).catch(() => {});  // it may have come back by itself
    await chat.waitForOwn('second', 'received');
    await chat.waitForOwn('first', 'received');
    assert.deepEqual(stored(), ['first', 'second']);
    assert.equal(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('unsent|')).length), 0);
  });

  it('notices that the browser is offline and comes back by itself', async () => {
    const page = await fresh();
    const chat = await openChat(page, { url: `${gateway.url}/` });
    await chat.say('hello');
    await chat.waitForBot('charging light');
    await page.context().setOffline(true);
    await chat.panel.locator('.status.offline, .status.connecting').waitFor();
    await chat.say('Yes', { received: false });
    await chat.waitForOwn('Yes', 'waiting');
    await page.context().setOffline(false);
    await chat.waitForOwn('Yes', 'received');
    await chat.waitForBot('Does it start now');
    assert.deepEqual(stored(), ['hello', 'Yes']);
    await chat.waitForTurn();
    await counts(chat.panel.locator('.line'), 6, 'what was there before is still there, once');
  });

  it('hears after a break what was said meanwhile', async () => {
    const page = await fresh();
    const chat = await openChat(page, { url: `${gateway.url}/` });
    await set({ hold_answers: true });
    await chat.say('hello');
    await page.context().setOffline(true);
    await chat.panel.locator('.status.offline').waitFor();
    await set({ hold_answers: false });
    while (gateway.chat.sessions.values().next().value.seq < 3) await page.waitForTimeout(50);
    assert.equal((await chat.lines()).length, 2);
    await page.context().setOffline(false);
    await chat.waitForTurn();
    assert.deepEqual((await chat.lines()).map((line) => line.from), ['bot', 'customer', 'bot', 'bot']);
  });

  it('goes over plain HTTP when WebSocket is not to be had', async () => {
    await set({ no_socket: true });
    const page = await fresh();
    const chat = await openChat(page, { url: `${gateway.url}/` });
    await walk_to_contact(chat);
    const seen = texts(await chat.lines());
    await chat.reload();
    await chat.waitForTurn();
    assert.deepEqual(texts(await chat.lines()), seen);
    await set({ swallow_ack: 0, busy: 1 });
    await chat.say('ana@example.com');
    await chat.waitForBot('serial number');
    await chat.say('NL20260117');
    assert.equal(await chat.waitForReference(/4711/), '4711');
  });

  it('waits and tries again when the server is busy, and offers it when the server says no', async () => {
    const page = await fresh();
    const chat = await openChat(page, { url: `${gateway.url}/` });
    await chat.waitForBot('What is wrong');
    await set({ busy: 2 });
    await chat.say('busy one');
    await chat.waitForBot('charging light');
    await set({ reject: 1 });
    await chat.say('refused one', { received: false });
    await chat.waitForOwn('refused one', 'failed');
    assert.deepEqual(stored(), ['busy one']);
    await chat.panel.getByRole('button', { name: 'Send again' }).click();
    await chat.waitForOwn('refused one', 'received');
    assert.deepEqual(stored(), ['busy one', 'refused one']);
    await chat.say('x'.repeat(2500), { received: false });
    await chat.panel.getByRole('button', { name: 'Edit' }).click();
    await becomes(async () => (await chat.input.inputValue()).length, 2500);
    await counts(chat.panel.locator('.line.failed'), 0);
  });

  it('follows a server that restarts', async () => {
    const page = await fresh();
    const chat = await openChat(page, { url: `${gateway.url}/` });
    await chat.say('hello');
    await chat.waitForBot('charging light');
    await set({ bye: 3000 });  // long enough to be seen
    await chat.panel.locator('.status.restarting').waitFor({ state: 'attached' });
    await chat.say('No', { received: false });
    await chat.waitForOwn('No', 'received');
    assert.deepEqual(stored(), ['hello', 'No']);
  });

  it('begins anew when the server no longer knows the session', async () => {
    const page = await fresh();
    const chat = await openChat(page, { url: `${gateway.url}/` });
    await chat.say('hello');
    await chat.waitForBot('charging light');
    gateway.chat.sessions.clear();
    await set({ drop: true });
    await page.waitForFunction(() => document.querySelector('usher-chat').shadowRoot.querySelectorAll('.line').length === 1);
    await chat.say('again');
    await chat.waitForBot('charging light');
    assert.deepEqual(stored(), ['again']);
  });

  it('counts what came in while it was closed', async () => {
    const page = await fresh();
    const chat = await openChat(page, { url: `${gateway.url}/` });
    await set({ hold_answers: true });
    await chat.say('hello');
    await page.keyboard.press('Escape');
    await counts(chat.panel, 0);
    await set({ hold_answers: false });
    await page.locator('usher-chat .unread').filter({ hasText: '2' }).waitFor();
    await openChat(page);
    await chat.waitForBot('charging light');
    await counts(page.locator('usher-chat .unread'), 0);
  });
});

describe('everybody', () => {
  it('can do it all with the keyboard', async () => {
    const page = await fresh();
    await page.goto(`${gateway.url}/`);
    await page.locator('usher-chat .launcher').waitFor();
    const kLauncher = /Chat with support$/, kInput = /^TEXTAREA/, kNo = /^BUTTON.* No$/;
    for (let i = 0; i < 40 && !kLauncher.test(await focus_of(page)); ++i) await page.keyboard.press('Tab');
    await focus_is(page, kLauncher);
    await page.keyboard.press('Enter');
    await page.locator('usher-chat .panel').waitFor();  // openChat would open it
    const chat = await openChat(page);
    await focus_is(page, kInput);
    await chat.waitForBot('What is wrong');
    await page.keyboard.type('it is dead');
    await page.keyboard.press('Enter');
    await chat.waitForTurn();
    for (let i = 0; i < 5 && !kNo.test(await focus_of(page)); ++i) await page.keyboard.press('Shift+Tab');
    await focus_is(page, kNo);
    await page.keyboard.press('Space');
    await chat.waitForBot('Does it start now');
    await focus_is(page, kInput);
    await page.keyboard.press('Escape');
    await focus_is(page, kLauncher);
    await counts(chat.panel, 0);
  });

  for (const [name, options] of [['a desktop', {}], ['a dark desktop', { colorScheme: 'dark' }], ['a phone', { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true }]]) {
    it(`finds no barrier in the shop and the chat on ${name}`, async () => {
      const page = await fresh({ ...options, reducedMotion: 'reduce' });
      const chat = await openChat(page, { url: `${gateway.url}/` });
      await chat.say('it is dead');
      await chat.waitForTurn();
      assert.deepEqual(await violations(page), []);
      await chat.press('No');
      await chat.waitForTurn();
      await chat.press('No');
      await chat.waitForBot('Did this help');
      await set({ reject: 1 });
      await chat.say('refused', { received: false });
      await chat.waitForOwn('refused', 'failed');
      assert.deepEqual(await violations(page), []);
      await set({ down: true });
      await chat.panel.locator('.status.offline button').waitFor();
      assert.deepEqual(await violations(page), []);
    });
  }

  it('fits a telephone 320 pixels wide, with targets a thumb can hit', async () => {
    const page = await fresh({ viewport: { width: 320, height: 568 }, isMobile: true, hasTouch: true });
    await page.goto(`${gateway.url}/`);
    await becomes(() => page.evaluate(() => document.documentElement.scrollWidth), 320);
    const chat = await openChat(page);
    await walk_to_contact(chat);
    await becomes(async () => { const { x, y, width, height } = await chat.panel.boundingBox(); return [x, y, width, height]; }, [0, 0, 320, 568]);
    const small = await chat.panel.locator('button').evaluateAll((all) => all.map((button) => button.getBoundingClientRect()).filter((at) => at.height < 44 || at.width < 44).length);
    assert.equal(small, 0);
    assert.equal(await chat.panel.locator('.log').evaluate((log) => log.scrollWidth - log.clientWidth), 0);
    for (let i = 0; i < 12; ++i) {
      await page.keyboard.press('Tab');
      assert.ok(await page.evaluate(() => document.activeElement.localName === 'usher-chat'), 'focus stays in the full-screen panel');
    }
  });

  it('can use the page without JavaScript', async () => {
    const page = await fresh({ javaScriptEnabled: false, viewport: { width: 320, height: 640 } });
    await set({ reply_ms: 0 });
    await page.goto(`${gateway.url}/chat/plain`);
    await page.getByLabel('Your message').fill('my laptop is dead');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('button', { name: 'I am not sure' }).click();
    await page.getByText('Does it start now').waitFor();
    assert.deepEqual(stored(), ['my laptop is dead', 'I am not sure']);
    assert.match(await page.locator('main').innerText(), /You\s+my laptop is dead/);
    await page.getByRole('button', { name: 'No', exact: true }).click();
    await page.locator('.article li').nth(2).waitFor();
    await page.goto(`${gateway.url}/chat/plain`);
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  });

  it('finds no barrier in the page without JavaScript, in Chinese too', async () => {
    const page = await fresh();
    await set({ reply_ms: 0 });
    await page.goto(`${gateway.url}/chat/plain?lang=zh`);
    await page.getByLabel('您的留言').fill('打不开');
    await page.getByRole('button', { name: '发送' }).click();
    await page.getByRole('button', { name: '不确定' }).waitFor();
    assert.deepEqual(await violations(page), []);
  });
});

describe('the console', () => {
  async function signed_in(options) {
    const page = await fresh(options);
    const staff = new ConsolePage(page);
    await staff.open(`${gateway.url}/console?lang=en`);
    await staff.signIn('ada', 'demo');
    return { page, staff };
  }

  it('lets in who knows the password, and says why not', async () => {
    const page = await fresh();
    const staff = new ConsolePage(page);
    await staff.open(`${gateway.url}/console?lang=en`);
    assert.deepEqual(await violations(page), []);
    assert.match(await staff.signIn('ada', 'wrong', { fails: /./ }), /wrong/);
    await staff.signIn('busy', 'x', { fails: /30 s/ });
    await staff.signIn('ada', 'demo');
    await becomes(async () => (await staff.overview()).slice(0, 3), ['3', '7', '3']);
    await page.reload();
    await page.locator('.overview dl').waitFor();
    await staff.signOut();
    await page.reload();
    await page.locator('.sign_in').waitFor();
  });

  it('shows tickets, a conversation with its reasons, and dead letters', async () => {
    const { page, staff } = await signed_in();
    await staff.tab('tickets');
    await becomes(async () => (await staff.rows()).length, 4);
    assert.match(await staff.waitForRow('4711'), /^4711 \| Laptop/);
    assert.match(await staff.waitForRow('P-7K3M-9QXA'), /provisional.*打印机.*P3/s);
    assert.deepEqual(await violations(page), []);
    await staff.openConversation('Ana');
    assert.equal((await staff.slots())['Serial number'], 'NL20260117');
    assert.equal((await staff.tried()).length, 2);
    const transcript = await staff.transcript();
    assert.equal(transcript.length, 6);
    assert.match(transcript[0].why, /matched the phrase list/);
    assert.deepEqual(await violations(page), []);
    await staff.tab('dead');
    assert.match(await staff.waitForRow('ticket.create'), /HTTP 400/);
    assert.deepEqual(await violations(page), []);
  });

  it('shows how mailboxes do, in words', async () => {
    const { page } = await signed_in();
    const boxes = await page.locator('.mailboxes li').allInnerTexts();
    assert.match(boxes[0], /^support\s+working\s.*Nothing waits.*taken 31/s);
    assert.match(boxes[1], /working, but look at it.*Warning: message 17.*Behind by 2 min.*waiting 2.*tried again 1.*do not agree/s);
    assert.match(boxes[2], /not working.*Error: the server refuses the sign-in.*No mail yet.*Behind by 2 h/s);
    assert.deepEqual(await violations(page), []);
    await set({ empty: true });
    await page.reload();
    await page.getByText('No mailbox is configured').waitFor();
    await set({ empty: false });
  });

  it('shows what was kept back from a customer, and an address that fails, in both languages', async () => {
    const { page, staff } = await signed_in();
    await staff.openConversation('joao');
    assert.match(await page.locator('.address_fails').innerText(), /does not arrive.*joao\.pereira@example\.com.*The other server says: .*5\.1\.1 smtp; 550 no such user/s);
    assert.deepEqual(await page.locator('.not_sent').allInnerTexts(), [
      'Not sent to the customer: the limit of automatic mail per day to this address is reached · 30 automatic mails to this address in 24 hours',
      'Not sent to the customer: a note for staff']);
    assert.deepEqual(await violations(page), []);
    await page.getByRole('button', { name: '中文' }).click();
    await page.getByText('未发给客户：').first().waitFor();
    await page.getByText('发给该客户的邮件无法送达').waitFor();
    assert.match(await page.locator('.mailboxes').innerText(), /无法使用/);
    assert.deepEqual(await violations(page), []);
  });

  it('re-drives one dead letter, then all, after asking', async () => {
    const { page, staff } = await signed_in();
    await staff.tab('dead');
    await page.locator('tbody button').first().click();
    assert.deepEqual(await violations(page), []);
    await page.keyboard.press('Escape');
    await counts(page.locator('dialog[open]'), 0);
    assert.equal((await staff.rows()).length, 3, 'nothing happens without a yes');
    await staff.redrive('ticket.create', /1/);
    await counts(page.locator('tbody tr'), 2);
    await staff.redrive(null, /2/);
    await page.getByText('No dead letters.').waitFor();
    await becomes(async () => (await staff.overview())[2], '0');
  });

  it('shows pages of a long list, and what is empty, slow or broken', async () => {
    const { page, staff } = await signed_in();
    gateway.knobs.page_size = 3;
    await staff.tab('dead');
    await staff.tab('tickets');
    await becomes(async () => (await staff.rows()).length, 3);
    await page.getByRole('button', { name: 'Show more' }).click();
    await page.locator('tbody tr').nth(3).waitFor();
    gateway.knobs.empty = true;
    await staff.tab('conversations');
    await page.getByText('No conversations yet.').waitFor();
    await set({ empty: false });
    await staff.tab('dead');
    await set({ hold_console: true });
    await page.goto(`${gateway.url}/console#/tickets`);
    await page.getByText('Loading …').first().waitFor();
    await set({ hold_console: false });
    await page.locator('nav').waitFor();
    await staff.settled();
    await set({ broken: true });
    await page.goto(`${gateway.url}/console#/conversations`);
    const failure = page.getByRole('alert').filter({ hasText: 'The database does not answer' });
    await failure.last().waitFor();
    assert.deepEqual(await violations(page), []);
    await set({ broken: false });
    await page.locator('.list .failure button').click();
    await page.locator('.rows').waitFor();
  });

  it('goes to the sign-in page when the session is over', async () => {
    const { page, staff } = await signed_in();
    await staff.tab('tickets');
    await page.context().clearCookies();
    await page.locator('.head button').click();
    await page.locator('.sign_in').waitFor();
  });

  it('speaks Chinese, is dark at night, fits a phone, and needs no mouse', async () => {
    const { page, staff } = await signed_in({ colorScheme: 'dark', viewport: { width: 360, height: 740 } });
    await page.getByRole('button', { name: '中文' }).click();
    await page.locator('html[lang=zh-CN]').waitFor();
    await staff.tab('dead');
    assert.equal(await page.locator('h1').innerText(), '死信');
    await focus_is(page, /^H1 /);
    assert.deepEqual(await violations(page), []);
    await staff.openConversation('王小明');
    assert.deepEqual(await violations(page), []);
    await becomes(() => page.evaluate(() => document.documentElement.scrollWidth), 360);
    await page.goto(`${gateway.url}/console?again#/tickets`);
    await page.locator('nav').waitFor();
    await staff.settled();
    await page.keyboard.press('Tab');
    await focus_is(page, /^A .*\.skip/);
    await page.keyboard.press('Enter');
    await focus_is(page, /^MAIN /);
  });
});
