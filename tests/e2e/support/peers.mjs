// The outside of the fault tests: customers that keep what was not acknowledged and send it again, on every channel, over connections
// that break at any moment; and the receivers that count what they are told.
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { createServer as createHttpServer, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import WebSocket from 'ws';
import { freePort } from './usher.mjs';

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// Randomness that can be repeated: USHER_SEED=… runs the same choices again (the order of events on the wire stays the machine's own).
export function seeded(seed = Number(process.env.USHER_SEED ?? randomBytes(4).readUInt32LE())) {
  let state = seed >>> 0;
  const next = () => {  // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 15), z | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 4294967296;
  };
  return {
    seed,
    next,
    int: (from, to) => from + Math.floor(next() * (to - from + 1)),
    pick: (list) => list[Math.floor(next() * list.length)],
    bytes: (count) => {
      const out = Buffer.allocUnsafe(count);
      for (let i = 0; i < count; ++i) out[i] = next() * 256;
      return out;
    },
  };
}

// Like freePort, by choices that can be repeated.
export const quietPort = (random) => freePort(random.next);

const address = (text) => {
  const [host, port] = text.replace(/^http:\/\//, '').split(':');
  return { host, port: Number(port) };
};

// One SMTP or LMTP connection over a plain socket: nothing is repaired on the way.
export class SmtpClient {
  static async connect(smtp, { limit = 120_000, greet = true } = {}) {
    const it = new SmtpClient(smtp, limit);
    await it.reply();
    if (greet) await it.command('EHLO client.test');
    return it;
  }
  constructor(smtp, limit) {
    this.limit = limit;
    this.received = '';
    this.waiting = [];
    this.socket = connect(address(smtp));
    this.socket.setNoDelay(true);
    this.socket.setEncoding('latin1');
    this.socket.on('data', (d) => { this.received += d; this.#wake(); });
    this.socket.on('error', () => { this.closed = true; this.#wake(); });
    this.socket.on('close', () => { this.closed = true; this.#wake(); });
    this.socket.on('end', () => { this.closed = true; this.#wake(); });
  }
  #wake() {
    for (const go of this.waiting.splice(0)) go();
  }
  async #until(found, what) {
    const until = Date.now() + this.limit;
    for (;;) {
      const value = found();
      if (value !== undefined) return value;
      const left = until - Date.now();
      if (left <= 0) throw new Error(`no ${what} within ${this.limit} ms; received so far: ${JSON.stringify(this.received.slice(-200))}`);
      let timer;
      await new Promise((done) => { this.waiting.push(done); timer = setTimeout(done, left); });
      clearTimeout(timer);
    }
  }
  // The next whole reply ("250-…\r\n250 …"), or '' when the connection ended before it.
  async reply() {
    return this.#until(() => {
      const found = /^(?:\d{3}-[^\n]*\n)*\d{3} [^\n]*\n/.exec(this.received);
      if (found) {
        this.received = this.received.slice(found[0].length);
        return found[0].trimEnd();
      }
      return this.closed ? '' : undefined;
    }, 'reply');
  }
  send(bytes) {
    if (!this.closed) this.socket.write(bytes);
  }
  async command(line) {
    this.send(`${line}\r\n`);
    return this.reply();
  }
  // Everything up to the end of the connection.
  async rest() {
    return this.#until(() => (this.closed ? this.received : undefined), 'end of the connection');
  }
  // One mail. The reply to whichever step refused it, or the one to the end of the data.
  async mail(bytes, { from = 'ana@customer.test', to = ['support@usher.test'] } = {}) {
    for (const line of [`MAIL FROM:<${from}>`, ...to.map((one) => `RCPT TO:<${one}>`)]) {
      const answer = await this.command(line);
      if (!answer.startsWith('250')) return answer;
    }
    const go = await this.command('DATA');
    if (!go.startsWith('354')) return go;
    this.send(stuffed(bytes));
    return this.reply();
  }
  close() { this.socket.destroy(); }
}

// Dots doubled, the end mark added.
export function stuffed(bytes) {
  const text = Buffer.from(bytes).toString('latin1').replace(/(^|\r\n)\./g, '$1..');
  return Buffer.from(text + (text.endsWith('\r\n') ? '' : '\r\n') + '.\r\n', 'latin1');
}

export function mailOf(headers, body) {
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}`).join('\r\n');
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`), Buffer.isBuffer(body) ? body : Buffer.from(body.replace(/\r?\n/g, '\r\n'))]);
}

// A number that grows with time, as the webchat's cmid has to be.
export function uuidV7() {
  const hex = Date.now().toString(16).padStart(12, '0') + '7' + randomBytes(10).toString('hex').slice(0, 3) + (8 + Math.floor(Math.random() * 4)).toString(16);
  const all = hex + randomBytes(8).toString('hex').slice(0, 15);
  return `${all.slice(0, 8)}-${all.slice(8, 12)}-${all.slice(12, 16)}-${all.slice(16, 20)}-${all.slice(20, 32)}`;
}

// A webchat customer over WebSocket who loses nothing: connects again when the line breaks, resumes behind the last line seen and
// sends again until there is an ack.
export class Visitor {
  constructor(gateway, { lang = 'en', limit = 120_000 } = {}) {
    this.gateway = gateway;
    this.lang = lang;
    this.limit = limit;
    this.session = '';
    this.lines = new Map();  // seq → {from, text, choices}
    this.acks = new Map();   // cmid → ack
    this.refs = [];
    this.faults = [];        // what a server must never do
    this.connections = 0;
    this.resent = 0;
    this.waiting = [];
  }
  get seq() {  // the newest line before the first gap
    let n = 0;
    while (this.lines.has(n + 1)) ++n;
    return n;
  }
  #wake() {
    for (const go of this.waiting.splice(0)) go();
  }
  async until(found, what) {
    const until = Date.now() + this.limit;
    for (;;) {
      const value = found();
      if (value) return value;
      const left = until - Date.now();
      if (left <= 0) throw new Error(`not within ${this.limit} ms: ${what}`);
      let timer;
      await new Promise((done) => { this.waiting.push(done); timer = setTimeout(done, Math.min(left, 5000)); });
      clearTimeout(timer);
    }
  }
  #line(seq, line) {
    const known = this.lines.get(seq);
    if (known && (known.from !== line.from || known.text !== line.text)) this.faults.push(`line ${seq} was ${JSON.stringify(known)} and is now ${JSON.stringify(line)}`);
    this.lines.set(seq, { ...known, ...line });
  }
  #take(frame) {
    if (frame.t === 'welcome') {
      this.session = frame.session;
      this.welcome = frame;
    } else if (frame.t === 'message' && frame.seq === 0) {
      this.greeting = frame.text;
    } else if (frame.t === 'message') {
      this.#line(frame.seq, { from: frame.from, text: frame.text, choices: frame.choices ?? [] });
    } else if (frame.t === 'ack') {
      const before = this.acks.get(frame.cmid);
      if (before && before.id !== frame.id) this.faults.push(`two ids for one cmid: ${before.id} and ${frame.id}`);
      this.acks.set(frame.cmid, frame);
    } else if (frame.t === 'nack') {
      this.nack = frame;
    } else if (frame.t === 'ref') {
      this.refs.push(frame);
    } else if (frame.t === 'bye') {
      this.bye = frame;
    } else if (frame.t === 'error') {
      this.faults.push(`error frame: ${frame.message}`);
    }
  }
  get isOpen() { return this.socket?.readyState === WebSocket.OPEN && this.welcome !== undefined; }
  async connected() {
    const until = Date.now() + this.limit;
    while (!this.isOpen) {
      if (Date.now() > until) throw new Error(`no connection within ${this.limit} ms`);
      await this.#connect();
      if (!this.isOpen) await pause(20);
    }
  }
  #connect() {
    return new Promise((done) => {
      this.welcome = undefined;
      this.close_code = undefined;
      const socket = new WebSocket(this.gateway.http.replace('http', 'ws') + '/chat/ws', { handshakeTimeout: 60_000 });
      this.socket = socket;
      const timer = setTimeout(() => socket.terminate(), 30_000);
      const gone = (code) => {
        clearTimeout(timer);
        if (this.socket === socket && this.close_code === undefined) this.close_code = code;
        done();
        this.#wake();
      };
      socket.on('open', () => {
        ++this.connections;
        socket.send(JSON.stringify({ t: 'hello', v: 1, session: this.session, seq: this.seq, lang: this.lang }));
      });
      socket.on('message', (data) => {
        if (this.socket !== socket) return;
        this.#take(JSON.parse(data));
        if (this.welcome) {
          clearTimeout(timer);
          done();
        }
        this.#wake();
      });
      socket.on('error', () => gone(0));
      socket.on('close', gone);
    });
  }
  // Says it until it is acknowledged; the ack.
  async say(text, choice) {
    const cmid = uuidV7();
    const frame = JSON.stringify({ t: 'msg', cmid, text, ...(choice ? { choice } : {}) });
    for (let tries = 0; ; ++tries) {
      await this.connected();
      const socket = this.socket;
      this.nack = undefined;
      socket.send(frame);
      if (tries > 0) ++this.resent;
      await this.until(() => this.acks.has(cmid) || this.nack || this.socket !== socket || socket.readyState !== WebSocket.OPEN, `an ack for "${text}"`);
      const ack = this.acks.get(cmid);
      if (ack) {
        this.#line(ack.seq, { from: 'customer', text });
        return ack;
      }
      if (this.nack && this.nack.retry_after_ms === undefined) throw new Error(`refused for good: ${JSON.stringify(this.nack)}`);
      if (this.nack) await pause(Math.min(this.nack.retry_after_ms, 200));
    }
  }
  // The bot's first line behind `seq`.
  async answer(seq) {
    const found = () => [...this.lines].filter(([n, line]) => n > seq && line.from === 'bot').sort((a, b) => a[0] - b[0])[0]?.[1];
    const until = Date.now() + this.limit;
    while (!found()) {
      if (Date.now() > until) throw new Error(`no answer behind line ${seq} within ${this.limit} ms`);
      await this.connected();
      const socket = this.socket;
      await this.until(() => found() || socket.readyState !== WebSocket.OPEN, `an answer behind line ${seq}`);
    }
    return found();
  }
  transcript() {
    return [...this.lines].sort((a, b) => a[0] - b[0]).map(([seq, line]) => ({ seq, from: line.from, text: line.text }));
  }
  close() { this.socket?.terminate(); }
}

