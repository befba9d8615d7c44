// A4: nothing acknowledged is lost and nothing has an effect twice, while the process is killed again and again in the middle of the work:
// 500 messages by chat, mail and webhook from writers that repeat what was not acknowledged (reliability.md DUR-01, DUR-14, HOOK-11, WEB-11,
// WEB-12, SMTP-16).
// Runs alone (./dev test): kills hit work at moments chosen by chance.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { join } from 'node:path';
import test from 'node:test';
import { hookBody, hookReceiver, kHookSecret, mailOf, pause, postHook, quietPort, seeded, SmtpClient, Visitor } from './support/peers.mjs';
import { eventually, relay, temporaryFolder, Usher } from './support/usher.mjs';

const kMails = 140;
const kUsers = 24, kPerUser = 5;       // webhook
const kVisitors = 40, kPerVisitor = 6; // chat
const kAll = kMails + kUsers * kPerUser + kVisitors * kPerVisitor;
const kKills = 20;
const kStartKills = 6;                 // of them, followed by a second kill while the process is starting
const kPng = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==', 'base64');

const letters = (n) => [...String(n).padStart(3, '0')].map((digit) => 'bdfgklmnpr'[Number(digit)]).join('a');
// What a visitor says. Every other one walks through the hand-over, insists on a person, and adds something to the ticket, the others through a checklist.
const toATicket = (n) => ['agent', `Ana ${letters(n)}`, `visitor${n}@customer.test`, `a laptop, sn NL2026${String(n).padStart(4, '0')}`, 'agent', `and the hinge is loose, chat-${n}-`];
const checklist = (n) => [`my laptop won't turn on chat-${n}-`, 'no', 'no', 'no', 'yes', 'no'];
const linesOf = (n) => (n % 2 === 0 ? toATicket(n) : checklist(n));
// The same walk of two visitors reads the same but for their own words.
const withoutOwn = (text, n) => text.replaceAll(letters(n), '…').replaceAll(`visitor${n}@`, '…').replaceAll(`2026${String(n).padStart(4, '0')}`, '…')
  .replaceAll(`chat-${n}-`, '…').replace(/T-\d+|P-[0-9A-Z-]+/g, '#');
const aboutNumbers = (text) => /T-\d+|P-[0-9A-Z]{5}-/.test(text) && !/added this/.test(text);

function mailNumber(n) {
  const headers = { From: `Customer ${n} <c${n}@customer.test>`, To: 'support@usher.test', Subject: `Request ${n}`, 'Message-ID': `<mail-${n}@customer.test>`, 'MIME-Version': '1.0' };
  if (n % 4 === 1) return mailOf({ ...headers, 'Content-Type': 'text/plain; charset=utf-8', 'Content-Transfer-Encoding': '8bit' }, `您好，打印机打不出字。 mail-${n}-\n.\n谢谢\n`);
  if (n % 4 === 2) return mailOf({ ...headers, 'Content-Type': 'text/html; charset=utf-8' }, `<p>The <b>WiFi</b> drops. mail-${n}-</p>\n`);
  if (n % 4 === 3) {
    return mailOf({ ...headers, 'Content-Type': 'multipart/mixed; boundary=b1' },
                  ['--b1', 'Content-Type: text/plain', '', `See the picture. mail-${n}-`, '--b1', 'Content-Type: image/png; name="a.png"', 'Content-Disposition: attachment; filename="a.png"',
                   'Content-Transfer-Encoding: base64', '', kPng.toString('base64'), '--b1--', ''].join('\n'));
  }
  return mailOf(headers, `Hello,\nthe fan is loud. mail-${n}-\nRegards\n`);
}
const escalatingUser = (n) => n % 3 === 0;
const hookText = (n, k) => (escalatingUser(n) ? ['agent', `Ben ${letters(n)}`, `user${n}@customer.test`, `a laptop, sn NL2027${String(n).padStart(4, '0')}`, 'agent'][k] : `my wifi is slow hook-${n}-${k}-`);

