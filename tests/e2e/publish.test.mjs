// C3 and C4 on the running service: a script published in the middle of a conversation, rolled back, a look-up over HTTP, a reminder, what was
// learned; and the same answers over webchat, mail and webhook coming to the same end.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { hookBody, hookReceiver, kHookSecret, postHook } from './support/peers.mjs';
import { eventually, kRoot, relay, swaks, temporaryFolder, usher } from './support/usher.mjs';
import { connectChat } from './support/webchat.mjs';

const kCare = `dialog: care
title: { en: Care, zh: 服务 }
triggers: { phrases: { en: [I need care], zh: [我要服务] } }
patience: { remind_after: 2h, give_up_after: 24h, then: ticket }
slots:
  warranty: { type: text, label: { en: Warranty, zh: 保修 } }
steps:
  where:
    choose: { en: "Where is it?", zh: 它在哪里？ }
    options:
      - { id: home, label: { en: At home, zh: 家里 }, next: serial, set: { place: home } }
      - { id: office, label: { en: In the office, zh: 公司 }, next: serial, set: { place: office } }
    slot: place
  serial: { ask: serial, next: ask-service }
  ask-service:
    lookup: warranty
    with: { serial: "{{serial}}" }
    save: { warranty: warranty.state }
    next: known
    failed: unknown
  known: { say: { en: "Your warranty: {{warranty}}, {{place}}.", zh: "保修：{{warranty}}，{{place}}。" }, next: find }
  unknown: { say: { en: "The warranty is not known.", zh: 暂时查不到保修。 }, next: find }
  find:
    troubleshoot:
      escalate_cost: 30
      causes:
        - { id: plug, label: { en: plug, zh: 插头 }, weight: 4 }
        - { id: board, label: { en: board, zh: 主板 }, weight: 1 }
      checks:
        - { id: replug, check: { en: Plug it in again., zh: 请重新插好。 }, cost: 1, fixes: { plug: 0.9 }, tried: Plugged it in again }
    solved: rate
    unsolved: ticket
  rate: { survey: { en: "How was it, 1 to 5?", zh: 满意吗？ }, next: done }
  done: { resolve: { en: Good., zh: 好的。 } }
  ticket: { escalate: { en: I pass this on., zh: 我来转交。 }, priority: P2, fault_class: hardware/power }
`;
const kHandover = `dialog: handover
title: { en: A person, zh: 转人工 }
steps:
  ticket: { escalate: { en: I pass this on., zh: 我来转交。 } }
`;

async function scripts(t) {
  const folder = join(await temporaryFolder(t, 'scripts'), 'dialogs');
  await mkdir(folder);
  for (const file of ['texts.yaml', 'slots.yaml']) await cp(join(kRoot, 'config/dialogs', file), join(folder, file));
  for (const file of ['fragments.yaml', 'models.csv']) await cp(join(kRoot, 'config/dialogs', file), join(folder, file)).catch(() => {});
  await writeFile(join(folder, 'care.yaml'), kCare);
  await writeFile(join(folder, 'handover.yaml'), kHandover);
  return folder;
}

async function warrantyService(t) {
  const asked = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    if (request.url.endsWith('/UNKNOWN1')) return response.writeHead(500).end('no');
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"warranty":{"state":"in warranty"}}');
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => new Promise((done) => { server.closeAllConnections(); server.close(done); }));
  return { asked, settings: { lookups: [{ name: 'warranty', url: `http://127.0.0.1:${server.address().port}/devices/{serial}`, timeout_ms: 20_000, allow_private: true }] } };
}

const hears = (chat, pattern) => eventually(() => pattern.test(words(chat)), `the bot says ${pattern}; so far:\n${words(chat)}`);
const words = (chat) => chat.messages.filter((m) => m.from === 'bot').map((m) => m.text).join('\n');

test('a script is published in the middle of a conversation, and rolled back', async (t) => {
  const folder = await scripts(t);
  const service = await warrantyService(t);
  const gateway = await usher(t, { content: { dialogs: folder }, ...service.settings });
  const dialog = (...args) => gateway.command(['dialog', ...args]);

  const ana = await connectChat(gateway.http);
  await ana.ask('I need care');
  await ana.ask('at home');

  const edited = join(await temporaryFolder(t, 'edited'), 'dialogs');
  await cp(folder, edited, { recursive: true });
  await writeFile(join(edited, 'care.yaml'), kCare.replace('Your warranty:', 'NEW WORDS:'));
  const dry = await dialog('publish', edited, '--dry-run');
  assert.equal(dry.code, 0, dry.out + dry.err);
  assert.equal(dry.json.published, false);
  assert.equal(dry.json.open_conversations, 1);
  assert.deepEqual(dry.json.touched.map((x) => [x.dialog, x.step, x.conversations, x.what]), [['care', 'serial', 1, 'stays on its version']]);

  const published = await dialog('publish', edited, '--note', 'better words');
  assert.equal(published.code, 0, published.out + published.err);
  assert.equal(published.json.service_reloaded, true);

  const newWords = async () => {
    const chat = await connectChat(gateway.http);
    await chat.ask('I need care');
    await chat.ask('at home');
    await chat.ask('ABC12345');
    await hears(chat, /Plug it in again\./);
    return words(chat);
  };
  await eventually(async () => /NEW WORDS: in warranty, home\./.test(await newWords()), 'new conversations have the new words');
  await ana.ask('XYZ98765');
  await hears(ana, /Your warranty: in warranty, home\./);  // who was in the middle keeps the old ones
  assert.doesNotMatch(words(ana), /NEW WORDS/);
  assert.ok(service.asked.includes('/devices/XYZ98765'));

  const back = await dialog('rollback', '--note', 'not better');
  assert.equal(back.code, 0, back.out + back.err);
  await eventually(async () => /Your warranty:/.test(await newWords()), 'rolled back');
  const log = (await dialog('editions')).json;
  assert.deepEqual(log.map((e) => [e.action, e.note, e.current]), [['rollback', 'not better', true], ['publish', 'better words', false], ['publish', folder, false]]);

  await gateway.stop();
  await gateway.start();
  assert.match(await newWords(), /Your warranty:/, 'a restart keeps the roll-back');

  // What has problems is not published, and says where.
  await writeFile(join(edited, 'care.yaml'), kCare.replace('next: find }', 'next: fnid }'));
  const refused = await dialog('publish', edited);
  assert.equal(refused.code, 1);
  assert.ok(refused.out.includes(join(edited, 'care.yaml')), refused.out);
  assert.match(refused.out, /find/);
  assert.equal((await dialog('rollback', 'ffff')).code, 1);
});

