// What operators do: the command line, the MTA pipe, signals, health and figures, dead letters.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { connectChat } from './support/webchat.mjs';
import { eventually, kBinary, kRoot, relay, temporaryFolder, Usher, usher } from './support/usher.mjs';

const run = (...args) => spawnSync(kBinary, args, { encoding: 'utf8' });
const kMail = 'From: ana@customer.test\nTo: support@usher.test\nSubject: Fan is loud\nMessage-ID: <fan@customer.test>\n\nThe fan is very loud.\n';

test('every command explains itself, wrong usage is 64', () => {
  assert.match(run('--version').stdout, /^usher \d+\.\d+\.\d+/);
  for (const command of [[], ['serve'], ['check'], ['deliver'], ['chat'], ['ticket'], ['ticket', 'list'], ['outbox'], ['outbox', 'list'], ['outbox', 'redrive'], ['user', 'add'], ['config', 'schema']]) {
    const help = run(...command, '--help');
    assert.equal(help.status, 0, command.join(' '));
    assert.match(help.stdout, /Usage|OPTIONS|Options/);
  }
  assert.equal(run().status, 64);
  assert.equal(run('sevre').status, 64);
  assert.equal(run('serve', '--http', 'nonsense', '--config', join(kRoot, 'config/usher.yaml'), '--data', '/tmp/never').status, 64);
  assert.equal(run('serve', '--config', '/does/not/exist').status, 78);
});

test('the terminal chat speaks both languages', () => {
  const config = ['--config', join(kRoot, 'config/usher.yaml')];
  const en = spawnSync(kBinary, ['chat', '--trace', ...config], { input: "my printer is offline\n", encoding: 'utf8' });
  assert.match(en.stdout, /why: choose-dialog: printer/);
  const zh = spawnSync(kBinary, ['chat', '--lang', 'zh', '--json', ...config], { input: '打印机打不出来\n', encoding: 'utf8' });
  const turns = zh.stdout.trim().split('\n').map((line) => JSON.parse(line));
  assert.equal(turns.length, 2);
  assert.match(turns[1].messages[0], /[\u4e00-\u9fff]/);
});

test('a mail delivered through the pipe is worked by a running service, and by the next start', async (t) => {
  const out = await relay(t);
  const gateway = await usher(t, { email: { relay_url: out.url } });
  const first = await gateway.command(['deliver', '--from', 'ana@customer.test', 'support@usher.test'], { input: kMail });
  assert.equal(first.code, 0, first.err);
  await eventually(async () => (await out.mails()).length === 1, 'the acknowledgement');
  const again = await gateway.command(['deliver', '--from', 'ana@customer.test', 'support@usher.test'], { input: kMail });
  assert.equal(again.json.duplicate, true);
  assert.equal(again.json.id, first.json.id);

  await gateway.stop();
  assert.equal(gateway.exit.code, 0);
  const away = await gateway.command(['deliver', '--from', 'ben@customer.test', 'support@usher.test'], { input: kMail.replaceAll('fan', 'disk').replace('ana@', 'ben@') });
  assert.equal(away.code, 0, away.err);
  await gateway.start();
  await eventually(async () => (await out.mails()).length === 2, 'the second acknowledgement');
  assert.equal((await gateway.tickets()).length, 2);
});

test('two services do not share a data folder, and the lock goes with the process', async (t) => {
  const gateway = await usher(t);
  const second = spawnSync(kBinary, ['serve', '--config', gateway.config, '--data', gateway.data, '--http', '127.0.0.1:0', '--smtp', 'off'], { encoding: 'utf8' });
  assert.equal(second.status, 70);
  assert.match(second.stderr, /another usher serves the data folder/);
  await gateway.kill();
  await gateway.start();
});

test('what cannot be accepted now stays with the MTA: 75', async (t) => {
  const folder = await temporaryFolder(t);
  const it = new Usher(folder, { limits: { min_free_megabytes: 1_000_000 } });
  await writeFile(it.config, JSON.stringify(it.settings));
  const full = await it.command(['deliver', '--from', 'ana@customer.test', 'support@usher.test'], { input: kMail });
  assert.equal(full.code, 75, full.out + full.err);
  assert.match(full.out, /disk space/);
  await writeFile(it.config, 'email: [');
  assert.equal((await it.command(['deliver', 'support@usher.test'], { input: kMail, json: false })).code, 75, 'an operator\'s typing error bounces nobody\'s mail');
});

