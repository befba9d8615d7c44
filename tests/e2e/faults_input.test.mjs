// A6: bad input gets a clear answer, harms nobody else and leaves nothing behind in memory (reliability.md SMTP-01, -05 … -09; HOOK-08, -09;
// WEB-01, -03, -04, -05, -10, -13). After every attack a customer like any other is served.
// Runs alone (./dev test): it measures memory.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test as run } from 'node:test';
import WebSocket from 'ws';
import { exchange, hookBody, http, kHookSecret, mailOf, pause, postHook, seeded, serveSomebody, signedHeaders, SmtpClient, stuffed, uuidV7, Visitor } from './support/peers.mjs';
import { eventually, temporaryFolder, Usher } from './support/usher.mjs';

const kMb = 1 << 20;
const kMaxMail = 4 * kMb;
const kSpare = 20 * kMb;  // what memory may grow from the first round of a kind to the last
const random = seeded();
const test = (name, ...rest) => run(name, { timeout: 600_000 }, rest.at(-1));
let gateway;

before(async () => {
  const folder = await temporaryFolder(undefined);
  await writeFile(join(folder, 'secret'), kHookSecret, { mode: 0o600 });
  gateway = new Usher(folder, {
    email: { addresses: ['support@usher.test', '@many.test'], max_message_bytes: kMaxMail, max_connections_per_address: 1000 },
    webhooks: [{ name: 'partner', secret_file: join(folder, 'secret') }],
    http: { allowed_origins: ['https://shop.example'] },
  });
  await gateway.start('--lmtp', '127.0.0.1:0');
  await serveSomebody(gateway, 'at first');
});
after(async () => {
  const { rm } = await import('node:fs/promises');
  const ended = await gateway.stop();
  await rm(gateway.folder, { recursive: true, force: true });
  assert.deepEqual(ended, { code: 0, signal: null });
});

const mailNumber = (name, body) => mailOf({ From: 'ana@customer.test', To: 'support@usher.test', Subject: name, 'Message-ID': `<${name}@customer.test>` }, body);
const lives = () => assert.equal(gateway.exit, null, `the process ended: ${gateway.stderr}`);
const stored = async (like) => gateway.sql(`SELECT id, text FROM messages WHERE text LIKE '%${like}%'`);
async function lmtp() {
  const client = await SmtpClient.connect(gateway.lmtp, { greet: false });
  assert.match(await client.command('LHLO client.test'), /^250/);
  return client;
}
async function inData(client, to = ['support@usher.test']) {
  for (const line of ['MAIL FROM:<ana@customer.test>', ...to.map((one) => `RCPT TO:<${one}>`), 'DATA']) assert.match(await client.command(line), /^(250|354)/);
}
// A WebSocket that takes everything as it comes: frames in `got`, the close code when it ends.
async function rawSocket(options = {}) {
  const socket = new WebSocket(gateway.http.replace('http', 'ws') + '/chat/ws', options);
  const it = { socket, got: [], closed: new Promise((done, failed) => { socket.on('close', done); setTimeout(() => failed(new Error('still open after two minutes')), 120_000).unref(); }) };
  it.closed.catch(() => {});
  socket.on('error', () => {});
  socket.on('message', (data) => it.got.push(JSON.parse(data)));
  await once(socket, 'open');
  return it;
}
async function helloed() {
  const it = await rawSocket();
  it.socket.send('{"t":"hello","v":1}');
  await eventually(() => it.got.some((frame) => frame.t === 'welcome'), 'welcome');
  return it;
}
// The connection after the upgrade, as bytes: what is written is no client library's idea of a frame.
async function rawUpgraded() {
  const socket = connect({ host: '127.0.0.1', port: Number(gateway.http.split(':').at(-1)) });
  const it = { socket, received: Buffer.alloc(0), ended: false };
  socket.on('data', (d) => { it.received = Buffer.concat([it.received, d]); });
  socket.on('close', () => { it.ended = true; });
  socket.on('error', () => { it.ended = true; });
  socket.write('GET /chat/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n');
  await eventually(() => it.received.includes('\r\n\r\n'), 'the upgrade');
  assert.match(it.received.toString('latin1'), /^HTTP\/1\.1 101 /);
  it.received = it.received.subarray(it.received.indexOf('\r\n\r\n') + 4);
  return it;
}
// A client frame; everything about it can be wrong.
function frame(opcode, payload, { fin = true, masked = true, length } = {}) {
  const size = length ?? BigInt(payload.length);
  const head = [Buffer.from([(fin ? 0x80 : 0) | opcode])];
  if (size < 126n) head.push(Buffer.from([(masked ? 0x80 : 0) | Number(size)]));
  else if (size < 65536n) head.push(Buffer.from([(masked ? 0x80 : 0) | 126, Number(size) >> 8, Number(size) & 255]));
  else { const eight = Buffer.alloc(8); eight.writeBigUInt64BE(size); head.push(Buffer.from([(masked ? 0x80 : 0) | 127]), eight); }
  if (masked) head.push(Buffer.alloc(4));  // a mask of zeros leaves the payload readable
  return Buffer.concat([...head, payload]);
}
// Server frames in what was received: {opcode, payload}.
function framesOf(bytes) {
  const out = [];
  for (let at = 0; at + 2 <= bytes.length;) {
    let size = bytes[at + 1] & 127, head = 2;
    if (size === 126) { size = bytes.readUInt16BE(at + 2); head = 4; } else if (size === 127) { size = Number(bytes.readBigUInt64BE(at + 2)); head = 10; }
    if (at + head + size > bytes.length) break;
    out.push({ opcode: bytes[at] & 15, payload: bytes.subarray(at + head, at + head + size) });
    at += head + size;
  }
  return out;
}
const closeCode = (bytes) => framesOf(bytes).find((f) => f.opcode === 8)?.payload.readUInt16BE(0);

