// R3: a customer sends photos and files, in a real browser against the real binary: chosen, pasted, dropped, by keyboard alone, on the page
// without JavaScript; refused when they are not what they are called or too large; there again after a reload; on the ticket with every byte.
// And a script's picture stands above its question.
import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import test from 'node:test';
import { deflateSync } from 'node:zlib';
import { violations } from './support/axe.mjs';
import { counts, focus_is, launch } from './support/browser.mjs';
import { openChat } from './support/chat_page.mjs';
import { eventually, kRoot, requestTracker, temporaryFolder, usher } from './support/usher.mjs';
import { connectChat } from './support/webchat.mjs';

const take_picture = async (page, name) => {
  if (process.env.USHER_PICTURES) await page.screenshot({ path: join(process.env.USHER_PICTURES, `${name}.png`) });
};
// Playwright takes file choosers over while somebody listens. Who begins to listen with the click may be too late on a busy machine.
const intercept_choosers = (page) => page.on('filechooser', () => {});
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

// A PNG of coloured squares that browsers really decode.
function png(width, height, seed) {
  const crc_table = Array.from({ length: 256 }, (_, n) => { let c = n; for (let k = 0; k < 8; ++k) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1; return c >>> 0; });
  const crc = (bytes) => { let c = 0xffffffff; for (const b of bytes) c = crc_table[(c ^ b) & 0xff] ^ (c >>> 8); return (c ^ 0xffffffff) >>> 0; };
  const chunk = (type, data) => {
    const out = Buffer.alloc(12 + data.length);
    out.writeUInt32BE(data.length);
    out.write(type, 4, 'latin1');
    data.copy(out, 8);
    out.writeUInt32BE(crc(out.subarray(4, 8 + data.length)), 8 + data.length);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const rows = Buffer.alloc(height * (1 + 3 * width));
  for (let y = 0; y < height; ++y) {
    for (let x = 0; x < width; ++x) rows.set([(x * seed) & 255, (y * 3) & 255, ((x ^ y) * 2) & 255], y * (1 + 3 * width) + 1 + 3 * x);
  }
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}
const label = png(320, 200, 2);
const exe = Buffer.concat([Buffer.from('MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0', 'latin1'), Buffer.alloc(400)]);
const as_file = (name, mimeType, buffer) => ({ name, mimeType, buffer });

// The shipped scripts, and one that shows a picture and then hands over.
async function scripts(t) {
  const folder = join(await temporaryFolder(t, 'scripts'), 'dialogs');
  await cp(join(kRoot, 'config/dialogs'), folder, { recursive: true });
  await mkdir(join(folder, 'pictures'), { recursive: true });
  await writeFile(join(folder, 'pictures/.hidden.svg'), '<svg/>');
  await writeFile(join(folder, 'pictures/large.png'), Buffer.alloc(2 * 1024 * 1024 + 1, 1));
  await writeFile(join(folder, 'pictures/note.txt'), 'no picture');
  await writeFile(join(folder, 'find-label.yaml'), `
dialog: find-label
title: { en: Find the label, zh: 找标签 }
triggers: { phrases: { en: [where is the label], zh: [标签在哪里] } }
steps:
  look:
    check: { en: "Turn the laptop over. Do you see the label?", zh: "请把笔记本翻过来。看到标签了吗？" }
    picture: pictures/serial-label.svg
    options:
      - { id: seen, label: { en: "I see it", zh: 看到了 }, next: hand-over }
      - { id: none, label: { en: "There is none", zh: 没有 }, next: hand-over }
  hand-over: { goto: "dialog:handover" }
`);
  return folder;
}

test('attachments', async (t) => {
  const dialogs = await scripts(t);
  const gateway = await usher(t, { content: { dialogs }, webchat: { max_attachment_megabytes: 3 } });
  const browser = await launch();
  t.after(() => browser.close());
  const complaints = [];
  const fresh = async (options) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 820 }, ...options });
    t.after(() => context.close());
    const page = await context.newPage();
    intercept_choosers(page);
    page.on('pageerror', (e) => complaints.push(e.message));
    page.on('console', (message) => { if (/Content.Security.Policy/i.test(message.text())) complaints.push(message.text()); });
    return page;
  };
  const stored = (text) => gateway.sql(`SELECT a.file_name, a.content_type, a.sha256, length(a.content) AS bytes FROM attachments a JOIN messages m ON m.conversation_id = a.conversation_id AND m.seq = a.seq WHERE m.text = '${text}' ORDER BY a.id`);
  const clip = (chat) => chat.panel.locator('button.attach');
  const pick = async (chat, files) => {
    const [chooser] = await Promise.all([chat.page.waitForEvent('filechooser'), clip(chat).click()]);
    await chooser.setFiles(files);
  };
  const drawn = (chat) => chat.panel.locator('.log canvas.thumb[data-drawn="true"]');

  await t.test('a photo and words are one message, acknowledged, there after a reload, on the ticket with every byte', async () => {
    const page = await fresh();
    const chat = await openChat(page, { url: `${gateway.http}/demo` });
    await chat.waitForBot('support assistant');
    await pick(chat, [as_file('label.png', 'image/png', label)]);
    await chat.panel.locator('.files.waiting canvas[data-drawn="true"]').waitFor();
    await take_picture(page, 'attach-waiting');
    assert.deepEqual(await violations(page), []);
    await chat.say('My printer is broken, please let me talk to a person');
    await drawn(chat).first().waitFor();
    await counts(chat.panel.locator('.files.waiting'), 0);
    assert.deepEqual(await stored('My printer is broken, please let me talk to a person'), [{ file_name: 'label.png', content_type: 'image/png', sha256: sha256(label), bytes: label.length }]);

    await chat.reload();
    await drawn(chat).first().waitFor();
    await counts(chat.panel.locator('.line.customer'), 1, 'once');
    const [download] = await Promise.all([page.waitForEvent('download'), chat.panel.locator('.log button.chip').click()]);
    assert.equal(download.suggestedFilename(), 'label.png');
    assert.equal(sha256(await readFile(await download.path())), sha256(label));
    await take_picture(page, 'attach-reloaded');
    assert.deepEqual(await violations(page), []);

    // On to the ticket, whatever is asked for.
    const is_over = async () => (await gateway.sql('SELECT count(*) AS n FROM builtin_tickets'))[0].n > 0;
    await chat.waitForTurn();
    for (let i = 0; i < 14 && !(await is_over()); ++i) {
      const choices = await chat.choices();
      const last = await chat.lastBotText();
      if (choices.length) await chat.press(choices.find((one) => /person|ticket|no/i.test(one)) ?? choices.at(-1));
      else await chat.say(/reach|email/i.test(last) ? 'ana@customer.test' : /serial/i.test(last) ? 'PF1ABCD23' : /name/i.test(last) ? 'Ana Keller' : 'Nordprint 200');
      await chat.waitForTurn();
    }
    const number = await chat.waitForReference(/\d/);
    assert.match(number, /\d/);
    const [ticket] = await gateway.tickets();
    const kept = await eventually(async () => {
      const rows = await gateway.sql(`SELECT a.file_name, a.sha256 FROM builtin_tickets t JOIN attachments a ON a.conversation_id = t.conversation_id AND a.seq <= t.last_seq`);
      return rows.length > 0 && rows;
    }, `the file on the ticket ${JSON.stringify(ticket)}`);
    assert.deepEqual(kept, [{ file_name: 'label.png', sha256: sha256(label) }]);
  });

  await t.test('what is not what its name says, or too large, or too many, is refused in words and can be taken back', async () => {
    const page = await fresh({ locale: 'zh-CN' });
    const chat = await openChat(page, { url: `${gateway.http}/demo?lang=zh` });
    await chat.waitForBot('售后助手');
    await pick(chat, [as_file('holiday.png', 'image/png', exe)]);
    await counts(chat.panel.locator('.files.waiting li'), 1);  // the page asks what it may take first
    await chat.say('请看照片', { received: false });
    const failed = chat.panel.locator('.line.customer.failed');
    await failed.waitFor();
    assert.match(await failed.innerText(), /无法接收文件“holiday\.png”/);
    await counts(failed.locator('.fate button'), 1, 'sending it again cannot help');
    await take_picture(page, 'attach-refused-zh');
    assert.deepEqual(await violations(page), []);
    await failed.locator('.fate button').click();
    await eventually(async () => (await chat.input.inputValue()) === '请看照片', 'the words are back');
    await chat.panel.locator('button.remove').click();
    await counts(chat.panel.locator('.files.waiting'), 0);

    await pick(chat, [as_file('large.png', 'image/png', Buffer.concat([label, randomBytes(3 * 1024 * 1024)]))]);
    await chat.panel.locator('.problem').filter({ hasText: '不能超过 3 MB' }).waitFor();
    await pick(chat, Array.from({ length: 6 }, (_, i) => as_file(`p${i}.png`, 'image/png', label)));
    await chat.panel.locator('.problem').filter({ hasText: '最多可以附 5 个文件' }).waitFor();
    await counts(chat.panel.locator('.files.waiting li'), 5);
    await chat.say('五张');
    assert.equal((await stored('五张')).length, 5);
    assert.equal((await stored('请看照片')).length, 0);
    assert.deepEqual(await gateway.sql("SELECT 1 FROM messages WHERE text = '请看照片'"), []);
  });

  await t.test('by the server, too: status, words, and nothing stored', async () => {
    const { session } = await (await fetch(`${gateway.http}/chat/session`, { method: 'POST', body: '{"lang":"en"}' })).json();
    const before = (await gateway.sql('SELECT count(*) AS n FROM attachments'))[0].n;
    const post = async (bytes, { cmid = 'c1', token = session, lang = 'en', text = 'over http' } = {}) => {
      const form = new FormData();
      form.append('text', text);
      form.append('file', new Blob([bytes], { type: 'image/png' }), 'a.png');
      const answer = await fetch(`${gateway.http}/chat/files`, { method: 'POST', body: form, headers: { Authorization: `Bearer ${token}`, 'Idempotency-Key': cmid, 'Accept-Language': lang } });
      return { status: answer.status, body: await answer.json() };
    };
    assert.equal((await post(exe)).status, 415);
    assert.match((await post(exe, { lang: 'zh-CN' })).body.error.message, /无法接收/);
    const large = await post(Buffer.concat([label, randomBytes(3 * 1024 * 1024)]));
    assert.deepEqual([large.status, large.body.error.code], [413, 'too_large']);
    assert.match(large.body.error.message, /3 MB/);
    assert.equal((await post(label, { token: 'x' })).status, 401);
    assert.equal((await gateway.sql('SELECT count(*) AS n FROM attachments'))[0].n, before);
    const first = await post(label);
    const again = await post(label);
    assert.deepEqual([first.status, again.status], [201, 200]);
    assert.deepEqual(again.body, { ...first.body, ref: again.body.ref });
    assert.equal((await post(png(8, 8, 1))).status, 409);
    assert.equal((await stored('over http')).length, 1);

    const mine = await fetch(`${gateway.http}/chat/files/${first.body.seq}?name=a.png`, { headers: { Authorization: `Bearer ${session}` } });
    assert.equal(mine.status, 200);
    assert.equal(sha256(Buffer.from(await mine.arrayBuffer())), sha256(label));
    assert.match(mine.headers.get('content-security-policy'), /sandbox/);
    const other = await (await fetch(`${gateway.http}/chat/session`, { method: 'POST' })).json();
    assert.equal((await fetch(`${gateway.http}/chat/files/${first.body.seq}?name=a.png`, { headers: { Authorization: `Bearer ${other.session}` } })).status, 404, "nobody else's");
    assert.equal((await fetch(`${gateway.http}/chat/files/${first.body.seq}?name=a.png`)).status, 401);
  });

  await t.test('by keyboard alone, by paste and by drop, on a phone', async () => {
    const page = await fresh({ viewport: { width: 390, height: 780 } });
    const chat = await openChat(page, { url: `${gateway.http}/demo` });
    await chat.waitForBot('support assistant');
    await chat.input.focus();
    await page.keyboard.press('Shift+Tab');
    await focus_is(page, /Add photos or files$/);
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.keyboard.press('Enter')]);
    await chooser.setFiles([as_file('one.png', 'image/png', label), as_file('two.log', 'text/plain', Buffer.from('kernel: thermal shutdown\n'))]);
    const waiting = chat.panel.locator('.files.waiting li');
    await waiting.nth(1).waitFor();
    await focus_is(page, /^TEXTAREA/, 'back to the words');
    for (let i = 0; i < 2; ++i) await page.keyboard.press('Shift+Tab');  // the clip, then the last file's "remove"
    await focus_is(page, /Remove two\.log$/);
    await page.keyboard.press('Enter');
    await counts(waiting, 1);

    const bytes = [...png(64, 64, 5)];
    await chat.input.evaluate((input, data) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array(data)], 'image.png', { type: 'image/png' }));
      input.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true }));
    }, bytes);
    await waiting.nth(1).waitFor();
    await chat.panel.evaluate((panel, data) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array(data)], 'image.png', { type: 'image/png' }));
      for (const type of ['dragover', 'drop']) panel.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
    }, bytes);
    await waiting.nth(2).waitFor();
    await take_picture(page, 'attach-phone');
    assert.deepEqual(await violations(page), []);
    await focus_is(page, /^TEXTAREA/);
    await page.keyboard.press('Enter');  // on the words: no text is needed
    await chat.waitForOwn('one.png', 'received');
    const rows = await stored('');
    assert.deepEqual(rows.map((row) => row.file_name).sort(), ['image (2).png', 'image.png', 'one.png']);
  });

  await t.test('without JavaScript', async () => {
    const page = await fresh({ javaScriptEnabled: false });
    await page.goto(`${gateway.http}/chat/plain?lang=en`);
    await page.fill('#text', 'plain photo');
    await page.setInputFiles('#file', [as_file('label.png', 'image/png', label), as_file('bill.pdf', 'application/pdf', Buffer.from('%PDF-1.4\n%\xe2\xe3\xcf\xd3\n', 'latin1'))]);
    await page.click('button.primary');
    const image = page.locator('main li.customer .file img');
    await image.waitFor({ timeout: 60_000 });
    await counts(page.locator('main li.customer .file'), 2);
    await page.locator('main ol li:last-child:not(.customer)').waitFor({ timeout: 60_000 });  // answered: no more reloading
    await eventually(() => image.evaluate((img) => img.naturalWidth === 320), 'the photo is shown');
    await take_picture(page, 'attach-plain');
    assert.deepEqual((await stored('plain photo')).map((row) => row.sha256).includes(sha256(label)), true);
    await page.setInputFiles('#file', [as_file('x.png', 'image/png', exe)]);
    await page.click('button.primary');
    assert.match(await page.locator('#error').innerText(), /"x\.png" cannot be taken/);
    await page.fill('#text', 'words alone');
    await page.click('button.primary');
    await page.locator('main li.customer').filter({ hasText: 'words alone' }).waitFor({ timeout: 60_000 });
  });

  await t.test('pictures of scripts: served, bounded to their folder', async () => {
    const get = (path, headers = {}) => fetch(`${gateway.http}${path}`, { headers });
    const answer = await get('/pictures/serial-label.svg');
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'image/svg+xml');
    assert.equal(answer.headers.get('content-security-policy'), "default-src 'none'; style-src 'unsafe-inline'; sandbox");
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(await answer.text(), await readFile(join(dialogs, 'pictures/serial-label.svg'), 'utf8'));
    assert.equal((await get('/pictures/serial-label.svg', { 'If-None-Match': answer.headers.get('etag') })).status, 304);
    for (const path of ['/pictures/none.svg', '/pictures/large.png', '/pictures/note.txt', '/pictures/.hidden.svg', '/pictures', '/pictures/', '/pictures/..%2fslots.yaml',
      '/pictures/%2e%2e/texts.yaml', '/pictures/a/b/c/d/e.svg', '/pictures/serial-label.svg/']) assert.ok([400, 404].includes((await get(path)).status), path);
  });

  await t.test('a picture stands above its question, in words for those who do not see it', async () => {
    const page = await fresh();
    const chat = await openChat(page, { url: `${gateway.http}/demo` });
    await chat.say('where is the label');
    await chat.waitForBot('Turn the laptop over');
    const image = chat.panel.locator('.line.bot .picture img');
    assert.equal(await image.getAttribute('alt'), 'Turn the laptop over.');
    await eventually(() => image.evaluate((img) => img.complete && img.naturalWidth > 0), 'the picture is shown');
    await take_picture(page, 'picture-widget');
    assert.deepEqual(await violations(page), []);
    await chat.press('I see it');

    const plain = await fresh({ javaScriptEnabled: false });
    await plain.goto(`${gateway.http}/chat/plain?lang=zh`);
    await plain.fill('#text', '标签在哪里');
    await plain.click('button.primary');
    const shown = plain.locator('main li img.picture');
    await shown.waitFor({ timeout: 60_000 });
    assert.equal(await shown.getAttribute('alt'), '请把笔记本翻过来。');
    await eventually(() => shown.evaluate((img) => img.naturalWidth > 0), 'the picture is shown');
    await take_picture(plain, 'picture-plain-zh');
  });

  assert.deepEqual(complaints, [], 'nothing threw, no policy was broken');
});

