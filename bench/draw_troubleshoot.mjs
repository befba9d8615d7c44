// Draws docs/figures/troubleshoot.svg from what troubleshoot_sim --csv wrote.
//   node bench/draw_troubleshoot.mjs FILE.csv > docs/figures/troubleshoot.svg
// One file for light and dark pages: colours are classes, a media query turns them round.
import { readFileSync } from 'node:fs';

const rows = readFileSync(process.argv[2], 'utf8').trim().split('\n').slice(1).map((line) => line.split(','));
const ratios = new Map(); // scenario → cases → ratios of all seeds
for (const [scenario, cases, , ratio] of rows) {
  if (!ratios.has(scenario)) ratios.set(scenario, new Map());
  const by = ratios.get(scenario);
  if (!by.has(+cases)) by.set(+cases, []);
  by.get(+cases).push(+ratio);
}
const seeds = ratios.get('learning').get(0).length;
// q of the way from the lowest to the highest, between neighbours in proportion.
function quantile(list, q) {
  const sorted = [...list].sort((a, b) => a - b);
  const at = q * (sorted.length - 1), low = Math.floor(at), high = Math.ceil(at);
  return sorted[low] + (sorted[high] - sorted[low]) * (at - low);
}
function series(scenario, q = 0.5) {
  const by = ratios.get(scenario);
  if (!by) throw new Error(`no scenario "${scenario}" in the file`);
  return [...by].sort((a, b) => a[0] - b[0]).map(([cases, list]) => [cases, quantile(list, q)]);
}

const kWidth = 960, kHeight = 400, kTop = 70, kBottom = 340, kHighest = 50; // per cent above the optimum
const y = (ratio) => kBottom - (kBottom - kTop) * Math.min(ratio - 1, kHighest / 100) / (kHighest / 100);
const points = (line, x) => line.map(([n, r]) => `${x(n).toFixed(1)},${y(r).toFixed(1)}`).join(' ');

function panel({ left, right, cases, title, band, lines, marks }) {
  const x = (n) => left + (right - left) * n / cases;
  const out = [`<text class="title" x="${left}" y="${kTop - 24}">${title}</text>`];
  for (let percent = 0; percent <= kHighest; percent += 10) {
    const at = y(1 + percent / 100).toFixed(1);
    out.push(`<line class="grid" x1="${left}" x2="${right}" y1="${at}" y2="${at}"/>`);
    out.push(`<text class="tick" x="${left - 8}" y="${+at + 4}" text-anchor="end">${percent} %</text>`);
  }
  for (let n = 0; n <= cases; n += cases / 5) {
    out.push(`<text class="tick" x="${x(n)}" y="${kBottom + 18}" text-anchor="middle">${n}</text>`);
  }
  out.push(`<text class="tick" x="${(left + right) / 2}" y="${kBottom + 38}" text-anchor="middle">closed cases</text>`);
  out.push(`<line class="goal" x1="${left}" x2="${right}" y1="${y(1.05)}" y2="${y(1.05)}"/>`);
  for (const { at, label } of marks ?? []) {
    out.push(`<line class="mark" x1="${x(at)}" x2="${x(at)}" y1="${kTop}" y2="${kBottom}"/>`);
    out.push(`<text class="tick" x="${x(at) + 6}" y="${kTop + 12}">${label}</text>`);
  }
  if (band) {
    const low = series(band, 0.1), high = series(band, 0.9);
    out.push(`<polygon class="band" points="${points([...low, ...high.reverse()], x)}"/>`);
  }
  // Names stand at the ends of their lines, pushed apart where those lie close together.
  const ends = lines.map(({ scenario, label, hue }) => {
    const line = series(scenario);
    out.push(`<polyline class="line ${hue}" points="${points(line, x)}"/>`);
    return { label, hue, at: y(line.at(-1)[1]) + 4 };
  }).sort((a, b) => b.at - a.at);
  ends.forEach((end, i) => {
    if (i > 0) end.at = Math.min(end.at, ends[i - 1].at - 16);
    out.push(`<text class="name ${end.hue}" x="${right + 8}" y="${end.at.toFixed(1)}">${end.label}</text>`);
  });
  return out.join('\n');
}

console.log(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${kWidth} ${kHeight}" role="img" aria-labelledby="t d">
<title id="t">Cost of the advice above the best possible, over closed cases</title>
<desc id="d">Left: a misleading script stays far above the optimum; with learning the median falls below 5 per cent. Right: after
the products change, counts that fade faster find back sooner.</desc>
<style>
text { font: 13px system-ui, sans-serif; fill: #24292f; }
.title { font-size: 15px; font-weight: 600; }
.tick, .note { font-size: 12px; fill: #57606a; }
.grid { stroke: #d8dee4; stroke-width: 1; }
.goal { stroke: #57606a; stroke-width: 1.5; stroke-dasharray: 2 4; }
.mark { stroke: #57606a; stroke-width: 1; }
.line { fill: none; stroke-width: 2.5; stroke-linejoin: round; }
.band { fill: #0969da; opacity: .14; }
.line.blue { stroke: #0969da; } .name.blue { fill: #0969da; }
.line.red { stroke: #cf222e; stroke-dasharray: 7 4; } .name.red { fill: #cf222e; }
.line.green { stroke: #1a7f37; stroke-dasharray: 2 3; } .name.green { fill: #1a7f37; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .tick, .note { fill: #9198a1; }
  .grid { stroke: #30363d; }
  .goal, .mark { stroke: #9198a1; }
  .band { fill: #58a6ff; opacity: .2; }
  .line.blue { stroke: #58a6ff; } .name.blue { fill: #58a6ff; }
  .line.red { stroke: #ff7b72; } .name.red { fill: #ff7b72; }
  .line.green { stroke: #3fb950; } .name.green { fill: #3fb950; }
}
</style>
<text class="note" x="52" y="22">Expected cost of repair above the optimum: median of ${seeds} worlds; shaded: the middle eight tenths of them; dotted: 5 %</text>
${panel({
  left: 52, right: 360, cases: 500, title: 'A script that misleads', band: 'learning',
  lines: [
    { scenario: 'as written', label: 'as written', hue: 'red' },
    { scenario: 'cause never told', label: 'cause never told', hue: 'green' },
    { scenario: 'learning', label: 'learning', hue: 'blue' },
  ],
})}
${panel({
  left: 536, right: 844, cases: 1000, title: 'The products change after 500 cases',
  marks: [{ at: 500, label: 'change' }],
  lines: [
    { scenario: 'drift: never fades', label: 'never fades', hue: 'red' },
    { scenario: 'drift: 90 days', label: '90 days', hue: 'blue' },
    { scenario: 'drift: 30 days', label: '30 days', hue: 'green' },
  ],
})}
</svg>`);