// --- random bytes ---
const kSinks = {
  'the HTTP port': async (bytes) => assert.match(await exchange(gateway.http, bytes), /^HTTP\/1\.1 4\d\d /),
  'the SMTP port': async (bytes) => assert.match(await exchange(gateway.smtp, bytes), /^220 .*\r\n(5\d\d .*\r\n)+421 /s),
  'the LMTP port': async (bytes) => assert.match(await exchange(gateway.lmtp, bytes), /^220 .*\r\n(5\d\d .*\r\n)+421 /s),
  'SMTP after EHLO': async (bytes) => assert.match(await exchange(gateway.smtp, Buffer.concat([Buffer.from('EHLO x\r\n'), bytes])), /ENHANCEDSTATUSCODES\r\n(5\d\d .*\r\n)+421 /s),
  'the data of a mail': async (bytes) => {
    const client = await SmtpClient.connect(gateway.smtp);
    await inData(client);
    client.send(bytes);
    client.send('\r\n.\r\n');
    assert.match(await client.reply(), /^550 5\.5\.2 /);
    client.close();
  },
  'a mail by LMTP': async (bytes) => {
    const client = await lmtp();
    await inData(client, ['support@usher.test', 'a@many.test']);
    client.send(bytes);
    client.send('\r\n.\r\n');
    for (let n = 0; n < 2; ++n) assert.match(await client.reply(), /^550 5\.5\.2 /);
    client.close();
  },
  'a WebSocket text message': async (bytes) => {
    const it = await helloed();
    it.socket.send(bytes.subarray(0, 60_000), { binary: false });
    assert.equal(await it.closed, 1007);
  },
  'a WebSocket message far too long': async (bytes) => {
    const it = await helloed();
    it.socket.send(bytes.toString('hex'), { binary: false });
    assert.equal(await it.closed, 1009);
  },
  'a WebSocket binary message': async (bytes) => {
    const it = await helloed();
    it.socket.send(bytes.subarray(0, 60_000), { binary: true });
    assert.equal(await it.closed, 1003);
  },
  'the connection after an upgrade': async (bytes) => {
    const it = await rawUpgraded();
    it.socket.write(bytes);
    await eventually(() => closeCode(it.received) !== undefined, 'a close frame');
    assert.ok([1002, 1003, 1007, 1009].includes(closeCode(it.received)), `close ${closeCode(it.received)}`);
    it.socket.end();
    await eventually(() => it.ended, 'the end of the connection');
  },
  'the body of a chat message': async (bytes) => {
    const session = JSON.parse((await http(`${gateway.http}/chat/session`, { method: 'POST', body: '{}' })).body).session;
    const post = (body) => http(`${gateway.http}/chat/messages`, { method: 'POST', headers: { authorization: `Bearer ${session}`, 'idempotency-key': uuidV7(), connection: 'close' }, body });
    assert.equal((await post(bytes)).status, 413);
    assert.equal((await post(bytes.subarray(0, 60_000))).status, 400);
  },
  'the body of other addresses': async (bytes) => {
    for (const path of ['/chat/session', '/api/login', '/chat/plain']) {
      const answer = await http(gateway.http + path, { method: 'POST', headers: { 'x-usher-request': '1', connection: 'close' }, body: bytes.subarray(0, 60_000) });
      assert.ok(answer.status >= 200 && answer.status < 500, `${path} answered ${answer.status}`);
    }
  },
  'the body of a webhook, signed': async (bytes) => {
    assert.equal((await postHook(gateway, uuidV7(), bytes, {})).status, 413);
    assert.equal((await postHook(gateway, uuidV7(), bytes.subarray(0, 200_000), {})).status, 400);
  },
};
test('1 MB of random bytes at every door', async (t) => {
  t.diagnostic(`replay with USHER_SEED=${random.seed}`);
  const memory = [];
  for (let round = 1; round <= 3; ++round) {
    for (const [where, send] of Object.entries(kSinks)) {
      try {
        await send(random.bytes(kMb));
      } catch (error) {
        throw new Error(`round ${round}, ${where}: ${error.message}`, { cause: error });
      }
      lives();
    }
    await serveSomebody(gateway, `after round ${round}`);
    memory.push(await gateway.memory());
  }
  t.diagnostic(`resident after each round: ${memory.map((m) => (m / kMb).toFixed(1)).join(', ')} MB`);
  assert.ok(memory[2] - memory[0] < kSpare / 2, 'memory is flat');
});

