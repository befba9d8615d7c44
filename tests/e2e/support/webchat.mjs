// A webchat client that speaks the protocol of docs/formats.md over a real WebSocket, as the chat element does: it keeps a message until its
// ack, resumes by session and seq, and drops what it has seen.
import { randomUUID } from 'node:crypto';
import WebSocket from 'ws';
import { eventually } from './usher.mjs';

export async function connectChat(http, options = {}) {
  const chat = new WebChat(http, options);
  await chat.connect();
  return chat;
}

export class WebChat {
  constructor(http, { session = '', seq = 0, lang = 'en' } = {}) {
    this.http = http;
    this.url = `${http.replace('http', 'ws')}/chat/ws`;
    this.session = session;
    this.seq = seq;
    this.lang = lang;
    this.messages = [];      // the transcript as seen, in order
    this.references = [];    // {ref, provisional}, as they came
    this.frames = [];        // everything else: ack, nack, bye, error
    this.close_code = null;
  }

  connect() {
    return new Promise((done, failed) => {
      this.socket = new WebSocket(this.url);
      this.socket.on('error', failed);
      this.socket.on('open', () => this.send({ t: 'hello', v: 1, session: this.session, seq: this.seq, lang: this.lang }));
      this.socket.on('close', (code) => { this.close_code = code; });
      this.socket.on('message', (data) => {
        const frame = JSON.parse(data);
        if (frame.t === 'welcome') {
          this.session = frame.session;
          done(this);
        } else if (frame.t === 'message') {
          if (frame.seq !== 0 && frame.seq <= this.seq) return;
          this.seq = Math.max(this.seq, frame.seq);
          this.messages.push(frame);
        } else if (frame.t === 'ref') {
          this.references.push({ ref: frame.ref, provisional: frame.provisional });
        } else {
          this.frames.push(frame);
        }
      });
    });
  }
  send(frame) { this.socket.send(JSON.stringify(frame)); }

  // Sends and waits for the ack; returns it.
  async say(text, { cmid = randomUUID(), choice } = {}) {
    this.send({ t: 'msg', cmid, text, ...(choice ? { choice } : {}) });
    return eventually(() => this.frames.find((f) => (f.t === 'ack' || f.t === 'nack') && f.cmid === cmid), `an answer to "${text}"`, 60_000, 5);
  }
  // Says it and waits until the bot has answered, with everything its turn has to say: the lines of a turn come as frames of their own, but
  // they are stored together, so the transcript tells which is the last.
  async ask(text, options) {
    const ack = await this.say(text, options);
    if (ack.t !== 'ack') throw new Error(`refused: ${JSON.stringify(ack)}`);
    await eventually(() => this.messages.find((m) => m.from !== 'customer' && m.seq > ack.seq), `the bot's answer to "${text}"`, 60_000, 5);
    await this.caught_up();
    return this.messages.at(-1);
  }
  // Waits until every line that is stored now has come.
  async caught_up() {
    const last = await this.stored_seq();
    await eventually(() => this.seq >= last, `line ${last}, the last that is stored`, 60_000, 5);
  }
  // The sequence number of the last line in the stored transcript.
  async stored_seq() {
    const answer = await fetch(`${this.http}/chat/messages?after=${this.seq}&wait=0`, { headers: { authorization: `Bearer ${this.session}` } });
    const { seq, messages } = await answer.json();
    return messages.at(-1)?.seq ?? seq;
  }
  async reference() { return eventually(() => this.references[0], 'a reference'); }
  async close() {
    if (this.socket.readyState === WebSocket.CLOSED) return;
    this.socket.close();
    await eventually(() => this.socket.readyState === WebSocket.CLOSED, 'the socket closes');
  }
}
