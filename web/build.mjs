// Builds web/dist: two scripts with fixed names (widget.js, console.js), the console's style sheet and the pages as they are.
import { copyFile, mkdir, readFile, readdir, rm, stat } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));
const dist = `${root}dist/`;
const kWidgetLimit = 30 * 1024;  // bytes gzipped: what a shop page is asked to carry

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });

for (const name of ['widget', 'console']) {
  await build({
    root, configFile: false, publicDir: false, logLevel: 'warn',
    define: { 'process.env.NODE_ENV': '"production"' },
    esbuild: { jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'none' },
    build: {
      outDir: dist, emptyOutDir: false, target: 'es2021', minify: 'esbuild', reportCompressedSize: false,
      lib: { entry: `${root}${name}/main.tsx`, formats: ['iife'], name: `usher_${name}`, fileName: () => `${name}.js`, cssFileName: name },
    },
  });
}
for (const name of await readdir(`${root}pages`)) await copyFile(`${root}pages/${name}`, dist + name);
for (const name of await readdir(`${root}help`)) await copyFile(`${root}help/${name}`, dist + name);
for (const name of ['plain.html', 'plain.css']) await copyFile(root + name, dist + name);

for (const name of (await readdir(dist)).sort()) {
  const size = (await stat(dist + name)).size;
  const zipped = gzipSync(await readFile(dist + name), { level: 9 }).length;
  console.log(`${name.padEnd(16)} ${String(size).padStart(7)} bytes ${String(zipped).padStart(7)} gz`);
  if (name === 'widget.js' && zipped > kWidgetLimit) throw new Error(`widget.js is ${zipped} bytes gzipped; the limit is ${kWidgetLimit}`);
}