test('1 MB of random bytes in clean lines is a mail like any other', async () => {
  const client = await SmtpClient.connect(gateway.smtp);
  assert.match(await client.mail(random.bytes(kMb).toString('latin1').replace(/[\r\n]/g, '').replace(/.{900}/gs, '$&\r\n')), /^250 2\.0\.0 /);
  client.close();
  await serveSomebody(gateway);
});

// --- mail ---
test('a mail too large: refused by its SIZE and by its count, and the session goes on (SMTP-07)', async (t) => {
  const memory = [];
  for (let round = 0; round < 3; ++round) {
    for (const client of [await SmtpClient.connect(gateway.smtp), await lmtp()]) {
      for (const size of ['999999999', String(kMaxMail + 1), '99999999999999999999999']) {
        assert.match(await client.command(`MAIL FROM:<ana@customer.test> SIZE=${size}`), /^552 5\.3\.4 /);
      }
      assert.match(await client.command('MAIL FROM:<ana@customer.test> SIZE=lots'), /^501 /);
      await inData(client);
      const block = Buffer.from(`${'x'.repeat(998)}\r\n`.repeat(256));
      for (let sent = 0; sent < 2 * kMaxMail; sent += block.length) client.send(block);
      client.send('.\r\n');
      assert.match(await client.reply(), /^552 5\.3\.4 /);
      assert.match(await client.mail(mailNumber(uuidV7(), 'A small one behind it.\n')), /^250 2\.0\.0 /, 'the next mail of the session');
      // Without an end: not listened to for ever.
      await inData(client);
      client.socket.on('error', () => {});
      for (let n = 0; n < 40 && !client.closed; ++n) {
        client.send(Buffer.alloc(kMb, 'x'));
        await pause(0);
      }
      assert.match(await client.rest(), /552 5\.3\.4 .*closing/);
    }
    memory.push(await gateway.memory());
  }
  assert.ok(memory[2] - memory[0] < kSpare, `memory is flat: ${memory}`);
  t.diagnostic(`resident after each round: ${memory.map((m) => (m / kMb).toFixed(1)).join(', ')} MB`);
  await serveSomebody(gateway);
});

test('one line of 50 MB is refused in step and costs no memory (SMTP-06)', async () => {
  const before_it = await gateway.memory();
  // Under the patience of four times the limit it is read to its end; a line as long as the whole mail may be is taken.
  const client = await SmtpClient.connect(gateway.smtp);
  const id = uuidV7();
  assert.match(await client.mail(mailNumber(id, 'y'.repeat(kMaxMail - 4096))), /^250 2\.0\.0 /);
  await inData(client);
  for (let n = 0; n < 14; ++n) client.send(Buffer.alloc(kMb, 'x'));
  client.send('\r\n.\r\n');
  assert.match(await client.reply(), /^552 5\.3\.4 /);
  assert.match(await client.command('NOOP'), /^250 /);
  client.close();
  const endless = await SmtpClient.connect(gateway.smtp);
  await inData(endless);
  for (let n = 0; n < 50; ++n) endless.send(Buffer.alloc(kMb, 'x'));
  assert.match(await endless.rest(), /552 5\.3\.4 .*closing/);
  assert.ok((await gateway.memory()) - before_it < 2 * kMaxMail + kSpare);
  await serveSomebody(gateway);
});

