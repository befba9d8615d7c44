// A3: signed webhooks in and out, by Standard Webhooks 1.0.0.
import assert from 'node:assert/strict';
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import test from 'node:test';
import { eventually, temporaryFolder, usher } from './support/usher.mjs';

const kKey = randomBytes(32);
const sign = (id, at, body, key = kKey) => `v1,${createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64')}`;

// A partner system: keeps what it is POSTed, answers with `status`.
async function partner(t) {
  const calls = [];
  const it = { calls, status: 200 };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (d) => { body += d; });
    request.on('end', () => {
      calls.push({ headers: request.headers, body, at: Date.now() });
      response.statusCode = it.status;
      response.end();
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => server.close());
  it.url = `http://127.0.0.1:${server.address().port}/usher`;
  return it;
}

test('webhooks', async (t) => {
  const there = await partner(t);
  const folder = await temporaryFolder(t, 'secret');
  await writeFile(join(folder, 'secret'), `whsec_${kKey.toString('base64')}`);
  const gateway = await usher(t, { webhooks: [{ name: 'partner', secret_file: join(folder, 'secret'), url: there.url, allow_private: true }] });
  const post = async (data, { id = `msg_${randomUUID()}`, at = Math.floor(Date.now() / 1000), key = kKey, signature, raw } = {}) => {
    const body = raw ?? JSON.stringify({ type: 'message.created', timestamp: new Date().toISOString(), data });
    const answer = await fetch(`${gateway.http}/hooks/partner`, {
      method: 'POST', body, headers: { 'content-type': 'application/json', 'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': signature ?? sign(id, at, body, key) },
    });
    return { status: answer.status, json: await answer.json().catch(() => null), headers: answer.headers };
  };
  const ledger = async () => (await gateway.sql('SELECT count(*) AS n FROM ledger'))[0].n;
  const ana = { from: { id: 'u1', name: 'Ana' }, text: "my printer won't print", language: 'en' };

  await t.test('a signed message is answered 202 after the commit, and the bot\'s reply is POSTed, signed', async () => {
    const r = await post(ana);
    assert.equal(r.status, 202, JSON.stringify(r.json));
    assert.equal(r.json.duplicate, false);
    assert.equal((await gateway.sql(`SELECT count(*) AS n FROM ledger WHERE id = '${r.json.id}'`))[0].n, 1, 'it is on disk when the answer is there');
    const call = await eventually(() => there.calls[0], 'the reply');
    assert.equal(call.headers['webhook-signature'], sign(call.headers['webhook-id'], call.headers['webhook-timestamp'], call.body));
    const said = JSON.parse(call.body);
    assert.equal(said.data.to.id, 'u1');
    assert.ok(said.data.choices.length > 1, 'the first question of the printer script has choices');
  });

  await t.test('the next message of the same person goes on with the conversation', async () => {
    const choice = JSON.parse(there.calls[0].body).data.choices.at(-1);
    const r = await post({ from: { id: 'u1' }, choice: choice.id, text: choice.label });
    assert.equal(r.status, 202);
    await eventually(() => there.calls.length > 1, 'the second reply');
    assert.equal((await gateway.sql('SELECT count(*) AS n FROM conversations'))[0].n, 1);
  });

  await t.test('a replay has no effect and is told so', async () => {
    const options = { id: 'msg_replayed', at: Math.floor(Date.now() / 1000) };
    const first = await post({ from: { id: 'u2' }, text: 'no internet' }, { ...options, raw: undefined });
    const raw = JSON.stringify({ type: 'message.created', timestamp: 'x', data: { from: { id: 'u3' }, text: 'hello' } });
    const again = await post(null, { id: 'msg_raw', at: options.at, raw });
    const before = await ledger();
    const third = await post(null, { id: 'msg_raw', at: options.at + 1, raw });
    assert.equal(first.status, 202);
    assert.equal(third.status, 202);
    assert.equal(third.json.duplicate, true);
    assert.equal(third.json.id, again.json.id);
    assert.equal(await ledger(), before);
  });

  await t.test('the same id with another body is refused with 409, kept and flagged', async () => {
    const r = await post(null, { id: 'msg_raw', raw: JSON.stringify({ type: 'message.created', data: { from: { id: 'u3' }, text: 'something else' } }) });
    assert.equal(r.status, 409);
    assert.equal((await gateway.sql("SELECT count(*) AS n FROM ledger WHERE fate = 'conflict'"))[0].n, 1);
  });

  await t.test('what is not signed rightly, or not now, is refused and leaves nothing', async () => {
    const before = await ledger();
    const now = Math.floor(Date.now() / 1000);
    assert.equal((await post(ana, { key: randomBytes(32) })).status, 401, 'another key');
    assert.equal((await post(ana, { signature: '' })).status, 401, 'no signature');
    assert.equal((await post(ana, { at: now - 3600 })).status, 401, 'stale');
    assert.equal((await post(ana, { at: now + 3600 })).status, 401, 'from the future');
    assert.equal((await post(ana, { at: 'NaN' })).status, 401, 'no time at all');
    assert.equal((await post(null, { raw: '{"data":' })).status, 400, 'no JSON');
    assert.equal((await fetch(`${gateway.http}/hooks/unknown`, { method: 'POST', body: '{}' })).status, 404);
    assert.equal(await ledger(), before);
  });

  await t.test('a partner that fails gets the same message again, under the same id', async () => {
    there.status = 503;
    // What others were told before may still be on its way.
    const calls = () => there.calls.filter((call) => JSON.parse(call.body).data.to.id === 'u9');
    assert.equal((await post({ from: { id: 'u9' }, text: 'printer offline' })).status, 202);
    await eventually(() => calls().length > 1, 'a second attempt');
    there.status = 200;
    const count = calls().length;
    await eventually(() => calls().length > count, 'the attempt that succeeds');
    const ids = new Set(calls().map((call) => call.headers['webhook-id']));
    assert.equal(ids.size, 1);
    await eventually(async () => (await gateway.outbox('pending')).length === 0, 'nothing left to send');
  });
});
