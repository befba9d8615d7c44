// A scripted conversation over all three ways in: WebSocket, plain HTTP, and the page without JavaScript.
import { readFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { fill } from './mustache.mjs';
import { steps } from './script.mjs';

const template = fileURLToPath(new URL('../plain.html', import.meta.url));

// Waits while this knob is on.
export async function released(knobs, name) {
  while (knobs[name]) await new Promise((resolve) => setTimeout(resolve, 20));
}

export class Chat {
  constructor(knobs) {
    this.knobs = knobs;
    this.sessions = new Map();
  }

  customer_texts() {
    return [...this.sessions.values()].map((session) => session.lines.filter((line) => line.from === 'customer').map((line) => line.text));
  }

  session(token, lang) {
    const known = this.sessions.get(token);
    if (known) return known;
    const made = { token: randomUUID(), lang: lang === 'zh' ? 'zh' : 'en', lines: [], seq: 0, step: 0, cmids: new Map(), files: new Map(), ref: '', provisional: false, ears: new Set() };
    this.sessions.set(made.token, made);
    return made;
  }
  greeting(session) { return { t: 'message', seq: 0, id: 'greeting', from: 'bot', ...steps[session.lang].greeting, at: new Date().toISOString() }; }
  add(session, line) {
    const stored = { t: 'message', seq: ++session.seq, id: randomUUID(), at: new Date().toISOString(), ...line };
    session.lines.push(stored);
    for (const ear of session.ears) ear(stored);
    return stored;
  }

  // → {status, frame}: the outcome of one message, the same on every way in.
  take(session, { cmid, text, choice, files = [] }) {
    const { knobs } = this;
    const same = session.cmids.get(cmid);
    if (same) return same.text === text ? { status: 200, frame: { t: 'ack', cmid, id: same.id, seq: same.seq, ref: session.ref } } : { status: 409, frame: { t: 'nack', cmid, code: 'cmid_conflict' } };
    if (knobs.busy > 0 && knobs.busy--) return { status: 503, frame: { t: 'nack', cmid, code: 'busy', retry_after_ms: 1000 } };
    if (knobs.reject > 0 && knobs.reject--) return { status: 400, frame: { t: 'nack', cmid, code: 'invalid' } };
    if (text.length > 2000) return { status: 413, frame: { t: 'nack', cmid, code: 'too_long' } };
    if (files.some((file) => file.bytes.subarray(0, 2).toString('latin1') === 'MZ')) return { status: 415, frame: { t: 'nack', cmid, code: 'file_type', message: `The file "${files[0].name}" cannot be taken.` } };
    const line = this.add(session, { from: 'customer', text, ...(files.length ? { files: files.map(({ name }) => ({ name })) } : {}) });
    session.files.set(line.seq, files);
    session.cmids.set(cmid, line);
    session.waiting = true;
    setTimeout(() => released(knobs, 'hold_answers').then(() => this.answer(session, text, choice)), knobs.reply_ms);
    return { status: 201, frame: { t: 'ack', cmid, id: line.id, seq: line.seq, ref: session.ref } };
  }

  answer(session, text, choice) {
    session.waiting = false;
    const list = steps[session.lang].list;
    const step = list[session.step];
    if (!step) return this.add(session, { from: 'bot', text: steps[session.lang].after });
    if (step.refuse && step.refuse.test(text)) return this.add(session, { from: 'bot', text: step.refused, slot: step.slot_asked });
    session.step += 1;
    if (step.ref) {
      session.ref = step.ref;
      session.provisional = !!step.provisional;
      for (const ear of session.ears) ear({ t: 'ref', ref: session.ref, provisional: session.provisional });
    }
    for (const line of step.say) this.add(session, { from: 'bot', ...line });
    return undefined;
  }

  socket(connection) {
    let session;
    const say = (frame) => connection.readyState === 1 && connection.send(JSON.stringify(frame));
    const ear = (frame) => say(frame);
    connection.bye = (ms) => {
      say({ t: 'bye', resume: session?.token, retry_after_ms: ms });
      connection.close(1012);
    };
    connection.on('close', () => session?.ears.delete(ear));
    connection.on('message', (data) => {
      const frame = JSON.parse(String(data));
      if (frame.t === 'hello') {
        session = this.session(frame.session, frame.lang);
        say({ t: 'welcome', session: session.token, conversation: session.lines.length ? 'c1' : '', seq: session.seq, ref: session.ref });
        if (session.ref) say({ t: 'ref', ref: session.ref, provisional: session.provisional });
        if (!session.lines.length) say(this.greeting(session));
        for (const line of session.lines) if (line.seq > (frame.seq ?? 0)) say(line);
        session.ears.add(ear);
      } else if (frame.t === 'msg' && session) {
        const { frame: outcome } = this.take(session, frame);
        if (outcome.t === 'ack' && this.knobs.swallow_ack > 0 && this.knobs.swallow_ack--) return connection.terminate();
        return say(outcome);
      } else {
        say({ t: 'error', code: 'unknown', message: 'unknown frame' });
      }
      return undefined;
    });
  }

  async http(request, url, body, send) {
    const token = (request.headers.authorization ?? '').replace('Bearer ', '');
    if (url.pathname === '/chat/files' && request.method === 'GET') return send(200, { max_bytes: 20 * 1024 * 1024, max_files: 5 });
    if (url.pathname === '/chat/files') {
      const session = this.sessions.get(token);
      if (!session) return send(401, { error: { code: 'session', message: 'unknown session' } });
      await released(this.knobs, 'hold_uploads');
      if (this.knobs.lose_upload > 0 && this.knobs.lose_upload--) return request.socket.destroy();
      const { status, frame } = this.take(session, { ...await form_of(request, body), cmid: request.headers['idempotency-key'] });
      return send(status, status < 300 ? frame : { error: frame });
    }
    const file = /^\/chat\/files\/(\d+)$/.exec(url.pathname);
    if (file) {
      const found = this.sessions.get(token)?.files.get(Number(file[1]))?.find(({ name }) => name === url.searchParams.get('name'));
      return found ? send(200, found.bytes, { 'Content-Type': found.type }) : send(404, { error: { code: 'not_found', message: 'no such file' } });
    }
    if (url.pathname === '/chat/session') {
      const session = this.session('', JSON.parse(body).lang);
      return send(201, { session: session.token, greeting: this.greeting(session) });
    }
    if (url.pathname === '/chat/messages') {
      const session = this.sessions.get(token);
      if (!session) return send(401, { error: { code: 'session', message: 'unknown session' } });
      if (request.method === 'POST') {
        const { status, frame } = this.take(session, { ...JSON.parse(body), cmid: request.headers['idempotency-key'] });
        return send(status, frame, frame.retry_after_ms ? { 'Retry-After': '1' } : {});
      }
      const after = Number(url.searchParams.get('after'));
      const news = () => session.lines.filter((line) => line.seq > after);
      const until = Date.now() + Number(url.searchParams.get('wait') ?? 0) * 1000;
      while (!news().length && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
      return send(200, { messages: news(), seq: session.seq, ref: session.ref });
    }
    if (url.pathname === '/chat/plain') return this.plain(request, url, body, send);
    return send(404, { error: { code: 'not_found', message: 'no such route' } });
  }

  async plain(request, url, body, send) {
    const cookie = /usher_chat=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1];
    const session = this.session(cookie, url.searchParams.get('lang'));
    const headers = { 'Content-Type': 'text/html; charset=utf-8', 'Set-Cookie': `usher_chat=${session.token}; HttpOnly; SameSite=Lax; Path=/chat` };
    const open = session.lines.at(-1)?.choices;
    if (request.method === 'POST') {
      if (request.headers.origin === 'null') return send(403, { error: { code: 'denied', message: 'requests from other sites are refused' } });
      const form = await form_of(request, body);
      const pressed = open?.find((choice) => choice.id === form.choice);
      const text = pressed?.label ?? form.text.trim();
      if (text || form.files.length) this.take(session, { cmid: form.cmid, text, choice: pressed?.id, files: form.files });
      return send(303, '', { ...headers, Location: '/chat/plain' });
    }
    const page = await readFile(template, 'utf8');  // first: lines and "waiting" must be of one moment
    const lines = [this.greeting(session), ...session.lines];
    const messages = lines.map((line, index) => ({
      is_customer: line.from === 'customer', is_staff: line.from === 'staff', text: line.text || undefined, html: line.html,
      files: line.files, picture: line.picture, picture_alt: line.text,
      choices: index === lines.length - 1 ? line.choices : undefined, answered: index < lines.length - 1 ? line.choices : undefined,
    }));
    const zh = session.lang === 'zh';
    return send(200, fill(page, {
      lang: zh ? 'zh-CN' : 'en', zh, title: zh ? '售后客服' : 'Support chat', messages, cmid: randomUUID(), waiting: session.waiting,
      reference: session.ref || undefined, provisional: session.provisional,
    }), headers);
  }
}

async function form_of(request, body) {
  const form = await new Response(body, { headers: { 'Content-Type': request.headers['content-type'] } }).formData();
  const files = [];
  for (const file of form.getAll('file')) if (file.name) files.push({ name: file.name, type: file.type, bytes: Buffer.from(await file.arrayBuffer()) });
  return { cmid: form.get('cmid'), text: form.get('text') ?? '', choice: form.get('choice'), files };
}