test('recipients that are not ours are refused at RCPT, relaying is (SMTP-09)', async () => {
  const client = await SmtpClient.connect(gateway.smtp);
  const refused = [
    ['nobody@usher.test', /^550 5\.1\.1 /], ['ana@customer.test', /^550 5\.7\.1 /], ['support%customer.test@usher.test', /^550 5\.7\.1 /], ['customer.test!ana@usher.test', /^550 5\.7\.1 /],
    ['@usher.test,@customer.test:ana@customer.test', /^553 /], ['"support"@usher.test', /^553 /], ['"a b"@usher.test', /^553 /], ['sup\u00f6rt@usher.test', /^5(53|01) /], ['support@usher.test@customer.test', /^5\d\d /],
    ['support@[127.0.0.1]', /^550 /], ['', /^501 /], ['support', /^550 /], ['support@usher.test.customer.test', /^550 5\.7\.1 /], ['support@', /^501 /],
  ];
  let n = 0;
  for (const [recipient, expected] of refused) {
    if (n++ % 10 === 9) {  // an honest error limit closes a session that makes twenty
      assert.match(await client.command('QUIT'), /^221/);
      client.close();
    }
    const fresh = n > 9 ? await SmtpClient.connect(gateway.smtp) : client;
    assert.match(await fresh.command('MAIL FROM:<ana@customer.test>'), /^250/);
    fresh.send(Buffer.from(`RCPT TO:<${recipient}>\r\n`));
    assert.match(await fresh.reply(), expected, `RCPT TO:<${recipient}>`);
    assert.match(await fresh.command('DATA'), /^503 /, 'no data without a recipient');
    assert.match(await fresh.command('RSET'), /^250/);
    if (fresh !== client) fresh.close();
  }
  const last = await SmtpClient.connect(gateway.smtp);
  assert.match(await last.mail(mailNumber(uuidV7(), 'To the right one.\n'), { to: ['Support@USHER.test'] }), /^250 2\.0\.0 /);
  last.close();
});

test('a thousand and one recipients: the first hundred are served, the rest may come again (SMTP-08)', async () => {
  const client = await SmtpClient.connect(gateway.smtp);
  const id = uuidV7();
  client.send(['MAIL FROM:<ana@customer.test>', ...Array.from({ length: 1001 }, (_, n) => `RCPT TO:<u${n}@many.test>`), 'DATA'].map((line) => `${line}\r\n`).join(''));
  assert.match(await client.reply(), /^250 2\.1\.0 /);
  for (let n = 0; n < 1001; ++n) assert.match(await client.reply(), n < 100 ? /^250 2\.1\.5 / : /^452 4\.5\.3 /, `recipient ${n}`);
  assert.match(await client.reply(), /^354/);
  client.send(stuffed(mailNumber(id, `To many. many-${id}\n`)));
  assert.match(await client.reply(), /^250 2\.0\.0 /);
  client.close();
  assert.equal((await stored(`many-${id}`)).length, 1);
});

test('lines without an end and commands without a purpose end the session (SMTP-05)', async () => {
  const long = await SmtpClient.connect(gateway.smtp);
  assert.match(await long.command(`NOOP ${'x'.repeat(2100)}`), /^500 5\.5\.2 /);
  assert.match(await long.command('NOOP'), /^250 /, 'the session is in step');
  long.close();
  assert.match(await exchange(gateway.smtp, Buffer.alloc(64 * 1024, 'x'), { half_close: true }), /^220 .*\r\n500 5\.5\.2 /);
  assert.match(await exchange(gateway.smtp, Buffer.alloc(kMb, 'x')), /500 5\.5\.2 .*421 4\.7\.0 /s);
  const memory = [];
  for (let round = 0; round < 3; ++round) {
    const talk = await exchange(gateway.smtp, Buffer.from('NOOP\r\n'.repeat(1_000_000)));
    assert.match(talk, /421 4\.7\.0 too many errors/);
    assert.ok(talk.match(/^250 /gm).length < 200, 'cut off early');
    memory.push(await gateway.memory());
  }
  assert.ok(memory[2] - memory[0] < kSpare, `memory is flat: ${memory}`);
  await serveSomebody(gateway);
});

