// Curation over the API, the command line and the folder, on the real binary: draft, review, publish, found at once, archived; two
// curators at one article; roles; restarts; a file and the store that both changed; an import that is killed.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { staff } from './support/staff.mjs';
import { eventually, kBinary, kRoot, temporaryFolder, usher } from './support/usher.mjs';
import { connectChat } from './support/webchat.mjs';

// The shipped articles in a folder of the test's own, which the gateway may change.
async function withArticles(t, settings = {}) {
  const kb = join(await temporaryFolder(t, 'kb'), 'kb');
  await cp(join(kRoot, 'config/kb'), kb, { recursive: true });
  const gateway = await usher(t, { content: { kb }, ...settings });
  return { kb, gateway };
}

const kId = 'docking-station-flicker';
const source = (state, extra = '') => `---
id: ${kId}
language: en
title: Zentrado docking station makes the picture flicker
products: [Zentrado D40]
codes: [ZD-4711]
state: ${state}
---
## Issue
The Zentrado docking station flickers, every few seconds the picture is gone.

## Resolution
1. Pull the Zentrado docking station's power plug for ten seconds.
2. Plug it in again.${extra}
`;
const kQuery = 'zentrado docking station flickers';

async function found(person, text = kQuery, audience = 'customer') {
  const answer = await person.post('/api/kb/search', { text, language: 'en', audience });
  assert.equal(answer.status, 200, answer.text);
  // Staff see drafts, but not before what is published.
  return audience === 'internal' ? answer.json.hits.some((h) => h.id === kId) : answer.json.found && answer.json.hits[0].id === kId;
}

