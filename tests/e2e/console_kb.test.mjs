// Staff at the console, in a real browser on the real binary: from a gap to an article that customers find, two people at one article,
// reviews, a held mail, a mailbox nobody answers for, mail that comes back, the cause that was found; by keyboard alone; on a phone; in both languages; and whether everybody can use it.
// USHER_PICTURES=DIR keeps pictures; USHER_PAGES=DIR takes console.js and console.css from there instead of those in the binary.
import assert from 'node:assert/strict';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { violations } from './support/axe.mjs';
import { becomes, counts, focus_is, launch } from './support/browser.mjs';
import { ConsolePage } from './support/console_page.mjs';
import { mailOf, SmtpClient } from './support/peers.mjs';
import { staff } from './support/staff.mjs';
import { eventually, kRoot, relay, temporaryFolder, usher } from './support/usher.mjs';
import { connectChat } from './support/webchat.mjs';

const kPassword = 'correct horse battery';
const kId = 'zentrado-dock-flicker';
const kQuery = 'zentrado docking station flickers';
const kCare = `dialog: care
title: { en: Care, zh: 服务 }
triggers: { phrases: { en: [I need care], zh: [我要服务] } }
steps:
  find:
    troubleshoot:
      escalate_cost: 30
      causes:
        - { id: plug, label: { en: plug, zh: 插头 }, weight: 4 }
        - { id: board, label: { en: board, zh: 主板 }, weight: 1 }
      checks:
        - { id: replug, check: { en: Plug it in again., zh: 请重新插好。 }, cost: 1, fixes: { plug: 0.9 }, tried: Plugged it in again }
    solved: done
    unsolved: ticket
  done: { resolve: { en: Good., zh: 好的。 } }
  ticket: { escalate: { en: I pass this on., zh: 我来转交。 }, priority: P2, fault_class: hardware/power }
`;
const kHandover = `dialog: handover
title: { en: A person, zh: 转人工 }
steps:
  ticket: { escalate: { en: I pass this on., zh: 我来转交。 } }
`;

async function begin(t) {
  const dialogs = join(await temporaryFolder(t, 'scripts'), 'dialogs'), kb = join(await temporaryFolder(t, 'kb'), 'kb');
  await mkdir(dialogs);
  for (const file of ['texts.yaml', 'slots.yaml', 'fragments.yaml', 'models.csv']) await cp(join(kRoot, 'config/dialogs', file), join(dialogs, file)).catch(() => {});
  await writeFile(join(dialogs, 'care.yaml'), kCare);
  await writeFile(join(dialogs, 'handover.yaml'), kHandover);
  await cp(join(kRoot, 'config/kb'), kb, { recursive: true });
  const out = await relay(t);
  const password_file = join(await temporaryFolder(t, 'mailbox'), 'password');
  await writeFile(password_file, 'secret\n');
  const nobody = { name: 'lost', host: '127.0.0.1', port: 1, tls: 'none', user: 'lost@usher.test', password_file, retry_max_seconds: 1 };
  const gateway = await usher(t, { content: { dialogs, kb }, email: { relay_url: out.url, mailboxes: [nobody] } });
  const browser = await launch();
  t.after(() => browser.close());
  const complaints = [];
  const fresh = async (options = {}) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    t.after(() => context.close());
    if (process.env.USHER_PAGES) {
      await context.route(/\/console\.(js|css)$/, async (route) => {
        const name = new URL(route.request().url()).pathname.slice(1);
        await route.fulfill({ body: await readFile(join(process.env.USHER_PAGES, name)), contentType: name.endsWith('js') ? 'text/javascript' : 'text/css' });
      });
    }
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(`Error: ${error.message}`));
    page.on('console', (message) => { if (/Content.Security.Policy/i.test(message.text())) complaints.push(message.text()); });
    return page;
  };
  const signed_in = async (name, { lang = 'en', ...options } = {}) => {
    const page = await fresh(options);
    const desk = new ConsolePage(page);
    await desk.open(`${gateway.http}/console?lang=${lang}`);
    await desk.signIn(name, kPassword);
    return page;
  };
  return { gateway, out, fresh, signed_in, complaints };
}

