// C1, C2 and C4 from the outside: every `usher dialog` command on the real binary, as staff would use it. The flowchart is invented.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cp, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { eventually, installed, kBinary, kRoot, temporaryFolder, usher } from './support/usher.mjs';

const kConfig = join(kRoot, 'config/usher.yaml');
const run = (args, { input, cwd } = {}) => {
  const child = spawnSync(kBinary, ['dialog', ...args], { input, cwd, encoding: 'utf8', timeout: 600_000 });
  return { code: child.status, out: child.stdout, err: child.stderr, signal: child.signal };
};

const kWasher = {
  name: 'washer-wont-spin', problem: 'The washing machine does not spin and the laundry stays wet', start: 'door',
  nodes: {
    door: { prompt: 'Is the door shut until it clicked?', terminal: false, answers: { yes: 'water', no: 'shut' } },
    water: { prompt: 'Is there still water in the drum?', terminal: false, answers: { yes: 'filter', no: 'noise' } },
    filter: { prompt: 'Open the flap at the bottom and clean the filter behind it.', terminal: false, answers: { done: 'pump' } },
    pump: { prompt: 'Does the machine pump the water out now?', terminal: false, answers: { yes: 'filter-was-it', no: 'pump-broken' } },
    noise: { prompt: 'What do you hear when it should spin?', terminal: false, answers: { humming: 'brushes', grinding: 'bearing', nothing: 'speed' } },
    speed: { prompt: 'Is a spin speed set on the dial?', terminal: false, answers: { yes: 'bearing', no: 'set-speed' } },
    shut: { prompt: 'Press the door shut and start the programme again.', terminal: true, answers: {} },
    'filter-was-it': { prompt: 'The filter was blocked. Clean it once a month.', terminal: true, answers: {} },
    'pump-broken': { prompt: 'The drain pump has to be replaced.', terminal: true, answers: {} },
    brushes: { prompt: 'The carbon brushes of the motor are worn.', terminal: true, answers: {} },
    bearing: { prompt: 'A technician has to look at the bearing.', terminal: true, answers: {}, end: 'escalated' },
    'set-speed': { prompt: 'Set the spin speed to 800 or more.', terminal: true, answers: {} },
  },
};

async function imported(t, chart = kWasher) {
  const folder = await temporaryFolder(t, 'dialog');
  const file = join(folder, 'chart.json');
  await writeFile(file, JSON.stringify(chart, null, 1));
  const out = join(folder, 'scripts');
  const done = run(['import-flowchart', file, '--out', out]);
  assert.equal(done.code, 0, done.out + done.err);
  return { folder, file, out, script: join(out, `${chart.name}.yaml`) };
}

// Plays all turns at once; the lines that came back.
function play(dir, name, turns, options = {}) {
  const input = turns.map((t) => (typeof t === 'string' && t.startsWith('raw:') ? t.slice(4) : JSON.stringify(typeof t === 'string' ? { text: t } : t))).join('\n') + '\n';
  const done = run(['play', dir, '--dialog', name, '--jsonl'], { input, ...options });
  assert.equal(done.code, 0, `${done.signal ?? ''} ${done.err}`);
  return done.out.trim().split('\n').filter(Boolean).map((line) => JSON.parse(line));
}

