// What the disk and the kernel can do to us: no positive answer before the sync, none when the sync fails, a full disk, a kill between
// commit and answer, a shutdown under load (reliability.md DUR-04, -05, -13, -16, -18, -20; HOOK-11, WEB-11).
// Runs alone (./dev test): traced and short of disk, it is slow enough.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { hookBody, http, kHookSecret, mailOf, pause, postHook, quietPort, seeded, SmtpClient, stuffed, uuidV7, Visitor } from './support/peers.mjs';
import { eventually, installed, temporaryFolder, Usher } from './support/usher.mjs';

const has_strace = installed('strace') && spawnSync('strace', ['-qq', '-o', '/dev/null', 'true']).status === 0;
const no_strace = has_strace ? false : 'NOT TESTED: strace is missing or may not trace here';

// A gateway with a webhook channel that answers to nobody.
async function started(t, settings = {}, { ports = false, data } = {}) {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'secret'), kHookSecret, { mode: 0o600 });
  const gateway = new Usher(folder, { webhooks: [{ name: 'partner', secret_file: join(folder, 'secret') }], ...settings });
  if (data) gateway.data = data;
  if (ports) {
    const random = seeded();
    gateway.http = `http://127.0.0.1:${await quietPort(random)}`;
    gateway.smtp = `127.0.0.1:${await quietPort(random)}`;
  }
  await gateway.start();
  t.after(() => gateway.kill());
  return gateway;
}

