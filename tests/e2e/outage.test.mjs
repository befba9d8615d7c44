// A5: Request Tracker is away, or answers too late: customers get a provisional reference at once, later each is told the number once, and
// there is exactly one ticket per case.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { request } from 'node:http';
import test from 'node:test';
import { connectChat } from './support/webchat.mjs';
import { eventually, relay, requestTracker, swaks, usher } from './support/usher.mjs';

const kProvisional = /P-[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}/;

// The shortest way to a ticket: asks for a person and answers the questions.
async function escalate(gateway, name) {
  const chat = await connectChat(gateway.http);
  for (const text of ['I need a person, agent', name, `${name.toLowerCase()}@customer.test`, 'laptop', 'ThinkPad X13', "don't know", "don't know"]) await chat.ask(text);
  return chat;
}

// Sits between Usher and RT. `hold(method)`: requests of that method reach RT, but their answers are kept back until release().
async function latecomer(t, target) {
  const held = [];
  let holding = null;
  const server = createServer((from, back) => {
    const to = request(`${target}${from.url}`, { method: from.method, headers: from.headers }, (answer) => {
      const chunks = [];
      answer.on('data', (d) => chunks.push(d));
      answer.on('end', () => {
        const finish = () => {
          if (back.destroyed) return;
          back.writeHead(answer.statusCode, answer.headers);
          back.end(Buffer.concat(chunks));
        };
        if (holding && holding(from)) {
          held.push(finish);
        } else {
          finish();
        }
      });
    });
    to.on('error', () => back.destroy());
    from.pipe(to);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => { server.closeAllConnections?.(); server.close(); });
  return { url: `http://127.0.0.1:${server.address().port}`, held, hold(which) { holding = which; }, release() { holding = null; held.splice(0).forEach((f) => f()); } };
}

test('the ticket system is away', async (t) => {
  const rt = await requestTracker(t);
  const out = await relay(t);
  const gateway = await usher(t, { ...rt.settings(), email: { relay_url: out.url }, outbox: { retry_base_ms: 200, retry_cap_ms: 1000 } });
  await rt.stop();

  const since = performance.now();
  const chats = await Promise.all(['Ana', 'Ben', 'Cleo'].map((name) => escalate(gateway, name)));
  const mailed = await swaks(gateway.smtp, '--from', 'dora@customer.test', '--header', 'Subject: Monitor is dark', '--header', 'Message-Id: <dora@customer.test>', '--body', 'My monitor stays dark.');
  assert.equal(mailed.code, 0, mailed.out);

  const provisional = [];
  for (const chat of chats) {
    const ref = await chat.reference();
    assert.match(ref.ref, kProvisional);
    assert.equal(ref.provisional, true);
    provisional.push(ref.ref);
  }
  const ack = await eventually(async () => (await out.mails()).find((m) => m.headers['in-reply-to'] === '<dora@customer.test>'), 'the provisional acknowledgement');
  assert.match(ack.body, kProvisional);
  t.diagnostic(`all four had a provisional reference ${Math.round(performance.now() - since)} ms after the first word`);
  assert.equal(new Set(provisional).size, 3);

  // Something said while it is away is not lost either.
  await chats[0].ask('It smells a little, too.');
  await new Promise((done) => setTimeout(done, 1500));
  await rt.start();

  const numbers = [];
  for (const chat of chats) {
    const ref = await eventually(() => chat.references.find((r) => !r.provisional), 'the real number');
    assert.match(ref.ref, /^\d+$/);
    numbers.push(ref.ref);
  }
  const told = await eventually(async () => (await out.mails()).find((m) => m.headers['in-reply-to'] === '<dora@customer.test>' && /\[#\d+\]/.test(m.headers.subject)), 'the mail with the number');
  assert.match(told.body, kProvisional, 'the mail names the reference it replaces');
  await eventually(async () => (await rt.text(numbers[0])).includes('It smells a little, too.'), 'what was said meanwhile, on the ticket');
  await eventually(async () => (await gateway.outbox()).every((r) => r.state === 'sent'), 'nothing left to send');

  assert.equal((await rt.tickets()).length, 4, 'one ticket per case');
  const cases = await gateway.tickets();
  assert.equal(new Set(cases.map((c) => c.number)).size, 4);
  for (const [i, chat] of chats.entries()) {
    await chat.caught_up();
    assert.equal(chat.messages.filter((m) => m.from === 'bot' && m.text.includes(provisional[i])).length >= 1, true);
    const of_number = chat.messages.filter((m) => m.from === 'bot' && new RegExp(`\\b${numbers[i]}\\b`).test(m.text));
    assert.equal(of_number.length, 1, `the number was told ${of_number.length} times`);
    await chat.close();
  }
  assert.equal((await out.mails()).filter((m) => m.headers['in-reply-to'] === '<dora@customer.test>').length, 2);
});

test('the ticket system answers a create after the time-out: still one ticket', async (t) => {
  const rt = await requestTracker(t);
  const between = await latecomer(t, rt.url);
  const settings = rt.settings(between.url);
  settings.ticket_system.timeout_ms = 4000;
  const gateway = await usher(t, settings);
  // The first create signs in and learns the fields; the second is the one whose answer comes too late.
  const first = await escalate(gateway, 'Fay');
  await eventually(() => first.references.find((r) => !r.provisional), 'the first number');
  between.hold((r) => r.method === 'POST' && r.url.endsWith('/ticket'));
  const chat = await escalate(gateway, 'Gus');
  assert.match((await chat.reference()).ref, kProvisional);
  await eventually(() => between.held.length > 0, 'the create is held back');
  await eventually(async () => (await gateway.outbox()).some((r) => r.kind === 'create' && r.state !== 'sent' && r.attempts >= 1 && r.reason), 'the time-out is noted');
  between.release();
  const ref = await eventually(() => chat.references.find((r) => !r.provisional), 'the number');
  assert.equal((await rt.tickets()).length, 2);
  assert.equal(ref.ref, String((await rt.tickets())[1].id));
  assert.equal((await gateway.tickets()).length, 2);
  await chat.close();
  await first.close();
});