test('in a shop of another origin, whose policy allows the chat server and nothing else', async (t) => {
  let server_url = '';
  const shop = createServer((request, answer) => {
    answer.writeHead(200, { 'Content-Type': 'text/html', 'Content-Security-Policy': `default-src 'none'; script-src ${server_url}; connect-src ${server_url} ${server_url.replace('http', 'ws')}; img-src ${server_url}` });
    answer.end(`<!doctype html><html lang="en"><title>Shop</title><main><h1>Shop</h1></main><script src="${server_url}/widget.js"></script><usher-chat lang="en" open theme="dark"></usher-chat></html>`);
  });
  await new Promise((done) => shop.listen(0, '127.0.0.1', done));
  t.after(() => shop.close());
  const origin = `http://127.0.0.1:${shop.address().port}`;
  const gateway = await usher(t, { content: { dialogs: await scripts(t) }, http: { allowed_origins: [origin] } });
  server_url = gateway.http;
  const browser = await launch();
  t.after(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1000, height: 760 } });
  intercept_choosers(page);
  const complaints = [];
  page.on('console', (message) => { if (message.type() === 'error' && !/favicon/.test(message.location().url)) complaints.push(message.text()); });
  const chat = await openChat(page, { url: origin });
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), chat.panel.locator('button.attach').click()]);
  await chooser.setFiles([as_file('label.png', 'image/png', label), as_file('bill.pdf', 'application/pdf', Buffer.from('%PDF-1.4\n%\xe2\xe3\xcf\xd3\n', 'latin1'))]);
  await counts(chat.panel.locator('.files.waiting li'), 2);
  await chat.say('where is the label');
  await chat.waitForBot('Turn the laptop over');
  await chat.reload();
  await chat.panel.locator('.log canvas.thumb[data-drawn="true"]').first().waitFor();
  await eventually(() => chat.panel.locator('.picture img').evaluate((img) => img.naturalWidth > 0), 'the picture is shown');
  await take_picture(page, 'attach-shop-dark');
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(complaints, []);
});

