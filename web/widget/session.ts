// One customer's conversation as this page knows it: the transcript in order, what is not stored yet, and the state of the line.
// It opens links (WebSocket first, plain HTTP when that is not to be had), resumes after every break, and keeps three promises:
// a message is "received" only after the server's ack; it is sent again under the same cmid until then; nothing shows twice.
import { Backoff } from './backoff';
import type { Link, MessageFrame, OpenLink, Outgoing, ServerFrame } from './frames';
import type { Keep } from './keep';
import { upload, type Limits } from './upload';
import { uuid_v7 } from './uuid';

const kAckLimit = 10_000;       // ms until an unanswered message means a dead line
const kTypingLimit = 15_000;    // ms "is writing" is shown without an answer
const kMostNacks = 6;           // a server that keeps saying "later" is told to the customer
const kMostLost = 4;            // uploads that broke off until the customer is told
const kLimits: Limits = { max_bytes: 20 * 1024 * 1024, max_files: 5 };  // until the server said its own
const kHttpStay = 300_000;      // ms on plain HTTP before WebSocket is tried again

export type LineState = 'sending' | 'waiting' | 'received' | 'failed';
export interface Line extends Omit<MessageFrame, 't'> {
  state?: LineState; code?: string;
  problem?: string;             // why it was refused, in the server's words
  progress?: number;            // of its upload, 0 to 1
  sent?: File[];                // its files as this page has them
}
export interface Snapshot {
  link: 'idle' | 'connecting' | 'online' | 'offline' | 'restarting';
  retry_at: number;             // epoch ms of the next try; 0: none is due
  is_paused: boolean;
  is_typing: boolean;
  lines: Line[];
  ref: string;
  is_provisional: boolean;
}
interface Unsent extends Outgoing {
  files: File[]; nacks: number; is_failed: boolean; was_sent: boolean; code?: string; problem?: string; progress?: number; shadow?: number;
}

export class Session {
  private state_: Snapshot['link'] = 'idle';
  private link_: Link | undefined;
  private links_opened_ = 0;
  private socket_worked_ = false;
  private socket_failures_ = 0;
  private is_http_ = false;
  private readonly backoff_ = new Backoff();
  private retry_at_ = 0;
  private readonly timers_ = new Map<string, ReturnType<typeof setTimeout>>();

  private readonly stored_ = new Map<number, Line>();
  private unsent_: Unsent[];
  private in_flight_ = '';
  private is_paused_ = false;
  private is_uploading_ = false;  // in_flight_ goes by itself, not by the link
  private limits_: Promise<Limits> | undefined;
  private typing_after_ = 0;
  private seq_ = 0;
  private ref_ = '';
  private is_provisional_ = false;

  constructor(private readonly server_: string, public lang: string, private readonly keep_: Keep,
              private readonly open_socket_: OpenLink, private readonly open_polling_: OpenLink,
              private readonly changed_: () => void) {
    this.unsent_ = keep_.unsent().map((message) => ({ ...message, files: [], nacks: 0, is_failed: false, was_sent: true }));
    const greeting = keep_.greeting();
    if (greeting) this.stored_.set(0, greeting);
  }

  snapshot(): Snapshot {
    const shadows = new Map(this.unsent_.flatMap((message) => (message.shadow === undefined ? [] : [[message.shadow, message]])));
    const lines: Line[] = [...this.stored_.values()].sort((a, b) => a.seq - b.seq).map((line) => {
      const shadow = shadows.get(line.seq);
      return line.from === 'customer' ? { ...line, state: shadow ? this.state_of(shadow) : 'received' } : line;
    });
    for (const message of this.unsent_) {
      if (message.shadow !== undefined) continue;
      lines.push({ seq: Infinity, id: message.cmid, cmid: message.cmid, from: 'customer', text: message.text,
                   state: this.state_of(message), code: message.code, problem: message.problem, progress: message.progress,
                   ...this.files_of(message) });
    }
    return { link: this.state_, retry_at: this.retry_at_, is_paused: this.is_paused_, is_typing: this.typing_after_ > 0, lines,
             ref: this.ref_, is_provisional: this.is_provisional_ };
  }

