// MiniSearch beside Usher's index: kb_bench hands over its articles, changes and questions (without stop words) as tab-separated
// lines and this prints one line of its table.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import MiniSearch from 'minisearch';

const articles = [], changed = [], questions = [];
for await (const line of createInterface({ input: createReadStream(process.argv[2]) })) {
  const [kind, ...rest] = line.split('\t');
  if (kind === 'q') questions.push(rest.join(' '));
  else (kind === 'a' ? articles : changed).push({ id: rest[0], title: rest[1], issue: rest[2], body: rest[3] });
}

const millis = () => Number(process.hrtime.bigint()) / 1e6;
const at = (times, share) => times.sort((a, b) => a - b)[Math.floor(share * (times.length - 1))] ?? 0;
const resident = () => { globalThis.gc?.(); return process.memoryUsage().rss / 1e6; };

const before = resident();
const begin = millis();
const index = new MiniSearch({ fields: ['title', 'issue', 'body'], searchOptions: { boost: { title: 9, issue: 6, body: 2.9 } } });
index.addAll(articles);
const build = (millis() - begin) / 1000;
const memory = resident() - before;

const ten = (question) => index.search(question).slice(0, 10);
for (const question of questions.slice(0, 50)) ten(question);
const most = Number(process.argv[3] ?? 60) * 1000;
function timed(all, work) {  // until the time is up
  const times = [];
  for (let i = 0, sum = 0; i < all.length && sum < most; sum += times[i], ++i) {
    const start = millis();
    work(all[i], i);
    times.push(millis() - start);
  }
  return times;
}
const find = timed(questions, ten);
let seen = 0;
const update = timed(changed, (article, i) => {
  index.replace(article);
  seen += ten(`brandnew${i}`).length === 1 ? 1 : 0;
});
const asked = find.length, replaced = update.length;
const column = (value, digits, width) => value.toFixed(digits).padStart(width);
console.log(['minisearch'.padEnd(12), String(articles.length).padStart(8), column(build, 1, 9), column(memory, 0, 9), column(at(find, 0.5), 3, 9),
  column(at(find, 0.99), 3, 9), column(at(update, 0.5), 3, 10), column(at(update, 0.99), 3, 9)].join(' '));
if (asked !== questions.length || replaced !== changed.length) console.log(`  minisearch: time was up after ${asked} questions and ${replaced} updates`);
if (seen !== replaced) console.log(`  minisearch: only ${seen} of ${replaced} changes were visible`);
