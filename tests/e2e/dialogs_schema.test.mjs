// config/dialogs.schema.json, which editors check scripts with as they are written: every shipped file fits it, and what is broken
// does not. (`usher dialog check` finds far more; the schema must only never disagree with it.)
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import Ajv from 'ajv';
import { parse } from 'yaml';
import { kRoot } from './support/usher.mjs';

const kFolder = join(kRoot, 'config', 'dialogs');
const schema = JSON.parse(await readFile(join(kRoot, 'config', 'dialogs.schema.json'), 'utf8'));
const fits = new Ajv({ allErrors: true, allowUnionTypes: true, strict: true, strictRequired: false }).compile(schema);
const complaints = (value) => (fits(value) ? [] : fits.errors.map((e) => `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`));

test('every shipped file fits the schema', async (t) => {
  const files = (await readdir(kFolder)).filter((f) => f.endsWith('.yaml'));
  assert.ok(files.length >= 8);
  for (const file of files) {
    await t.test(file, async () => {
      assert.deepEqual(complaints(parse(await readFile(join(kFolder, file), 'utf8'))), []);
    });
  }
});

test('the example in the reference of the language fits the schema', async () => {
  const page = await readFile(join(kRoot, 'docs', 'dialog-language.md'), 'utf8');
  const examples = [...page.matchAll(/```yaml\n(dialog: [\s\S]*?)```/g)];
  assert.ok(examples.length >= 1);
  for (const [, yaml] of examples) assert.deepEqual(complaints(parse(yaml)), []);
});

const kGood = `
dialog: t
title: { en: T }
steps:
  a:
    check: { en: Look. }
    options:
      - { id: "yes", label: { en: "Yes" }, next: b }
    cannot: b
  b: { branch: [ { when: { slot: os, is: mac }, next: c } ], else: c }
  c: { wait: { en: Wait. }, next: d, remind_after: 2h }
  d: { set: { x: 1 }, next: e }
  e: { lookup: warranty, save: { state: warranty.state }, next: f, failed: f }
  f: { resolve: { en: Bye } }
slots:
  n: { type: number, min: 0 }
`;
const kBroken = {
  'an unknown key of a script': ['title:', 'titel:'],
  'an unknown key of a step': ['cannot: b', 'canot: b'],
  'an unknown kind of step': ['resolve:', 'resolv:'],
  'a text without English': ['resolve: { en:', 'resolve: { de:'],
  'an option without a next step': [', next: b }\n    cannot', ' }\n    cannot'],
  'a branch without else': [', else: c', ''],
  'a condition that tests nothing': ['slot: os, is: mac', 'slot: os'],
  'a condition without a slot': ['slot: os, is: mac', 'is: mac'],
  'a time in words': ['2h', '2 hours'],
  'a step that sets and ends': ['set: { x: 1 }, next: e', 'set: { x: 1 }'],
  'a look-up that cannot fail': [', failed: f', ''],
  'a member with a blank': ['warranty.state', 'warranty state'],
  'a slot type that does not exist': ['type: number', 'type: nummer'],
  'a range of a text': ['type: number', 'type: text'],
  'a step called return': ['  d: {', '  return: {'],
};
test('the schema takes what is right and refuses what is not', async (t) => {
  assert.deepEqual(complaints(parse(kGood)), []);
  for (const [name, [from, to]] of Object.entries(kBroken)) {
    await t.test(name, () => {
      const broken = kGood.replace(from, to);
      assert.notEqual(broken, kGood, 'the test breaks something');
      assert.notDeepEqual(complaints(parse(broken)), []);
    });
  }
  for (const other of ['slots: { a: { open: true } }', 'texts: { a: { zh: x } }', 'fragments: { A: { en: x } }', 'lexicon: { yes: 3 }\nmore: 1', 'x: 1']) {
    assert.notDeepEqual(complaints(parse(other)), [], other);
  }
});