  say(text: string, choice?: string, files: File[] = []): void {
    const message: Outgoing = { cmid: uuid_v7(), text, ...(choice ? { choice } : {}) };
    // Files do not outlive the page, and their words alone would be another message: see is_uploading().
    if (!files.length) this.keep_.add_unsent(message);
    this.unsent_.push({ ...message, files, nacks: 0, is_failed: false, was_sent: false });
    this.pump();
    this.changed_();
  }

  // Sends a failed message again; one whose id the server knows with another text gets a new id.
  retry(cmid: string): void {
    const message = this.unsent_.find((one) => one.cmid === cmid && one.is_failed);
    if (!message) return;
    if (message.code === 'cmid_conflict') {
      this.keep_.remove_unsent(cmid);
      message.cmid = uuid_v7();
      if (!message.files.length) this.keep_.add_unsent({ cmid: message.cmid, text: message.text, ...(message.choice ? { choice: message.choice } : {}) });
    }
    Object.assign(message, { is_failed: false, nacks: 0, code: undefined, problem: undefined });
    if (this.state_ === 'offline') this.connect();
    this.pump();
    this.changed_();
  }

  // Takes a failed message back, for editing.
  take_back(cmid: string): { text: string; files: File[] } {
    const message = this.unsent_.find((one) => one.cmid === cmid && one.is_failed);
    if (!message) return { text: '', files: [] };
    this.forget(message);
    this.changed_();
    return message;
  }

  // Files are on their way that a page that goes would lose.
  is_uploading(): boolean { return this.unsent_.some((message) => message.files.length > 0 && !message.is_failed); }

  // A file of this conversation, as the server has it.
  async file(seq: number, name: string): Promise<Blob> {
    const answer = await fetch(`${this.server_}/chat/files/${seq}?name=${encodeURIComponent(name)}`,
      { headers: { Authorization: `Bearer ${this.keep_.session()}` }, credentials: 'omit' });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.blob();
  }

  // A picture's address, which may be one on this server.
  address_of(picture: string): string { return picture.startsWith('/') ? this.server_ + picture : picture; }

  // What the server takes, asked once.
  limits(): Promise<Limits> {
    this.limits_ ??= fetch(`${this.server_}/chat/files`, { credentials: 'omit' })
      .then(async (answer) => (answer.ok ? ((await answer.json()) as Limits) : kLimits))
      .catch(() => {
        this.limits_ = undefined;
        return kLimits;
      });
    return this.limits_;
  }

  // Connects now, whatever the back-off says.
  connect(): void {
    if (this.state_ !== 'idle' && this.state_ !== 'offline') return;
    this.clear('retry');
    this.open(this.open_socket_, false);
  }

  // The browser knows the network is gone.
  network_lost(): void {
    if (this.state_ !== 'idle') this.link_?.close();
  }

  stop(): void {
    ++this.links_opened_;
    this.link_?.close();
    for (const name of [...this.timers_.keys()]) this.clear(name);
    this.state_ = 'idle';
  }

  private open(open_link: OpenLink, is_http: boolean): void {
    const number = ++this.links_opened_;
    const is_current = () => number === this.links_opened_;
    this.link_?.close();  // not heard any more: a link that was told to go may still be there
    this.state_ = this.state_ === 'restarting' ? 'restarting' : 'connecting';
    this.retry_at_ = 0;
    this.link_ = open_link(this.server_, { session: this.keep_.session(), seq: this.seq_, lang: this.lang }, {
      frame: (frame) => {
        if (!is_current()) return;
        if (frame.t === 'welcome') this.is_http_ = is_http;
        this.take(frame);
        this.changed_();
      },
      closed: () => {
        if (!is_current()) return;
        this.closed(is_http);
        this.changed_();
      },
    });
    this.changed_();
  }

