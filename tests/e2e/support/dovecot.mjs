// A real Dovecot in a folder of its own, on loopback; a small IMAP client to be the other person at the mailbox; a TCP proxy that
// breaks connections.
import { spawn, spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { eventually, freePort, temporaryFolder } from './usher.mjs';

const id = (name, what) => Number(spawnSync('id', [what, name], { encoding: 'utf8' }).stdout);

// `users`: name → password. Everything of it ends with the test.
export async function dovecot(t, users = { support: 'secret' }, { capabilities = '', tls = false } = {}) {
  const folder = await temporaryFolder(undefined, 'dovecot');
  const port = await freePort();
  const owner = id('mail', '-u'), group = id('mail', '-g');
  for (const name of ['run', 'lib', 'mail']) await mkdir(join(folder, name));
  await chown(join(folder, 'mail'), owner, group);
  await writeFile(join(folder, 'users'), Object.entries(users).map(([name, password]) => `${name}:{PLAIN}${password}`).join('\n') + '\n');
  await chmod(join(folder, 'users'), 0o644);
  if (tls) {
    spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1',
                          '-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')]);
  }
  await writeFile(join(folder, 'dovecot.conf'), `
base_dir = ${folder}/run
state_dir = ${folder}/lib
log_path = ${folder}/log
protocols = imap
listen = 127.0.0.1
ssl = ${tls ? 'required' : 'no'}
${tls ? `ssl_cert = <${folder}/cert.pem\nssl_key = <${folder}/key.pem` : ''}
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
default_internal_user = dovecot
default_login_user = dovenull
mail_location = maildir:${folder}/mail/%u
mail_uid = mail
mail_gid = mail
first_valid_uid = 1
first_valid_gid = 1
mail_max_userip_connections = 100
${capabilities ? `protocol imap {\n  imap_capability = ${capabilities}\n}` : ''}
passdb {
  driver = passwd-file
  args = username_format=%u ${folder}/users
}
userdb {
  driver = static
  args = uid=mail gid=mail home=${folder}/mail/%u
}
namespace inbox {
  inbox = yes
}
service imap-login {
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
`);
  const program = join(folder, 'dovecot.conf');
  const it = {
    port, folder, ca_file: join(folder, 'cert.pem'),
    async start() {
      this.child = spawn('dovecot', ['-F', '-c', program], { stdio: 'ignore' });
      await eventually(() => new Promise((done) => {
        const socket = connect(port, '127.0.0.1');
        socket.on('data', (d) => { socket.destroy(); done(/^\* OK/.test(d)); });
        socket.on('error', () => done(false));
      }), 'Dovecot greets');
      return this;
    },
    async stop() {
      if (!this.child || this.child.exitCode !== null) return;
      const ended = new Promise((done) => this.child.once('exit', done));
      this.child.kill('SIGTERM');
      await ended;
    },
    settings(more = {}) {
      return { name: 'main', host: '127.0.0.1', port, tls: 'none', user: 'support', password_file: join(folder, 'password'), retry_max_seconds: 1, ...more };
    },
    async log() { return readFile(join(folder, 'log'), 'utf8').catch(() => ''); },
  };
  await writeFile(join(folder, 'password'), `${Object.values(users)[0]}\n`);
  t.after(async () => {
    await it.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  });
  return it.start();
}

// Somebody else at the mailbox.
export class ImapClient {
  static async connect(port, user = 'support', password = 'secret') {
    const it = new ImapClient();
    it.socket = connect(port, '127.0.0.1');
    it.socket.setEncoding('latin1');
    it.received = '';
    it.tags = 0;
    it.socket.on('data', (d) => { it.received += d; it.wake?.(); });
    it.socket.on('error', () => {});
    await it.until(/^\* OK.*\r\n/);
    await it.command(`LOGIN ${user} ${password}`);
    return it;
  }
  async until(pattern) {
    for (;;) {
      const found = pattern.exec(this.received);
      if (found) {
        this.received = this.received.slice(found.index + found[0].length);
        return found.input.slice(0, found.index + found[0].length);
      }
      await new Promise((done) => { this.wake = done; setTimeout(done, 1000); });
    }
  }
  async command(text, literal) {
    const tag = `t${++this.tags}`;
    this.socket.write(`${tag} ${text}${literal === undefined ? '' : ` {${Buffer.byteLength(literal)}+}`}\r\n`);
    if (literal !== undefined) this.socket.write(Buffer.concat([Buffer.from(literal), Buffer.from('\r\n')]));
    const all = await this.until(new RegExp(`(^|\r\n)${tag} [^\r\n]*\r\n`));
    if (!new RegExp(`(^|\r\n)${tag} OK`).test(all)) throw new Error(`${text}: ${all.slice(-200)}`);
    return all;
  }
  async append(mail, folder = 'INBOX') { return this.command(`APPEND ${folder}`, mail); }
  close() { this.socket.destroy(); }
}

// Forwards to `port`; cut() breaks whatever is open, `after` chooses for each connection after how many bytes of the server it breaks.
export async function breakingProxy(t, port, after = () => Infinity) {
  const open = new Set();
  const proxy = { connections: 0, broken: 0, is_down: false };
  const server = createServer((client) => {
    if (proxy.is_down) return client.destroy();
    ++proxy.connections;
    let left = after(proxy.connections);
    const upstream = connect(port, '127.0.0.1');
    const end = () => { client.destroy(); upstream.destroy(); open.delete(end); };
    open.add(end);
    client.on('data', (d) => upstream.write(d));
    upstream.on('data', (d) => {
      if (d.length < left) {
        left -= d.length;
        client.write(d);
      } else {
        ++proxy.broken;
        client.write(d.subarray(0, left), end);
      }
    });
    for (const socket of [client, upstream]) {
      socket.on('error', end);
      socket.on('close', end);
    }
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  proxy.port = server.address().port;
  proxy.cut = () => { for (const end of [...open]) { ++proxy.broken; end(); } };
  t.after(() => { proxy.cut(); server.close(); });
  return proxy;
}