test('a flowchart is imported, proved, and played in words to every end', async (t) => {
  const { file, out, script } = await imported(t);
  assert.deepEqual(await readdir(out), ['washer-wont-spin.yaml'], 'nothing but the script is written');
  const yaml = await readFile(script, 'utf8');
  for (const node of Object.values(kWasher.nodes)) assert.ok(yaml.includes(node.prompt), `verbatim: ${node.prompt}`);

  const again = run(['import-flowchart', file, '--out', out]);
  assert.equal(again.code, 1);
  assert.match(again.err, /exists already.*--force/s);
  assert.equal(run(['import-flowchart', file, '--out', out, '--force']).code, 0);

  const check = run(['check', out]);
  assert.equal(check.code, 0, check.out);
  assert.match(check.out, /^ok: 1 scripts/m);

  const ways = [
    { turns: ['my washer leaves everything soaking', 'no, it pops open again'], ends: 'shut' },
    { turns: ['washer trouble', 'yes it clicked', 'yeah, half full', 'ok, cleaned it', 'yes, it is all gone now'], ends: 'filter-was-it' },
    { turns: ['washer trouble', 'yep', 'yes there is', 'done', 'nope, still full'], ends: 'pump-broken' },
    { turns: ['hello there', 'sure', 'no', 'it is just humming'], ends: 'brushes' },
    { turns: ['hello there', 'yes', 'no it is empty', 'a grinding sound'], ends: 'bearing', end: 'escalated' },
    { turns: ['hello there', { choice: 'yes' }, { choice: 'no' }, { choice: 'nothing' }, 'no'], ends: 'set-speed' },
  ];
  for (const way of ways) {
    const lines = play(out, 'washer-wont-spin', way.turns, { cwd: '/' });
    assert.equal(lines.length, way.turns.length, 'one line for each turn');
    const last = lines.at(-1);
    assert.equal(last.step, way.ends, `${JSON.stringify(way.turns)} → ${JSON.stringify(lines)}`);
    assert.equal(last.end, way.end ?? 'resolved');
    assert.ok(last.text.includes(kWasher.nodes[way.ends].prompt));
    assert.equal(lines[0].end, null);
    for (const line of lines) {
      assert.deepEqual(Object.keys(line).sort(), ['choices', 'end', 'slots', 'step', 'text', 'understood']);
      assert.deepEqual(Object.keys(line.understood).sort(), ['as', 'confidence', 'ok', 'why']);
    }
  }
  const labels = play(out, 'washer-wont-spin', ['hello there', 'yes', 'no'])[2].choices;
  assert.deepEqual(labels.map((c) => c.label), ['humming', 'grinding', 'nothing'], 'labels as they were given');
});

test('what the problem statement answers is not asked again', async (t) => {
  const { out } = await imported(t);
  const [first] = play(out, 'washer-wont-spin', ['It does not spin. The door is shut and clicked.']);
  assert.equal(first.step, 'water', JSON.stringify(first));
});