// One HTTP request; {status, headers, body}. Rejects when the connection breaks.
export function http(url, { method = 'GET', headers = {}, body, agent, limit = 120_000 } = {}) {
  return new Promise((done, failed) => {
    const request = httpRequest(url, { method, headers, agent, timeout: limit }, (response) => {
      const parts = [];
      response.on('data', (d) => parts.push(d));
      response.on('error', failed);
      response.on('end', () => done({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts).toString('utf8') }));
    });
    request.on('timeout', () => request.destroy(new Error(`no answer within ${limit} ms`)));
    request.on('error', failed);
    request.end(body);
  });
}

// Standard Webhooks 1.0.0.
export const kHookKey = Buffer.from('a secret of the fault tests, 32b');
export const kHookSecret = `whsec_${kHookKey.toString('base64')}`;
export function signedHeaders(id, body, at = Math.floor(Date.now() / 1000), key = kHookKey) {
  const mac = createHmac('sha256', key).update(`${id}.${at}.`).update(body).digest('base64');
  return { 'content-type': 'application/json', 'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': `v1,${mac}` };
}
export const hookBody = (user, text, more = {}) =>
  Buffer.from(JSON.stringify({ type: 'message.created', timestamp: new Date().toISOString(), data: { from: { id: user, name: user }, text, language: 'en', ...more } }));