test('health, readiness, figures', async (t) => {
  const gateway = await usher(t);
  const get = async (path) => { const r = await fetch(`${gateway.http}${path}`); return { status: r.status, text: await r.text(), headers: r.headers }; };
  assert.equal((await get('/healthz')).status, 200);
  assert.equal((await get('/readyz')).status, 200);
  const chat = await connectChat(gateway.http);
  await chat.ask('hello');
  const figures = await eventually(async () => { const { text } = await get('/metrics'); return /^usher_turns_total [1-9]/m.test(text) && text; }, 'the turn is counted');
  assert.match(figures, /^usher_accepted_total 1$/m);
  assert.match(figures, /^usher_turns_total 1$/m);
  assert.match(figures, /^usher_sql_commits_total \d+/m);
  assert.match((await get('/demo')).headers.get('content-security-policy'), /default-src 'self'/);
  assert.equal((await get('/api/tickets')).status, 401);
  assert.equal((await get('/nothing')).status, 404);
  for (const line of (await gateway.log()).split('\n').slice(0, -1)) JSON.parse(line);
  await chat.close();

  const closed = await usher(t, { http: { metrics_from: [] } });
  assert.equal((await fetch(`${closed.http}/metrics`)).status, 404, 'figures are for named addresses only');
});

test('HUP reloads what staff edited, and keeps the old when the new is broken', async (t) => {
  const folder = await temporaryFolder(t, 'content');
  await cp(join(kRoot, 'config'), folder, { recursive: true });
  const gateway = await usher(t, { content: { dialogs: join(folder, 'dialogs'), kb: join(folder, 'kb'), mail: join(folder, 'mail') } });
  const texts = join(folder, 'dialogs/texts.yaml');
  const before = await readFile(texts, 'utf8');
  const greeting = async () => (await (await fetch(`${gateway.http}/chat/session`, { method: 'POST', body: '{"lang":"en"}' })).json()).greeting.text;
  assert.match(await greeting(), /support assistant/);
  await writeFile(texts, before.replace('Hello, I am the support assistant.', 'Good day, this is the new greeting.'));
  process.kill(gateway.pid, 'SIGHUP');
  await eventually(async () => /new greeting/.test(await greeting()), 'the new greeting');
  await writeFile(texts, before.replace('greeting:', 'greting:'));
  process.kill(gateway.pid, 'SIGHUP');
  await eventually(async () => /reload refused/.test(await gateway.log()), 'the refusal in the log');
  assert.match(await greeting(), /new greeting/);
});

test('a dead letter is listed with its reason and re-driven once', async (t) => {
  const gateway = await usher(t);  // no relay: answers by mail cannot be sent
  await gateway.command(['deliver', '--from', 'ana@customer.test', 'support@usher.test'], { input: kMail });
  const [dead] = await eventually(async () => { const rows = await gateway.outbox('dead'); return rows.length === 1 && rows; }, 'the dead letter');
  assert.match(dead.reason, /no relay/);
  await gateway.stop();
  const out = await relay(t);
  gateway.settings.email.relay_url = out.url;
  await gateway.start();
  assert.equal((await gateway.command(['outbox', 'redrive', dead.id])).json.redriven, 1);
  await eventually(async () => (await out.mails()).length === 1, 'the acknowledgement');
  assert.equal((await gateway.command(['outbox', 'redrive', dead.id])).code, 1, 'it is dead no longer');
  assert.equal((await gateway.outbox('dead')).length, 0);
  assert.equal((await out.mails()).length, 1);
});

test('staff sign in with what they were given, and guessing is slowed down', async (t) => {
  const gateway = await usher(t);
  assert.equal((await gateway.command(['user', 'add', 'ina'], { input: 'short\n' })).code, 64);
  assert.equal((await gateway.command(['user', 'add', 'ina'], { input: 'long enough password\n' })).code, 0);
  assert.equal((await gateway.command(['user', 'add', 'ina'], { input: 'long enough password\n' })).code, 1, 'the name is taken');
  const login = (body, headers = {}) => fetch(`${gateway.http}/api/login`, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } });
  assert.equal((await login({ name: 'ina', password: 'wrong' })).status, 401);
  assert.equal((await login({ name: 'nobody', password: 'wrong' })).status, 401);
  assert.equal((await login({ name: 'ina', password: 'long enough password' }, { origin: 'https://evil.example' })).status, 403);
  const signed_in = await login({ name: 'ina', password: 'long enough password' });
  assert.equal(signed_in.status, 200);
  const cookie = signed_in.headers.get('set-cookie');
  assert.match(cookie, /HttpOnly/);
  assert.match(cookie, /SameSite=Strict/);
  const session = cookie.split(';')[0];
  assert.equal((await fetch(`${gateway.http}/api/me`, { headers: { cookie: session } })).status, 200);
  assert.equal((await fetch(`${gateway.http}/api/outbox/redrive`, { method: 'POST', headers: { cookie: session } })).status, 403, 'without the header that other sites cannot send');
  assert.equal((await fetch(`${gateway.http}/api/logout`, { method: 'POST', headers: { cookie: session, 'x-usher-request': '1' } })).status, 204);
  assert.equal((await fetch(`${gateway.http}/api/me`, { headers: { cookie: session } })).status, 401, 'the session is over on the server');
  let refused = 0;
  for (let i = 0; i < 25; ++i) refused += (await login({ name: 'ina', password: `guess ${i}` })).status === 429 ? 1 : 0;
  assert.ok(refused > 0, 'guessing goes on unhindered');
});