test('500 messages, 20 kills: nothing acknowledged is lost, nothing happens twice', { timeout: 600_000 }, async (t) => {
  const random = seeded();
  t.diagnostic(`replay with USHER_SEED=${random.seed}`);
  const out = await relay(t);
  const partner = await hookReceiver(t);
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'secret'), kHookSecret, { mode: 0o600 });
  const gateway = new Usher(folder, {
    email: { relay_url: out.url, max_connections_per_address: 1000 },
    webhooks: [{ name: 'partner', secret_file: join(folder, 'secret'), url: partner.url, allow_private: true }],
  });
  gateway.http = `http://127.0.0.1:${await quietPort(random)}`;
  gateway.smtp = `127.0.0.1:${await quietPort(random)}`;
  await gateway.start();
  t.after(() => gateway.kill());
  const began = performance.now();

  // The two walks as they go when nothing happens: the others are compared with them.
  const kUndisturbed = [900, 901];
  for (const n of kUndisturbed) {
    const visitor = new Visitor(gateway);
    for (const text of linesOf(n)) await visitor.answer((await visitor.say(text)).seq);
    visitor.close();
  }

  const acked = new Map();  // id → what it was
  let resent = 0, refused = 0, is_over = false;
  const acknowledged = (id, what) => {
    assert.ok(!acked.has(id), `${what} got the id of ${acked.get(id)}`);
    acked.set(id, what);
  };

  // --- writers ---
  let next_mail = 0;
  const mailer = async () => {
    let smtp;
    while (next_mail < kMails) {
      const n = next_mail++;
      const bytes = mailNumber(n);
      for (let tries = 0; ; ++tries) {
        if (tries > 0) ++resent;
        if (!smtp || smtp.closed) {
          smtp = await SmtpClient.connect(gateway.smtp);
          if (smtp.closed) {
            await pause(20);
            continue;
          }
        }
        // Another way to us each time: the trace is not the mail.
        const reply = await smtp.mail(Buffer.concat([Buffer.from(`Received: from relay${tries} by mx.customer.test; ${new Date().toUTCString()}\r\n`), bytes]),
                                      { from: `c${n}@customer.test` });
        const id = /^250 2\.0\.0 (\S+)/.exec(reply)?.[1];
        if (id) {
          acknowledged(id, `mail-${n}-`);
          break;
        }
        assert.match(reply, /^(4|$)/, `mail ${n} was refused for good: ${reply}`);
        if (reply) ++refused;
        smtp.close();
        await pause(random.int(5, 40));
      }
    }
    smtp?.close();
  };
  let next_user = 0;
  const agent = new Agent({ keepAlive: true });
  t.after(() => agent.destroy());
  const poster = async () => {
    while (next_user < kUsers) {
      const n = next_user++;
      for (let k = 0; k < kPerUser; ++k) {
        const body = hookBody(`user-${n}`, hookText(n, k));
        for (let tries = 0; ; ++tries) {
          if (tries > 0) ++resent;
          const answer = await postHook(gateway, `hook-${n}-${k}`, body, { agent }).catch(() => ({ status: 0 }));
          if (answer.status === 202) {
            acknowledged(JSON.parse(answer.body).id, `hook-${n}-${k}-`);
            break;
          }
          assert.ok([0, 429, 503].includes(answer.status), `hook ${n} ${k} was refused for good: ${answer.status} ${answer.body}`);
          if (answer.status) ++refused;
          await pause(random.int(5, 40));
        }
      }
    }
  };
  const visitors = [];
  const chatter = async () => {
    while (visitors.length < kVisitors) {
      const n = visitors.length;
      const visitor = new Visitor(gateway);
      visitors.push(visitor);
      for (const [k, text] of linesOf(n).entries()) {
        const ack = await visitor.say(text);
        acknowledged(ack.id, `chat-${n}-${k}`);
        await visitor.answer(ack.seq);
      }
    }
  };

  // --- the one who kills ---
  // By progress, not by the clock, so that every kill hits work on a slow machine, too; then a moment that nobody can foresee.
  const kills = { running: 0, starting: 0, draining: 0 };
  const killer = async () => {
    for (let n = 0; n < kKills; ++n) {
      const threshold = Math.floor((kAll * (n + 0.2 + 0.6 * random.next())) / kKills);
      while (acked.size < threshold && !is_over) await pause(1);
      await pause(random.int(0, 25));
      if (n % 10 === 9) {
        // Told twice to go, then not given the time to.
        for (let told = 0; told < 2; ++told) process.kill(gateway.pid, 'SIGTERM');
        await pause(random.int(0, 30));
        ++kills.draining;
      }
      await gateway.kill();
      ++kills.running;
      if (n % 3 === 1 && kills.starting < kStartKills) {
        const before = gateway.child;
        const starting = gateway.start().catch(() => {});
        while (gateway.child === before) await pause(1);
        await pause(random.int(0, 600));
        await gateway.kill();
        await starting;
        ++kills.starting;
      }
      await gateway.start();
    }
  };
  const many = (count, what) => Array.from({ length: count }, what);
  const writing = Promise.all([...many(5, mailer), ...many(5, poster), ...many(8, chatter)]).finally(() => { is_over = true; });
  await Promise.all([writing, killer()]);
  const wrote = performance.now();
  assert.equal(acked.size, kAll);

  // --- everything finds its end ---
  const one = async (question) => Object.values((await gateway.sql(question))[0])[0];
  await eventually(async () => (await one("SELECT (SELECT count(*) FROM outbox WHERE state IN ('pending', 'leased', 'unknown')) + (SELECT count(*) FROM ledger WHERE fate = 'accepted')")) === 0,
                   'nothing waits any more', 120_000, 200);
  const rows = {};
  for (const state of ['pending', 'leased', 'unknown', 'dead']) {
    const listed = await gateway.outbox(state);
    rows[state] = Array.isArray(listed) ? listed : listed.items;
    assert.deepEqual(rows[state], [], `no ${state} rows`);
  }
  for (const visitor of visitors) await visitor.answer(0);
  assert.deepEqual(await gateway.stop(), { code: 0, signal: null });

  // --- the oracle ---
  const kExtra = 2 * kPerVisitor;  // the undisturbed walks
  const ledger = await gateway.sql('SELECT id, channel, fate, conversation_id FROM ledger');
  assert.equal(ledger.length, kAll + kExtra, 'one row for each message, none more');
  const by_id = new Map(ledger.map((row) => [row.id, row]));
  for (const [id, what] of acked) assert.ok(['answered', 'appended'].includes(by_id.get(id)?.fate), `${what} was acknowledged as ${id} and is ${by_id.get(id)?.fate ?? 'lost'}`);

  const said = await gateway.sql("SELECT id, conversation_id, seq, text FROM messages WHERE author = 'customer'");
  assert.equal(said.length, kAll + kExtra, 'each message is in one transcript, once');
  const said_by_id = new Map(said.map((row) => [row.id, row]));
  for (const [id, what] of acked) {
    const text = said_by_id.get(id)?.text;
    assert.ok(text !== undefined, `${what} is in no transcript`);
    const token = /^(mail-\d+-|hook-\d+-\d+-)$/.test(what) ? what : undefined;
    if (!token || (token.startsWith('hook') && !text.includes('wifi'))) continue;
    assert.equal(said.filter((row) => row.text.includes(token)).length, 1, `${token} is there once`);
    assert.ok(text.includes(token));
  }

  const conversations = await gateway.sql('SELECT id, channel, version, waiting, case_id, last_seq FROM conversations');
  assert.equal(conversations.length, kMails + kUsers + kVisitors + 2);
  for (const c of conversations) {
    assert.equal(c.waiting, 0);
    assert.equal(c.version, said.filter((row) => row.conversation_id === c.id).length, 'each message of the conversation got exactly one turn');
  }

  const users_with_ticket = many(kUsers, (_, n) => n).filter(escalatingUser).length;
  const expected_cases = kMails + users_with_ticket + kVisitors / 2 + 1;
  const cases = await gateway.sql('SELECT id, conversation_id, state, told, ticket_id, ticket_number FROM cases');
  const tickets = await gateway.sql('SELECT number, external_ref FROM builtin_tickets');
  assert.equal(cases.length, expected_cases);
  assert.equal(tickets.length, expected_cases, 'as many tickets as cases');
  assert.equal(new Set(tickets.map((ticket) => ticket.external_ref)).size, tickets.length);
  assert.deepEqual(cases.map((k) => k.ticket_number).sort(), tickets.map((ticket) => `T-${ticket.number}`).sort(), 'each case has a ticket of its own');
  for (const k of cases) assert.deepEqual([k.state, k.told], ['linked', 'number']);
  const comments = await gateway.sql('SELECT ticket, body FROM builtin_comments');
  assert.deepEqual(comments.map((row) => /chat-\d+-/.exec(row.body)?.[0]).sort(), [...many(kVisitors / 2, (_, n) => `chat-${2 * n}-`), 'chat-900-'].sort(), 'each follow-up is on its ticket, once');

  // What the customers saw: no line missing, none changed, none twice, and the words of an undisturbed conversation.
  const stored = await gateway.sql("SELECT m.conversation_id, m.seq, m.author, m.text FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE c.channel = 'webchat' ORDER BY m.conversation_id, m.seq");
  const transcriptOf = (n) => {
    const { conversation_id } = stored.find((row) => row.author === 'customer' && row.text.includes(`chat-${n}-`));
    return stored.filter((row) => row.conversation_id === conversation_id);
  };
  const wordsOf = (n) => transcriptOf(n).filter((row) => !aboutNumbers(row.text)).map((row) => `${row.author}: ${withoutOwn(row.text, n)}`);
  const undisturbed = kUndisturbed.map(wordsOf);
  for (const [n, visitor] of visitors.entries()) {
    assert.deepEqual(visitor.faults, [], `visitor ${n}`);
    const kept = transcriptOf(n);
    assert.deepEqual(kept.map((row) => row.seq), kept.map((_, k) => k + 1), 'the numbering has no gap');
    for (const line of visitor.transcript()) assert.deepEqual([line.from, line.text], [kept[line.seq - 1].author, kept[line.seq - 1].text], `visitor ${n} saw line ${line.seq} as it is stored`);
    assert.deepEqual(wordsOf(n), undisturbed[n % 2], `visitor ${n} had the same conversation as somebody undisturbed`);
    const told = kept.filter((row) => row.author === 'bot' && aboutNumbers(row.text));
    assert.ok(told.filter((row) => /T-\d+/.test(row.text)).length === (n % 2 === 0 ? 1 : 0), `visitor ${n} was told a number ${told.length} times: ${told.map((row) => row.text).join(' / ')}`);
    visitor.close();
  }

  // Outside: at least once, and a repetition can be recognised.
  const mails = await out.mails();
  for (let n = 0; n < kMails; ++n) {
    const acks = mails.filter((m) => m.headers['in-reply-to'] === `<mail-${n}@customer.test>`);
    assert.ok(acks.length > 0, `mail ${n} was answered`);
    // With the ticket system inside, a restart is the only thing that takes longer than a customer is asked to wait.
    const ids = new Set(acks.map((m) => m.headers['message-id']));
    assert.ok(ids.size <= 2, `mail ${n} got ${ids.size} different answers`);
    assert.equal(new Set(acks.filter((m) => /T-\d+/.test(m.headers.subject + m.body)).map((m) => m.headers['message-id'])).size, 1, `mail ${n} was told one number, once`);
  }
  const answers = await gateway.sql("SELECT id, conversation_id FROM outbox WHERE kind = 'message' AND target = 'partner'");
  for (const row of answers) assert.equal(new Set(partner.got.get(row.id)).size, 1, 'delivered, and each time with the same bytes');
  assert.equal(partner.got.size, answers.length);

  assert.deepEqual(await gateway.sql('PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
  assert.deepEqual(await gateway.sql('PRAGMA foreign_key_check'), []);
  const seconds = (ms) => (ms / 1000).toFixed(1);
  t.diagnostic(`${acked.size} acknowledged (${kMails} mails, ${kUsers * kPerUser} webhooks, ${kVisitors * kPerVisitor} chat lines), 0 lost, 0 twice; ${cases.length} cases = ${tickets.length} tickets; `
    + `${kills.running} kills (${kills.draining} while draining) and ${kills.starting} while starting; ${resent + visitors.reduce((sum, v) => sum + v.resent, 0)} tries again, ${refused} refused for now, `
    + `${visitors.reduce((sum, v) => sum + v.connections, 0)} chat connections, ${mails.length - kMails} mail answers repeated, ${[...partner.got.values()].filter((all) => all.length > 1).length} webhook answers repeated; `
    + `${seconds(wrote - began)} s of killing, ${seconds(performance.now() - began)} s in all`);
});
