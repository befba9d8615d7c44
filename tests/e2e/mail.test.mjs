// What becomes of a mail, on the real binary: forged replies are held and learn nothing (B6), staff let them in or delete them, any
// mail and any archive is explained without doing anything, and the books balance.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { eventually, kBinary, kRoot, relay, requestTracker, swaks, temporaryFolder, usher } from './support/usher.mjs';

const mail = (headers, body) => [...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), '', body, ''].join('\r\n');
const kPassword = 'correct horse battery';
// What a border server mx.usher.test that checks senders puts on top.
const checked = (results) => `Authentication-Results: mx.usher.test; ${results}\r\nReceived: from out.customer.test by mx.usher.test with ESMTP; Sun, 22 Nov 2026 10:00:00 +0000\r\n`;

function sender(t, gateway, folder) {
  let sent = 0;
  return async (text, from) => {
    const file = join(folder, `${++sent}.eml`);
    await writeFile(file, text);
    const answer = await swaks(gateway.smtp, '--data', `@${file}`, '--from', from);
    assert.equal(answer.code, 0, answer.out);
    return /250 2\.0\.0 ([0-9a-f-]{36})/.exec(answer.out)[1];
  };
}

async function signIn(gateway) {
  assert.equal((await gateway.command(['user', 'add', 'sam', '--role', 'admin'], { input: `${kPassword}\n` })).code, 0);
  const headers = { 'Content-Type': 'application/json', 'X-Usher-Request': '1' };
  const answer = await fetch(`${gateway.http}/api/login`, { method: 'POST', headers, body: JSON.stringify({ name: 'sam', password: kPassword }) });
  assert.equal(answer.status, 200);
  const cookie = answer.headers.get('set-cookie').split(';')[0];
  return async (method, path, body) => {
    const r = await fetch(`${gateway.http}${path}`, { method, headers: { ...headers, cookie }, body: body && JSON.stringify(body) });
    const text = await r.text();
    return { status: r.status, headers: r.headers, text, json: r.headers.get('content-type')?.includes('json') ? JSON.parse(text) : undefined };
  };
}

