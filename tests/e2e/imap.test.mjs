// B4: mail is fetched from a real Dovecot, each taken once, whatever breaks; what cannot be taken holds up nothing; trouble is shown.
import assert from 'node:assert/strict';
import { createServer as createHttpServer } from 'node:http';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { breakingProxy, dovecot, ImapClient } from './support/dovecot.mjs';
import { mailOf, pause, seeded } from './support/peers.mjs';
import { eventually, usher } from './support/usher.mjs';
import { staff } from './support/staff.mjs';

const mail = (n, body = `My laptop does not turn on, number ${n}.\n`) =>
  mailOf({ From: `Ana <ana${n}@customer.test>`, To: 'support@usher.test', Subject: `Question ${n}`, 'Message-ID': `<imap-${n}@customer.test>`, Date: 'Sat, 21 Nov 2026 10:00:00 +0000' }, body);

const taken = async (gateway) => (await gateway.sql("SELECT l.id, CAST(substr(r.raw, instr(r.raw, 'Subject: Question ') + 18, 4) AS INTEGER) AS n FROM ledger l JOIN ledger_raw r ON r.id = l.id ORDER BY l.id"))
  .map((row) => row.n);
const states = (gateway) => gateway.sql('SELECT uid, state, cause FROM mailbox_mails ORDER BY uid');

test('six wait, the third is removed by somebody else, the connection breaks thirty times: each mail is taken once', async (t) => {
  const server = await dovecot(t);
  const other = await ImapClient.connect(server.port);
  for (let n = 1; n <= 6; ++n) await other.append(mail(n));
  const random = seeded();
  t.diagnostic(`USHER_SEED=${random.seed}`);
  // Some break by themselves after so many bytes of the server: a session of six mails has some 6,000. The others are broken below.
  const proxy = await breakingProxy(t, server.port, () => (proxy.broken < 30 && random.next() < 0.7 ? random.int(1, 3000) : Infinity));
  const gateway = await usher(t, { email: { mailboxes: [server.settings({ port: proxy.port, idle_seconds: 2 })] } });
  // As soon as the first is taken the third goes, unless it was taken already; later ones come while everything breaks.
  await eventually(async () => (await taken(gateway)).length >= 1, 'the first mail is taken', undefined, 5);
  await other.command('SELECT INBOX');
  const third_was_taken = (await taken(gateway)).includes(3);
  await other.command('UID STORE 3 +FLAGS (\\Deleted)');
  await other.command('UID EXPUNGE 3');
  for (let n = 7; proxy.broken < 30; ++n) {
    if (n <= 26) await other.append(mail(n));
    await pause(random.int(20, 600));
    proxy.cut();
  }
  assert.ok(proxy.broken >= 30, `only ${proxy.broken} breaks`);
  const last = 40;
  await other.append(mail(last));
  await eventually(async () => (await taken(gateway)).includes(last), 'the last one');
  const all = await taken(gateway);
  assert.equal(new Set(all).size, all.length, `one of them twice: ${all}`);
  const on_server = await other.command('UID FETCH 1:* (UID FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])');
  const there = [...on_server.matchAll(/Subject: Question (\d+)/g)].map((m) => Number(m[1]));
  for (const n of there) assert.ok(all.includes(n), `number ${n} was not taken`);
  if (third_was_taken) assert.ok(all.includes(3));
  assert.equal(all.length, there.length + (all.includes(3) ? 1 : 0));
  await eventually(async () => (await states(gateway)).filter((row) => row.uid !== 3).every((row) => row.state === 'filed'), 'all marked');
  await eventually(async () => !/UID \d+ FLAGS \((?![^)]*\\Seen)/.test(await other.command('UID FETCH 1:* (UID FLAGS)')), 'all read on the server');
  assert.equal((await gateway.tickets()).length, all.length, 'one ticket each');
  other.close();
});

test('a mailbox that was away for days is caught up in order, read or not, and pushed mail comes at once', async (t) => {
  const server = await dovecot(t);
  const proxy = await breakingProxy(t, server.port);
  const gateway = await usher(t, { email: { mailboxes: [server.settings({ port: proxy.port })] } });
  const other = await ImapClient.connect(server.port);
  await other.append(mail(1));
  await eventually(async () => (await taken(gateway)).length === 1, 'the first');
  proxy.is_down = true;
  proxy.cut();
  for (let n = 2; n <= 300; ++n) await other.append(mail(n));
  await other.command('SELECT INBOX');
  await other.command('UID STORE 100:120 +FLAGS (\\Seen)');  // somebody looked into them meanwhile
  proxy.is_down = false;
  await eventually(async () => (await taken(gateway)).length === 300, 'all caught up');
  const all = await taken(gateway);
  assert.deepEqual(all, [...all].sort((a, b) => a - b), 'in the order of the mailbox');
  await eventually(async () => (await states(gateway)).every((row) => row.state === 'filed'), 'all marked');
  const at = performance.now();
  await other.append(mail(301));
  await eventually(async () => (await taken(gateway)).length === 301, 'the pushed one', undefined, 10);
  t.diagnostic(`pushed mail was stored after ${Math.round(performance.now() - at)} ms`);
  other.close();
});