  private closed(was_http: boolean): void {
    const was_online = this.state_ === 'online';
    this.link_ = undefined;
    if (!this.is_uploading_) this.in_flight_ = '';
    this.typing_after_ = 0;
    for (const name of ['ack', 'upgrade', 'typing']) this.clear(name);
    if (!was_http && !was_online && this.state_ !== 'restarting') {
      // A line that once worked here breaks for other reasons than a network without WebSocket: be slower to give it up.
      if (++this.socket_failures_ >= (this.socket_worked_ ? 4 : 1)) {
        this.open(this.open_polling_, true);
        return;
      }
    }
    if (this.timers_.has('retry')) return;  // the server said when to come back
    this.state_ = 'offline';
    this.retry_in(this.backoff_.next());
  }

  private retry_in(delay: number): void {
    this.retry_at_ = Date.now() + delay;
    this.after('retry', delay, () => this.open(this.open_socket_, false));
  }

  private take(frame: ServerFrame): void {
    switch (frame.t) {
      case 'welcome': return this.welcomed(frame);
      case 'message': return this.heard(frame);
      case 'ack': return this.acked(frame);
      case 'nack': return this.nacked(frame);
      case 'ref': return this.referred(frame.ref, frame.provisional);
      case 'pause': return this.hold(frame.retry_after_ms ?? 2000);
      case 'bye':
        if (frame.resume) this.keep_.set_session(frame.resume);
        this.state_ = 'restarting';
        // Everybody was told the same pause: half of it again, by chance, spreads them out.
        return this.retry_in((frame.retry_after_ms ?? 1000) * (1 + Math.random() / 2));
      case 'error': return;  // our own frames were not understood: the server closes if it goes on, and closing is handled
    }
  }

  private welcomed(frame: Extract<ServerFrame, { t: 'welcome' }>): void {
    const known = this.keep_.session();
    if (frame.seq < this.seq_ || (known && known !== frame.session && frame.seq === 0)) this.begin_anew();
    this.keep_.set_session(frame.session);
    this.state_ = 'online';
    this.retry_at_ = 0;
    this.clear('retry');
    this.backoff_.reset();
    if (!this.is_http_) {
      this.socket_worked_ = true;
      this.socket_failures_ = 0;
    } else {
      this.after('upgrade', kHttpStay, () => this.link_?.close());
    }
    if (frame.ref) this.referred(frame.ref, frame.provisional);
    this.pump();
  }

  // The server no longer knows the old session: what it said belongs to a conversation that is over; what was not stored still counts.
  private begin_anew(): void {
    this.stored_.clear();
    this.keep_.set_greeting(undefined);
    this.seq_ = 0;
    this.ref_ = '';
  }

  private heard(frame: MessageFrame): void {
    const { t: _, ...line } = frame;
    const is_known = frame.seq > 0 && this.stored_.has(frame.seq);
    this.stored_.set(frame.seq, { ...this.stored_.get(frame.seq), ...line });
    if (frame.seq === 0) {
      this.keep_.set_greeting(frame);
      return;
    }
    this.seq_ = Math.max(this.seq_, frame.seq);
    if (frame.from !== 'customer') {
      if (frame.seq > this.typing_after_) this.typing_after_ = 0;
      return;
    }
    if (is_known) return;
    const same = this.unsent_.find((one) => one.cmid === frame.cmid) ??
                 this.unsent_.find((one) => one.was_sent && one.shadow === undefined && !frame.cmid && one.text === frame.text &&
                                           one.files.length === (frame.files?.length ?? 0));
    // It is in the transcript, so it is ours come back before its ack: one bubble, "received" when the ack says so.
    if (!same) return;
    same.shadow = frame.seq;
    this.stored_.set(frame.seq, { ...line, cmid: same.cmid, sent: same.files });
  }

