// A7: `usher check` on ten broken configurations, scripts and articles: each problem with its place and a hint.
import assert from 'node:assert/strict';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import test from 'node:test';
import { kBinary, kRoot, temporaryFolder } from './support/usher.mjs';

// file, what is done to its text, where the problem must be reported (line, taken from the broken text), what it must say and hint.
const kBroken = [
  { name: 'an unknown key in the configuration', file: 'usher.yaml', edit: (s) => s.replace('  port: 8080', '  prot: 8080'), at: 'prot:', says: /unknown key 'http\.prot'/, hints: /did you mean 'port'/ },
  { name: 'a number out of range', file: 'usher.yaml', edit: (s) => s.replace('  port: 8080', '  port: 99999'), at: '99999', says: /'http\.port' must be a whole number from 0 to 65535/, hints: /found 99999/ },
  { name: 'a word that is none of the allowed', file: 'usher.yaml', edit: (s) => s.replace('level: info', 'level: inof'), at: 'inof', says: /'log\.level' cannot be 'inof'/, hints: /did you mean 'info'/ },
  { name: 'a secret in the file', file: 'usher.yaml', edit: (s) => s.replace('  kind: builtin', '  kind: builtin\n  token: abc'), at: 'token: abc', says: /a secret does not belong into this file/, hints: /token_file/ },
  { name: 'a key that stands twice', file: 'usher.yaml', edit: (s) => s.replace('  burst: 20', '  burst: 20\n  burst: 30'), at: 'burst: 30', says: /twice/, hints: /keep one/ },
  { name: 'a step that does not exist', file: 'dialogs/printer.yaml', edit: (s) => s.replace(/next: ([a-z-]+)/, 'next: nowhere-at-all'), at: 'nowhere-at-all', says: /nowhere-at-all/, hints: /\S/ },
  { name: 'an option without a label', file: 'dialogs/no-network.yaml', edit: (s) => s.replace('        label: {', '        labell: {'), at: 'labell', says: /labell/, hints: /label/ },
  { name: 'a text without English', file: 'dialogs/no-power.yaml', edit: (s) => s.replace(/title: \{ en: [^,]+, zh/, 'title: { zh'), at: 'title:', says: /has no English text/, hints: /add en/ },
  { name: 'an article a script names but nobody wrote', file: 'dialogs/no-power.yaml', edit: (s) => s.replace(/article: ([a-z-]+)/, 'article: no-such-article'), at: 'no-such-article', says: /no-such-article/, hints: /\S/ },
  { name: 'an article without a resolution', file: 'kb/printer-offline.en.md', edit: (s) => s.replace('## Resolution', '## Result'), at: null, says: /[Rr]esolution/, hints: /\S/ },
];

test('usher check names every problem with its place and a hint', async (t) => {
  for (const broken of kBroken) {
    await t.test(broken.name, async (tt) => {
      const folder = await temporaryFolder(tt, 'check');
      await cp(join(kRoot, 'config'), folder, { recursive: true });
      const file = join(folder, broken.file);
      const text = await readFile(file, 'utf8');
      const edited = broken.edit(text);
      assert.notEqual(edited, text, 'the test breaks something');
      await writeFile(file, edited);
      const run = spawnSync(kBinary, ['check', '--config', join(folder, 'usher.yaml'), '--json'], { encoding: 'utf8' });
      assert.equal(run.status, 1, run.stdout + run.stderr);
      const { ok, problems } = JSON.parse(run.stdout);
      assert.equal(ok, false);
      const found = problems.find((p) => p.file.endsWith(broken.file) && broken.says.test(p.message));
      assert.ok(found, `not reported; instead: ${JSON.stringify(problems, null, 1)}`);
      assert.match(found.hint, broken.hints);
      assert.ok(found.line >= 1 && found.column >= 1);
      if (broken.at) assert.ok(edited.split('\n')[found.line - 1].includes(broken.at) || edited.split('\n')[found.line]?.includes(broken.at), `line ${found.line} is not where it is: ${edited.split('\n')[found.line - 1]}`);
      const plain = spawnSync(kBinary, ['check', '--config', join(folder, 'usher.yaml')], { encoding: 'utf8' });
      assert.match(plain.stdout, new RegExp(`${broken.file}:${found.line}:${found.column}: `));
    });
  }

  await t.test('what is shipped is clean', () => {
    const run = spawnSync(kBinary, ['check', '--config', join(kRoot, 'config/usher.yaml')], { encoding: 'utf8' });
    assert.equal(run.status, 0, run.stdout);
    assert.match(run.stdout, /^ok: \d+ scripts, \d+ articles/m);
  });
});