test('too large and unreadable mails hold up nothing; taken mail is moved; mail that came before by SMTP is no second case', async (t) => {
  const server = await dovecot(t);
  const other = await ImapClient.connect(server.port);
  const hops = Array.from({ length: 120 }, (_, i) => `Received: from a${i} by b${i}; Sat, 21 Nov 2026 10:00:00 +0000`).join('\r\n');
  await other.append(Buffer.concat([Buffer.from(`${hops}\r\n`), mail(1)]));  // goes in circles: never taken
  await other.append(mail(2, `${'x'.repeat(200)}\n`.repeat(500)));          // 100 KB, over the limit
  await other.append(mail(3));
  const gateway = await usher(t, { email: { max_message_bytes: 65536, mailboxes: [server.settings({ after: 'move', move_to: 'Überall erledigt', idle_seconds: 1 })] } });
  await eventually(async () => (await states(gateway)).some((row) => row.uid === 3 && row.state === 'filed'), 'the good one');
  await eventually(async () => (await states(gateway)).some((row) => row.uid === 2 && row.state === 'filed'), 'the large one, kept for staff');
  assert.deepEqual(await gateway.sql('SELECT cause FROM quarantine'), [{ cause: 'too_large' }]);
  await eventually(async () => (await states(gateway)).some((row) => row.uid === 1 && row.state === 'skipped'), 'three tries');
  assert.match((await states(gateway)).find((row) => row.uid === 1).cause, /^loop/);
  await other.command('SELECT INBOX');
  await eventually(async () => /^\* SEARCH 1\r\n/m.test(await other.command('UID SEARCH ALL')), 'only the skipped one is left');
  await eventually(async () => /MESSAGES 2/.test(await other.command('STATUS "&ANw-berall erledigt" (MESSAGES)')), 'the others are there');
  const before = (await gateway.tickets()).length;
  await other.append(mail(3));
  await eventually(async () => (await states(gateway)).some((row) => row.uid === 4 && row.state === 'filed'), 'the copy');
  assert.equal((await gateway.tickets()).length, before);
  other.close();
});

test('a wrong password is told, in the overview and the metrics, and the service goes on', async (t) => {
  const server = await dovecot(t, { support: 'secret', second: 'other' });
  const gateway = await usher(t, { email: { mailboxes: [server.settings(), server.settings({ name: 'second', user: 'second' })] } });
  const desk = await staff(gateway, 'anna', 'agent');
  const boxes = await eventually(async () => {
    const { mailboxes } = (await desk.get('/api/overview')).json;
    return mailboxes[0].ok && mailboxes[0].counts_agree && mailboxes[1].error && mailboxes;
  }, 'both mailboxes were tried');
  const [main, second] = boxes;
  assert.equal(main.error, '');
  assert.equal(second.ok, false);
  assert.match(second.error, /refuses the sign-in of 'second'/);
  await eventually(async () => {
    const metrics = await (await fetch(`${gateway.http}/metrics`)).text();
    return /usher_mailbox_up\{mailbox="second"\} 0/.test(metrics) && /usher_mailbox_up\{mailbox="main"\} 1/.test(metrics);
  }, 'the figures say the same');
  assert.equal((await fetch(`${gateway.http}/readyz`)).status, 200);
  const other = await ImapClient.connect(server.port);
  await other.append(mail(1));
  await eventually(async () => (await taken(gateway)).length === 1, 'the other mailbox works');
  assert.doesNotMatch(await gateway.log(), /other|secret/, 'no password in the log');
  other.close();
});

test('STARTTLS with a certificate that is checked; a server without IDLE and MOVE', async (t) => {
  const server = await dovecot(t, { support: 'secret' }, { tls: true, capabilities: 'IMAP4rev1 SASL-IR UIDPLUS' });
  const settings = server.settings({ host: 'localhost', tls: 'starttls', ca_file: server.ca_file, poll_seconds: 1, after: 'move', move_to: 'Done' });
  const gateway = await usher(t, { email: { mailboxes: [settings, { ...settings, name: 'strict', ca_file: '' }] } });
  const desk = await staff(gateway, 'anna', 'agent');
  const boxes = await eventually(async () => {
    const { mailboxes } = (await desk.get('/api/overview')).json;
    return mailboxes[0].ok && mailboxes[1].error && mailboxes;
  }, 'both mailboxes were tried');
  assert.match(boxes[1].error, /certificate of localhost is not to be trusted/);
});

