// The figures of the whole program, on the real binary: turns, mails, memory per idle chat, start-up, size.
//   ./dev bench gateway [-- [turns|mail|attachments|idle|start|size] … [--runs 3] [--seconds 10] [--mails 5000] [--write]]
// --write puts the table into bench/results.md between its two marks; without it the table is only printed. Needs Postfix's
// smtp-source and smtp-sink. Data lies below /var/tmp (or $USHER_BENCH_DIR): a real disk, never memory.
import { spawn, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const root = path.resolve(import.meta.dirname, '..');
const usher = process.env.USHER_BINARY ?? path.join(root, 'build/release/gateway/usher');
const loadClient = path.join(root, 'build/release/bench/tools/webchat_load');
const mailClient = path.join(root, 'build/release/bench/tools/smtp_load');
const smtpSource = ['/usr/sbin/smtp-source', '/usr/bin/smtp-source'].find(existsSync);
const ticks = Number(execFileSync('getconf', ['CLK_TCK']).toString());

// ---- options ---------------------------------------------------------------------------------------------------------------------
const names = ['start', 'size', 'turns', 'mail', 'attachments', 'idle'];
const args = process.argv.slice(2);
const option = (name, otherwise) => {
  const at = args.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(args[at + 1]);
};
const runs = option('runs', 3);
const seconds = option('seconds', 10);
const mails = option('mails', 5000);
const wanted = names.filter((name) => args.includes(name));
const chosen = wanted.length ? wanted : names;
const folder = mkdtempSync(path.join(process.env.USHER_BENCH_DIR ?? '/var/tmp', 'usher-bench-'));
chmodSync(folder, 0o755);  // Postfix's own user has to get in
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const content = path.join(folder, 'config');  // a copy: an edit meanwhile does not change what is measured
cpSync(path.join(root, 'config'), content, { recursive: true });
if (execFileSync('stat', ['-f', '-c', '%T', folder]).toString().trim() === 'tmpfs') throw new Error(`${folder} is memory, not a disk: set USHER_BENCH_DIR`);

// ---- the server --------------------------------------------------------------------------------------------------------------------
let serverCount = 0;
async function startServer({ level = 'warn', relay = '', data = path.join(folder, `data-${++serverCount}`) } = {}) {
  mkdirSync(data, { recursive: true });
  const config = path.join(data, 'usher.yaml');
  writeFileSync(config, `company: Bench
http: { host: 127.0.0.1, port: 0, metrics_from: [127.0.0.1] }
webchat: { messages_per_second: 0 }
email:
  host: 127.0.0.1
  port: 0
  hostname: bench.test
  addresses: [support@bench.test]
  relay_tls: none
  max_answers_per_address: 0
  max_answers_per_hour: 0
${relay && `  relay_url: ${relay}\n`}log: { level: ${level} }
content: { dialogs: ${content}/dialogs, kb: ${content}/kb, mail: ${content}/mail }
`);
  const began = process.hrtime.bigint();
  const child = spawn(usher, ['serve', '--config', config, '--data', data], { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  child.stderr.on('data', (chunk) => {
    if (log.length < 4000) log += chunk;
  });
  const lineReader = createInterface({ input: child.stdout });
  const first = await Promise.race([once(lineReader, 'line').then(([line]) => line), once(child, 'exit').then(() => null)]);
  if (!first) throw new Error(`usher did not start:\n${log}`);
  const startMs = Number(process.hrtime.bigint() - began) / 1e6;
  const { http, smtp } = JSON.parse(first).listening;
  return {
    pid: child.pid, data, startMs, smtp, http: http.startsWith('http') ? http : `http://${http}`,
    get port() { return Number(new URL(this.http).port); },
    cpu: () => cpuOf(child.pid),
    rssKb: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]),
    async metric(name) {
      const text = await (await fetch(`${this.http}/metrics`)).text();
      return [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))].reduce((sum, [, value]) => sum + Number(value), 0);
    },
    sql: (query) => execFileSync('sqlite3', ['-readonly', path.join(data, 'usher.db'), query]).toString().trim(),
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 50_000);
      await ended;
      clearTimeout(timer);
      const errors = log.split('\n').filter((line) => line.includes('"level":"error"') && !line.includes('no relay to send through'));
      if (errors.length) console.error(`    the server's log has errors:\n${errors.join('\n')}`);
      rmSync(data, { recursive: true, force: true });
    },
  };
}
function cpuOf(pid) {  // seconds of user and system time
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticks;
}
function busyShare(before) {  // share of the machine that anybody used since `before`
  const now = readFileSync('/proc/stat', 'utf8').split('\n')[0].trim().split(/\s+/).slice(1).map(Number);
  const sample = { idle: now[3] + now[4], all: now.slice(0, 8).reduce((a, b) => a + b) };
  return before ? 1 - (sample.idle - before.idle) / Math.max(1, sample.all - before.all) : sample;
}
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
async function run(command, list, options = {}) {
  const child = spawn(command, list, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let out = '', err = '';
  child.stdout.on('data', (chunk) => { out += chunk; });
  child.stderr.on('data', (chunk) => { err += chunk; });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${path.basename(command)} ${list.join(' ')} ended with ${code}: ${(err || out).slice(0, 500)}`);
  return out;
}

// ---- figures -----------------------------------------------------------------------------------------------------------------------
const rows = [];  // { what, values, unit, digits, better, note }
const sorted = (values) => [...values].sort((a, b) => a - b);
const median = (values) => sorted(values)[Math.floor((values.length - 1) / 2)];
const best = (values, better) => (better === 'more' ? Math.max(...values) : Math.min(...values));
function report(what, values, unit, { digits = 0, better = 'less', note = '' } = {}) {
  rows.push({ what, values, unit, digits, better, note });
  console.log(`    ${what}: ${values.map((v) => v.toFixed(digits)).join(' / ')} ${unit}${note && `  (${note})`}`);
}

async function benchStart() {
  const empty = [], again = [], rss = [];
  const data = path.join(folder, 'start');
  for (let i = 0; i < Math.max(5, runs); ++i) {
    const server = await startServer();
    empty.push(server.startMs);
    rss.push(server.rssKb() / 1024);
    await server.stop();
  }
  // A data folder in use: 5,000 mails in it.
  let server = await startServer({ data });
  await sendMails(server.smtp, mails);
  await until(async () => (await server.metric('usher_turns_total')) >= mails && Number(server.sql("SELECT count(*) FROM cases WHERE state = 'linked'")) === mails, 120_000);
  const kept = path.join(folder, 'start-kept');
  process.kill(server.pid, 'SIGSTOP');
  cpSync(data, kept, { recursive: true });
  process.kill(server.pid, 'SIGCONT');
  await server.stop();
  for (let i = 0; i < runs; ++i) {
    const copy = path.join(folder, `start-again-${i}`);
    cpSync(kept, copy, { recursive: true });
    server = await startServer({ data: copy });
    again.push(server.startMs);
    await server.stop();
  }
  rmSync(kept, { recursive: true, force: true });
  report('start-up, empty data folder', empty, 'ms', { note: 'exec to the line that says it listens' });
  report(`start-up after a crash with ${mails} mails stored`, again, 'ms', { note: 'log replayed, quick_check' });
  report('resident memory after start', rss, 'MB', { digits: 1 });
}

async function benchSize() {
  const stripped = path.join(folder, 'usher.stripped');
  await run('strip', ['-o', stripped, usher]);
  report('binary', [statSync(usher).size / 1e6], 'MB', { digits: 1, note: 'release, -g1' });
  report('binary, stripped', [statSync(stripped).size / 1e6], 'MB', { digits: 1 });
}

async function turnsOnce({ sessions, level = 'warn', length = seconds }) {
  const server = await startServer({ level });
  const before = busyShare();
  const commitsBefore = await server.metric('usher_sql_commits_total');
  const out = JSON.parse(await run(loadClient, ['turns', '--port', String(server.port), '--pid', String(server.pid), '--sessions', String(sessions), '--seconds', String(length)]));
  out.busy = busyShare(before);
  out.operationsPerCommit = (await server.metric('usher_sql_operations_total')) / Math.max(1, (await server.metric('usher_sql_commits_total')) - commitsBefore);
  await server.stop();
  return out;
}
async function benchTurns() {
  for (const { name, ...how } of [
    { name: '64 sessions', sessions: 64 }, { name: '256 sessions', sessions: 256 }, { name: '1 session', sessions: 1 },
    { name: '64 sessions, log.level info', sessions: 64, level: 'info' },
  ]) {
    const all = [];
    for (let i = 0; i < runs; ++i) all.push(await turnsOnce(how));
    const column = (key) => all.map((one) => one[key]);
    report(`webchat turns, ${name}`, column('turns_per_second'), 'turns/s', { better: 'more', note: `machine ${Math.round(median(column('busy')) * 100)} % busy` });
    report(`webchat CPU, ${name}`, column('server_us_per_turn'), 'µs/turn', { note: `client ${median(column('client_us_per_turn')).toFixed(0)} µs; ${median(column('operationsPerCommit')).toFixed(0)} operations per commit` });
    report(`webchat ack p50, ${name}`, column('ack_p50_ms'), 'ms', { digits: 2 });
    report(`webchat ack p99, ${name}`, column('ack_p99_ms'), 'ms', { digits: 2 });
    report(`webchat turn p50, ${name}`, column('turn_p50_ms'), 'ms', { digits: 2 });
    report(`webchat turn p99, ${name}`, column('turn_p99_ms'), 'ms', { digits: 2 });
  }
}

async function benchIdle() {
  const all = [];
  for (let i = 0; i < runs; ++i) {
    const server = await startServer();
    all.push(JSON.parse(await run(loadClient, ['idle', '--port', String(server.port), '--pid', String(server.pid), '--connections', '10000'])));
    await server.stop();
  }
  report('idle chat, after hello', all.map((one) => one.kb_per_connection), 'KB RSS each', { digits: 2, note: '10,000 connections' });
  report('idle chat, after one turn', all.map((one) => one.kb_per_connection_after_turn), 'KB RSS each', { digits: 2, note: 'with what the turn left in caches' });
}

let mailSessions = 20;  // kept connections of smtp-source: so many mails are under way at once

// ---- mail --------------------------------------------------------------------------------------------------------------------------
const sendMails = (target, count, to = 'support@bench.test', sessions = mailSessions) =>
  run(smtpSource, ['-s', String(sessions), '-l', '10240', '-m', String(count), '-d', '-f', 'ana@customer.test', '-t', to, `inet:${target}`]);
async function until(what, limit) {
  const end = Date.now() + limit;
  while (!(await what())) {
    if (Date.now() > end) throw new Error('waited too long');
    await sleep(50);
  }
}
async function timed(cpu, what) {
  const before = cpu(), busy = busyShare(), began = process.hrtime.bigint();
  await what();
  return { seconds: Number(process.hrtime.bigint() - began) / 1e9, cpu: cpu() - before, busy: busyShare(busy) };
}
async function mailsToUsher(sink) {
  const server = await startServer({ relay: sink ? `smtp://127.0.0.1:${sink}` : '' });
  await sendMails(server.smtp, 200);  // warm: threads, tables, caches
  await until(async () => (await server.metric('usher_turns_total')) >= 200, 60_000);
  const cpuBefore = server.cpu();
  const began = process.hrtime.bigint();
  const accepted = await timed(server.cpu, () => sendMails(server.smtp, mails));
  const backlog = mails + 200 - (await server.metric('usher_turns_total'));
  const linked = () => Number(server.sql("SELECT count(*) FROM cases WHERE state = 'linked'"));
  const told = () => !sink || Number(server.sql("SELECT count(*) FROM outbox WHERE kind = 'message' AND state = 'sent'")) >= mails + 200;
  // Counters are cheap to ask; the tables have the last word. Only answers are outbox rows: the ticket list is in the same database.
  await until(async () => (await server.metric(sink ? 'usher_outbox_sent_total' : 'usher_turns_total')) >= mails + 200, 300_000);
  const all = Number(process.hrtime.bigint() - began) / 1e9;
  await until(() => linked() === mails + 200 && told(), 60_000);
  if (Number(server.sql('SELECT count(*) FROM builtin_tickets')) !== mails + 200) throw new Error('not one ticket per mail');
  const cpuAll = server.cpu() - cpuBefore;
  await server.stop();
  return { rate: mails / accepted.seconds, us: (accepted.cpu * 1e6) / mails, busy: accepted.busy, backlog, doneRate: mails / all, allUs: (cpuAll * 1e6) / mails };
}
async function mailsToSink() {
  const port = await freePort();
  const child = spawn('/usr/sbin/smtp-sink', ['-u', 'nobody', `127.0.0.1:${port}`, '512'], { stdio: 'ignore' });
  await sleep(300);
  const one = await timed(() => cpuOf(child.pid), () => sendMails(`127.0.0.1:${port}`, mails));
  child.kill('SIGKILL');
  return { rate: mails / one.seconds, us: (one.cpu * 1e6) / mails };
}

// A Postfix of its own with its defaults (queue on disk, fsync per message), which throws away what it took.
async function mailsToPostfix(send = (target, count) => sendMails(target, count, 'support@bench.test'), count = Math.min(mails, 2000)) {
  const home = path.join(folder, 'postfix');
  const port = await freePort();
  for (const name of ['etc', 'queue', 'data', 'log']) mkdirSync(path.join(home, name), { recursive: true });
  const uid = Number(execFileSync('id', ['-u', 'postfix']).toString());
  chownSync(path.join(home, 'data'), uid, 0);
  writeFileSync(path.join(home, 'etc/main.cf'), `compatibility_level = 3.6
queue_directory = ${home}/queue
data_directory = ${home}/data
mail_owner = postfix
setgid_group = postdrop
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
myhostname = mx.bench.test
mydestination = bench.test
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
local_recipient_maps =
local_transport = discard:
default_transport = error:no outbound
relay_transport = error:no outbound
smtpd_relay_restrictions = permit_mynetworks,reject
smtpd_client_connection_count_limit = 0
maillog_file = ${home}/log/maillog
maillog_file_prefixes = ${home}
multi_instance_name = postfix-bench
`);
  const services = `127.0.0.1:${port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
showq unix n - n - - showq
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`;
  writeFileSync(path.join(home, 'etc/master.cf'), services);
  const postfix = (verb) => run('/usr/sbin/postfix', ['-c', path.join(home, 'etc'), verb]);
  await postfix('start');
  try {
    await sleep(500);
    const master = Number(readFileSync(path.join(home, 'queue/pid/master.pid'), 'utf8'));
    // Its processes come and go: what ended is in the master's cutime and cstime.
    const cpu = () => {
      let sum = 0;
      for (const line of execFileSync('ps', ['-o', 'pid=', '--pid', String(master), '--ppid', String(master)]).toString().trim().split('\n')) {
        if (!existsSync(`/proc/${line.trim()}/stat`)) continue;  // ended meanwhile
        const fields = readFileSync(`/proc/${line.trim()}/stat`, 'utf8').replace(/^.*\) /, '').split(' ').map(Number);
        sum += fields[11] + fields[12] + (Number(line) === master ? fields[13] + fields[14] : 0);
      }
      return sum / ticks;
    };
    await send(`127.0.0.1:${port}`, 100);
    const one = await timed(cpu, () => send(`127.0.0.1:${port}`, count));
    return { rate: count / one.seconds, us: (one.cpu * 1e6) / count };
  } finally {
    await postfix('stop');
    rmSync(home, { recursive: true, force: true });
  }
}