test('no line ending but CRLF ends a mail: nothing can be smuggled in behind it (SMTP-01)', async () => {
  const endings = { '\\n.\\n': '\n.\n', '\\n.\\r\\n': '\n.\r\n', '\\r\\n.\\n': '\r\n.\n', '\\r.\\r': '\r.\r', '\\r\\n.\\r': '\r\n.\r', '\\r\\n\\0.\\r\\n': '\r\n\0.\r\n', '\\r\\n.\\r\\r\\n': '\r\n.\r\r\n',
                    '\\r.\\r\\n': '\r.\r\n', '\\n\\n.\\r\\n': '\n\n.\r\n', '\\r\\n.\\0\\r\\n': '\r\n.\0\r\n', '\\r\\n..\\r\\n': '\r\n..\r\n', '\\r\\n .\\r\\n': '\r\n .\r\n' };
  for (const [name, ending] of Object.entries(endings)) {
    const id = uuidV7();
    const client = await SmtpClient.connect(gateway.smtp);
    await inData(client);
    const inner = `MAIL FROM:<ceo@usher.test>\r\nRCPT TO:<support@usher.test>\r\nDATA\r\nFrom: ceo@usher.test\r\nSubject: inner\r\n\r\ninner-${id}`;
    client.send(Buffer.from(`From: ana@customer.test\r\nSubject: outer\r\nMessage-ID: <${id}@customer.test>\r\n\r\nouter-${id}${ending}${inner}\r\n.\r\n`, 'latin1'));
    const reply = await client.reply();
    assert.match(reply, /^(250 2\.0\.0|550 5\.5\.2) /, name);
    if (/[^\r]\n|\r[^\n]/.test(ending)) assert.match(reply, /^550 /, `${name} has a bare CR or LF`);
    client.send('QUIT\r\n');
    const rest = await client.rest();
    assert.doesNotMatch(rest, /354|250/, `${name}: what came behind was not taken for commands: ${rest}`);
    client.close();
    const found = await stored(`inner-${id}`);
    assert.equal(found.length, reply.startsWith('250') ? 1 : 0, name);
    for (const row of found) assert.ok(row.text.includes(`outer-${id}`), `${name}: one mail, both texts`);
  }
  // BDAT is the other way to send a mail: what is in a chunk is text, and a bare CR or LF in it is refused as well.
  for (const [name, ending] of Object.entries(endings)) {
    const id = uuidV7();
    const client = await SmtpClient.connect(gateway.smtp, { greet: false });
    assert.match(await client.command('EHLO client.test'), /CHUNKING/);
    await client.command('MAIL FROM:<ana@customer.test>');
    await client.command('RCPT TO:<support@usher.test>');
    const chunk = Buffer.from(`From: ana@customer.test\r\nSubject: outer\r\nMessage-ID: <${id}@customer.test>\r\n\r\nouter-${id}${ending}` +
                              `MAIL FROM:<ceo@usher.test>\r\nRCPT TO:<support@usher.test>\r\nDATA\r\nSubject: inner\r\n\r\ninner-${id}\r\n.\r\n`, 'latin1');
    client.send(Buffer.concat([Buffer.from(`BDAT ${chunk.length} LAST\r\n`), chunk]));
    const reply = await client.reply();
    assert.match(reply, /[^\r]\n|\r[^\n]/.test(`x${ending}x`) ? /^550 5\.5\.2 / : /^250 2\.0\.0 /, `BDAT ${name}`);
    client.send('QUIT\r\n');
    assert.doesNotMatch(await client.rest(), /354|250/, `BDAT ${name}`);
    client.close();
    const found = await stored(`inner-${id}`);
    assert.equal(found.length, reply.startsWith('250') ? 1 : 0, `BDAT ${name}`);
  }
  await serveSomebody(gateway);
});

// --- chat ---
test('frames that are not understood: an error each, the fifth ends the session', async () => {
  const bad = ['{', '[]', 'null', '"hello"', '{"t":1}', '{"t":"nope"}', '{"t":"msg"}', '{"t":"msg","cmid":"a b","text":"hi"}', `${'['.repeat(20_000)}`, `{"t":"msg","cmid":"${uuidV7()}","text":{"a":1}}`,
               `{"t":"msg","cmid":"${uuidV7()}","text":""}`, `{"t":"msg","cmid":"${uuidV7()}","text":"\\ud800"}x`, '{"t":"hello","v":1}', '{"t":"msg","t":"msg"}', `{"t":"msg","cmid":"${uuidV7()}","text":"hi"}\0more`];
  for (let from = 0; from < bad.length; from += 5) {
    const it = await helloed();
    for (const text of bad.slice(from, from + 5)) it.socket.send(text);
    assert.equal(await it.closed, 1008);
    const errors = it.got.filter((f) => f.t === 'error' || f.t === 'nack');
    assert.equal(it.got.filter((f) => f.t === 'error').length, 5, `one error for each: ${JSON.stringify(errors)}`);
    assert.ok(errors.every((f) => f.code && f.message));
  }
  // Four are forgiven.
  const it = await helloed();
  for (const text of bad.slice(0, 4)) it.socket.send(text);
  const cmid = uuidV7();
  it.socket.send(JSON.stringify({ t: 'msg', cmid, text: 'x'.repeat(4001) }));
  it.socket.send(JSON.stringify({ t: 'msg', cmid: uuidV7(), text: 'hello' }));
  await eventually(() => it.got.some((f) => f.t === 'ack'), 'an ack after four errors');
  assert.equal(it.got.find((f) => f.t === 'nack')?.code, 'too_long');
  it.socket.terminate();
});