test('on Request Tracker: with the ticket, and after it without a word', async (t) => {
  const rt = await requestTracker(t);
  const gateway = await usher(t, { ...rt.settings(), answers: { number_wait_ms: 60_000 } });
  const chat = await connectChat(gateway.http);
  t.after(() => chat.close());
  const send = async (text, name, bytes) => {
    const form = new FormData();
    form.append('text', text);
    form.append('file', new Blob([bytes]), name);
    const answer = await fetch(`${gateway.http}/chat/files`, { method: 'POST', body: form, headers: { Authorization: `Bearer ${chat.session}`, 'Idempotency-Key': randomUUID() } });
    assert.equal(answer.status, 201);
  };
  await send('I want to talk to a person, my scanner is dead', '标签.png', label);
  await eventually(() => chat.messages.some((m) => m.from === 'bot' && m.seq > 0), 'an answer');
  await chat.caught_up();
  const is_over = async () => (await gateway.sql('SELECT count(*) AS n FROM cases'))[0].n > 0;
  for (let i = 0; i < 14 && !(await is_over()); ++i) {
    const last = chat.messages.at(-1);
    if (last.choices?.length) await chat.ask(last.choices.at(-1).label, { choice: last.choices.at(-1).id });
    else await chat.ask(last.slot === 'contact' ? 'ana@customer.test' : last.slot === 'serial' ? 'PF1ABCD23' : 'Ana Keller');
  }
  const { ref } = await chat.reference();
  await send('', 'second.log', 'kernel: thermal shutdown\n');
  const parts = await eventually(async () => {
    const all = await rt.parts(ref);
    return all.some((part) => part.name === 'second.log') && all;
  }, 'the second file on the ticket');
  assert.equal(sha256(parts.find((part) => part.name === '标签.png').content), sha256(label));
  assert.equal(parts.find((part) => part.name === 'second.log').content.toString(), 'kernel: thermal shutdown\n');
  assert.match(await rt.text(ref), /Customer: I want to talk to a person, my scanner is dead \[files: 标签\.png\]/, 'the transcript names what came with each message');
  assert.deepEqual(await gateway.outbox('dead'), []);
});
