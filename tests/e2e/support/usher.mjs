// Starts the real binary in a folder of its own, with real peers on loopback: Request Tracker, Postfix's smtp-sink as the relay.
import { execFile, spawn, spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const kRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
export const kBinary = process.env.USHER_BINARY ?? join(kRoot, 'build/release/gateway/usher');
const run = promisify(execFile);

export const installed = (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

export async function temporaryFolder(t, name = 'usher') {
  const folder = await mkdtemp(join(tmpdir(), `${name}-`));
  await chmod(folder, 0o755);
  t?.after(() => removed(folder));
  return folder;
}
// A process that is still ending may write while its folder is removed.
const removed = (folder) => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });

// Waits until `probe` gives something true; its value. Fails with `what` after `limit` ms, which is no measure of speed: it only has to be
// longer than anything takes on a machine that is busy with something else.
export async function eventually(probe, what, limit = 60_000, pause = 50) {
  const until = Date.now() + limit;
  let last;
  for (;;) {
    try {
      const value = await probe();
      if (value) return value;
    } catch (error) {
      last = error;
    }
    if (Date.now() > until) throw new Error(`not within ${limit} ms: ${what}${last ? ` (${last.message})` : ''}`);
    await new Promise((done) => setTimeout(done, pause));
  }
}

// For what is counted by the day (UTC): a test that would see midnight waits until it is over.
export async function away_from_midnight(minutes = 6) {
  const left = 86_400_000 - (Date.now() % 86_400_000);
  if (left < minutes * 60_000) await new Promise((done) => setTimeout(done, left + 1000));
}

// A port for a program that must be told one. None that the kernel gives to outgoing connections: one of those could have it before the
// program begins to listen, or while it restarts (a client that knocks meanwhile could even end up connected to itself).
export async function freePort(random = Math.random) {
  for (;;) {
    const port = 10_000 + Math.floor(random() * 20_000);
    const server = createServer();
    const is_free = await new Promise((done) => {
      server.once('error', () => done(false));
      server.listen(port, '127.0.0.1', () => done(true));
    });
    if (!is_free) continue;
    await new Promise((done) => server.close(done));
    return port;
  }
}

// Runs a program to its end; {code, out, err}. Unlike spawnSync it leaves this process free to serve what the program asks of it.
export function ran(program, args, { input = '', environment = process.env, cwd } = {}) {
  return new Promise((done, failed) => {
    const child = spawn(program, args, { env: environment, cwd, stdio: ['pipe', 'pipe', 'pipe'] });
    const out = [], err = [];
    child.stdout.on('data', (d) => out.push(d));
    child.stderr.on('data', (d) => err.push(d));
    child.stdin.on('error', () => {});  // it need not read what it is given
    child.on('error', failed);
    child.on('close', (code, signal) => done({ code: code ?? signal, out: Buffer.concat(out).toString('utf8'), err: Buffer.concat(err).toString('utf8') }));
    child.stdin.end(input);
  });
}

function deepMerge(base, over) {
  const out = { ...base };
  for (const [key, value] of Object.entries(over ?? {})) {
    out[key] = value && typeof value === 'object' && !Array.isArray(value) ? deepMerge(out[key] ?? {}, value) : value;
  }
  return out;
}

export class Usher {
  // `settings`: what differs from the test's defaults, in the shape of usher.yaml. JSON is YAML, so it is written as it is.
  constructor(folder, settings, { wrapper = [], environment = {} } = {}) {
    this.folder = folder;
    this.data = join(folder, 'data');
    this.config = join(folder, 'usher.yaml');
    this.wrapper = wrapper;
    this.environment = environment;
    this.settings = deepMerge({
      company: 'Nordlicht Computers',
      http: { port: 0 },
      email: { port: 0, addresses: ['support@usher.test'], hostname: 'usher.test' },
      webchat: { messages_per_second: 0 },
      outbox: { retry_base_ms: 200, retry_cap_ms: 1000 },
      content: { dialogs: join(kRoot, 'config/dialogs'), kb: join(kRoot, 'config/kb'), mail: join(kRoot, 'config/mail') },
      limits: { min_free_megabytes: 1 },
      log: { file: join(folder, 'usher.log') },
    }, settings);
  }