test('a silent customer is reminded; a service that fails costs only its answer; outcomes are learned', async (t) => {
  const folder = await scripts(t);
  await writeFile(join(folder, 'care.yaml'), kCare.replace('remind_after: 2h', 'remind_after: 5s'));  // no answer below may take as long
  const service = await warrantyService(t);
  const gateway = await usher(t, { content: { dialogs: folder }, ...service.settings });
  const chat = await connectChat(gateway.http);
  await chat.ask('I need care');
  await hears(chat, /Are you still there/);
  // Each answer once its question is there: on a slow machine reminders may come in between.
  await chat.ask('office');
  await hears(chat, /serial number/i);
  await chat.ask('UNKNOWN1');
  await hears(chat, /The warranty is not known\./);
  await hears(chat, /Plug it in again\./);
  await chat.ask('yes it works now');
  await hears(chat, /How was it/);
  await chat.ask('4');
  await eventually(async () => (await gateway.sql("SELECT status FROM conversations"))[0].status === 'resolved', 'resolved');
  assert.deepEqual(await gateway.sql('SELECT score FROM ratings'), [{ score: 4 }]);
  const learned = (await gateway.command(['dialog', 'learned'])).json;
  assert.equal(learned[0].block, 'care/find');
  assert.ok(learned[0].causes.plug > 0.8, JSON.stringify(learned));
});

test('the same answers over webchat, mail and webhook come to the same end', async (t) => {
  const folder = await scripts(t);
  const service = await warrantyService(t);
  const out = await relay(t);
  const hooks = await hookReceiver(t);
  const gateway = await usher(t, {
    content: { dialogs: folder }, ...service.settings, email: { relay_url: out.url, relay_tls: 'none', entry: '' },
    webhooks: [{ name: 'partner', url: hooks.url, allow_private: true }],
  }, { environment: { USHER_WEBHOOKS_PARTNER_SECRET: kHookSecret } });

  // The last answer, "no", opens a ticket.
  const asks = [/Where is it/, /serial number/i, /Plug it in again/, /ticket number/i];  // what the bot says to each
  const answers = ['I need care', 'in the office', 'ABC12345', 'no, still the same'];
  const chat = await connectChat(gateway.http);
  for (const [i, a] of answers.entries()) {
    await chat.ask(a);
    await hears(chat, asks[i]);
  }
  // On the others the choice is the number in the list, and the label.
  const by_mail = ['I need care', '2', 'ABC12345', 'no, still the same'];
  let previous = '', references = [];
  for (const [i, a] of by_mail.entries()) {
    const id = `<m${i}@customer.test>`;
    const headers = previous ? ['--header', `In-Reply-To: ${previous}`, '--header', `References: ${references.join(' ')}`] : [];
    const sent = await swaks(gateway.smtp, '--header', `Message-Id: ${id}`, '--header', `Subject: ${previous ? 'Re: ' : ''}Care`, ...headers, '--body', a);
    assert.equal(sent.code, 0, sent.out);
    const answer = await eventually(async () => (await out.mails()).find((m) => m.headers['in-reply-to'] === id && asks[i].test(m.body)), `the answer to "${a}"`);
    previous = answer.headers['message-id'];
    references.push(id, previous);
  }
  for (const [i, a] of ['I need care', 'In the office', 'ABC12345', 'no, still the same'].entries()) {
    const posted = await postHook(gateway, `h${i}`, hookBody('u1', a));
    assert.equal(posted.status, 202, JSON.stringify(posted));
    await eventually(() => [...hooks.got.values()].flat().some((body) => asks[i].test(JSON.parse(body).data.text)), `the answer to "${a}"`);
  }

  const ended = await eventually(async () => {
    const rows = await gateway.sql('SELECT channel, status, dialog, state FROM conversations ORDER BY channel');
    return rows.length === 3 && rows.every((r) => r.status === 'escalated') && rows;
  }, 'three conversations escalated');
  const outcome = (row) => {
    const state = JSON.parse(row.state);
    const { place, serial, warranty } = state.slots;
    return { dialog: row.dialog, end: state.end, step: state.last_step, tried: state.tried, place, serial, warranty };
  };
  const first = outcome(ended[0]);
  assert.deepEqual(first.tried.map((x) => x[0]), ['Plugged it in again']);
  assert.equal(first.place, 'office');
  assert.equal(first.warranty, 'in warranty');
  for (const row of ended.slice(1)) assert.deepEqual(outcome(row), first, row.channel);
  const tickets = await eventually(async () => { const k = await gateway.tickets(); return k.length === 3 && k.every((x) => x.number) && k; }, 'three tickets');
  assert.deepEqual(tickets.map((k) => k.priority), ['P2', 'P2', 'P2']);
});