test('an article from draft to archive: by whom, found when, and what is left of it', async (t) => {
  const { gateway } = await withArticles(t);
  const ana = await staff(gateway, 'ana', 'agent'), pia = await staff(gateway, 'pia', 'publisher');
  const at = `/api/articles/${kId}/en`;

  // Somebody looks for it on the public pages: a gap.
  const headers = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0' };
  const public_page = (path, options) => fetch(`${gateway.http}${path}`, { redirect: 'manual', headers, ...options });
  for (const words of [kQuery, 'my zentrado docking station flickers all the time']) {
    assert.equal((await public_page(`/help/en/search?q=${encodeURIComponent(words)}`)).status, 200);
  }
  const gap = await eventually(async () => (await ana.get('/api/kb/gaps')).json.gaps.find((g) => g.words.includes('zentrado') || /zentrado/i.test(g.examples.join())), 'the gap');

  // A draft needs no resolution, and only staff find it.
  const draft = source('wip').replace(/## Resolution[^]*/, '');
  const made = await ana.put(at, { base_revision: 0, source: draft, reason: 'third call today' });
  assert.equal(made.status, 200, made.text);
  assert.deepEqual([made.json.revision, made.json.state, made.json.waiting_review], [1, 'wip', false]);
  assert.equal(await found(ana), false, 'customers do not find a draft');
  assert.equal(await found(ana, kQuery, 'internal'), true, 'staff do, at once');

  // A state that needs more than there is is refused with the reason.
  const early = await ana.post(`${at}/state`, { state: 'validated', base_revision: 1, reason: 'ready?' });
  assert.equal(early.status, 400);
  assert.match(JSON.stringify(early.json.problems), /Resolution/);

  const solved = await ana.put(at, { base_revision: 1, source: source('not_validated'), reason: 'solved it' });
  assert.equal(solved.json.revision, 2, solved.text);
  assert.equal((await ana.post(`${at}/state`, { state: 'validated', base_revision: 2, reason: 'checked' })).json.revision, 3);
  const refused = await ana.post(`${at}/state`, { state: 'published', base_revision: 3, reason: 'out with it' });
  assert.equal(refused.status, 403);
  assert.match(refused.json.error.message, /publisher/);
  const published = await pia.post(`${at}/state`, { state: 'published', base_revision: 3, reason: 'good' });
  assert.equal(published.status, 200, published.text);
  assert.equal(await found(ana), true, 'customers find it as soon as it is published');

  // The bot shows it.
  const chat = await connectChat(gateway.http);
  await chat.ask('my zentrado docking station flickers, error ZD-4711');
  await eventually(async () => {
    if (chat.messages.some((m) => m.from === 'bot' && /power plug for ten seconds/.test(m.text))) return true;
    const last = chat.messages.at(-1);
    if (last.from === 'bot') await chat.ask(last.choices?.[0]?.label ?? 'the docking station flickers');
    return false;
  }, 'the bot shows the article');

  // It helps somebody, which closes the gap.
  const said = await public_page(`/help/en/${kId}/feedback`, { method: 'POST', body: new URLSearchParams({ solved: 'yes' }) });
  assert.equal(said.status, 303);
  await eventually(async () => (await pia.get(at)).json.usage.solved === 1, 'the figure of the article');
  assert.equal((await pia.post(`/api/kb/gaps/${gap.id}`, { state: 'closed', article: kId, note: 'written' })).status, 200);
  const closed = (await pia.get('/api/kb/gaps')).json.gaps.find((g) => g.id === gap.id);
  assert.ok(!closed || (closed.state === 'closed' && closed.article === kId), JSON.stringify(closed));

  // An agent's edit of what is published waits; what is served stays until somebody else accepts it.
  const edit = await ana.put(at, { base_revision: 4, source: source('published', '\n3. Update the Zentrado firmware.'), reason: 'firmware helps' });
  assert.equal(edit.status, 200, edit.text);
  assert.deepEqual([edit.json.revision, edit.json.waiting_review], [5, true]);
  const shown = (await pia.get(at)).json;
  assert.equal(shown.revision, 4);
  assert.equal(shown.waiting.revision, 5);
  assert.equal(shown.waiting.author, 'ana');
  assert.doesNotMatch(shown.html, /firmware/);
  assert.deepEqual((await pia.get('/api/articles?waiting=1')).json.articles.map((a) => a.id), [kId]);
  assert.equal((await ana.post(`${at}/review`, { revision: 5, accept: true })).status, 403, 'nobody accepts his own');
  const accepted = await pia.post(`${at}/review`, { revision: 5, accept: true, reason: 'right' });
  assert.equal(accepted.status, 200, accepted.text);
  assert.match((await pia.get(at)).json.html, /firmware/);

  // A restart keeps it all.
  await gateway.stop();
  await gateway.start();
  await pia.signIn();
  assert.equal(await found(pia), true, 'after a restart');

  const archived = await pia.post(`${at}/state`, { state: 'archived', base_revision: 5, reason: 'the D40 is no longer sold' });
  assert.equal(archived.status, 200, archived.text);
  assert.equal(await found(pia), false);
  assert.equal(await found(pia, kQuery, 'internal'), false, 'not even staff');
  const later = await connectChat(gateway.http);
  await later.ask('my zentrado docking station flickers, error ZD-4711');
  assert.ok(!later.messages.some((m) => /ten seconds/.test(m.text)), 'nor the bot');

  // Who, when, why.
  const revisions = (await pia.get(`${at}/revisions`)).json.revisions;
  assert.deepEqual(revisions.map((r) => [r.revision, r.state, r.author, r.reason, r.verdict, r.reviewer]), [
    [6, 'archived', 'pia', 'the D40 is no longer sold', 'live', ''],
    [5, 'published', 'ana', 'firmware helps', 'accepted', 'pia'],
    [4, 'published', 'pia', 'good', 'live', 'pia'],
    [3, 'validated', 'ana', 'checked', 'live', ''],
    [2, 'not_validated', 'ana', 'solved it', 'live', ''],
    [1, 'wip', 'ana', 'third call today', 'live', ''],
  ]);
  assert.ok(revisions.every((r) => !Number.isNaN(Date.parse(r.at))));
  const diff = (await pia.get(`${at}/diff?from=4&to=5`)).json.lines;
  assert.deepEqual(diff.filter((l) => l.kind !== 'same').at(-1), { kind: 'add', text: '3. Update the Zentrado firmware.' });
  const audit = await gateway.sql(`SELECT who, action, detail FROM audit WHERE object = '${kId}/en' ORDER BY id`);
  assert.deepEqual(audit.map((a) => [a.who, a.action]), [['ana', 'article.edit'], ['ana', 'article.edit'], ['ana', 'article.state'], ['pia', 'article.state'],
    ['ana', 'article.edit'], ['pia', 'article.review'], ['pia', 'article.state']]);
  assert.equal(JSON.parse(audit.at(-1).detail).reason, 'the D40 is no longer sold');
  const history = await gateway.command(['kb', 'history', kId, '--lang', 'en']);
  assert.equal(history.json.revisions.length, 6);
});

test('two curators at one article: the second sees what the first wrote, and nothing is lost', async (t) => {
  const { gateway } = await withArticles(t);
  const pia = await staff(gateway, 'pia', 'publisher'), ben = await staff(gateway, 'ben', 'publisher');
  const at = `/api/articles/${kId}/en`;
  assert.equal((await pia.put(at, { base_revision: 0, source: source('published'), reason: 'new' })).status, 200);
  assert.equal((await ben.put(at, { base_revision: 0, source: source('published'), reason: 'new' })).status, 409, 'it exists already');
  assert.equal((await pia.put(at, { base_revision: 1, source: source('published', '\n3. From Pia.'), reason: 'a' })).status, 200);
  const second = await ben.put(at, { base_revision: 1, source: source('published', '\n3. From Ben.'), reason: 'b' });
  assert.equal(second.status, 409);
  assert.equal(second.json.error.code, 'conflict');
  assert.deepEqual([second.json.current.revision, second.json.current.author], [2, 'pia']);
  assert.match(second.json.current.source, /From Pia/);
  assert.deepEqual(second.json.diff.filter((l) => l.kind !== 'same'), [{ kind: 'remove', text: '3. From Pia.' }, { kind: 'add', text: '3. From Ben.' }]);
  const merged = await ben.put(at, { base_revision: 2, source: source('published', '\n3. From Pia.\n4. From Ben.'), reason: 'both' });
  assert.equal(merged.json.revision, 3);
  // Twenty at once, all on the same base: one wins.
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) =>
    ben.put(at, { base_revision: 3, source: source('published', `\n3. Number ${i}.`), reason: `${i}` })));
  assert.deepEqual(answers.map((a) => a.status).sort(), [200, ...Array(19).fill(409)]);
});