async function benchMail() {
  if (!smtpSource) throw new Error('smtp-source is missing: ./dev deps installs Postfix');
  for (mailSessions of [48, 20]) await benchMailSessions();
}
async function benchMailSessions() {
  const with_ = `, ${mailSessions} sessions`;
  const us = [], sink = [], postfix = [], withRelay = [];
  for (let i = 0; i < runs; ++i) {  // in turns, so that a busy minute hits all of them
    us.push(await mailsToUsher(0));
    sink.push(await mailsToSink());
    postfix.push(await mailsToPostfix());
    const port = await freePort();
    const child = spawn('/usr/sbin/smtp-sink', ['-u', 'nobody', `127.0.0.1:${port}`, '512'], { stdio: 'ignore' });
    await sleep(300);
    try {
      withRelay.push(await mailsToUsher(port));
    } finally {
      child.kill('SIGKILL');
    }
  }
  const column = (list, key) => list.map((one) => one[key]);
  const more = { better: 'more' };
  report(`mails accepted (250)${with_}`, column(us, 'rate'), 'mails/s', { ...more, note: `machine ${Math.round(median(column(us, 'busy')) * 100)} % busy; ${median(column(us, 'backlog'))} of ${mails} not yet worked at the last 250` });
  report(`mails until every ticket exists${with_}`, column(us, 'doneRate'), 'mails/s', more);
  report(`mail CPU until its 250${with_}`, column(us, 'us'), 'µs/mail', { note: 'of all that ran meanwhile' });
  report(`mail CPU until its ticket${with_}`, column(us, 'allUs'), 'µs/mail');
  report(`with answers by a relay: accepted${with_}`, column(withRelay, 'rate'), 'mails/s', more);
  report(`with answers by a relay: ticket and answer sent${with_}`, column(withRelay, 'doneRate'), 'mails/s', more);
  report(`with answers by a relay: CPU${with_}`, column(withRelay, 'allUs'), 'µs/mail');
  report(`smtp-sink (keeps nothing)${with_}`, column(sink, 'rate'), 'mails/s', more);
  report(`smtp-sink CPU${with_}`, column(sink, 'us'), 'µs/mail');
  report(`Postfix, default queue, then discard${with_}`, column(postfix, 'rate'), 'mails/s', more);
  report(`Postfix CPU${with_}`, column(postfix, 'us'), 'µs/mail');
}

