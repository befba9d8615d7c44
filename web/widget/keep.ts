// What survives a reload: the resume token, the greeting, and each message until the server has stored it. One key per message, so
// that two tabs of the same shop never overwrite each other's. Where the browser refuses storage, memory does for this page.
import type { MessageFrame, Outgoing } from './frames';

export class Keep {
  private readonly prefix_: string;
  private readonly memory_ = new Map<string, string>();

  constructor(server: string) {
    this.prefix_ = `usher-chat|${server}|`;
  }

  session(): string { return this.read('session') ?? ''; }
  set_session(session: string): void { this.write('session', session); }

  greeting(): MessageFrame | undefined { return this.parse<MessageFrame>('greeting'); }
  set_greeting(greeting: MessageFrame | undefined): void {
    if (greeting) this.write('greeting', JSON.stringify(greeting));
    else this.remove('greeting');
  }

  // Oldest first: a cmid begins with its time.
  unsent(): Outgoing[] {
    const found: Outgoing[] = [];
    for (const key of this.keys().sort()) {
      const message = key.startsWith('unsent|') ? this.parse<Outgoing>(key) : undefined;
      if (message?.cmid && typeof message.text === 'string') found.push(message);
    }
    return found;
  }
  add_unsent(message: Outgoing): void { this.write(`unsent|${message.cmid}`, JSON.stringify(message)); }
  remove_unsent(cmid: string): void { this.remove(`unsent|${cmid}`); }

  private keys(): string[] {
    const keys = new Set(this.memory_.keys());
    try {
      for (let i = 0; i < localStorage.length; ++i) {
        const key = localStorage.key(i);
        if (key?.startsWith(this.prefix_)) keys.add(key.slice(this.prefix_.length));
      }
    } catch { /* refused: memory is all there is */ }
    return [...keys];
  }
  private parse<T>(key: string): T | undefined {
    try {
      return JSON.parse(this.read(key) ?? '') as T;
    } catch {
      return undefined;
    }
  }
  private read(key: string): string | null {
    try {
      return localStorage.getItem(this.prefix_ + key) ?? this.memory_.get(key) ?? null;
    } catch {
      return this.memory_.get(key) ?? null;
    }
  }
  private write(key: string, value: string): void {
    try {
      localStorage.setItem(this.prefix_ + key, value);
    } catch {
      this.memory_.set(key, value);
    }
  }
  private remove(key: string): void {
    this.memory_.delete(key);
    try {
      localStorage.removeItem(this.prefix_ + key);
    } catch { /* refused */ }
  }
}
