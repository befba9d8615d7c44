// A stored mail at the console, by keyboard alone and in both languages: why it is held, what of it was not taken and why, let in.
// USHER_PICTURES=DIR keeps pictures.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { violations } from './support/axe.mjs';
import { becomes, counts, focus_is, launch } from './support/browser.mjs';
import { ConsolePage } from './support/console_page.mjs';
import { mailOf, SmtpClient } from './support/peers.mjs';
import { eventually, installed, relay, usher } from './support/usher.mjs';

const kPassword = 'correct horse battery';
const kWords = {
  en: { cause: /names a case its sender takes no part in/, refused: /^photo\.jpg \(.*\)\s*not taken It is application\/x-executable|^photo\.jpg.*not taken/s, kind: /kind that is not handed on/, release: 'Let in …', new_one: /new conversation/, done: /Let in\./ },
  zh: { cause: /发件人并未参与/, refused: /^photo\.jpg.*未接收/s, kind: /不转交的类型/, release: '放行……', new_one: /作为新对话/, done: /已放行/ },
};

// Goes on with Tab until what has the focus fits.
async function tab_to(page, pattern, limit = 120) {
  for (let i = 0; i < limit; ++i) {
    await page.keyboard.press('Tab');
    const name = await page.evaluate(() => `${document.activeElement.tagName} ${document.activeElement.getAttribute('href') ?? ''} ${document.activeElement.labels?.[0]?.innerText ?? ''} ${document.activeElement.innerText ?? ''}`.replace(/\s+/g, ' '));
    if (pattern.test(name)) return;
  }
  throw new Error(`Tab never came to ${pattern}`);
}

test('a held mail with a file that is not taken, by keyboard, in English and Chinese', { skip: !installed(process.env.CHROMIUM ?? 'chromium') && 'no chromium' }, async (t) => {
  const out = await relay(t);
  const gateway = await usher(t, { email: { relay_url: out.url } });
  assert.equal((await gateway.command(['user', 'add', 'pia', '--role', 'admin'], { input: `${kPassword}\n` })).code, 0);
  const smtp = await SmtpClient.connect(gateway.smtp);
  t.after(() => smtp.close());
  const send = async (headers, body, from) => {
    const answer = await smtp.mail(mailOf({ To: 'support@usher.test', ...headers }, body), { from });
    assert.match(answer, /^250/);
    return /[0-9a-f-]{36}/.exec(answer)[0];
  };
  await send({ From: 'Bea <bea@customer.test>', Subject: 'My printer', 'Message-ID': '<first@customer.test>' }, 'A question about my order 12345.', 'bea@customer.test');
  const [ack] = await eventually(async () => (await out.mails()).length === 1 && out.mails(), 'the acknowledgement');
  const number = /\[#([^\]]+)\]/.exec(ack.headers.subject)[1];
  const program = (await readFile('/bin/true')).subarray(0, 6000).toString('base64').replace(/.{76}/g, '$&\n');
  const parts = ['--b', 'Content-Type: text/plain', '', 'Here is the photo.', '--b', 'Content-Type: image/jpeg; name=photo.jpg', 'Content-Disposition: attachment; filename=photo.jpg', 'Content-Transfer-Encoding: base64', '', program,
                 '--b', 'Content-Type: text/plain; name=log.txt', 'Content-Disposition: attachment; filename=log.txt', '', 'a line of a log', '--b--', ''].join('\n');
  const held = {};
  for (const lang of ['en', 'zh'])
    held[lang] = await send({ From: `Mallory <mallory.${lang}@elsewhere.test>`, Subject: `Re: [#${number}] ${lang}`, 'Message-ID': `<${lang}@elsewhere.test>`, 'MIME-Version': '1.0', 'Content-Type': 'multipart/mixed; boundary=b' }, parts, 'mallory@elsewhere.test');

  const browser = await launch();
  t.after(() => browser.close());
  for (const [lang, words] of Object.entries(kWords)) {
    await t.test(lang, async () => {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
      const page = await context.newPage();
      const desk = new ConsolePage(page);
      await desk.open(`${gateway.http}/console?lang=${lang}`);
      await desk.signIn('pia', kPassword);
      await tab_to(page, /#\/mail /);
      await page.keyboard.press('Enter');
      await page.locator('.rows a').first().waitFor();
      await tab_to(page, new RegExp(`#/mail/${held[lang]}`));
      await page.keyboard.press('Enter');
      await page.locator('.cause').waitFor();
      await focus_is(page, /^H2 .*Re: /, 'the mail is begun at its title');
      assert.match(await page.locator('.cause').innerText(), words.cause);
      const files = page.locator('.facts li');
      await becomes(async () => (await files.first().innerText()).replace(/\s+/g, ' '), words.refused);
      assert.match(await files.first().innerText(), words.kind);
      assert.match(await files.first().innerText(), /application\/x-[a-z-]+/, 'what it is');
      assert.match(await files.nth(1).innerText(), /^log\.txt/);
      await counts(files.nth(1).locator('.badge'), 0, 'the other file was taken');
      // What a screen reader has of it: headings in order, the file and its reason in one list item, no barrier found by axe.
      assert.deepEqual(await page.locator('main article :is(h2, h3):visible').evaluateAll((all) => all.map((h) => h.tagName)), ['H2', 'H3', 'H3', 'H3']);
      assert.deepEqual(await violations(page), []);
      if (process.env.USHER_PICTURES) await page.screenshot({ path: join(process.env.USHER_PICTURES, `mail-refused-${lang}.png`), fullPage: true });
      const phone = await browser.newContext({ viewport: { width: 360, height: 740 }, storageState: await context.storageState() });
      const small = await phone.newPage();
      await small.goto(`${gateway.http}/console?lang=${lang}#/mail/${held[lang]}`);
      await small.locator('.facts li .badge').waitFor();
      await becomes(() => small.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, 'fits a phone');
      if (process.env.USHER_PICTURES) await small.screenshot({ path: join(process.env.USHER_PICTURES, `mail-refused-${lang}-phone.png`), fullPage: true });
      await phone.close();

      await tab_to(page, new RegExp(words.release));
      await page.keyboard.press('Enter');
      await page.locator('dialog[open]').waitFor();
      assert.deepEqual(await violations(page), []);
      // Escape lets everything be, and the focus is where it was.
      await page.keyboard.press('Escape');
      await counts(page.locator('dialog[open]'), 0);
      await focus_is(page, new RegExp(`^BUTTON .*${words.release}`));
      await page.keyboard.press('Enter');
      await page.locator('dialog[open]').waitFor();
      await page.keyboard.press('Enter');  // the first choice has the focus: as a new conversation
      await becomes(() => page.locator('.outcome').innerText(), words.done);
      await focus_is(page, /^H2 /, 'and goes on from the title');
      await counts(page.getByRole('button', { name: words.release }), 0);
      await context.close();
    });
  }
  assert.equal((await gateway.sql("SELECT count(*) AS n FROM quarantine WHERE state = 'released'"))[0].n, 2);
});