test('fields, filters, problems, pictures, what a script shows, and questions an edit loses', async (t) => {
  const { gateway, kb } = await withArticles(t);
  await writeFile(join(kb, 'regression.tsv'), 'en\tzentrado docking station flickers\tdocking-station-flicker\nen\tlaptop does not turn on\tno-power-reset\n');
  const ana = await staff(gateway, 'ana', 'agent'), pia = await staff(gateway, 'pia', 'publisher');
  process.kill(gateway.pid, 'SIGHUP');
  await eventually(async () => /reloaded/.test(await gateway.log()), 'reloaded');
  const at = `/api/articles/${kId}/en`;
  const fields = { title: 'Zentrado docking station makes the picture flicker', issue: 'The Zentrado docking station flickers.',
    resolution: '1. Pull its plug.', products: ['Zentrado D40'], review_by: '2020-01-31', tags: ['dock'] };
  const made = await ana.put(at, { base_revision: 0, fields, reason: 'by the form' });
  assert.equal(made.json.state, 'not_validated', made.text);
  const one = (await ana.get(at)).json;
  assert.deepEqual([one.fields.title, one.fields.products, one.fields.resolution], [fields.title, fields.products, fields.resolution]);
  assert.match(one.source, /## Resolution/);
  assert.deepEqual((await ana.get('/api/articles?review_due=1')).json.articles.map((a) => a.id), [kId]);
  assert.deepEqual((await ana.get('/api/articles?product=zentrado%20d40')).json.articles.map((a) => a.id), [kId]);
  assert.equal((await ana.get('/api/articles?query=zentrado%20dock')).json.articles[0].id, kId);
  const page = (await ana.get('/api/articles?limit=50')).json;
  const rest = (await ana.get(`/api/articles?limit=50&after=${page.next}`)).json;
  assert.equal(page.articles.length, 50);
  assert.ok(!page.articles.some((a) => rest.articles.some((b) => a.id === b.id && a.language === b.language)));
  assert.deepEqual(page.articles.find((a) => a.language === 'en').translations, ['zh']);

  const wrong = await ana.put(at, { base_revision: 1, fields: { ...fields, titel: 'x' }, reason: '' });
  assert.equal(wrong.status, 400);
  assert.match(JSON.stringify(wrong.json.problems), /did you mean 'title'/);
  const preview = await ana.post('/api/articles/preview', { source: source('published').replace('state: published', 'state: publishd') });
  assert.match(JSON.stringify(preview.json.problems), /publishd/);
  assert.match(preview.json.html, /<ol>/);

  assert.equal((await pia.post(`${at}/state`, { state: 'published', base_revision: 1, reason: 'go' })).status, 200);
  const worse = await pia.put(at, { base_revision: 2, fields: { ...fields, state: 'published', title: 'Something else', issue: 'Nothing about it.' }, reason: 'oops' });
  assert.equal(worse.status, 200, worse.text);
  assert.match(worse.json.lost_queries.join(), /zentrado docking station flickers/);

  const shown = (await pia.get('/api/articles/no-power-reset/en')).json;
  const in_use = await pia.post('/api/articles/no-power-reset/en/state', { state: 'archived', base_revision: shown.revision, reason: 'old' });
  assert.equal(in_use.status, 409, 'a script shows it');
  assert.match(in_use.json.error.message, /scripts show this article/);

  const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
  const picture = await ana.post('/api/articles/files?name=dock.png', png, 'application/octet-stream');
  assert.equal(picture.status, 201, picture.text);
  assert.equal(picture.json.content_type, 'image/png');
  assert.equal((await ana.post('/api/articles/files?name=dock.png', png, 'application/octet-stream')).status, 200, 'kept once');
  assert.equal((await ana.post('/api/articles/files?name=a.png', '<script>alert(1)</script>', 'image/png')).status, 400, 'by content, not by name');
  const back = await fetch(`${gateway.http}/api/articles/files/${picture.json.sha256}`, { headers: { cookie: ana.cookie } });
  assert.deepEqual(Buffer.from(await back.arrayBuffer()), png);
  assert.equal((await fetch(`${gateway.http}/api/articles`)).status, 401, 'not without signing in');
});

test('the folder and the store: files taken in, articles written out, conflicts shown and both kept', async (t) => {
  const { gateway, kb } = await withArticles(t);
  const pia = await staff(gateway, 'pia', 'publisher');
  const sync = (...args) => gateway.command(['kb', 'sync', ...args]);
  assert.equal((await sync('--dry-run')).json.items.length, 0, 'in step at start');
  const at = '/api/articles/wifi-adapter-missing/en';
  const before = (await pia.get(at)).json;
  assert.deepEqual([before.revision, before.author], [1, 'folder']);

  // Only the store changed: the file is written. A new article gets one.
  const ours = before.source.replace(/^title: .*/m, 'title: Ours, the adapter is missing');
  assert.equal((await pia.put(at, { base_revision: 1, source: ours, reason: 'better' })).status, 200);
  assert.equal((await pia.put(`/api/articles/${kId}/en`, { base_revision: 0, source: source('published'), reason: 'new' })).status, 200);
  const out = await sync();
  assert.equal(out.code, 0, out.out + out.err);
  assert.deepEqual(out.json.items.map((i) => [i.id, i.what]), [[kId, 'new in the store'], ['wifi-adapter-missing', 'changed in the store']]);
  assert.equal(await readFile(join(kb, 'wifi-adapter-missing.en.md'), 'utf8'), ours);
  assert.equal(await readFile(join(kb, `${kId}.en.md`), 'utf8'), source('published'));
  assert.equal((await sync('--dry-run')).json.items.length, 0);

  // Only the file changed: a new revision, which the running service takes up.
  const theirs = ours.replace('Ours, the', 'From the editor: the');
  await writeFile(join(kb, 'wifi-adapter-missing.en.md'), theirs);
  assert.equal((await sync()).json.from_files, 1);
  await eventually(async () => (await pia.post('/api/kb/search', { text: 'from the editor the adapter is missing', language: 'en' })).json.hits[0]?.title.startsWith('From the editor'),
                   'the service serves the file');
  assert.equal((await pia.get(at)).json.revision, 3);

  // Both changed: nothing is overwritten, a restart included; what is served is the store's.
  assert.equal((await pia.put(at, { base_revision: 3, source: theirs.replace('From the editor', 'In the console'), reason: 'c' })).status, 200);
  await writeFile(join(kb, 'wifi-adapter-missing.en.md'), theirs.replace('From the editor', 'In the file'));
  await gateway.stop();
  await gateway.start();
  await pia.signIn();
  const conflict = await sync();
  assert.equal(conflict.code, 1);
  assert.equal(conflict.json.conflicts, 1);
  assert.match(conflict.json.items[0].diff, /^- title: In the console/m);
  assert.match(conflict.json.items[0].diff, /^\+ title: In the file/m);
  assert.match(await readFile(join(kb, 'wifi-adapter-missing.en.md'), 'utf8'), /In the file/);
  assert.match((await pia.get(at)).json.source, /In the console/);
  const check = await gateway.command(['check']);
  assert.equal(check.code, 0, check.out);
  assert.deepEqual(check.json.problems.filter((p) => /in the store/.test(p.message)).map((p) => [p.file, p.warning]), [[join(kb, 'wifi-adapter-missing.en.md'), true]]);

  const decided = await sync('--take', 'file', 'wifi-adapter-missing');
  assert.equal(decided.code, 0, decided.out + decided.err);
  await eventually(async () => /In the file/.test((await pia.get(at)).json.source), 'the file is served');
  const sources = await gateway.sql("SELECT source FROM article_revisions WHERE id = 'wifi-adapter-missing' AND language = 'en'");
  for (const words of ['In the console', 'In the file', 'From the editor']) assert.ok(sources.some((r) => r.source.includes(words)), `${words} is kept`);

  // Changed here, removed there: the same.
  const changed = (await pia.get('/api/articles/wifi-forget-network/en')).json;
  assert.equal((await pia.put('/api/articles/wifi-forget-network/en', { base_revision: 1, source: changed.source.replace(/^title: /m, 'title: Newer '), reason: 'd' })).status, 200);
  await rm(join(kb, 'wifi-forget-network.en.md'));
  assert.deepEqual((await sync()).json.items.map((i) => [i.id, i.what]), [['wifi-forget-network', 'conflict']]);
  assert.equal((await sync('--take', 'store')).code, 0);
  assert.match(await readFile(join(kb, 'wifi-forget-network.en.md'), 'utf8'), /^title: Newer /m);

  // A file that is removed retires its article; the revisions stay.
  await rm(join(kb, `${kId}.en.md`));
  assert.equal((await sync()).json.from_files, 1);
  assert.equal((await pia.get(`/api/articles/${kId}/en`)).json.state, 'archived');
  assert.equal((await sync('--dry-run')).json.items.length, 0);
});

test('export and import in every form bring back the same articles', async (t) => {
  const { gateway } = await withArticles(t);
  const folder = await temporaryFolder(t, 'export');
  const all = (await gateway.command(['kb', 'export', join(folder, 'all'), '--format', 'folder'])).json.articles;
  assert.equal((await readdir(join(folder, 'all'))).length, all);
  for (const format of ['json', 'csv', 'tsv', 'html']) {
    const file = join(folder, `articles.${format}`);
    assert.equal((await gateway.command(['kb', 'export', file])).json.articles, all, format);
    const fresh = await temporaryFolder(t, format);
    await mkdir(join(fresh, 'kb'));
    const other = await usher(t, { content: { kb: join(kRoot, 'config/kb') } });
    await other.stop();
    const text = (rows) => rows.map((r) => r.source.replace(/\s+/g, ' '));
    await other.command(['kb', 'export', join(folder, `before-${format}`), '--format', 'folder']);
    const imported = await other.command(['kb', 'import', file, '--reason', 'moved']);
    assert.equal(imported.code, 0, imported.out + imported.err);
    assert.equal(imported.json.created, 0, format);
    const rows = await other.sql("SELECT id, language, source FROM articles ORDER BY id, language");
    assert.equal(rows.length, all);
    if (format !== 'html') {
      const first = await gateway.sql("SELECT id, language, source FROM articles ORDER BY id, language");
      const words = (s) => s.replace(/^---[^]*?---/, '').replace(/\s+/g, ' ').trim();
      assert.deepEqual(rows.map((r) => words(r.source)), first.map((r) => words(r.source)), format);
    }
    assert.ok(text(rows).every((s) => s.length > 100));
    const again = await other.command(['kb', 'import', join(folder, 'all'), '--dry-run']);
    assert.equal(again.code, 0, again.out);
  }
  // One broken row and nothing is imported.
  const broken = join(folder, 'broken.csv');
  await writeFile(broken, 'id,language,title,issue,resolution\ngood-one,en,Good,It is bad,Do it\nbad one,en,Bad,It is bad,Do it\n');
  const refused = await gateway.command(['kb', 'import', broken]);
  assert.equal(refused.code, 1);
  assert.match(refused.out, /broken\.csv/);
  assert.deepEqual(await gateway.sql("SELECT id FROM articles WHERE id = 'good-one'"), []);
});

test('an import that is killed leaves the old state or the new', async (t) => {
  const { gateway } = await withArticles(t);
  const folder = await temporaryFolder(t, 'import');
  const file = join(folder, 'many.json');
  const articles = Array.from({ length: 3000 }, (_, i) => ({ id: `many-${i}`, language: 'en', title: `Article ${i}`, issue: `It is broken ${i}.`, resolution: `1. Do ${i}.` }));
  await writeFile(file, JSON.stringify({ articles }));
  await gateway.stop();
  const count = async () => (await gateway.sql("SELECT (SELECT count(*) FROM articles WHERE id LIKE 'many-%') AS a, (SELECT count(*) FROM article_revisions WHERE id LIKE 'many-%') AS r"))[0];
  let killed = 0;
  for (let pause = 50; pause < 4000 && (await count()).a === 0; pause = Math.round(pause * 1.5)) {
    const child = spawn(kBinary, ['kb', 'import', file, '--config', gateway.config, '--data', gateway.data], { stdio: 'ignore' });
    const ended = new Promise((done) => child.once('exit', (code, signal) => done(signal)));
    await new Promise((done) => setTimeout(done, pause));
    child.kill('SIGKILL');
    if (await ended === 'SIGKILL') ++killed;
    const now = await count();
    assert.ok(now.a === 0 || now.a === 3000, `${now.a} of 3000 articles after ${pause} ms`);
    assert.equal(now.r, now.a);
  }
  assert.ok(killed > 0, 'at least one import was killed');
  // The same over the API, with the service killed.
  for (const pause of [20, 150, 400]) {
    if ((await count()).a > 0) break;
    await gateway.start();
    const pia = await staff(gateway, `pia${pause}`, 'publisher');
    const answer = pia.post('/api/articles/import?format=json', JSON.stringify({ articles })).catch(() => 'cut off');
    await new Promise((done) => setTimeout(done, pause));
    await gateway.kill();
    await answer;
    const now = await count();
    assert.ok(now.a === 0 || now.a === 3000, `${now.a} of 3000 articles after ${pause} ms`);
    assert.equal(now.r, now.a);
  }
  const last = await gateway.command(['kb', 'import', file]);
  assert.equal(last.code, 0, last.out + last.err);
  assert.deepEqual(await count(), { a: 3000, r: 3000 });
  await gateway.start();
  const hit = await gateway.command(['kb', 'search', 'broken 2718', '--lang', 'en', '--audience', 'internal']);
  assert.equal(hit.json.hits[0].id, 'many-2718');
});