  async start(...options) {
    await writeFile(this.config, JSON.stringify(this.settings, null, 2));
    // A restart keeps its ports, so that clients find it again.
    const http = this.http ? this.http.replace('http://', '') : '127.0.0.1:0';
    const smtp = this.smtp ?? '127.0.0.1:0';
    const command = [...this.wrapper, kBinary, 'serve', '--config', this.config, '--data', this.data, '--http', http, '--smtp', smtp, ...options];
    this.started_at = performance.now();
    this.child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...this.environment }, detached: true });
    this.stderr = '';
    this.child.stderr.on('data', (d) => { this.stderr += d; });
    this.exited = new Promise((done) => this.child.once('exit', (code, signal) => { this.exit = { code, signal }; done(this.exit); }));
    this.exit = null;
    let out = '';
    await new Promise((done, failed) => {
      this.child.stdout.on('data', (d) => {
        out += d;
        if (out.includes('\n')) done();
      });
      this.exited.then((e) => failed(new Error(`usher ended at once: ${JSON.stringify(e)}\n${out}${this.stderr}`)));
    });
    this.ready_ms = performance.now() - this.started_at;
    const { listening } = JSON.parse(out.split('\n')[0]);
    this.http = listening.http;
    this.smtp = listening.smtp;
    this.lmtp = listening.lmtp;
    return this;
  }

  // The process itself: with a wrapper (strace) the child is not it.
  get pid() {
    if (this.wrapper.length === 0) return this.child.pid;
    const children = spawnSync('pgrep', ['-P', String(this.child.pid)]).stdout.toString().trim().split('\n');
    return Number(children[0]);
  }

  async kill() {
    if (!this.child || this.exit) return;
    process.kill(this.pid, 'SIGKILL');
    await this.exited;
  }
  async stop() {
    if (!this.child || this.exit) return this.exit;
    process.kill(this.pid, 'SIGTERM');
    return this.exited;
  }

  // Runs a subcommand on the same configuration and data.
  async command(args, { input, json = true, data = true } = {}) {
    const all = [...args, '--config', this.config, ...(data ? ['--data', this.data] : []), ...(json ? ['--json'] : [])];
    const done = await ran(kBinary, all, { input, environment: { ...process.env, ...this.environment } });
    return { ...done, json: json && done.out.trim() ? JSON.parse(done.out) : undefined };
  }
  async tickets() { return (await this.command(['ticket', 'list', '--limit', '10000'])).json; }
  async outbox(state) { return (await this.command(['outbox', 'list', '--limit', '10000', ...(state ? ['--state', state] : [])])).json; }

  // Rows of a question to the database, as objects.
  async sql(question) {
    const { stdout } = await run('sqlite3', ['-json', '-readonly', join(this.data, 'usher.db'), question], { maxBuffer: 1 << 28 });
    return stdout.trim() ? JSON.parse(stdout) : [];
  }
  async log() { return readFile(join(this.folder, 'usher.log'), 'utf8'); }
  async memory() {
    const status = await readFile(`/proc/${this.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)[1]) * 1024;
  }
}

// A gateway for one test: started, and stopped when the test ends.
export async function usher(t, settings = {}, options = {}) {
  const it = new Usher(await temporaryFolder(), settings, options);
  t.after(async () => {
    await it.kill();
    await removed(it.folder);
  });
  return it.start(...(options.arguments ?? []));
}

// --- the ticket system ---
export class RequestTracker {
  constructor(folder, port) {
    this.folder = folder;
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
  }
  async script(...args) {
    const { stdout } = await run(join(kRoot, 'tests/support/rt/rt.sh'), args, { timeout: 180_000 });
    return stdout;
  }
  async start() {
    await this.script('start', this.folder, String(this.port));
    this.token = (await readFile(join(this.folder, 'token'), 'utf8')).trim();
    return this;
  }
  async stop() {
    this.cookie = '';
    await this.script('stop', this.folder);
  }
  async pause() { await this.script('pause', this.folder); }
  async resume() { await this.script('resume', this.folder); }
  settings(url = this.url) {
    return { ticket_system: { kind: 'request_tracker', url, queue: 'Support', token_file: join(this.folder, 'token'), allow_private: true,
                              fields: { product_model: 'ProductModel', serial: 'SerialNumber', '@channel': 'Channel', '@fault_class': 'FaultClass' } } };
  }
  async get(path) {
    // A token costs RT a bcrypt, about a quarter second, on every call; the session cookie it hands out does not.
    if (!this.cookie) this.cookie = (await this.fetch('/REST/1.0/', { authorization: `token ${this.token}` })).headers['set-cookie']?.[0].split(';')[0];
    const answer = await this.fetch(`/REST/2.0${path}`, this.cookie ? { cookie: this.cookie } : { authorization: `token ${this.token}` });
    if (answer.status !== 200) throw new Error(`RT answered ${answer.status} to ${path}: ${answer.body}`);
    return JSON.parse(answer.body);
  }
  // A connection of its own each time: one that is kept alive would hold one of RT's two workers.
  fetch(path, headers) {
    return new Promise((done, failed) => {
      request(`${this.url}${path}`, { headers, agent: false }, (answer) => {
        let body = '';
        answer.setEncoding('utf8');
        answer.on('data', (d) => { body += d; });
        answer.on('end', () => done({ status: answer.statusCode, headers: answer.headers, body }));
      }).on('error', failed).end();
    });
  }
  // All tickets of the queue, by number.
  async tickets() {
    const found = await this.get(`/tickets?query=${encodeURIComponent("Queue = 'Support'")}&fields=Subject,Status,Created&per_page=100&orderby=id`);
    return found.items;
  }
  async ticket(number) { return this.get(`/ticket/${number}`); }
  // Every text and attachment of the ticket: [{Filename, ContentType, Content (decoded Buffer)}]
  async parts(number) {
    const found = await this.get(`/ticket/${number}/attachments?per_page=100`);
    const out = [];
    for (const item of found.items) {
      const part = await this.get(`/attachment/${item.id}`);
      out.push({ name: part.Filename ?? '', type: part.ContentType ?? '', subject: part.Subject ?? '', content: Buffer.from(part.Content ?? '', 'base64') });
    }
    return out;
  }
  async text(number) { return (await this.parts(number)).filter((p) => p.type.startsWith('text/')).map((p) => p.content.toString('utf8')).join('\n'); }
}

export async function requestTracker(t) {
  const folder = await temporaryFolder(t, 'rt');
  const rt = new RequestTracker(folder, await freePort());
  t.after(() => rt.stop());
  return rt.start();
}

// --- the relay: Postfix's smtp-sink keeps every mail it gets in a file ---
export async function relay(t) {
  const folder = await temporaryFolder(undefined, 'relay');
  await chmod(folder, 0o777);
  const port = await freePort();
  const child = spawn('/usr/sbin/smtp-sink', ['-u', 'nobody', '-d', `${folder}/%s.`, `127.0.0.1:${port}`, '100'], { stdio: 'ignore' });
  const exited = new Promise((done) => child.once('exit', done));
  t.after(async () => {
    child.kill('SIGKILL');
    await exited;
    await removed(folder);
  });
  await eventually(() => new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => done(true));
    socket.on('error', () => done(false));
    socket.on('data', () => socket.destroy());  // its greeting
  }), 'smtp-sink listens');
  // The files it is still writing.
  const open = async () => {
    const links = await readdir(`/proc/${child.pid}/fd`);
    return new Set(await Promise.all(links.map((fd) => readlink(`/proc/${child.pid}/fd/${fd}`).catch(() => ''))));
  };
  return {
    url: `smtp://127.0.0.1:${port}`,
    // The mails that have come in completely, in that order.
    async mails() {
      const names = (await readdir(folder)).map((name) => join(folder, name));
      const unfinished = await open();
      const out = [];
      for (const name of names) {
        if (unfinished.has(name)) continue;
        const raw = await readFile(name, 'utf8');
        if (raw.includes('\nX-Mail-Args') || raw.startsWith('X-')) out.push({ at: (await stat(name, { bigint: true })).mtimeNs, mail: parseMail(raw) });
      }
      return out.sort((a, b) => (a.at < b.at ? -1 : 1)).map(({ mail }) => mail);
    },
  };
}

