// A1: a customer in a real browser, from the first words to the ticket number on a real Request Tracker; in English and in Chinese;
// with a reload in the middle; on the plain page without JavaScript; and what staff see of it in the console.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { violations } from './support/axe.mjs';
import { becomes, launch } from './support/browser.mjs';
import { openChat } from './support/chat_page.mjs';
import { ConsolePage } from './support/console_page.mjs';
import { eventually, requestTracker, usher } from './support/usher.mjs';

// Where pictures go when a person wants to look at them: USHER_PICTURES=DIR.
const picture = async (page, name) => {
  if (process.env.USHER_PICTURES) await page.screenshot({ path: join(process.env.USHER_PICTURES, `${name}.png`) });
};

test('browser', async (t) => {
  const rt = await requestTracker(t);
  // The walk waits for the number itself: RT may be slow on a busy machine.
  const gateway = await usher(t, { ...rt.settings(), answers: { number_wait_ms: 60_000 } });
  const password = 'a long console password';
  assert.equal((await gateway.command(['user', 'add', 'ina'], { input: `${password}\n` })).code, 0);
  const browser = await launch();
  t.after(() => browser.close());
  const fresh = async (options) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 820 }, ...options });
    t.after(() => context.close());
    return context.newPage();
  };
  let number;

  await t.test('English: checklist, article, "did not help", the details, the number; reloaded in the middle', async () => {
    const page = await fresh();
    const complaints = [];
    page.on('pageerror', (e) => complaints.push(e.message));
    const chat = await openChat(page, { url: `${gateway.http}/demo` });
    await chat.waitForBot('support assistant');
    await chat.say("my laptop won't turn on");
    await chat.waitForBot('smoke');
    await chat.waitForTurn();
    assert.deepEqual(await chat.choices(), ['Yes: smoke or smell', 'Swollen battery', 'Liquid got in', 'No, none of these']);
    await chat.press('No, none of these');
    await chat.waitForBot('connected to power');
    await chat.press('Yes, plugged in');
    await chat.waitForBot('any sign of life');

    await chat.waitForTurn();
    const before = await chat.lines();
    await chat.reload();
    await chat.waitForTurn();
    assert.deepEqual((await chat.lines()).map((l) => l.text), before.map((l) => l.text), 'nothing lost, nothing twice');
    await chat.press('No, nothing at all');
    await chat.waitForBot('wall outlet');
    await chat.press('Yes, it has power');
    await chat.waitForBot('undamaged');
    await chat.press('Yes, looks fine');
    await chat.waitForBot('drain residual power');
    await picture(page, 'conversation');
    await chat.waitForBot('Did that solve it');
    await chat.press('No, still not');
    await chat.waitForBot('your name');
    await chat.say('Ana Keller');
    await chat.waitForBot('reach you');
    await chat.say('ana@customer.test');
    await chat.waitForBot('Which model');
    await chat.say('ThinkPad X13');
    await chat.waitForBot('serial number');
    await chat.say('12');
    assert.match(await chat.waitForBot('has 2 characters'), /a serial number has 7 to 20 letters and digits/);
    await chat.say('PF-1ABC D23');
    await chat.waitForBot('bought');
    await chat.say('2024-05');
    number = await chat.waitForReference(/\d/);
    assert.match(number, /^\d+$/);
    await chat.waitForBot(number);
    await picture(page, 'ticket');
    assert.deepEqual(complaints, []);

    const ticket = await rt.ticket(number);
    assert.match(ticket.Subject, /my laptop won't turn on/);
    assert.equal(ticket.Requestor[0].id, 'ana@customer.test');
    const field = (name) => ticket.CustomFields.find((f) => f.name === name)?.values[0];
    assert.equal(field('SerialNumber'), 'PF1ABCD23');
    assert.equal(field('ProductModel'), 'ThinkPad X13');
    assert.ok(field('ExternalRef'));
    const text = await rt.text(number);
    for (const part of ["my laptop won't turn on", 'Ana Keller', 'PF1ABCD23', 'Steps tried', 'no-power-reset', 'No, still not', 'Transcript', 'Customer: Yes, plugged in']) {
      assert.ok(text.includes(part), `the ticket lacks "${part}":\n${text}`);
    }

    await chat.say('It is the one with the dent.');
    await chat.waitForBot('added');
    await eventually(async () => (await rt.text(number)).includes('It is the one with the dent.'), 'the follow-up on the ticket');
    await chat.reload();
    assert.equal(await chat.waitForReference(/\d/), number);
    assert.equal((await rt.tickets()).length, 1);
  });

  await t.test('Chinese: the same walk', async () => {
    const page = await fresh({ locale: 'zh-CN' });
    const chat = await openChat(page, { url: `${gateway.http}/demo?lang=zh` });
    await chat.waitForBot('售后助手');
    await chat.say('笔记本开不了机');
    await chat.waitForBot('鼓包');
    await chat.press('都没有');
    await chat.waitForBot('电源接好了吗');
    await chat.press('插好了');
    await chat.waitForBot('按一下电源键');
    await chat.press('完全没反应');
    for (let i = 0; i < 2; ++i) {  // outlet, adapter: the good answer of each
      await chat.waitForTurn();
      await chat.press((await chat.choices())[0]);
    }
    await chat.waitForBot('问题解决了吗');
    await picture(page, 'conversation-zh');
    await chat.press('没解决');
    await chat.waitForBot('怎么称呼');
    await chat.say('张伟');
    await chat.waitForBot('怎样联系');
    await chat.say('13800000000');
    await chat.waitForBot('什么型号');
    await chat.say('小新 Pro 14');
    await chat.waitForBot('序列号');
    await chat.say('12');
    await chat.waitForBot('有 2 个字符');
    await chat.say('PF1ABCD24');
    await chat.waitForBot('购买');
    await chat.say('2025-03');
    const zh = await chat.waitForReference(/\d/);
    await chat.waitForBot(zh);
    assert.notEqual(zh, number);
    const text = await rt.text(zh);
    for (const part of ['笔记本开不了机', '张伟', 'PF1ABCD24']) assert.ok(text.includes(part), `the ticket lacks ${part}`);
    assert.equal((await rt.tickets()).length, 2);
  });

  await t.test('without JavaScript', async () => {
    const page = await fresh({ javaScriptEnabled: false });
    await page.goto(`${gateway.http}/chat/plain?lang=en`);
    await page.fill('#text', 'printer is offline');
    await page.click('button.primary');
    // The page looks again by itself until the answer is there.
    await page.locator('main ol li button').first().waitFor({ timeout: 60_000 });
    await picture(page, 'plain');
    const first = page.locator('main ol li button').last();
    const label = await first.innerText();
    await first.click();
    await page.locator('main ol li.customer').filter({ hasText: label }).waitFor({ timeout: 60_000 });
    const turns = await gateway.sql("SELECT text FROM messages WHERE author = 'customer' AND conversation_id = (SELECT max(id) FROM conversations) ORDER BY seq");
    assert.deepEqual(turns.map((r) => r.text), ['printer is offline', label]);
  });

  await t.test('staff see tickets, the transcript with the reasons, and no dead letters', async () => {
    const page = await fresh();
    const console_page = new ConsolePage(page);
    await console_page.open(`${gateway.http}/console`);
    assert.ok((await console_page.signIn('ina', 'wrong password', { fails: /./ })).length > 0);
    await console_page.signIn('ina', password);
    await console_page.tab('tickets');
    await console_page.waitForRow(number);
    await picture(page, 'console-tickets');
    await console_page.openConversation('Ana Keller');
    const shown = await page.locator('main').innerText();
    for (const part of ["my laptop won't turn on", 'PF1ABCD23']) assert.ok(shown.includes(part), `the console lacks "${part}"`);
    await picture(page, 'console-conversation');
    assert.deepEqual(await violations(page), []);
    await console_page.tab('dead');
    await becomes(() => console_page.rows(), []);
    await console_page.signOut();
    assert.equal((await page.request.get(`${gateway.http}/api/tickets`)).status(), 401);
  });
});