// Goes to a place of the console and waits until what is there has been loaded: not what was there before.
const go = async (page, place) => {
  await page.evaluate((hash) => new Promise((done) => {
    if (location.hash === hash) return done();
    addEventListener('hashchange', () => done(), { once: true });  // behind the page's own listener
    location.hash = hash;
  }), `#/${place}`);
  await page.locator(`nav a[href="#/${place.split('/')[0]}"][aria-current=page]`).first().waitFor();
  await page.locator('main :is(h1, h2, .nothing):visible').first().waitFor();
  await page.waitForFunction(() => !document.querySelector('main .loading'));
};
const picture = async (page, name) => {
  if (process.env.USHER_PICTURES) await page.screenshot({ path: join(process.env.USHER_PICTURES, `${name}.png`), fullPage: true });
};
const said = async (page, pattern) => {
  await eventually(async () => {
    const all = await page.locator('.outcome, .said_of, .refusal').allInnerTexts();
    if (!all.some((words) => pattern.test(words))) throw new Error(`said so far: ${all.join(' | ')}`);
    return true;
  }, `the page says ${pattern}`);
};
const source = (page) => page.locator('#source');
// Goes on with Tab until what has the focus fits.
async function tab_to(page, pattern, limit = 240) {
  for (let i = 0; i < limit; i++) {
    await page.keyboard.press('Tab');
    const name = await page.evaluate(() => {
      const it = document.activeElement;
      if (it === document.body) return '';
      return `${it.tagName} ${it.id} ${it.getAttribute('aria-label') ?? ''} ${it.labels?.[0]?.innerText ?? ''} ${it.tagName === 'SELECT' ? '' : it.innerText ?? ''}`.replace(/\s+/g, ' ');
    });
    if (pattern.test(name)) return name;
  }
  throw new Error(`Tab never came to ${pattern}`);
}
async function change_state(page, name, reason) {
  await page.locator('.state > p button').last().click();
  await page.locator('dialog[open] select').first().selectOption(name);
  await page.locator('dialog[open] #state_reason').fill(reason);
  await page.locator('dialog[open] button[type=submit]').click();
}
const fits = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