// strace on the running gateway, from this moment on; detach() lets it go again.
async function attach(t, gateway, ...options) {
  const child = spawn('strace', ['-f', ...options, '-p', String(gateway.pid)], { stdio: ['ignore', 'ignore', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  const exited = new Promise((done) => child.once('exit', done));
  await new Promise((done, failed) => {
    let said = '';
    child.stderr.on('data', (d) => { if (/attached/.test((said += d))) done(); });
    exited.then(() => failed(new Error(`strace ended: ${said}`)));
  });
  return { exited, detach: async () => { child.kill('SIGTERM'); await exited; } };
}

const mailNumber = (n, body = `The fan is loud. mail-${n}-\n`) =>
  mailOf({ From: `Ana <ana@customer.test>`, To: 'support@usher.test', Subject: `Request ${n}`, 'Message-ID': `<mail-${n}@customer.test>` }, body);

// Each completed call as {name, file, text, begin, end, result}, begin and end being places in the trace.
function parseTrace(text) {
  const open = new Map();
  const calls = [];
  for (const [at, line] of text.split('\n').entries()) {
    const found = /^(\d+)\s+(.*)$/.exec(line);
    if (!found) continue;
    const [, thread, rest] = found;
    let begin = at, whole = rest;
    if (rest.endsWith('<unfinished ...>')) {
      open.set(thread, { at, text: rest.slice(0, -'<unfinished ...>'.length) });
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest);
    if (resumed) {
      const before = open.get(thread);
      if (!before) continue;
      open.delete(thread);
      begin = before.at;
      whole = before.text + resumed[1];
    }
    const call = /^(\w+)\((\d+)<([^>]*)>?(.*?)\)\s+= (-?\d+)/s.exec(whole);
    if (call) calls.push({ name: call[1], file: call[3], text: call[4], begin, end: at, result: Number(call[5]) });
  }
  return calls;
}

// Mails one after the other under a tracer; for each that was answered 250: was the log of the store synced between the arrival of its
// last byte and the reply, after its bytes had been written there?
async function trace_mails(t, gateway, count) {
  const file = join(gateway.folder, 'trace.txt');
  // The sync is slowed down: an answer that does not wait for it comes first.
  const tracer = await attach(t, gateway, '-y', '-s', '65536', '-o', file, '-e', 'trace=fsync,fdatasync,pwrite64,write,writev,sendto,sendmsg,read,readv,recvfrom,recvmsg',
                              '-e', 'inject=fdatasync,fsync:delay_enter=5000');
  const smtp = await SmtpClient.connect(gateway.smtp);
  const ids = [];
  for (let n = 0; n < count; ++n) {
    const reply = await smtp.mail(mailNumber(n));
    const id = /^250 2\.0\.0 (\S+)/.exec(reply)?.[1];
    assert.ok(id, reply);
    ids.push(id);
  }
  smtp.close();
  await tracer.detach();
  const calls = parseTrace(await readFile(file, 'utf8'));
  const is_sync = (call) => /^f(data)?sync$/.test(call.name) && call.file.endsWith('usher.db-wal') && call.result === 0;
  return ids.map((id, n) => {
    const token = `mail-${n}-`;
    const arrived = calls.find((call) => /^(read|recv)/.test(call.name) && call.text.includes(token) && call.text.includes('\\r\\n.\\r\\n'));
    const answered = calls.find((call) => /^(send|write)/.test(call.name) && call.text.includes(`250 2.0.0 ${id}`));
    if (!arrived || !answered) return { n, seen: false };
    const written = calls.filter((call) => call.name === 'pwrite64' && call.file.endsWith('usher.db-wal') && call.text.includes(token) && call.begin > arrived.begin && call.end < answered.begin);
    // The first time only: the bot's turn writes the mail's words again, and may do so before the reply is out.
    const synced = written.length > 0 && calls.some((call) => is_sync(call) && call.begin > written[0].end && call.end < answered.begin);
    return { n, seen: true, written: written.length > 0, synced };
  });
}

test('every 250 comes after a sync of that mail (DUR-20)', { skip: no_strace, timeout: 600_000 }, async (t) => {
  const gateway = await started(t);
  const results = await trace_mails(t, gateway, 60);
  assert.deepEqual(results.filter((r) => !r.seen || !r.written || !r.synced), []);
  t.diagnostic(`${results.length} mails: each written to the log of the store and synced before its 250`);
});

test('the tracer would notice: without waiting for the disk there is no sync before the 250, and operators are told (DUR-18, DUR-19)', { skip: no_strace, timeout: 600_000 }, async (t) => {
  const gateway = await started(t, { limits: { unsafe_durability: true, min_free_megabytes: 1 } });
  const results = await trace_mails(t, gateway, 10);
  assert.ok(results.every((r) => r.seen && !r.synced), JSON.stringify(results));
  assert.match(await gateway.log(), /unsafe_durability/);
  assert.match((await http(`${gateway.http}/metrics`)).body, /^usher_unsafe_durability 1$/m);
});

for (const [call, error] of [['fdatasync,fsync', 'EIO'], ['pwrite64', 'EIO']]) {
  test(`a failing ${call} stops the process: exit 74, no positive answer, and the sender's repetition is one case (DUR-04)`, { skip: no_strace, timeout: 600_000 }, async (t) => {
    const gateway = await started(t, {}, { ports: true });
    const early = await SmtpClient.connect(gateway.smtp);
    assert.match(await early.mail(mailNumber(1)), /^250/);
    const visitor = new Visitor(gateway);
    await visitor.answer((await visitor.say('hello')).seq);
    await eventually(async () => (await gateway.sql("SELECT count(*) AS n FROM outbox WHERE state IN ('pending', 'leased', 'unknown')"))[0].n === 0, 'a quiet store');

    await attach(t, gateway, '-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${call}:error=${error}`);
    const hook = postHook(gateway, 'hook-1', hookBody('u1', 'my wifi is slow')).catch(() => ({ status: 0 }));
    const cmid = uuidV7();
    visitor.socket.send(JSON.stringify({ t: 'msg', cmid, text: 'is anybody there' }));
    const reply = await early.mail(mailNumber(2));
    assert.doesNotMatch(reply, /^2/, 'no 250 for a mail that is not on disk');
    assert.deepEqual(await gateway.exited, { code: 74, signal: null });
    assert.notEqual((await hook).status, 202);
    await eventually(() => visitor.socket.readyState === 3, 'the chat connection is gone');
    assert.equal(visitor.acks.has(cmid), false);
    visitor.close();
    assert.match(await gateway.log(), /storage_failed/);

    await gateway.start();
    assert.ok((await gateway.sql("SELECT 1 FROM messages WHERE text LIKE '%mail-1-%'")).length === 1, 'what was acknowledged before is there');
    const again = await SmtpClient.connect(gateway.smtp);
    assert.match(await again.mail(mailNumber(2)), /^250/);
    again.close();
    assert.equal((await gateway.sql("SELECT 1 FROM messages WHERE text LIKE '%mail-2-%'")).length, 1);
  });
}

test('writes that find no space are refused for now, and work again without a restart', { skip: no_strace, timeout: 600_000 }, async (t) => {
  const gateway = await started(t);
  const smtp = await SmtpClient.connect(gateway.smtp);
  assert.match(await smtp.mail(mailNumber(1)), /^250/);
  const full = await attach(t, gateway, '-o', '/dev/null', '-e', 'trace=pwrite64', '-e', 'inject=pwrite64:error=ENOSPC');
  assert.match(await smtp.mail(mailNumber(2)), /^452 4\.3\.1 /);
  const hook = await postHook(gateway, 'hook-1', hookBody('u1', 'my wifi is slow'));
  assert.equal(hook.status, 503);
  assert.match(hook.headers['retry-after'], /^\d+$/);
  await full.detach();
  assert.match(await smtp.mail(mailNumber(2)), /^250/);
  assert.equal((await postHook(gateway, 'hook-1', hookBody('u1', 'my wifi is slow'))).status, 202);
  smtp.close();
  assert.equal((await gateway.sql("SELECT 1 FROM messages WHERE text LIKE '%mail-2-%'")).length, 1);
});

// RFC 1047: committed, but the sender never hears of it.
test('killed after the commit and before the answer: the repetition is the same message (DUR-16, HOOK-11, WEB-11)', { skip: no_strace, timeout: 600_000 }, async (t) => {
  const gateway = await started(t, {}, { ports: true });
  const at_the_answer = () => attach(t, gateway, '-o', '/dev/null', '-e', 'trace=sendto,sendmsg,writev', '-e', 'inject=sendto,sendmsg,writev:signal=KILL');
  const stored = async (like) => (await gateway.sql(`SELECT id, fate FROM ledger WHERE id IN (SELECT id FROM messages WHERE text LIKE '%${like}%')`));
  const killed = async () => assert.deepEqual(await gateway.exited, { code: null, signal: 'SIGKILL' });

  // Mail: everything up to the final dot, then the tracer, then the dot.
  const smtp = await SmtpClient.connect(gateway.smtp);
  for (const line of ['MAIL FROM:<ana@customer.test>', 'RCPT TO:<support@usher.test>', 'DATA']) assert.match(await smtp.command(line), /^(250|354)/);
  await at_the_answer();
  smtp.send(stuffed(mailNumber(1)));
  assert.equal(await smtp.reply(), '', 'no answer came');
  await killed();
  const [mail] = await stored('mail-1-');
  assert.ok(mail, 'the mail had been committed');
  await gateway.start();
  const again = await SmtpClient.connect(gateway.smtp);
  assert.equal(await again.mail(mailNumber(1)), `250 2.0.0 ${mail.id}`);
  again.close();

  // Webhook.
  const body = hookBody('u1', 'my wifi is slow hook-1-');
  await at_the_answer();
  await assert.rejects(postHook(gateway, 'hook-1', body));
  await killed();
  const [hook] = await stored('hook-1-');
  assert.ok(hook, 'the webhook had been committed');
  await gateway.start();
  const answer = await postHook(gateway, 'hook-1', body);
  assert.equal(answer.status, 202);
  assert.deepEqual([JSON.parse(answer.body).id, JSON.parse(answer.body).duplicate], [hook.id, true]);

  // Chat: the visitor sends the same cmid again by itself.
  const visitor = new Visitor(gateway);
  await visitor.connected();
  await visitor.until(() => visitor.greeting, 'the greeting');  // the next thing it is sent is the answer
  await at_the_answer();
  const ack = visitor.say("my laptop won't turn on chat-1-");
  await killed();
  const [line] = await stored('chat-1-');
  assert.ok(line, 'the line had been committed');
  await gateway.start();
  assert.equal((await ack).id, line.id);
  await visitor.answer((await ack).seq);
  assert.deepEqual(visitor.faults, []);
  assert.ok(visitor.resent > 0 || visitor.lines.size > 0);
  visitor.close();

  await eventually(async () => (await gateway.sql("SELECT count(*) AS n FROM ledger WHERE fate = 'accepted'"))[0].n === 0, 'every message got its turn');
  for (const token of ['mail-1-', 'hook-1-', 'chat-1-']) assert.equal((await stored(token)).length, 1, `${token} is there once`);
  await eventually(async () => (await gateway.sql('SELECT count(*) AS n FROM builtin_tickets'))[0].n === 1, 'one ticket, for the mail');
});

test('a disk that fills up: refused in time, accepted again when there is space (DUR-05)', { timeout: 600_000 }, async (t) => {
  const disk = await mkdtemp(join(tmpdir(), 'usher-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=120m,mode=700', 'tmpfs', disk], { encoding: 'utf8' });
  if (mounted.status !== 0) {
    await rm(disk, { recursive: true });
    t.skip(`NOT TESTED: no file system may be mounted here: ${mounted.stderr.trim()}`);
    return;
  }
  let gateway;
  t.after(async () => {
    await gateway?.kill();
    spawnSync('umount', ['-l', disk]);
    await rm(disk, { recursive: true, force: true });
  });
  const kReserve = 40;  // the log of the store is copied into the database 16 MB at a time
  await writeFile(join(disk, 'ballast'), Buffer.alloc(40 << 20, 1));
  gateway = await started(t, { limits: { min_free_megabytes: kReserve } }, { data: join(disk, 'data') });
  const random = seeded(5);
  const free = async () => { const s = await statfs(disk); return s.bavail * s.bsize; };
  const big = (n) => mailOf({ From: 'ana@customer.test', To: 'support@usher.test', Subject: `Photo ${n}`, 'Message-ID': `<mail-${n}@customer.test>`, 'MIME-Version': '1.0', 'Content-Type': 'multipart/mixed; boundary=b1' },
    ['--b1', 'Content-Type: text/plain', '', `See the log. mail-${n}-`, '--b1', 'Content-Type: application/pdf; name="a.pdf"', 'Content-Disposition: attachment; filename="a.pdf"', 'Content-Transfer-Encoding: base64', '',
     Buffer.concat([Buffer.from('%PDF-1.7\n'), random.bytes(300_000)]).toString('base64').replace(/.{76}/g, '$&\n'), '--b1--', ''].join('\n'));

  const visitor = new Visitor(gateway);
  await visitor.answer((await visitor.say('hello there')).seq);
  const smtp = await SmtpClient.connect(gateway.smtp);
  const acknowledged = [];
  let refusal = '';
  for (let n = 0; n < 200 && !refusal; ++n) {
    // It looks at the disk once a second; this test does not race against that.
    if ((await free()) < (kReserve + 1) << 20) await eventually(async () => (await free()) >= kReserve << 20 || (await http(`${gateway.http}/readyz`)).status === 503, 'it notices that the disk is nearly full');
    const reply = await smtp.mail(big(n));
    if (reply.startsWith('250 2.0.0 ')) acknowledged.push(n);
    else refusal = reply;
  }
  assert.match(refusal, /^452 4\.3\.1 /);
  assert.ok((await free()) > 1 << 20, 'refused before the disk was full');
  assert.ok(acknowledged.length > 3, `${acknowledged.length} mails were taken before`);
  await eventually(async () => (await http(`${gateway.http}/readyz`)).status === 503, 'not ready');

  assert.match(await smtp.command('MAIL FROM:<ana@customer.test>'), /^452 4\.3\.1 /, 'said at MAIL FROM, before any data');
  assert.match(await smtp.command('NOOP'), /^250/, 'the session goes on');
  const token = JSON.parse((await http(`${gateway.http}/chat/session`, { method: 'POST', body: '{}' })).body).session;
  const chat = await http(`${gateway.http}/chat/messages`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'idempotency-key': uuidV7() }, body: '{"text":"hello"}' });
  assert.equal(chat.status, 503);
  assert.match(chat.headers['retry-after'], /^\d+$/);
  const hook = await postHook(gateway, 'hook-1', hookBody('u1', 'my wifi is slow'));
  assert.equal(hook.status, 503);
  assert.match(hook.headers['retry-after'], /^\d+$/);
  const paused = [];
  visitor.socket.on('message', (data) => { const frame = JSON.parse(data); if (['nack', 'pause'].includes(frame.t)) paused.push(frame); });
  visitor.socket.send(JSON.stringify({ t: 'msg', cmid: uuidV7(), text: 'still there?' }));
  await eventually(() => paused.some((f) => f.t === 'nack' && f.code === 'unavailable' && f.retry_after_ms > 0) && paused.some((f) => f.t === 'pause'), 'the chat is told to wait');
  const delivered = await gateway.command(['deliver'], { input: mailNumber('deliver').toString('latin1'), json: false });
  assert.equal(delivered.code, 75, `deliver says try again later: ${delivered.err}`);
  assert.equal((await http(`${gateway.http}/healthz`)).status, 200);

  const pid = gateway.pid;
  await rm(join(disk, 'ballast'));
  await eventually(async () => (await http(`${gateway.http}/readyz`)).status === 200, 'ready again');
  assert.match(await smtp.mail(big(1000)), /^250 2\.0\.0 /, 'the same session, the same process');
  assert.equal((await postHook(gateway, 'hook-1', hookBody('u1', 'my wifi is slow'))).status, 202);
  await visitor.answer((await visitor.say('and now?')).seq);
  assert.equal(gateway.pid, pid);
  visitor.close();
  smtp.close();
  for (const n of [...acknowledged, 1000]) assert.equal((await gateway.sql(`SELECT 1 FROM messages WHERE text LIKE '%mail-${n}-%'`)).length, 1, `mail ${n} is there`);
  assert.deepEqual(await gateway.stop(), { code: 0, signal: null });
  assert.deepEqual(await gateway.sql('PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
  t.diagnostic(`${acknowledged.length} mails were taken before the disk was nearly full`);
});

test('told to go under load: exit 0 in time, good-byes, nothing acknowledged lost (DUR-13)', { timeout: 600_000 }, async (t) => {
  const gateway = await started(t, { email: { max_connections_per_address: 1000 } }, { ports: true });
  const idle = Array.from({ length: 20 }, () => new Visitor(gateway));
  for (const visitor of idle) await visitor.connected();
  const idle_smtp = await SmtpClient.connect(gateway.smtp);
  const halfway = await SmtpClient.connect(gateway.smtp);
  for (const line of ['MAIL FROM:<ana@customer.test>', 'RCPT TO:<support@usher.test>', 'DATA']) await halfway.command(line);
  halfway.send('Subject: half\r\nMessage-ID: <half@customer.test>\r\n\r\nThe first half mail-half-\r\n');

  const acked = new Map();
  let is_over = false, refused = 0;
  const again = [];  // what was sent and not acknowledged when the line went
  const mailer = async (who) => {
    let smtp;
    for (let n = 0; ; ++n) {
      const bytes = mailNumber(`${who}x${n}`);
      for (;;) {
        smtp = smtp && !smtp.closed ? smtp : await SmtpClient.connect(gateway.smtp);
        const reply = smtp.closed ? '' : await smtp.mail(bytes);
        const id = /^250 2\.0\.0 (\S+)/.exec(reply)?.[1];
        if (id) {
          acked.set(id, `mail-${who}x${n}-`);
          break;
        }
        assert.match(reply, /^(4|$)/);
        if (reply) ++refused;
        if (is_over) return void again.push(() => SmtpClient.connect(gateway.smtp).then(async (c) => { assert.match(await c.mail(bytes), /^250/); c.close(); }));
        await pause(5);
      }
      if (is_over) return;
    }
  };
  const poster = async (who) => {
    for (let n = 0; ; ++n) {
      const body = hookBody(`user-${who}`, `my wifi is slow hook-${who}x${n}-`);
      for (;;) {
        const answer = await postHook(gateway, `hook-${who}-${n}`, body).catch(() => ({ status: 0 }));
        if (answer.status === 202) {
          acked.set(JSON.parse(answer.body).id, `hook-${who}x${n}-`);
          break;
        }
        assert.ok([0, 429, 503].includes(answer.status), `${answer.status} ${answer.body}`);
        if (answer.status) ++refused;
        if (is_over) return void again.push(async () => assert.equal((await postHook(gateway, `hook-${who}-${n}`, body)).status, 202));
        await pause(5);
      }
      if (is_over) return;
    }
  };
  const visitors = [];
  const chatter = async (who) => {
    const visitor = new Visitor(gateway);
    visitors.push(visitor);
    for (let n = 0; !is_over; ++n) {
      const ack = await visitor.say(`my laptop won't turn on chat-${who}x${n}-`);  // over a restart
      acked.set(ack.id, `chat-${who}x${n}-`);
    }
  };
  const writing = [...[1, 2, 3].map(mailer), ...[1, 2, 3].map(poster), ...[1, 2, 3].map(chatter)];
  await eventually(() => acked.size >= 150, 'a load', undefined, 5);

  const began = performance.now();
  process.kill(gateway.pid, 'SIGTERM');
  // The mail that was halfway in is heard out: the rest comes in, and there is an answer.
  await idle_smtp.rest().then((rest) => assert.match(rest, /421 4\.3\.2 /, 'an idle session is told'));
  halfway.send('and the second half.\r\n.\r\n');
  const half = await halfway.reply();
  assert.match(half, /^250 2\.0\.0 /, 'a mail in the middle is heard out and taken');
  assert.deepEqual(await gateway.exited, { code: 0, signal: null });
  const took = performance.now() - began;
  assert.ok(took < 45_000, `it took ${took} ms`);
  is_over = true;
  for (const visitor of idle) {
    await eventually(() => visitor.socket.readyState === 3, 'closed');
    assert.equal(visitor.close_code, 1012);
    assert.equal(visitor.bye?.resume, visitor.session, 'bye with the session to resume');
    assert.ok(visitor.bye.retry_after_ms >= 0 && visitor.bye.retry_after_ms <= 5000);
  }
  assert.ok(new Set(idle.map((visitor) => visitor.bye.retry_after_ms)).size > 5, 'they do not all come back at once');

  await gateway.start();
  await Promise.all(writing);
  for (const one of again) await one();
  await eventually(async () => (await gateway.sql("SELECT count(*) AS n FROM ledger WHERE fate = 'accepted'"))[0].n === 0, 'every message got its turn', 120_000, 200);
  const stored = await gateway.sql("SELECT id, text FROM messages WHERE author = 'customer'");
  const by_id = new Map(stored.map((row) => [row.id, row.text]));
  for (const [id, token] of acked) assert.ok(by_id.get(id)?.includes(token), `${token} was acknowledged as ${id} and is lost`);
  const tokens = stored.map((row) => /(mail|hook|chat)-\w+-/.exec(row.text)[0]);
  assert.equal(new Set(tokens).size, tokens.length, 'none is there twice');
  assert.ok(tokens.includes('mail-half-'));
  for (const visitor of visitors) {
    assert.deepEqual(visitor.faults, []);
    visitor.close();
  }
  t.diagnostic(`${acked.size} acknowledged, gone after ${Math.round(took)} ms; the mail halfway in was answered "${half.slice(0, 20)}"; ${refused} refused for now, ${again.length} sent again after the restart`);
});