export const postHook = (gateway, id, body, options = {}) =>
  http(`${gateway.http}/hooks/partner`, { method: 'POST', headers: signedHeaders(id, body), body, ...options });

// Receives what Usher POSTs to a partner: `got` maps webhook-id to the bodies that came under it.
export async function hookReceiver(t) {
  const got = new Map();
  const server = createHttpServer((request, response) => {
    const parts = [];
    request.on('data', (d) => parts.push(d));
    request.on('end', () => {
      const id = request.headers['webhook-id'];
      got.set(id, [...(got.get(id) ?? []), Buffer.concat(parts).toString('utf8')]);
      response.writeHead(200).end();
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => new Promise((done) => { server.closeAllConnections(); server.close(done); }));
  return { got, url: `http://127.0.0.1:${server.address().port}/answers` };
}

// Bytes in, everything that comes back until the peer closes (or until `enough` says so). Latin-1 text.
export function exchange(target, bytes, { enough = () => false, half_close = false, limit = 120_000 } = {}) {
  return new Promise((done, failed) => {
    let text = '';
    const socket = connect(address(target));
    const timer = setTimeout(() => { socket.destroy(); failed(new Error(`the peer kept the connection for ${limit} ms; it said ${JSON.stringify(text.slice(0, 300))}`)); }, limit);
    const finish = () => { clearTimeout(timer); socket.destroy(); done(text); };
    socket.setEncoding('latin1');
    socket.on('connect', () => { socket.write(bytes); if (half_close) socket.end(); });
    socket.on('data', (d) => { text += d; if (enough(text)) finish(); });
    socket.on('error', finish);
    socket.on('close', finish);
  });
}

// A customer like any other, on both main channels: served completely or it throws.
export async function serveSomebody(gateway, what = 'in between') {
  const token = `served-${randomUUID()}`;
  const visitor = new Visitor(gateway, { limit: 120_000 });
  const ack = await visitor.say(`my laptop won't turn on ${token}`);
  await visitor.answer(ack.seq);
  visitor.close();
  if (visitor.faults.length) throw new Error(`${what}: ${visitor.faults.join('; ')}`);
  const smtp = await SmtpClient.connect(gateway.smtp);
  const reply = await smtp.mail(mailOf({ From: 'ben@customer.test', To: 'support@usher.test', Subject: 'Question', 'Message-ID': `<${token}@customer.test>` }, `Where is my order? ${token}\n`));
  smtp.close();
  if (!/^250 2\.0\.0 /.test(reply)) throw new Error(`${what}: the mail got "${reply}"`);
}