// ---- mails with an attachment ------------------------------------------------------------------------------------------------------
// Every mail another sender, text, Message-ID and picture (smtp_load.cpp). All in: until each is a ticket and its answer has been tried.
const attachmentMails = option('mails', 20000);
const sendPictures = async (target, count, more = []) =>
  JSON.parse(await run(mailClient, ['send', '--port', target.split(':').pop(), '--mails', String(count), '--sessions', '20', ...more]));
async function picturesToUsher() {
  const server = await startServer();
  const warm = 500;
  await sendPictures(server.smtp, warm, ['--first', '1000000']);
  await until(async () => (await server.metric('usher_turns_total')) >= warm, 60_000);
  const counters = async () => [server.cpu(), await server.metric('usher_sql_commits_total'), await server.metric('usher_sql_operations_total'), written(server.pid)];
  const before = await counters();
  const began = process.hrtime.bigint(), busy = busyShare();
  const sent = await sendPictures(server.smtp, attachmentMails, ['--pid', String(server.pid)]);
  sent.busy = busyShare(busy);
  await until(async () => (await server.metric('usher_turns_total')) >= attachmentMails + warm, 300_000);
  sent.all = attachmentMails / (Number(process.hrtime.bigint() - began) / 1e9);
  const tickets = Number(server.sql('SELECT count(*) FROM builtin_tickets')), kept = Number(server.sql('SELECT count(*) FROM attachments'));
  if (tickets !== attachmentMails + warm || kept !== tickets) throw new Error(`${tickets} tickets and ${kept} pictures for ${attachmentMails + warm} mails`);
  const [cpu, commits, operations, bytes] = (await counters()).map((now, i) => (now - before[i]) / attachmentMails);
  await server.stop();
  return { ...sent, us: cpu * 1e6, commits, operations, kb: bytes / 1024 };
}
const written = (pid) => Number(/write_bytes: (\d+)/.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))[1]);
async function picturesKept() {
  const kept = path.join(folder, 'kept');
  mkdirSync(kept, { recursive: true });
  const child = spawn(mailClient, ['keep', '--folder', kept], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = await once(createInterface({ input: child.stdout }), 'line');
  const count = Math.min(attachmentMails, 5000);
  const one = await timed(() => cpuOf(child.pid), () => sendPictures(port, count));
  child.kill('SIGKILL');
  rmSync(kept, { recursive: true, force: true });
  return { rate: count / one.seconds, us: (one.cpu * 1e6) / count };
}
async function benchAttachments() {
  const us = [], kept = [], postfix = [];
  for (let i = 0; i < runs; ++i) {
    us.push(await picturesToUsher());
    kept.push(await picturesKept());
    postfix.push(await mailsToPostfix(sendPictures, Math.min(attachmentMails, 5000)));
  }
  const column = (list, key) => list.map((one) => one[key]);
  const of = (key, digits) => median(column(us, key)).toFixed(digits);
  const more = { better: 'more' };
  report('mails of 10 KB with a picture accepted (250), 20 sessions', column(us, 'mails_per_second'), 'mails/s', { ...more, note: `${attachmentMails} mails; machine ${Math.round(median(column(us, 'busy')) * 100)} % busy` });
  report('with a picture: until every ticket exists', column(us, 'all'), 'mails/s', more);
  report('with a picture: CPU until its ticket', column(us, 'us'), 'µs/mail', { note: `client ${of('client_us_per_mail', 0)} µs; ${of('operations', 2)} operations, ${of('commits', 3)} commits, ${of('kb', 0)} KB written per mail` });
  report('with a picture: 250 after, p50', column(us, 'accept_p50_ms'), 'ms', { digits: 2 });
  report('with a picture: 250 after, p99', column(us, 'accept_p99_ms'), 'ms', { digits: 2 });
  const series = us[us.length - 1].rss_mb;
  report('resident memory before the first of them', us.map((one) => one.rss_mb[0]), 'MB', { digits: 1 });
  report('resident memory after the last', us.map((one) => one.rss_mb.at(-1)), 'MB', { digits: 1, note: `last run, after each quarter: ${series.map((mb) => mb.toFixed(0)).join(', ')}` });
  report('plain accept (a file and fdatasync per mail), with a picture', column(kept, 'rate'), 'mails/s', more);
  report('plain accept: CPU', column(kept, 'us'), 'µs/mail');
  report('Postfix, default queue, then discard, with a picture', column(postfix, 'rate'), 'mails/s', more);
  report('Postfix: CPU, with a picture', column(postfix, 'us'), 'µs/mail');
}

// ---- all of it ---------------------------------------------------------------------------------------------------------------------
function machine() {
  const cpu = /model name\s*: (.*)/.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? os.arch();
  const disk = execFileSync('df', ['--output=source,fstype', folder]).toString().trim().split('\n')[1].replace(/\s+/, ', ');
  return `${os.cpus().length} × ${cpu}, ${Math.round(os.totalmem() / 2 ** 30)} GB, Linux ${os.release()}, ${disk}`;
}
const run_of = { start: benchStart, size: benchSize, turns: benchTurns, mail: benchMail, attachments: benchAttachments, idle: benchIdle };
console.log(`${machine()}\nload average ${os.loadavg().map((n) => n.toFixed(1)).join(' ')} before the first run`);
const loadBefore = os.loadavg()[0];
for (const name of chosen) {
  console.log(`\n${name}`);
  await run_of[name]();
}
const format = (value, digits) => value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
const table = ['| figure | best | median | unit | runs | note |', '|---|---:|---:|---|---:|---|'].concat(rows.map((row) =>
  `| ${row.what} | ${format(best(row.values, row.better), row.digits)} | ${format(median(row.values), row.digits)} | ${row.unit} | ${row.values.length} | ${row.note} |`)).join('\n');
console.log(`\n${table}`);
if (args.includes('--write')) {
  const file = path.join(root, 'bench/results.md');
  const [begin, end] = ['<!-- measured: begin -->', '<!-- measured: end -->'];
  const text = readFileSync(file, 'utf8');
  const commit = execFileSync('git', ['-C', root, 'rev-parse', '--short', 'HEAD']).toString().trim();
  const head = `Machine: ${machine()}.\nDate: ${new Date().toISOString().slice(0, 10)}, commit ${commit}. Load average before the first run: ${loadBefore.toFixed(1)}.\n` +
    `Command: \`./dev bench gateway -- ${args.join(' ')}\`.\n\n`;
  writeFileSync(file, text.slice(0, text.indexOf(begin) + begin.length) + `\n${head}${table}\n` + text.slice(text.indexOf(end)));
  console.log(`written to ${file}`);
}