test('the gateway is killed again and again while it fetches: nothing is lost, nothing comes twice, and it goes when it is told', async (t) => {
  const server = await dovecot(t);
  const other = await ImapClient.connect(server.port);
  for (let n = 1; n <= 60; ++n) await other.append(mail(n, `${'x'.repeat(70)}\n`.repeat(200)));
  const random = seeded();
  t.diagnostic(`USHER_SEED=${random.seed}`);
  const gateway = await usher(t, { email: { mailboxes: [server.settings({ after: 'move', move_to: 'Done' })] } });
  for (let kills = 0; kills < 10; ++kills) {
    await pause(random.int(0, 120));
    await gateway.kill();
    await gateway.start();
  }
  await eventually(async () => {
    const all = await taken(gateway), [here, there] = [await other.command('STATUS INBOX (MESSAGES)'), await other.command('STATUS Done (MESSAGES)')];
    if (all.length < 60 || !/MESSAGES 0\)/.test(here) || !/MESSAGES 60\)/.test(there)) throw new Error(`${all.length} taken; ${here} ${there} ${JSON.stringify((await states(gateway)).filter((row) => row.state !== 'filed'))}`);
    return true;
  }, 'all taken and moved', 180_000);
  // A mail that was moved at the moment of a kill is known as taken only; the next connection finds that it is gone from the folder.
  await eventually(async () => (await states(gateway)).filter((row) => row.state === 'filed').length === 60, 'the books agree with the server', 60_000);
  assert.deepEqual((await taken(gateway)).sort((a, b) => a - b), Array.from({ length: 60 }, (_, i) => i + 1));
  const at = performance.now();
  const exit = await gateway.stop();
  assert.equal(exit.code, 0);
  assert.ok(performance.now() - at < 45_000);
  other.close();
});

test('a mailbox that is numbered anew is looked through once more, and what is known stays known', async (t) => {
  const server = await dovecot(t);
  const gateway = await usher(t, { email: { mailboxes: [server.settings()] } });
  let other = await ImapClient.connect(server.port);
  for (let n = 1; n <= 3; ++n) await other.append(Buffer.from(mail(n).toString().replace(/Message-ID: .*\r\n/, '')));
  await eventually(async () => (await states(gateway)).filter((row) => row.state === 'filed').length === 3, 'three');
  other.close();
  await server.stop();
  const box = join(server.folder, 'mail/support');
  for (const name of await readdir(box)) if (name.startsWith('dovecot')) await rm(join(box, name), { recursive: true });
  await pause(1100);  // Dovecot takes the second as the new number
  await server.start();
  other = await ImapClient.connect(server.port);
  await other.append(mail(4));
  await eventually(async () => (await states(gateway)).filter((row) => row.state === 'filed').length === 7, 'all four under their new numbers');
  assert.equal((await taken(gateway)).length, 4);
  assert.equal((await gateway.tickets()).length, 4);
  assert.match(await gateway.log(), /mailbox_renumbered/);
  other.close();
});

