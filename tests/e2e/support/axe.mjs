// Accessibility scan of what the page shows now, shadow roots included.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// → serious and critical violations of WCAG 2.2 A and AA, one line each: rule, what it means, where.
export async function violations(page) {
  await page.evaluate(source);
  const found = await page.evaluate(() => {
    // What moves has arrived: colours are judged as they stay, not in the middle of fading in.
    const roots = [document, ...[...document.querySelectorAll('*')].flatMap((one) => one.shadowRoot ?? [])];
    for (const moving of roots.flatMap((root) => root.getAnimations())) {
      if (Number.isFinite(moving.effect?.getComputedTiming().endTime)) moving.finish();
    }
    return globalThis.axe.run(document, {
      runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }, resultTypes: ['violations'],
    });
  });
  return found.violations.filter((one) => ['serious', 'critical'].includes(one.impact)).flatMap((one) =>
    one.nodes.map((node) => `${one.id} (${one.impact}): ${one.help}: ${node.target.flat().join(' ')} ${node.failureSummary?.split('\n').at(-1).trim()}`));
}