test('WebSocket frames against the rules get the close code of the rules (WEB-13)', async () => {
  const text = (words) => Buffer.from(words);
  const cases = [
    ['an unmasked frame', frame(1, text('{"t":"hello"}'), { masked: false }), [1002]],
    ['a length of 2^63', frame(1, text(''), { length: 1n << 63n }), [1002, 1009]],
    ['a length of 2^62', frame(1, text(''), { length: 1n << 62n }), [1009]],
    ['a control frame in pieces', frame(9, text('x'), { fin: false }), [1002]],
    ['a ping of 126 bytes', frame(9, Buffer.alloc(126)), [1002]],
    ['a reserved opcode', frame(3, text('x')), [1002]],
    ['a reserved bit', Buffer.concat([Buffer.from([0xc1, 0x81, 0, 0, 0, 0]), text('x')]), [1002]],
    ['a continuation of nothing', frame(0, text('x')), [1002]],
    ['text that is not UTF-8', frame(1, Buffer.from([0xc0, 0xaf])), [1007]],
    ['a close reason that is not UTF-8', frame(8, Buffer.from([0x03, 0xe8, 0xff, 0xfe])), [1007, 1002]],
    ['a close code that is not one', frame(8, Buffer.from([0x00, 0x01])), [1002]],
    ['a close of one byte', frame(8, Buffer.from([0x03])), [1002]],
    ['a new message inside another', Buffer.concat([frame(1, text('{'), { fin: false }), frame(1, text('}'))]), [1002]],
  ];
  for (const [what, bytes, codes] of cases) {
    const it = await rawUpgraded();
    it.socket.write(bytes);
    await eventually(() => closeCode(it.received) !== undefined, `a close frame after ${what}`);
    it.socket.end();
    await eventually(() => it.ended, `the end of the connection after ${what}`);
    assert.ok(codes.includes(closeCode(it.received)), `${what}: closed with ${closeCode(it.received)}, not ${codes}`);
  }
  // Rude, but within the rules.
  const it = await rawUpgraded();
  const memory = await gateway.memory();
  for (let n = 0; n < 20_000; ++n) it.socket.write(frame(9, text('ping')));
  it.socket.write(Buffer.concat([frame(1, text('{"t":"he'), { fin: false }), frame(9, text('inside')), frame(0, text('llo","v":1}'))]));
  await eventually(() => framesOf(it.received).some((f) => f.opcode === 1 && f.payload.includes('welcome')), 'a welcome after a flood of pings');
  assert.ok(framesOf(it.received).some((f) => f.opcode === 10 && f.payload.toString() === 'inside'), 'a ping between two pieces is answered');
  assert.ok((await gateway.memory()) - memory < kSpare);
  it.socket.destroy();
  await serveSomebody(gateway);
});

test('only our own pages and the listed ones open a chat (WEB-05)', async () => {
  const own = gateway.http;
  const port = new URL(own).port;
  const status = async (origin) => {
    const head = `GET /chat/ws HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n`;
    const said = await exchange(own, `${head}${origin.map((one) => `Origin: ${one}\r\n`).join('')}\r\n`, { enough: (text) => text.includes('\r\n\r\n') });
    return Number(said.slice(9, 12));
  };
  for (const origin of [[], [own], [own.toUpperCase().replace('HTTP', 'http')], ['https://shop.example'], ['HTTPS://SHOP.EXAMPLE']]) assert.equal(await status(origin), 101, String(origin));
  for (const origin of [['https://evil.example'], ['null'], ['https://shop.example.evil.example'], ['https://evilshop.example'], ['http://shop.example'], ['https://shop.example:8443'], [`http://127.0.0.1:1${port}`],
                        ['http://127.0.0.1'], [`ftp://127.0.0.1:${port}`], [''], [own, 'https://evil.example'], ['https://shop.example, https://evil.example']]) {
    assert.equal(await status(origin), 403, String(origin));
    if (origin.length !== 1) continue;
    const answer = await http(`${own}/chat/session`, { method: 'POST', headers: { origin: origin[0] }, body: '{}' });
    assert.equal(answer.status, 403, `POST from ${origin}`);
    assert.equal(answer.headers['access-control-allow-origin'], undefined);
  }
});

test('a customer who never reads is let go, and costs no memory (WEB-10)', async (t) => {
  const visitor = new Visitor(gateway);
  await visitor.answer((await visitor.say('hello')).seq);
  const deaf = await rawUpgraded();
  deaf.socket.write(frame(1, Buffer.from(JSON.stringify({ t: 'hello', v: 1, session: visitor.session, seq: 0 }))));
  await eventually(() => framesOf(deaf.received).some((f) => f.payload.includes('welcome')), 'welcome');
  deaf.socket.pause();
  const sockets = async () => Number(/^usher_webchat_sockets (\d+)/m.exec((await http(`${gateway.http}/metrics`)).body)[1]);
  const before_it = await sockets();
  const memory = await gateway.memory();
  // Lines of 16 KB, until the buffers of two kernels (tens of megabytes, they grow as they like) and the queue are full.
  const words = '😶'.repeat(3990);
  let sent = 0;
  while ((await sockets()) >= before_it) {
    await visitor.say(`${words}${sent}`);
    assert.ok(++sent < 20_000, 'somebody who reads nothing is still kept');
  }
  assert.ok((await gateway.memory()) - memory < 60 * kMb);
  t.diagnostic(`let go after ${sent} lines of 16 KB`);
  deaf.socket.destroy();
  await visitor.answer((await visitor.say('and I am still here')).seq);
  assert.deepEqual(visitor.faults, []);
  visitor.close();
});