test('console of the knowledge base and of mail', async (t) => {
  const { gateway, out, signed_in, complaints } = await begin(t);
  const pia_api = await staff(gateway, 'pia', 'publisher');
  await staff(gateway, 'ana', 'agent');
  const found = async () => {
    const answer = await pia_api.post('/api/kb/search', { text: kQuery, language: 'en', audience: 'customer' });
    return answer.json.found && answer.json.hits[0].id === kId;
  };
  const headers = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0' };
  for (const words of [kQuery, 'my zentrado docking station flickers all the time']) {
    assert.equal((await fetch(`${gateway.http}/help/en/search?q=${encodeURIComponent(words)}`, { headers })).status, 200);
  }
  await eventually(async () => (await pia_api.get('/api/kb/gaps')).json.gaps.some((g) => /zentrado/i.test(g.examples.join())), 'the gap');

  await t.test('by keyboard alone: from the gap to an article that customers find', async () => {
    const page = await signed_in('pia');
    await page.locator('nav a[href="#/gaps"]').focus();
    await page.keyboard.press('Enter');
    await page.locator('.gap').first().waitFor();
    await focus_is(page, /^H1 /, 'the new screen is announced');
    await picture(page, 'gaps');
    await tab_to(page, /Write the article.*zentrado/i);
    await page.keyboard.press('Enter');
    await page.locator('#new_title:focus').waitFor();
    await picture(page, 'article-new');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('Zentrado docking station makes the picture flicker');
    await tab_to(page, /INPUT.*Id/);
    await page.keyboard.press('Control+A');
    await page.keyboard.type(kId);
    await page.keyboard.press('Enter');
    await source(page).waitFor();
    await becomes(() => source(page).inputValue(), /my zentrado docking station flickers all the time/);
    await tab_to(page, /INPUT.*Error codes/);
    await page.keyboard.type('ZD-4711, E: 5');
    await becomes(() => source(page).inputValue(), /^codes: \[ZD-4711, "E: 5"\]$/m);
    await page.keyboard.press('Control+A');
    await page.keyboard.type('ZD-4711');
    await tab_to(page, /TEXTAREA source/);
    await page.keyboard.press('Control+End');
    await page.keyboard.type("1. Pull the docking station's power plug for ten seconds.\n2. Plug it in again.");
    await page.locator('.rendered li').filter({ hasText: 'Plug it in again' }).waitFor();
    await tab_to(page, /INPUT reason/);
    await page.keyboard.type('customers ask for it');
    await page.keyboard.press('Enter');
    await said(page, /Saved as revision 1\..*The gap is assigned to it/);
    await page.locator('.state').waitFor();
    for (const [button, state] of [[/Ready to be checked/, 'not validated'], [/Validate/, 'validated'], [/Publish/, 'published']]) {
      await page.locator('.state').getByRole('button', { name: button }).waitFor();  // what was saved before has been loaded
      await tab_to(page, button);
      await page.keyboard.press('Enter');
      await page.locator('dialog[open]').waitFor();
      assert.equal(await found(), false, 'not before it is published');
      await tab_to(page, /BUTTON.*Change state/, 20);
      await page.keyboard.press('Enter');
      await said(page, new RegExp(`State: ${state}`));
      await focus_is(page, /#title /, 'the focus is not lost with the dialog');
    }
    assert.equal(await found(), true, 'customers find it');
    const gap = (await pia_api.get('/api/kb/gaps')).json.gaps.find((g) => /zentrado/i.test(g.examples.join()));
    assert.equal(gap.article ?? kId, kId);
    assert.notEqual(gap.state, 'open');
    await picture(page, 'article');
    await go(page, 'articles/search');
    await page.locator('#try_text').fill(kQuery);
    await page.locator('.hits h2').first().filter({ hasText: 'flicker' }).waitFor();
    await page.locator('.hits summary').first().click();
    await page.locator('.hits .reasons tbody tr').first().waitFor();
    await picture(page, 'try-search');
  });

  await t.test('what is wrong is named by line, and leads there', async () => {
    const page = await signed_in('pia');
    await go(page, `articles/${kId}/en`);
    await source(page).waitFor();
    const whole = await source(page).inputValue();
    await source(page).fill(whole.replace('## Resolution', '## Remedy'));
    const problem = page.locator('.beside .problems button').first();
    await problem.waitFor();
    await picture(page, 'article-problems');
    await page.locator('.saving .primary').click();
    await said(page, /Not saved/);
    await problem.click();
    const line = Number(/\d+/.exec(await problem.innerText())[0]);
    await becomes(() => source(page).evaluate((area) => area.value.slice(0, area.selectionStart).split('\n').length), line);
    await page.reload();
    await said(page, /Unsaved text of yours was brought back/);
    await becomes(() => source(page).inputValue(), /## Remedy/);
    await becomes(() => page.locator('.state button').first().getAttribute('aria-disabled'), 'true', 'no state is changed over unsaved text');
    await page.locator('.saving button[type=button]').click();
    await becomes(() => source(page).inputValue(), whole);
  });

  await t.test('two people at one article: the second sees the difference and decides', async () => {
    const [one, two] = [await signed_in('pia'), await signed_in('pia')];
    for (const page of [one, two]) {
      await go(page, `articles/${kId}/en`);
      await source(page).waitFor();
    }
    const whole = await source(one).inputValue();
    await source(two).fill(`${whole.trimEnd()}\n3. Update its firmware.\n`);
    await source(one).fill(`${whole.trimEnd()}\n3. Try another cable.\n`);
    await source(one).press('Control+S');
    await said(one, /Saved as revision 5/);
    await two.locator('.saving .primary').click();
    await two.locator('.conflict').waitFor();
    await focus_is(two, /#conflict /, 'told where the focus is');
    assert.deepEqual(await two.locator('.conflict .diff .add').allInnerTexts().then((all) => all.map((x) => x.replace(/\s+/g, ' ').trim())), ['added: + 3. Update its firmware.']);
    assert.match(await two.locator('.conflict .diff .remove').innerText(), /another cable/);
    assert.deepEqual(await violations(two), []);
    await picture(two, 'article-conflict');
    await two.locator('.conflict .primary').click();
    await said(two, /Saved as revision 6/);
    assert.match((await pia_api.get(`/api/articles/${kId}/en`)).json.source, /firmware/);
    await source(one).fill(`${whole.trimEnd()}\n3. Something else.\n`);
    await one.locator('.saving .primary').click();
    await one.locator('.conflict').waitFor();
    await one.getByRole('button', { name: 'Take theirs' }).click();
    await becomes(() => source(one).inputValue(), /firmware/);
    // What was, and back to it.
    await one.getByRole('button', { name: 'What changed: 6' }).click();
    await one.locator('.comparing .diff .add').filter({ hasText: 'firmware' }).waitFor();
    await one.getByRole('button', { name: 'Put this text into the editor: 4' }).click();
    await eventually(async () => (await source(one).inputValue()) === whole, 'the old text');
    await one.locator('.saving .primary').click();
    await said(one, /Saved as revision 7/);
  });

  await t.test('a picture is uploaded and shown', async () => {
    const page = await signed_in('pia');
    await go(page, `articles/${kId}/en`);
    await source(page).waitFor();
    const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
    await page.locator('input[type=file]').setInputFiles({ name: 'plug.png', mimeType: 'image/png', buffer: png });
    await said(page, /Added: plug\.png/);
    await becomes(() => source(page).inputValue(), /!\[plug\.png\]\(\/help\/pictures\/[0-9a-f]{64}\.png\)/);
    await eventually(() => page.locator('.rendered img').evaluate((img) => img.complete && img.naturalWidth === 1), 'the preview shows it');
    await page.locator('input[type=file]').setInputFiles({ name: 'a.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>') });
    await said(page, /articles may have PNG/);
    await page.locator('.saving button[type=button]').click();
  });

  await t.test('what an agent may not do is said in words; a review decides about the edit', async () => {
    const page = await signed_in('ana');
    await go(page, `articles/${kId}/en`);
    await source(page).waitFor();
    await change_state(page, 'archived', 'away with it');
    const refusal = page.locator('dialog[open] .refusal').filter({ hasText: /./ });
    await refusal.waitFor();
    assert.match(await refusal.innerText(), /Your role \(agent\) may not do this.*publisher/);
    await picture(page, 'article-refused');
    await page.keyboard.press('Escape');
    await source(page).fill((await source(page).inputValue()).trimEnd() + '\n3. Update the Zentrado firmware.\n');
    await page.locator('#reason').fill('firmware helps');
    await page.locator('.saving .primary').click();
    await said(page, /Saved as revision 8.*waits for a review/);
    await page.locator('.review').waitFor();
    await counts(page.getByRole('button', { name: 'Accept' }), 0, 'nobody accepts his own');

    const pia = await signed_in('pia');
    await go(pia, 'articles');
    await pia.getByLabel('Waiting for a review').check();
    await eventually(async () => (await pia.locator('tbody tr').count()) === 1, 'only what waits');
    await pia.locator('tbody th a').click();
    await pia.locator('.review .diff .add').filter({ hasText: 'firmware' }).waitFor();
    assert.deepEqual(await violations(pia), []);
    await picture(pia, 'article-review');
    await pia.getByRole('button', { name: 'Accept' }).click();
    await said(pia, /Accepted: revision 8/);
    assert.match((await pia_api.get(`/api/articles/${kId}/en`)).json.html, /firmware/);
  });

  await t.test('customers\' answers are seen as figures', async () => {
    await fetch(`${gateway.http}/help/en/${kId}`, { headers });
    await fetch(`${gateway.http}/help/en/${kId}/feedback`, { method: 'POST', redirect: 'manual', headers, body: new URLSearchParams({ solved: 'yes' }) });
    await eventually(async () => (await pia_api.get(`/api/articles/${kId}/en`)).json.usage.solved >= 1, 'counted');
    const page = await signed_in('pia');
    await go(page, `articles/${kId}/en`);
    await page.locator('.usage .bars').waitFor();
    await becomes(() => page.locator('.usage .bars').innerText(), /Solved it\s+1/);
    await picture(page, 'article-usage');
  });

  await t.test('the list: search, filters, more, the way to a translation', async () => {
    const page = await signed_in('pia');
    await go(page, 'articles');
    await page.locator('tbody tr').first().waitFor();
    const first = await page.locator('tbody tr').count();
    await page.locator('.more button').click();
    await eventually(async () => (await page.locator('tbody tr').count()) > first, 'more rows');
    await page.locator('#article_query').fill('zentrado flicker');
    await eventually(async () => /flicker/.test(await page.locator('tbody th').first().innerText()), 'the one searched for is first');
    await page.locator('#article_query').fill('');
    await page.getByLabel('Language').selectOption('zh');
    await eventually(async () => (await page.locator('tbody tr').allInnerTexts()).every((row) => /Chinese/.test(row)), 'only Chinese ones');
    await page.locator('#article_query').fill('xyzzyqqq');
    await page.locator('.nothing').waitFor();
    await page.locator('#article_query').fill('');
    await page.getByLabel('Language').selectOption('en');
    await go(page, 'articles/no-power-reset/en');
    await source(page).waitFor();
    await page.locator('.toggle button').last().click();
    await page.locator('.beside .rendered[lang=zh]').filter({ hasText: /电源/ }).waitFor();
    await picture(page, 'article-translation');
  });

  await t.test('a gap is closed, opened again and taken', async () => {
    const page = await signed_in('ana');
    await fetch(`${gateway.http}/help/en/search?q=${encodeURIComponent('quuxoscope plutonium lens')}`, { headers });
    await eventually(async () => (await pia_api.get('/api/kb/gaps')).json.gaps.some((g) => /quuxoscope/.test(g.examples.join())), 'the gap');
    await go(page, 'gaps');
    await page.getByRole('button', { name: /Close ….*quuxoscope/ }).click();
    await page.locator('#gap_article').fill('no-such-article');
    await page.locator('dialog[open] button[type=submit]').click();
    await page.locator('dialog[open] .refusal').filter({ hasText: /no article/ }).waitFor();
    await page.locator('#gap_article').fill('');
    await page.locator('#gap_note').fill('we do not sell those');
    await page.locator('dialog[open] button[type=submit]').click();
    await said(page, /closed/);
    await page.getByLabel('State').selectOption('closed');
    await page.getByRole('button', { name: /Open again.*quuxoscope/ }).click();
    await said(page, /open/);
    await page.getByLabel('State').selectOption('open');
    await page.getByRole('button', { name: /I take it.*quuxoscope/ }).click();
    await said(page, /assigned/);
    assert.deepEqual((await pia_api.get('/api/kb/gaps')).json.gaps.filter((g) => /quuxoscope/.test(g.examples.join())).map((g) => [g.state, g.who]), [['assigned', 'ana']]);
  });

  let held, ack, back;
  await t.test('a held mail: why, its source, let in to the case, deleted', async () => {
    const smtp = await SmtpClient.connect(gateway.smtp);
    t.after(() => smtp.close());
    const send = async (headers, body, from) => {
      const answer = await smtp.mail(mailOf({ To: 'support@usher.test', ...headers }, body), { from });
      assert.match(answer, /^250/);
      return /[0-9a-f-]{36}/.exec(answer)[0];
    };
    await send({ From: 'Bea <bea@customer.test>', Subject: 'My printer', 'Message-ID': '<first@customer.test>' }, 'A question about my order 12345.', 'bea@customer.test');
    [ack] = await eventually(async () => (await out.mails()).length === 1 && out.mails(), 'the acknowledgement');
    const number = /\[#([^\]]+)\]/.exec(ack.headers.subject)[1];
    held = await send({ From: 'Mallory <mallory@elsewhere.test>', Subject: `[#${number}] <script>alert(1)</script>`, 'Message-ID': '<m1@elsewhere.test>' }, 'Ship it to Mallory Street 1.', 'mallory@elsewhere.test');
    const other = await send({ From: 'mallory@elsewhere.test', Subject: `Re: [#${number}]`, 'Message-ID': '<m2@elsewhere.test>' }, 'Where is it?', 'mallory@elsewhere.test');

    const page = await signed_in('ana');
    await eventually(async () => (await page.locator('nav a[href="#/mail"] .count').innerText()) === '2', 'how many are held is seen everywhere');
    await page.locator('nav a[href="#/mail"]').click();
    await page.locator('.rows a').filter({ hasText: 'alert(1)' }).click();
    await page.locator('.cause').waitFor();
    assert.match(await page.locator('.cause').innerText(), /It names a case its sender takes no part in/);
    assert.match(await page.locator('.mail_text').innerText(), /Mallory Street 1/);
    assert.match(await page.locator('.rules').innerText(), /thread_key/);
    assert.deepEqual(await violations(page), []);
    await picture(page, 'mail');
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download the source' }).click()]);
    assert.equal(download.suggestedFilename(), `${held}.eml`);
    assert.match(await readFile(await download.path(), 'utf8'), /Mallory Street 1/);
    await page.getByRole('button', { name: 'Let in …' }).click();
    await page.getByLabel(/Into the case/).check();
    await page.getByLabel(/takes part/).check();
    assert.deepEqual(await violations(page), []);
    await picture(page, 'mail-release');
    await page.locator('dialog[open] button[type=submit]').click();
    await said(page, new RegExp(`Let in. ${number}`));
    await counts(page.getByRole('button', { name: 'Let in …' }), 0);
    await eventually(async () => (await gateway.sql("SELECT count(*) AS n FROM messages WHERE text LIKE '%Mallory Street%'"))[0].n === 1, 'in the transcript');

    await go(page, `mail/${other}`);
    await page.getByRole('button', { name: 'Delete …' }).click();
    await page.locator('#delete_note').fill('spam');
    await page.locator('dialog[open] button[type=submit]').click();
    await said(page, /Deleted/);
    await eventually(async () => (await page.locator('.list .nothing').count()) === 1, 'nothing is held any more');
    await page.getByLabel('Show').selectOption('');
    await eventually(async () => (await page.locator('.rows a').count()) === 3, 'all mail');
    assert.equal((await pia_api.get(`/api/mail/${other}`)).json.quarantine.settled_by, 'ana');
  });

  await t.test('a mailbox that nobody answers for is named with the error', async () => {
    const page = await signed_in('ana');
    await eventually(async () => /^lost\s+not working\s.*lost@usher\.test.*Error: \S.*Never looked through yet/s.test(await page.locator('.mailboxes li').innerText()), 'the mailbox');
    assert.equal(await page.locator('.mailboxes .soft').count(), 0, 'not as if none was configured');
    await picture(page, 'overview');
  });

  await t.test('mail that comes back: the conversation says that the address fails, and what only staff see', async () => {
    const smtp = await SmtpClient.connect(gateway.smtp);
    t.after(() => smtp.close());
    const report = ['Sorry.', '--b', 'Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; mx.customer.test', '', 'Final-Recipient: rfc822; bea@customer.test', 'Action: failed',
                    'Status: 5.1.1', 'Diagnostic-Code: smtp; 550 no such user', '--b', 'Content-Type: message/rfc822', '', 'From: support@usher.test', `Message-ID: ${ack.headers['message-id']}`, '', 'x', '--b--', ''];
    await eventually(async () => (await gateway.sql("SELECT count(*) AS n FROM outbox WHERE kind = 'message' AND state = 'sent'"))[0].n >= 1, 'sent');
    const headers = { From: 'MAILER-DAEMON@mx.customer.test', To: 'support@usher.test', Subject: 'Undelivered', 'MIME-Version': '1.0', 'Content-Type': 'multipart/report; report-type=delivery-status; boundary=b' };
    assert.match(await smtp.mail(mailOf(headers, ['--b', '', ...report].join('\n')), { from: '' }), /^250/);
    back = (await eventually(async () => gateway.sql("SELECT conversation_id AS id FROM messages WHERE text LIKE 'Mail to bea@customer.test does not arrive%'").then((rows) => rows.length && rows), 'staff are told'))[0].id;
    const page = await signed_in('ana');
    await go(page, `conversations/${back}`);
    await page.locator('.address_fails').waitFor();
    assert.match(await page.locator('.address_fails').innerText(), /Mail to bea@customer\.test came back for good.*5\.1\.1 smtp; 550 no such user/s);
    assert.match(await page.locator('.transcript > li.kept_back').innerText(), /Not sent to the customer: a note for staff/);
    assert.deepEqual(await violations(page), []);
    await picture(page, 'kept-back');
  });

  await t.test('the cause that was found is told in the conversation', async () => {
    const chat = await connectChat(gateway.http);
    await chat.ask('I need care');
    await chat.ask('no, it did not help');
    const { id } = await eventually(async () => (await pia_api.get('/api/conversations')).json.items.find((c) => c.dialog === 'care' && c.status === 'escalated'), 'passed on');
    const page = await signed_in('ana');
    await go(page, `conversations/${id}`);
    await page.locator('.cause_found select').selectOption('board');
    assert.deepEqual(await violations(page), []);
    await picture(page, 'cause');
    await page.getByRole('button', { name: 'This was it' }).click();
    await said(page, /Noted: board/);
    await counts(page.locator('.cause_found select'), 0);
    assert.deepEqual((await pia_api.get(`/api/conversations/${id}`)).json.causes, {});
  });

  const places = ['articles', 'articles/search', 'articles/findings', 'articles/new', `articles/${kId}/en`, 'articles/no-such-article/en', 'gaps', 'mail'];
  for (const lang of ['en', 'zh']) {
    for (const colours of ['light', 'dark']) {
      await t.test(`no barriers, ${lang}, ${colours}; nothing is wider than a phone`, async () => {
        const page = await signed_in('pia', { lang, colorScheme: colours });
        const phone = colours === 'dark' ? undefined : await signed_in('pia', { lang, viewport: { width: 360, height: 740 } });
        for (const place of [...places, `mail/${held}`, `conversations/${back}`]) {
          for (const one of [page, phone].filter(Boolean)) {
            await go(one, place);
            if (place === 'articles/search') await one.locator('#try_text').fill(lang === 'zh' ? '电脑打不开' : 'laptop does not turn on');
            if (place === 'articles/search') await one.locator('.hits .card').first().waitFor();
            await one.waitForLoadState('networkidle');
            await one.waitForFunction(() => !document.querySelector('main .loading'));
          }
          assert.deepEqual(await violations(page), [], place);
          if (phone) await becomes(() => fits(phone), 0, `${place} on a phone`);
          const name = place.replace(/\//g, '-').replace(held, 'one').replace(back, 'one');
          if (lang === 'zh' || colours === 'dark') await picture(page, `${lang}-${colours}-${name}`);
          if (phone) await picture(phone, `${lang}-phone-${name}`);
        }
      });
    }
  }
  assert.deepEqual(complaints, [], 'nothing threw, no policy was broken');
});