test('play goes on after mistakes, answers at once, and hands over after three', async (t) => {
  const { out } = await imported(t);
  const lines = play(out, 'washer-wont-spin', ['hello there', 'raw:no json', { choice: 'perhaps' }, 'raw:[]', { clock: 'soon' }, { text: 7 }, 'yes']);
  assert.deepEqual(lines.map((l) => !!l.error), [false, true, true, true, true, true, false]);
  assert.equal(lines.at(-1).step, 'water');
  const lost = play(out, 'washer-wont-spin', ['hello there', 'purple elephants', 'the moon', 'seven bananas']);
  assert.equal(lost[1].understood.ok, false);
  assert.equal(lost.at(-1).end, 'escalated');

  const child = spawn(kBinary, ['dialog', 'play', out, '--dialog', 'washer-wont-spin', '--jsonl'], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  let said = '';
  child.stdout.on('data', (d) => { said += d; });
  child.stdin.write('{"text":"hello there"}\n');
  await eventually(() => said.endsWith('\n'), 'the answer to the first line, with the input still open');
  assert.equal(JSON.parse(said).step, 'door');
  child.stdin.end();
  assert.equal(run(['play', out, '--dialog', 'nobody', '--jsonl']).code, 64);
});

test('who is asked again may repeat himself, choose by id, label or number, say nothing or very much', async (t) => {
  const { out } = await imported(t);
  const steps = (...turns) => play(out, 'washer-wont-spin', ['hello there', ...turns]).map((l) => l.step ?? 'error');
  const again = play(out, 'washer-wont-spin', ['hello there', 'purple elephants', 'purple elephants', 'purple elephants']);
  assert.deepEqual(again.map((l) => [l.step, l.understood.ok, l.end]), [['door', true, null], ['door', false, null], ['door', false, null], ['door', false, 'escalated']]);
  for (const line of again.slice(0, 3)) assert.equal(line.choices.length, 2, 'the answers are offered each time');
  for (const choice of [{ choice: 'yes' }, { choice: 'YES!' }, 'yes', 'YES', '1', '1.']) {
    const label = choice.choice === 'YES!' ? { choice: again[1].choices[0].label } : choice;
    assert.deepEqual(steps('purple elephants', label), ['door', 'door', 'water'], JSON.stringify(label));
  }
  // Nothing said is nothing understood, and costs nothing.
  const silent = play(out, 'washer-wont-spin', ['hello there', '', '   ', '', '', 'yes']);
  assert.deepEqual(silent.map((l) => l.understood.ok), [true, false, false, false, false, true]);
  assert.equal(silent.at(-1).step, 'water');
  assert.deepEqual(steps('😀😀😀', 'x '.repeat(50_000), '\u0000\ud83d', 'yes').length, 5);
  // Politeness does not count, but does not go on for ever.
  const polite = play(out, 'washer-wont-spin', ['hello there', ...Array(12).fill('thanks!')]);
  assert.ok(polite.some((l) => l.end === 'escalated'));
  assert.deepEqual(steps('thanks!', 'one moment', 'yes'), ['door', 'door', 'door', 'water']);
});

test('a flowchart keeps its own name, whatever it is written in', async (t) => {
  for (const name of ["Washer won't spin", '洗衣机不脱水']) {
    const { out } = await imported(t, { ...kWasher, name });
    const [first] = play(out, name, ['hello there']);
    assert.equal(first.step, 'door');
  }
});

test('a broken flowchart is refused with the node it breaks at', async (t) => {
  const folder = await temporaryFolder(t, 'dialog');
  const file = join(folder, 'x.json');
  const broken = structuredClone(kWasher);
  broken.nodes.pump.answers.yes = 'filter-was-i';
  await writeFile(file, JSON.stringify(broken, null, 1));
  const done = run(['import-flowchart', file, '--out', folder]);
  assert.equal(done.code, 1);
  assert.match(done.out, /x\.json:\d+:1: the answer 'yes' of node 'pump' leads to 'filter-was-i'/);
  assert.match(done.out, /did you mean 'filter-was-it'\?/);
  assert.deepEqual(await readdir(folder), ['x.json']);
  assert.equal(run(['import-flowchart', join(folder, 'none.json')]).code, 64);
});

test('conversations are suggested, pass, cover the script, and make a JUnit file', async (t) => {
  const { out, folder } = await imported(t);
  const none = run(['test', out]);
  assert.equal(none.code, 1);
  assert.match(none.err, /no conversations.*--suggest/s);
  const suggested = run(['test', out, '--suggest', join(out, 'conversations'), '--json']);
  assert.equal(suggested.code, 0, suggested.out + suggested.err);
  assert.ok(JSON.parse(suggested.out).suggested.length >= 3);

  const junit = join(folder, 'junit.xml');
  const full = run(['test', out, '--coverage', '--junit', junit, '--require-steps', '100', '--require-branches', '100']);
  assert.equal(full.code, 0, full.out);
  assert.match(full.out, /washer-wont-spin +steps +12\/12 +100\.0 %/);
  const xml = await readFile(junit, 'utf8');
  const parsed = spawnSync('python3', ['-c', 'import sys, xml.etree.ElementTree as e\nr = e.parse(sys.argv[1]).getroot()\nprint(r[0].get("tests"), r[0].get("failures"), len(r.findall(".//testcase")))', junit], { encoding: 'utf8' });
  assert.equal(parsed.status, 0, parsed.stderr + xml);
  const [tests, failures, cases] = parsed.stdout.trim().split(' ').map(Number);
  assert.equal(tests, cases);
  assert.equal(failures, 0);

  // Somebody changes the script: what differs is said with its line.
  const script = join(out, 'washer-wont-spin.yaml');
  await writeFile(script, (await readFile(script, 'utf8')).replace('Clean it once a month', 'Clean it every week'));
  const failed = run(['test', out, '--junit', junit]);
  assert.equal(failed.code, 1);
  assert.match(failed.out, /suggested-\d+\.txt:\d+: the bot does not say “The filter was blocked. Clean it once a month\.”/);
  assert.match(failed.out, /it said: .*every week/);
  assert.match(await readFile(junit, 'utf8'), /failures="[1-9]/);
  const only = run(['test', out, '--only', 'suggested-1.txt', '--require-steps', '100']);
  assert.equal(only.code, 1);
  assert.match(only.out, /not enough: /);
});

test('scripts are drawn, with what is covered', async (t) => {
  const { out, folder } = await imported(t);
  const mermaid = run(['graph', 'washer-wont-spin', '--dir', out]);
  assert.equal(mermaid.code, 0, mermaid.err);
  assert.match(mermaid.out, /^(flowchart|graph|---)/m);
  assert.ok(mermaid.out.includes('humming'));
  const dot = run(['graph', 'washer-wont-spin', '--dir', out, '--format', 'dot', '--coverage']);
  assert.match(dot.out, /digraph/);
  assert.equal(run(['graph', 'nobody', '--dir', out]).code, 64);
  const svg = join(folder, 'washer.svg');
  const drawn = run(['graph', 'washer-wont-spin', '--dir', out, '--format', 'svg', '--out', svg]);
  if (installed('dot')) {
    assert.equal(drawn.code, 0, drawn.err);
    assert.match(await readFile(svg, 'utf8'), /<svg[\s\S]*<\/svg>/);
  }
  const without = spawnSync(kBinary, ['dialog', 'graph', 'washer-wont-spin', '--dir', out, '--format', 'svg'], { encoding: 'utf8', env: { PATH: folder } });
  assert.equal(without.status, 69);
  assert.match(without.stderr, /graphviz/);
});

test('the shipped scripts are clean and their conversations pass', async () => {
  const check = run(['check', '--config', kConfig]);
  assert.equal(check.code, 0, check.out);
  assert.match(check.out, /Longest way to a person/);
  const tested = run(['test', '--config', kConfig, '--coverage', '--require-steps', '100', '--require-branches', '95']);
  assert.equal(tested.code, 0, tested.out);
  const list = run(['list', '--config', kConfig, '--json']);
  const { scripts, hash } = JSON.parse(list.out);
  assert.match(hash, /^[0-9a-f]{64}$/);
  assert.ok(scripts.find((s) => s.name === 'no-power' && s.languages.includes('zh') && s.steps > 5));
});

test('a mistake in a script is found with its place', async (t) => {
  const folder = await temporaryFolder(t, 'dialog');
  await cp(join(kRoot, 'config/dialogs'), folder, { recursive: true });
  const file = join(folder, 'printer.yaml');
  await writeFile(file, (await readFile(file, 'utf8')).replace(/next: ([a-z-]+)/, 'next: nowhere-at-all'));
  const check = run(['check', folder, '--json']);
  assert.equal(check.code, 1);
  const { problems } = JSON.parse(check.out);
  const found = problems.find((p) => p.message.includes('nowhere-at-all'));
  assert.ok(found && found.file.endsWith('printer.yaml') && found.line > 1 && found.hint, check.out);
});

test('dialog chat and usher chat are the same, with the reasons', async () => {
  for (const command of [['chat'], ['dialog', 'chat']]) {
    const done = spawnSync(kBinary, [...command, '--config', kConfig, '--trace'], { input: "my laptop won't turn on\n+2d\n", encoding: 'utf8' });
    assert.equal(done.status, 0, done.stderr);
    assert.match(done.stdout, /Safety first/);
    assert.match(done.stdout, /why: choose-dialog: no-power/);
    assert.match(done.stdout, /1\. /);
  }
  const json = spawnSync(kBinary, ['chat', '--config', kConfig, '--json'], { input: 'agent\n', encoding: 'utf8' });
  for (const line of json.stdout.trim().split('\n')) assert.ok(Array.isArray(JSON.parse(line).messages));
});

// A customer over the plain HTTP form: says each line and waits for the bot.
async function customer(http, lines) {
  const begun = await fetch(`${http}/chat/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"lang":"en"}' });
  assert.equal(begun.status, 201);
  const { session } = await begun.json();
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${session}` };
  for (const line of lines) {
    const sent = await fetch(`${http}/chat/messages`, {
      method: 'POST', headers: { ...headers, 'idempotency-key': randomUUID() }, body: JSON.stringify(typeof line === 'string' ? { text: line } : line),
    });
    assert.ok(sent.ok, `${sent.status} ${await sent.clone().text()}`);
    const { seq } = await sent.json();
    await eventually(async () => {
      const answer = await (await fetch(`${http}/chat/messages?after=${seq}`, { headers })).json();
      return answer.messages.some((m) => m.from === 'bot');
    }, `an answer to ${JSON.stringify(line)}`);
  }
}

test('replay: word for word on what is live, and what an edit would have changed', async (t) => {
  const gateway = await usher(t);
  await customer(gateway.http, ["my laptop won't turn on", 'no, nothing like that', "yes it's plugged in", 'nothing at all']);
  await customer(gateway.http, ["my laptop won't turn on", 'there is smoke and a burning smell', 'yes, still']);
  await customer(gateway.http, ['my printer is offline', 'agent', 'Ana Lopez']);
  // Not understood, weighed together, said again, thanks, a question in between, an answer taken back.
  await customer(gateway.http, ["my laptop won't turn on", 'the sky is blue', 'the sky is blue', 'thanks', 'no, nothing like that', 'what is a dock?',
    'I went under the desk', 'the light is off', 'back', 'one moment please']);
  await customer(gateway.http, ["my laptop won't turn on"]);
  const running = run(['replay', '--config', gateway.config, '--data', gateway.data, '--against', join(kRoot, 'config/dialogs'), '--json']);
  assert.deepEqual([running.code, JSON.parse(running.out).reproduced], [0, 5], 'beside the running service');
  await gateway.stop();
  const before = await stat(join(gateway.data, 'usher.db'));

  const scripts = join(gateway.folder, 'edited');
  await cp(join(kRoot, 'config/dialogs'), scripts, { recursive: true });
  const replay = (...more) => run(['replay', '--config', gateway.config, '--data', gateway.data, '--against', scripts, '--json', ...more]);
  const same = replay();
  assert.equal(same.code, 0, same.out + same.err);
  const report = JSON.parse(same.out);
  assert.deepEqual([report.conversations, report.reproduced, report.changed.length], [5, 5, 0], same.out);
  assert.equal((await stat(join(gateway.data, 'usher.db'))).mtimeMs, before.mtimeMs, 'the database is only read');

  // Smoke is no emergency any more: one conversation comes to another end.
  const file = join(scripts, 'liquid-smoke.yaml');
  const text = await readFile(file, 'utf8');
  const edited = text.replaceAll('priority: P1', 'priority: P4');
  assert.notEqual(edited, text);
  await writeFile(file, edited);
  const other = replay();
  assert.equal(other.code, 1, other.out + other.err);
  const { changed, reproduced } = JSON.parse(other.out);
  assert.equal(reproduced, 5);
  assert.equal(changed.length, 1, other.out);
  assert.equal(changed[0].before.priority, 'P1');
  assert.equal(changed[0].after.priority, 'P4');

  // Only the files that change need to be there.
  const part = join(gateway.folder, 'part');
  await mkdir(part);
  const printer = await readFile(join(kRoot, 'config/dialogs/printer.yaml'), 'utf8');
  await writeFile(join(part, 'printer.yaml'), printer.replace(/title: \{ en: [^,]+,/, 'title: { en: The printer is on strike,'));
  const words = run(['replay', '--config', gateway.config, '--data', gateway.data, '--against', part]);
  assert.equal(words.code, 0, words.out + words.err);
  assert.match(words.out, /5 conversations; 5 come out word for word as they were; 0 have another outcome/);

  // A step under another name, as the script says, is no other outcome.
  const renamed = join(gateway.folder, 'renamed');
  await mkdir(renamed);
  const power = await readFile(join(kRoot, 'config/dialogs/no-power.yaml'), 'utf8');
  const moved = power.replace(/^  safety:/m, '  is-it-safe:').replaceAll(/next: safety\b(?!-)/g, 'next: is-it-safe').replaceAll(/else: safety\b(?!-)/g, 'else: is-it-safe');
  await writeFile(join(renamed, 'no-power.yaml'), moved.replace('dialog: no-power\n', 'dialog: no-power\nrunning: move\nrenamed: { safety: is-it-safe }\n'));
  const same_step = run(['replay', '--config', gateway.config, '--data', gateway.data, '--against', renamed]);
  assert.equal(same_step.code, 0, same_step.out + same_step.err);

  assert.equal(replay('--since', 'yesterday').code, 64);
  assert.equal(run(['replay', '--config', gateway.config, '--data', join(gateway.folder, 'nowhere'), '--against', scripts]).code, 64);
});

test('every dialog command explains itself', () => {
  for (const command of ['check', 'test', 'graph', 'list', 'chat', 'play', 'import-flowchart', 'replay', 'publish', 'rollback', 'editions', 'learned']) {
    const help = run([command, '--help']);
    assert.equal(help.code, 0, command);
    assert.match(help.out, /--help/);
    assert.equal(run([command, '--no-such-option']).code, 64, command);
  }
});