// --- HTTP ---
test('requests that two servers could read differently are refused, and nothing behind them is read (WEB-01)', async () => {
  const smuggled = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';
  const post = (headers, body) => `POST /chat/session HTTP/1.1\r\nHost: x\r\n${headers.join('\r\n')}\r\n\r\n${body}`;
  const cases = {
    'CL and TE': post(['Content-Length: 6', 'Transfer-Encoding: chunked'], `0\r\n\r\n${smuggled}`),
    'TE and CL': post(['Transfer-Encoding: chunked', 'Content-Length: 4'], `5c\r\n${smuggled}0\r\n\r\n`),
    'two different lengths': post(['Content-Length: 2', 'Content-Length: 4'], `{}${smuggled}`),
    'two equal lengths': post(['Content-Length: 2', 'Content-Length: 2'], `{}${smuggled}`),
    'a length with a sign': post(['Content-Length: +2'], `{}${smuggled}`),
    'a negative length': post(['Content-Length: -1'], `{}${smuggled}`),
    'a list of lengths': post(['Content-Length: 2,2'], `{}${smuggled}`),
    'a length in hex': post(['Content-Length: 0x2'], `{}${smuggled}`),
    'a length of 2^64': post(['Content-Length: 18446744073709551618'], `{}${smuggled}`),
    'chunked, identity': post(['Transfer-Encoding: chunked, identity'], `0\r\n\r\n${smuggled}`),
    'identity': post(['Transfer-Encoding: identity'], `{}${smuggled}`),
    'xchunked': post(['Transfer-Encoding: xchunked'], `0\r\n\r\n${smuggled}`),
    'TE twice': post(['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], `0\r\n\r\n${smuggled}`),
    'a blank before the colon': post(['Transfer-Encoding : chunked'], `0\r\n\r\n${smuggled}`),
    'a folded header': post(['Transfer-Encoding:', ' chunked'], `0\r\n\r\n${smuggled}`),
    'a header without a colon': post(['Nonsense'], smuggled),
    'a NUL in a header': post(['X: a\0b'], smuggled),
    'bare LF': `POST /chat/session HTTP/1.1\nHost: x\nContent-Length: 2\n\n{}${smuggled}`,
    'bare CR in a header': post(['X: a\rTransfer-Encoding: chunked'], smuggled),
    'a chunk of 2^64': post(['Transfer-Encoding: chunked'], `10000000000000000\r\n${smuggled}`),
    'a chunk size with a sign': post(['Transfer-Encoding: chunked'], `+2\r\n{}\r\n0\r\n\r\n${smuggled}`),
    'a chunk size with 0x': post(['Transfer-Encoding: chunked'], `0x2\r\n{}\r\n0\r\n\r\n${smuggled}`),
    'a bare LF behind a chunk size': post(['Transfer-Encoding: chunked'], `2\n{}\n0\n\n${smuggled}`),
    'no CRLF behind a chunk': post(['Transfer-Encoding: chunked'], `2\r\n{}XX0\r\n\r\n${smuggled}`),
    'a trailer that is none': post(['Transfer-Encoding: chunked'], `2\r\n{}\r\n0\r\nnot a trailer\r\n\r\n${smuggled}`),
    'two hosts': `GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n${smuggled}`,
    'no host': `GET / HTTP/1.1\r\nX: a\r\n\r\n${smuggled}`,
    'another version': `GET / HTTP/3.0\r\nHost: x\r\n\r\n${smuggled}`,
    'no version': `GET /\r\n\r\n${smuggled}`,
    'chunked in HTTP/1.0': `POST /chat/session HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
  };
  for (const [what, bytes] of Object.entries(cases)) {
    const said = await exchange(gateway.http, Buffer.from(bytes, 'latin1'));
    assert.match(said, /^HTTP\/1\.1 (400|413|501|505) /, `${what}: ${said.slice(0, 60)}`);
    assert.equal(said.match(/^HTTP\/1\.1 /gm).length, 1, `${what}: one answer, the second request was never read`);
    assert.match(said, /^connection: close\r$/im, what);
  }
  // The same shape, well made: two answers on one connection.
  const good = await exchange(gateway.http, post(['Transfer-Encoding: chunked'], `2;a=b\r\n{}\r\n0\r\nX: y\r\n\r\n${smuggled}`), { enough: (text) => text.includes('ok\n') });
  assert.match(good, /^HTTP\/1\.1 201 .*HTTP\/1\.1 200 /s);
  await serveSomebody(gateway);
});

test('too long a target, too many headers, too large a header (WEB-03)', async () => {
  const said = async (bytes) => Number((await exchange(gateway.http, bytes)).slice(9, 12));
  assert.equal(await said(`GET /${'a'.repeat(9 * 1024)} HTTP/1.1\r\nHost: x\r\n\r\n`), 414);
  assert.equal(await said(`GET /${'a'.repeat(kMb)}`), 414);
  assert.equal(await said(`GET / HTTP/1.1\r\nHost: x\r\n${'X: y\r\n'.repeat(101)}\r\n`), 431);
  assert.equal(await said(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(65 * 1024)}\r\n\r\n`), 431);
  assert.equal(await said(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(kMb)}`), 431);
});

test('no path leads out of the pages (WEB-04)', async () => {
  for (const path of ['/../etc/passwd', '/..', '/%2e%2e/etc/passwd', '/..%2fetc/passwd', '/%2e%2e%2f%2e%2e%2fetc/passwd', '/%252e%252e/etc/passwd', '/demo/../../etc/passwd', '/..\\..\\etc\\passwd', '/%5c..%5cetc', '/a%00.html',
                      '/%00', '/%c0%ae%c0%ae/etc/passwd', '/%c0%af', '/%e0%80%ae/', '//etc/passwd', '///etc/passwd', '/.%2e/x', '/%zz', '/%', '/usher.yaml', '/data/usher.db', '/.git/config', '/plain.html', 'etc/passwd', '*', '/a#b',
                      '/a\x01b', 'http://', 'http://x', 'file:///etc/passwd']) {
    const said = await exchange(gateway.http, Buffer.from(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`, 'latin1'));
    assert.match(said, /^HTTP\/1\.1 (400|404) /, `${path}: ${said.slice(0, 60)}`);
    assert.doesNotMatch(said, /root:|SQLite format|company:/);
  }
});