test('OAuth: a token that the server does not take is replaced once; a rotated refresh token is kept', async (t) => {
  const asked = [];
  const tokens = createHttpServer((request, response) => {
    let body = '';
    request.on('data', (d) => { body += d; });
    request.on('end', () => {
      asked.push(Object.fromEntries(new URLSearchParams(body)));
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ access_token: `access-token-${asked.length}`, expires_in: 3600, refresh_token: `refresh-token-${asked.length}` }));
    });
  });
  await new Promise((done) => tokens.listen(0, '127.0.0.1', done));
  t.after(() => { tokens.closeAllConnections(); tokens.close(); });
  const seen = [];
  const imap = createServer((socket) => {
    socket.setEncoding('latin1');
    socket.on('error', () => {});
    socket.write('* OK [CAPABILITY IMAP4rev1 AUTH=XOAUTH2 SASL-IR IDLE] hello\r\n');
    let refused;
    socket.on('data', (line) => {
      const [tag, verb, ...rest] = line.trim().split(' ');
      if (line === '\r\n') return socket.write(`${refused} NO [AUTHENTICATIONFAILED] expired\r\n`);
      if (verb === 'AUTHENTICATE') {
        seen.push(Buffer.from(rest[1], 'base64').toString('latin1'));
        if (seen.length > 1) return socket.write(`${tag} OK [CAPABILITY IMAP4rev1 IDLE] in\r\n`);
        refused = tag;
        return socket.write(`+ ${Buffer.from('{"status":"400"}').toString('base64')}\r\n`);
      }
      if (verb === 'SELECT') return socket.write(`* 0 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n* OK [UIDNEXT 1] x\r\n${tag} OK [READ-WRITE] done\r\n`);
      if (verb === 'UID') return socket.write(`* SEARCH\r\n${tag} OK\r\n`);
      if (verb === 'IDLE') return socket.write('+ idling\r\n');
    });
  });
  await new Promise((done) => imap.listen(0, '127.0.0.1', done));
  t.after(() => imap.close());
  const mailbox = { name: 'cloud', host: '127.0.0.1', port: imap.address().port, tls: 'none', user: 'a@example.org', oauth_token_url: `http://127.0.0.1:${tokens.address().port}/token`, oauth_client_id: 'usher', retry_max_seconds: 1 };
  const gateway = await usher(t, { email: { mailboxes: [mailbox] } }, { environment: { USHER_EMAIL_MAILBOXES_CLOUD_OAUTH_REFRESH_TOKEN: 'refresh-token-0' } });
  const desk = await staff(gateway, 'anna', 'agent');
  await eventually(async () => (await desk.get('/api/overview')).json.mailboxes[0].ok, 'signed in');
  assert.deepEqual(seen, ['user=a@example.org\x01auth=Bearer access-token-1\x01\x01', 'user=a@example.org\x01auth=Bearer access-token-2\x01\x01']);
  assert.deepEqual(asked.map((a) => [a.grant_type, a.refresh_token, a.client_id]), [['refresh_token', 'refresh-token-0', 'usher'], ['refresh_token', 'refresh-token-1', 'usher']]);
  assert.doesNotMatch(await gateway.log(), /access-token-|refresh-token-/, 'no token in the log');
});

test('HUP takes mailboxes in, lets them go and signs in with a new password; what needs a restart is named', async (t) => {
  const server = await dovecot(t, { support: 'secret', second: 'other' });
  // No SMTP listener: mailboxes are fetched from all the same.
  const gateway = await usher(t, { email: { enabled: false, mailboxes: [server.settings()] } });
  assert.equal(gateway.smtp, undefined);
  const desk = await staff(gateway, 'anna', 'agent');
  const boxes = async () => (await desk.get('/api/overview')).json.mailboxes;
  const reload = async (change, words) => {
    change(gateway.settings);
    const before = await gateway.log();
    await writeFile(gateway.config, JSON.stringify(gateway.settings, null, 2));
    process.kill(gateway.pid, 'SIGHUP');
    return eventually(async () => words.test((await gateway.log()).slice(before.length)) && (await gateway.log()).slice(before.length), `the log says ${words}`);
  };
  const other = await ImapClient.connect(server.port);
  await other.append(mail(1));
  await eventually(async () => (await taken(gateway)).length === 1, 'the first');

  const second = join(server.folder, 'second');
  await writeFile(second, 'wrong\n');
  const log = await reload((s) => { s.email.mailboxes.push(server.settings({ name: 'second', user: 'second', password_file: second })); s.company = 'Another'; }, /mailboxes: added second"/);
  assert.match(log, /settings_need_restart.*"changed":"company"/);
  await eventually(async () => (await boxes())[1]?.error, 'the second is refused');
  await writeFile(second, 'other\n');
  await reload(() => {}, /mailboxes: changed second"/);
  await eventually(async () => (await boxes()).length === 2 && (await boxes()).every((box) => box.ok), 'both are well');
  await reload(() => {}, /"content":"[^";]*"/);  // nothing changed, nothing is begun anew
  const friend = await ImapClient.connect(server.port, 'second', 'other');
  await friend.append(mail(2));
  await eventually(async () => (await taken(gateway)).length === 2, 'mail of the new one');

  await reload((s) => { s.email.mailboxes.shift(); }, /mailboxes: removed main"/);
  assert.deepEqual((await boxes()).map((box) => box.name), ['second']);
  await other.append(mail(3));
  await friend.append(mail(4));
  await eventually(async () => (await taken(gateway)).includes(4), 'the other goes on');
  assert.ok(!(await taken(gateway)).includes(3), 'nobody fetches from it any more');
  await reload((s) => { s.email.mailboxes.unshift({ ...server.settings(), tls: 'sometimes' }); }, /settings_problem.*mailboxes/);
  assert.deepEqual((await boxes()).map((box) => [box.name, box.ok]), [['second', true]], 'everything stays as it was');
  await reload((s) => { s.email.mailboxes[0].tls = 'none'; }, /mailboxes: added main"/);
  await eventually(async () => (await taken(gateway)).includes(3), 'what waited there');
  assert.equal((await gateway.stop()).code, 0);
  other.close();
  friend.close();
});