// Good enough for mails Usher itself made: headers unfolded, the envelope smtp-sink noted, the text decoded.
export function parseMail(raw) {
  const [head, ...rest] = raw.replace(/\r\n/g, '\n').split('\n\n');
  const headers = {};
  for (const line of head.replace(/\n[ \t]+/g, ' ').split('\n')) {
    const at = line.indexOf(':');
    if (at > 0) headers[line.slice(0, at).toLowerCase()] = decodeWords(line.slice(at + 1).trim());
  }
  let body = rest.join('\n\n');
  const encoding = (headers['content-transfer-encoding'] ?? '').toLowerCase();
  if (encoding === 'base64') body = Buffer.from(body, 'base64').toString('utf8');
  if (encoding === 'quoted-printable') body = unquote(body);
  let html = '';
  const boundary = /boundary="([^"]+)"/.exec(headers['content-type'] ?? '')?.[1];
  if (boundary) {
    const parts = body.split(`--${boundary}`).slice(1, -1).map((part) => parseMail(part.replace(/^\n/, '')));
    body = parts.find((part) => part.headers['content-type'].startsWith('text/plain'))?.body ?? '';
    html = parts.find((part) => part.headers['content-type'].startsWith('text/html'))?.body ?? '';
  }
  return { headers, body, html, from: (headers['x-mail-args'] ?? '').match(/<[^>]*>/)?.[0], to: (headers['x-rcpt-args'] ?? '').match(/<[^>]*>/)?.[0] };
}
function unquote(text) {
  const joined = text.replace(/=\n/g, '');
  const bytes = [];
  for (let i = 0; i < joined.length; ++i) {
    if (joined[i] === '=' && /^[0-9A-F]{2}$/i.test(joined.slice(i + 1, i + 3))) {
      bytes.push(parseInt(joined.slice(i + 1, i + 3), 16));
      i += 2;
    } else {
      bytes.push(...Buffer.from(joined[i]));
    }
  }
  return Buffer.from(bytes).toString('utf8');
}
function decodeWords(text) {
  return text.replace(/\?=\s+=\?/g, '?==?').replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind, data) =>
    kind.toLowerCase() === 'b' ? Buffer.from(data, 'base64').toString('latin1') : data.replace(/_/g, ' ').replace(/=([0-9A-F]{2})/gi, (__, h) => String.fromCharCode(parseInt(h, 16))))
    .replace(/[\x80-\xff]+/g, (bytes) => Buffer.from(bytes, 'latin1').toString('utf8'));
}

// One mail by swaks; its output and exit code. `options` are swaks' own.
export async function swaks(smtp, ...options) {
  const done = await ran('swaks', ['--server', smtp, '--from', 'ana@customer.test', '--to', 'support@usher.test', '--timeout', '60', ...options]);
  return { code: done.code, out: done.out + done.err };
}