test('B6: a forged reply never lands on the customer\'s case and gets no status', async (t) => {
  const out = await relay(t);
  const gateway = await usher(t, { email: { relay_url: out.url } });
  const folder = await temporaryFolder(t, 'mails');
  const send = sender(t, gateway, folder);
  const api = await signIn(gateway);
  await send(mail({ From: 'Ana <ana@customer.test>', To: 'support@usher.test', Subject: 'My printer', 'Message-ID': '<first@customer.test>' }, 'A question about my order 12345.'), 'ana@customer.test');
  const [ack] = await eventually(async () => (await out.mails()).length === 1 && out.mails(), 'the acknowledgement');
  const number = /\[#([^\]]+)\]/.exec(ack.headers.subject)[1];
  const [{ reference }] = await gateway.sql('SELECT reference FROM cases');
  const [{ conversation_id: conversation }] = await gateway.sql('SELECT conversation_id FROM cases');
  const words = 'Where do you ship the replacement to? Ship it to Mallory Street 1.';

  const forgeries = {
    'the right number': { Subject: `Re: My printer [#${number}]` },
    'the provisional reference': { Subject: `My case ${reference}` },
    'the right References, no token': { Subject: 'Re: My printer', References: '<first@customer.test>', 'In-Reply-To': '<first@customer.test>' },
    'a Message-ID of ours in other hands': { Subject: 'Re: My printer', 'In-Reply-To': ack.headers['message-id'] },
    'the customer in Cc, Reply-To and Sender': { Subject: `[#${number}]`, Cc: 'ana@customer.test', 'Reply-To': 'ana@customer.test', Sender: 'ana@customer.test' },
    'a display name that looks like her': { Subject: `[#${number}]`, From: '"ana@customer.test" <mallory@elsewhere.test>' },
  };
  const ids = {};
  for (const [name, headers] of Object.entries(forgeries)) {
    await t.test(name, async () => {
      const id = await send(mail({ From: 'mallory@elsewhere.test', To: 'support@usher.test', 'Message-ID': `<${Math.random()}@elsewhere.test>`, ...headers }, words), 'mallory@elsewhere.test');
      ids[name] = id;
      const shown = await api('GET', `/api/mail/${id}`);
      assert.equal(shown.json.fate, 'quarantined');
      assert.equal(shown.json.quarantine.cause, 'unknown_sender');
      assert.equal(shown.json.explain.verdict, 'quarantine');
      assert.equal(shown.json.explain.case, number);
      assert.ok(shown.json.explain.rules.some((r) => r.rule === 'thread_key'));
    });
  }
  await t.test('nothing of it is anywhere but in the quarantine', async () => {
    // The next real mail is answered: everything that could be on its way has been.
    await send(mail({ From: 'eve@customer.test', To: 'support@usher.test', Subject: 'Question', 'Message-ID': '<eve@customer.test>' }, 'A question about my order 777.'), 'eve@customer.test');
    await eventually(async () => (await out.mails()).some((m) => m.to === '<eve@customer.test>'), 'the answer to somebody else');
    const mails = await out.mails();
    assert.deepEqual(mails.map((m) => m.to).sort(), ['<ana@customer.test>', '<eve@customer.test>']);
    assert.equal((await gateway.sql(`SELECT count(*) AS n FROM messages WHERE text LIKE '%Mallory%'`))[0].n, 0);
    const shown = await api('GET', `/api/conversations/${conversation}`);
    assert.doesNotMatch(shown.text, /Mallory Street/);
    assert.equal((await gateway.tickets()).length, 2);
  });

  await t.test('a delivery failure is tied to the mail that caused it, a made-up one to nothing', async () => {
    const report = (id) => ['From: MAILER-DAEMON@mx.customer.test', 'To: support@usher.test', `Subject: Undelivered Mail [#${number}]`, 'MIME-Version: 1.0',
                            'Content-Type: multipart/report; report-type=delivery-status; boundary=b', '', '--b', '', 'Sorry.', '--b', 'Content-Type: message/delivery-status', '',
                            'Reporting-MTA: dns; mx.customer.test', '', 'Final-Recipient: rfc822; ana@customer.test', 'Action: failed', 'Status: 5.1.1', '--b', 'Content-Type: message/rfc822', '',
                            'From: support@usher.test', `Message-ID: ${id}`, '', 'x', '--b--', ''].join('\r\n');
    const tied = await send(report(ack.headers['message-id']), '<>');
    const made_up = await send(report('<first@customer.test>'), '<>');
    const rows = await gateway.sql("SELECT id, kind, fate, conversation_id FROM ledger WHERE kind = 'bounce' ORDER BY id");
    assert.deepEqual(rows, [{ id: tied, kind: 'bounce', fate: 'noted', conversation_id: conversation }, { id: made_up, kind: 'bounce', fate: 'noted', conversation_id: null }]);
    assert.equal((await api('GET', `/api/mail/${tied}`)).json.explain.case, number);
  });

  await t.test('staff see why, and the source', async () => {
    assert.equal((await fetch(`${gateway.http}/api/mail`)).status, 401);
    const list = await api('GET', '/api/mail?state=quarantined&limit=4');
    assert.equal(list.json.items.length, 4);
    const rest = await api('GET', `/api/mail?state=quarantined&limit=4&before=${list.json.next}`);
    assert.equal(rest.json.items.length, 2);
    const [item] = list.json.items;
    assert.equal(item.from.address, 'mallory@elsewhere.test');
    assert.equal(item.reference, number);
    assert.equal(item.subject, `[#${number}]`);
    const all = await api('GET', '/api/mail');
    assert.equal(all.json.items.length, 10);
    assert.equal(all.json.held, 6);
    const source = await api('GET', `/api/mail/${item.id}/source`);
    assert.match(source.text, /Mallory Street 1/);
    assert.match(source.headers.get('content-disposition'), /^attachment; filename="[0-9a-f-]{36}\.eml"$/);
    assert.equal(source.headers.get('x-content-type-options'), 'nosniff');
    assert.equal((await api('GET', '/api/mail/nonsense')).status, 404);
    assert.equal((await api('GET', '/api/mail/nonsense/source')).status, 404);
  });

  await t.test('staff let one in, as new and to the case, and delete one', async () => {
    const [a, b, c, d] = Object.values(ids);
    assert.equal((await api('POST', `/api/mail/${a}/release`, { to: 'somewhere' })).status, 400);
    assert.equal((await api('POST', `/api/mail/${a}/release`, { to: 'new' })).status, 200);
    await eventually(async () => (await gateway.tickets()).length === 3, 'a ticket of its own');
    const to_case = await api('POST', `/api/mail/${b}/release`, { to: 'case', participant: true });
    assert.equal(to_case.status, 200);
    assert.equal(to_case.json.conversation, conversation);
    await eventually(async () => /Mallory Street/.test((await api('GET', `/api/conversations/${conversation}`)).text), 'the message in the transcript');
    assert.equal((await api('POST', `/api/mail/${b}/release`, { to: 'case' })).status, 409);
    assert.equal((await api('POST', `/api/mail/${c}/delete`, { note: 'spam' })).status, 200);
    assert.equal((await api('GET', `/api/mail/${c}/source`)).status, 404);
    const gone = (await api('GET', `/api/mail/${c}`)).json;
    assert.equal(gone.fate, 'deleted');
    assert.equal(gone.explain, null);
    assert.equal((await api('POST', `/api/mail/${c}/delete`)).status, 409);
    const listed = (await gateway.command(['mail', 'quarantine', 'list'])).json;
    assert.equal(listed.length, 3);
    assert.ok(listed.every((m) => m.cause === 'unknown_sender'));
    assert.equal((await gateway.command(['mail', 'quarantine', 'delete', d, '--note', 'spam'])).code, 0);
    assert.equal((await gateway.command(['mail', 'quarantine', 'delete', d])).code, 1);
    const e = Object.values(ids)[4];
    assert.equal((await gateway.command(['mail', 'quarantine', 'release', e])).code, 0);
    await eventually(async () => (await gateway.tickets()).length === 4, 'the running service takes up what the command let in');
    const audit = await gateway.sql("SELECT action, count(*) AS n FROM audit WHERE action LIKE 'mail%' GROUP BY action ORDER BY action");
    assert.deepEqual(audit, [{ action: 'mail_delete', n: 2 }, { action: 'mail_release', n: 3 }, { action: 'mail_source', n: 1 }]);
  });

  await t.test('the books balance, and a difference is named', async () => {
    await eventually(async () => (await gateway.sql("SELECT count(*) AS n FROM ledger WHERE fate = 'accepted'"))[0].n === 0, 'all is worked');
    const balanced = await gateway.command(['reconcile']);
    assert.equal(balanced.code, 0, balanced.out);
    const { in: all, new: fresh, threaded, suppressed, quarantined } = balanced.json;
    assert.deepEqual({ all, fresh, threaded, suppressed, quarantined }, { all: 10, fresh: 4, threaded: 2, suppressed: 1, quarantined: 3 });
    assert.deepEqual(balanced.json.cases, { escalated: 4, linked: 4, waiting: 0 });
    assert.deepEqual(balanced.json.differences, []);
    await gateway.stop();
    spawnSync('sqlite3', [join(gateway.data, 'usher.db'), `DELETE FROM builtin_tickets WHERE number = (SELECT min(number) FROM builtin_tickets)`]);
    const broken = await gateway.command(['reconcile']);
    assert.equal(broken.code, 1);
    assert.equal(broken.json.differences.length, 1);
    assert.equal(broken.json.differences[0].what, 'ticket_missing');
  });
});

test('where a border server checks senders, the right number and the right From are not enough', async (t) => {
  const out = await relay(t);
  const gateway = await usher(t, { email: { relay_url: out.url, authserv_id: 'mx.usher.test' } });
  const send = sender(t, gateway, await temporaryFolder(t, 'mails'));
  await send(mail({ From: 'ana@customer.test', To: 'support@usher.test', Subject: 'My printer', 'Message-ID': '<first@customer.test>' }, 'A question about my order 12345.'), 'ana@customer.test');
  const [ack] = await eventually(async () => (await out.mails()).length === 1 && out.mails(), 'the acknowledgement');
  const number = /\[#([^\]]+)\]/.exec(ack.headers.subject)[1];
  const reply = (id, headers = {}) => mail({ From: 'ana@customer.test', To: 'support@usher.test', Subject: `Re: My printer [#${number}]`, 'Message-ID': `<${id}@customer.test>`, ...headers }, `Words of ${id}.`);
  await send(reply('bare'), 'ana@customer.test');
  await send(checked('dmarc=fail header.from=customer.test') + reply('failed'), 'ana@customer.test');
  await send('Received: from x by mx.usher.test with SMTP; Sun, 22 Nov 2026 10:00:00 +0000\r\n' + checked('dmarc=pass header.from=customer.test') + reply('forged'), 'ana@customer.test');
  await send(checked('dmarc=pass header.from=customer.test') + reply('passed'), 'ana@customer.test');
  await send(reply('token', { 'In-Reply-To': ack.headers['message-id'] }), 'ana@customer.test');
  const texts = async () => (await gateway.sql("SELECT text FROM messages WHERE author = 'customer' ORDER BY seq")).map((m) => m.text);
  assert.deepEqual(await texts(), ['A question about my order 12345.', 'Words of passed.', 'Words of token.']);
  assert.deepEqual(await gateway.sql('SELECT DISTINCT cause FROM quarantine'), [{ cause: 'forged_reply' }]);
});

test('a mail is explained, an archive replayed, without doing anything', async (t) => {
  const folder = await temporaryFolder(t, 'archive');
  const run = (...args) => {
    const child = spawnSync(kBinary, ['mail', ...args], { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 });
    return { code: child.status, out: child.stdout, err: child.stderr };
  };
  await t.test('without a configuration, one object per line', async () => {
    await writeFile(join(folder, 'a.eml'), mail({ From: 'Ana <ana@customer.test>', Subject: 'Hi', 'Message-ID': '<a@b>' }, 'words'));
    await writeFile(join(folder, 'b.eml'), mail({ From: 'ana@customer.test', 'Auto-Submitted': 'auto-replied' }, 'away'));
    await writeFile(join(folder, 'c.eml'), Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251)));
    await writeFile(join(folder, 'd.eml'), '');
    const r = run('explain', 'a.eml', 'b.eml', 'c.eml', 'd.eml', '--json');
    assert.equal(r.code, 0, r.err);
    const lines = r.out.trim().split('\n').map((line) => JSON.parse(line));
    assert.deepEqual(lines.map((l) => l.file), ['a.eml', 'b.eml', 'c.eml', 'd.eml']);
    assert.deepEqual(lines.map((l) => l.verdict), ['new', 'auto_reply', 'new', 'new']);
    assert.deepEqual(Object.keys(lines[0]), ['file', 'verdict', 'rules', 'message_id', 'in_reply_to', 'references', 'from', 'to', 'cc', 'reply_to', 'subject', 'date', 'language', 'text',
                                             'reply_text', 'quoted_text', 'signature', 'html', 'attachments', 'auto_reply', 'bounce', 'warnings']);
    assert.match(run('explain', 'a.eml').out, /verdict +new/);
    const missing = run('explain', 'a.eml', 'none.eml', '--json');
    assert.equal(missing.code, 1);
    assert.equal(missing.out.trim().split('\n').length, 1);
  });

  await t.test('as of a database, which is only read', async () => {
    const gateway = await usher(t);
    const send = sender(t, gateway, folder);
    await send(mail({ From: 'ana@customer.test', To: 'support@usher.test', Subject: 'My printer', 'Message-ID': '<first@customer.test>' }, 'A question about my order 12345.'), 'ana@customer.test');
    await eventually(async () => (await gateway.tickets()).length === 1, 'the ticket');
    await gateway.stop();
    const [{ ticket_number: number }] = await gateway.sql('SELECT ticket_number FROM cases');
    const file = join(gateway.data, 'usher.db');
    const before = await readFile(file);
    const [{ raw }] = await gateway.sql('SELECT hex(raw) AS raw FROM ledger_raw');
    await writeFile(join(folder, 'first.eml'), Buffer.from(raw, 'hex'));
    await writeFile(join(folder, 'reply.eml'), mail({ From: 'ana@customer.test', Subject: `[#${number}]` }, 'more'));
    await writeFile(join(folder, 'forged.eml'), mail({ From: 'mallory@elsewhere.test', Subject: `[#${number}]` }, 'more'));
    await writeFile(join(folder, 'same.eml'), mail({ From: 'bob@customer.test', 'Message-ID': '<first@customer.test>' }, 'another mail'));
    const r = run('explain', 'first.eml', 'reply.eml', 'forged.eml', 'same.eml', '--as-of', file, '--config', gateway.config, '--json');
    const lines = r.out.trim().split('\n').map((line) => JSON.parse(line));
    assert.deepEqual(lines.map((l) => [l.verdict, l.case, l.cause]), [['duplicate', undefined, undefined], ['reply', number, undefined],
                                                                       ['quarantine', number, 'unknown_sender'], ['new', undefined, undefined]]);
    assert.ok(lines[3].rules.some((x) => x.rule === 'same_message_id'));
    assert.deepEqual(await readFile(file), before);
    assert.equal(run('explain', 'a.eml', '--as-of', 'nowhere.db').code, 64);
  });

  await t.test('an mbox and a Maildir', async () => {
    const one = 'From: ana@customer.test\nMessage-ID: <1@c>\nSubject: printer\n\nIt is broken.\n';
    const two = 'From: ana@customer.test\nMessage-ID: <2@c>\nIn-Reply-To: <1@c>\n\nIt still is.\n';
    const three = 'From: mallory@e.test\nMessage-ID: <3@c>\nReferences: <1@c>\n\nWhat is it?\n';
    const four = 'From: robot@e.test\nAuto-Submitted: auto-generated\n\nbeep\n';
    await writeFile(join(folder, 'box'), [one, two, one, three, four].map((m) => `From x@y Sun Nov 22 10:00:00 2026\n${m}\n`).join(''));
    const expected = { new: 1, reply: 1, duplicate: 1, quarantine: 1, auto_reply: 1 };
    const box = run('replay', 'box', '--json');
    assert.equal(box.code, 0, box.err);
    assert.deepEqual(JSON.parse(box.out).verdicts, expected);
    assert.deepEqual(JSON.parse(box.out).causes, { unknown_sender: 1 });
    for (const sub of ['cur', 'new', 'tmp']) await mkdir(join(folder, 'Maildir', sub), { recursive: true });
    for (const [i, m] of [one, two, one, three, four].entries()) await writeFile(join(folder, 'Maildir', i < 3 ? 'cur' : 'new', `170000000${i}.M1.host`), m);
    await writeFile(join(folder, 'Maildir', 'tmp', '1700000009.M1.host'), one);
    assert.deepEqual(JSON.parse(run('replay', 'Maildir', '--json').out).verdicts, expected);
    assert.match(run('replay', 'Maildir').out, /5 mails in/);
    assert.equal(run('replay', 'nowhere').code, 64);
    const corpus = join(kRoot, '../shared/data/mime-legacy');
    if (await stat(corpus).catch(() => null)) assert.ok(JSON.parse(run('replay', corpus, '--json').out).mails >= 54);
  });
});