  private acked(frame: Extract<ServerFrame, { t: 'ack' }>): void {
    const message = this.unsent_.find((one) => one.cmid === frame.cmid);
    if (frame.ref) this.referred(frame.ref);
    if (!message) return;
    this.forget(message);
    const line: Line = { seq: frame.seq, id: frame.id, cmid: frame.cmid, from: 'customer', text: message.text,
                         at: new Date().toISOString(), ...this.files_of(message) };
    this.stored_.set(frame.seq, { ...line, ...this.stored_.get(frame.seq), cmid: frame.cmid });
    const is_answered = [...this.stored_.values()].some((one) => one.from !== 'customer' && one.seq > frame.seq);
    if (!is_answered) {
      this.typing_after_ = frame.seq;
      this.after('typing', kTypingLimit, () => { this.typing_after_ = 0; });
    }
    this.pump();
  }

  private nacked(frame: Extract<ServerFrame, { t: 'nack' }>): void {
    const message = this.unsent_.find((one) => one.cmid === frame.cmid);
    if (this.in_flight_ === frame.cmid) this.in_flight_ = '';
    this.clear('ack');
    if (message && (frame.retry_after_ms === undefined || ++message.nacks >= kMostNacks)) {
      Object.assign(message, { is_failed: true, code: frame.code, problem: frame.message });
      this.pump();
    } else if (frame.retry_after_ms !== undefined) {
      this.hold(frame.retry_after_ms);
    }
  }

  private referred(ref: string, is_provisional?: boolean): void {
    this.ref_ = ref;
    this.is_provisional_ = is_provisional ?? ref.startsWith('P-');
  }

  // One at a time: the order in which the customer wrote is the order in which it is stored.
  private pump(): void {
    if (this.state_ !== 'online' || this.in_flight_ || this.is_paused_ || !this.link_) return;
    const message = this.unsent_.find((one) => !one.is_failed);
    if (!message) return;
    this.in_flight_ = message.cmid;
    message.was_sent = true;
    if (message.files.length) return this.upload(message);
    this.after('ack', kAckLimit, () => this.link_?.close());
    this.link_.send({ cmid: message.cmid, text: message.text, ...(message.choice ? { choice: message.choice } : {}) });
  }

  private upload(message: Unsent): void {
    this.is_uploading_ = true;
    message.progress = 0;
    const over = () => {
      this.is_uploading_ = false;
      message.progress = undefined;
    };
    upload(this.server_, this.keep_.session(), this.lang, message, {
      progress: (part) => {
        message.progress = part;
        this.changed_();
      },
      frame: (frame) => {
        over();
        this.take(frame);
        this.changed_();
      },
      lost: (is_session_unknown) => {
        over();
        this.in_flight_ = '';
        if (is_session_unknown) this.link_?.close();
        if (++message.nacks >= kMostLost) Object.assign(message, { is_failed: true, code: 'upload' });
        this.after('upload', 1000 * message.nacks, () => this.pump());
        this.changed_();
      },
    });
    this.changed_();
  }

  private files_of(message: Unsent): Pick<Line, 'files' | 'sent'> {
    return message.files.length ? { files: message.files.map(({ name }) => ({ name })), sent: message.files } : {};
  }

  private hold(delay: number): void {
    this.is_paused_ = true;
    this.after('hold', delay, () => {
      this.is_paused_ = false;
      this.pump();
    });
  }

  private forget(message: Unsent): void {
    this.keep_.remove_unsent(message.cmid);
    this.unsent_ = this.unsent_.filter((one) => one !== message);
    if (this.in_flight_ === message.cmid) {
      this.in_flight_ = '';
      this.clear('ack');
    }
  }

  private state_of(message: Unsent): LineState {
    if (message.is_failed) return 'failed';
    return this.state_ === 'online' || this.state_ === 'connecting' ? 'sending' : 'waiting';
  }

  private after(name: string, delay: number, action: () => void): void {
    this.clear(name);
    this.timers_.set(name, setTimeout(() => {
      this.timers_.delete(name);
      action();
      this.changed_();
    }, delay));
  }
  private clear(name: string): void {
    clearTimeout(this.timers_.get(name));
    this.timers_.delete(name);
  }
}