test('JSON of every bad kind in a signed webhook: 400, never 500 (HOOK-08)', async () => {
  const data = (inner) => `{"type":"message.created","data":{"from":{"id":"u1"},"text":"hi"${inner}}}`;
  const cases = [
    '', ' ', 'null', '[]', '{}', '"x"', '{', '{"type":"message.created"}', '{"type":"message.created","data":[]}', '{"type":"message.created","data":{"from":"u1","text":"hi"}}', '{"type":"other","data":{}}',
    '{"type":"message.created","data":{"from":{"id":1},"text":"hi"}}', '{"type":"message.created","data":{"from":{"id":"u1"},"text":["hi"]}}', '{"type":"message.created","data":{"from":{"id":"u1"}}}',
    '['.repeat(100_000), '{"a":'.repeat(50_000), `${'['.repeat(60_000)}${']'.repeat(60_000)}`, data(`,"x":${'['.repeat(1000)}${']'.repeat(1000)}`), data(',"text":"twice"'), data(',"x":1e999'), data(',"x":"\\ud800"'),
    data(',"x":01'), data(',"x":NaN'), `${data('')}x`, `\ufeff\ufeff${data('')}`, `${data('')}\0`, data(`,"x":"\u0001"`),
  ].map((text) => Buffer.from(text));
  cases.push(Buffer.concat([Buffer.from('{"type":"message.created","data":{"from":{"id":"u1"},"text":"'), Buffer.from([0xff, 0xfe, 0xc0, 0xaf]), Buffer.from('"}}')]));
  for (const body of cases) {
    const answer = await postHook(gateway, uuidV7(), body);
    assert.equal(answer.status, 400, `${body.subarray(0, 80)}: ${answer.body}`);
    assert.ok(JSON.parse(answer.body).error.message);
  }
  // Large but allowed.
  const wide = Buffer.from(data(`,"x":{${Array.from({ length: 18_000 }, (_, n) => `"k${n}":1e308`).join(',')}}`));
  assert.equal((await postHook(gateway, uuidV7(), wide)).status, 202);
  await serveSomebody(gateway);
});

test('a webhook body over the limit is refused before it is read (HOOK-09)', async () => {
  const body = Buffer.alloc(300_000, 32);
  const head = Object.entries(signedHeaders('too-large', body)).map(([name, value]) => `${name}: ${value}`).join('\r\n');
  const request = (more) => `POST /hooks/partner HTTP/1.1\r\nHost: x\r\n${head}\r\n${more}\r\n\r\n`;
  // Only the head is sent: an answer means that the body was not waited for.
  assert.match(await exchange(gateway.http, request('Content-Length: 300000')), /^HTTP\/1\.1 413 /);
  assert.match(await exchange(gateway.http, request('Content-Length: 300000\r\nExpect: 100-continue')), /^HTTP\/1\.1 413 /);
  assert.match(await exchange(gateway.http, request('Content-Length: 10\r\nExpect: something-else')), /^HTTP\/1\.1 417 /);
  assert.match(await exchange(gateway.http, Buffer.concat([Buffer.from(request('Transfer-Encoding: chunked')), ...Array.from({ length: 30 }, () => Buffer.from(`2710\r\n${' '.repeat(10_000)}\r\n`))])), /^HTTP\/1\.1 413 /);
  assert.equal((await postHook(gateway, uuidV7(), hookBody('u1', 'x'.repeat(200_000)))).status, 202, 'a large one within the limit');
  await serveSomebody(gateway);
});