test('cases and the tickets of a Request Tracker are reconciled', async (t) => {
  const rt = await requestTracker(t);
  const gateway = await usher(t, rt.settings());
  const send = sender(t, gateway, await temporaryFolder(t, 'mails'));
  for (const who of ['ana', 'bob']) await send(mail({ From: `${who}@customer.test`, To: 'support@usher.test', Subject: 'Order', 'Message-ID': `<${who}@customer.test>` }, 'A question about my order.'), `${who}@customer.test`);
  await eventually(async () => (await gateway.sql("SELECT count(*) AS n FROM cases WHERE state = 'linked'"))[0].n === 2, 'both tickets');
  const balanced = await gateway.command(['reconcile']);
  assert.equal(balanced.code, 0, balanced.out);
  assert.deepEqual(balanced.json.tickets, { system: 'request_tracker', asked: 2, found: 2 });
  await gateway.stop();
  spawnSync('sqlite3', [join(gateway.data, 'usher.db'), "UPDATE cases SET ticket_id = '999', ticket_number = '999' WHERE id = (SELECT min(id) FROM cases)"]);
  const broken = await gateway.command(['reconcile']);
  assert.equal(broken.code, 1);
  assert.equal(broken.json.differences[0].what, 'ticket_differs');
  assert.equal((await gateway.command(['reconcile', '--offline'])).code, 0);
  await rt.stop();
  assert.equal((await gateway.command(['reconcile'])).code, 75);
});
