// <usher-chat lang="en" server="https://chat.example.com" theme="auto" open>: the chat element. Everything it needs is in this one
// file; it lives in a shadow root and leaves the page alone. `server` defaults to where this script came from.
import { render } from 'preact';
import { Keep } from './keep';
import { open_polling } from './polling';
import { Session } from './session';
import { open_socket } from './socket';
import { lang_of } from './texts';
import { Chat } from './view';
import css from './widget.css?inline';

const script_origin = (() => {
  const source = (document.currentScript as HTMLScriptElement | null)?.src;
  return source ? new URL(source, location.href).origin : location.origin;
})();

class UsherChat extends HTMLElement {
  static observedAttributes = ['lang'];
  private session_: Session | undefined;
  private is_open_ = false;
  private readonly on_online_ = () => { if (this.was_used()) this.session_?.connect(); };
  private readonly on_leave_ = (event: Event) => { if (this.session_?.is_uploading()) event.preventDefault(); };
  private readonly on_offline_ = () => this.session_?.network_lost();

  connectedCallback(): void {
    if (!this.shadowRoot) {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      this.attachShadow({ mode: 'open' }).adoptedStyleSheets = [sheet];
    }
    const server = (this.getAttribute('server') || script_origin).replace(/\/+$/, '');
    this.session_ = new Session(server, this.language(), new Keep(server), open_socket, open_polling, () => this.draw());
    addEventListener('online', this.on_online_);
    addEventListener('offline', this.on_offline_);
    addEventListener('beforeunload', this.on_leave_);
    this.is_open_ = this.hasAttribute('open') || this.remembered() === 'open';
    if (this.is_open_ || this.was_used()) this.session_.connect();
    this.draw();
  }

  disconnectedCallback(): void {
    removeEventListener('online', this.on_online_);
    removeEventListener('offline', this.on_offline_);
    removeEventListener('beforeunload', this.on_leave_);
    this.session_?.stop();
    if (this.shadowRoot) render(null, this.shadowRoot);
  }

  attributeChangedCallback(): void {
    if (this.session_) this.session_.lang = this.language();
    this.draw();
  }

  // For the page: open or close the conversation, from a link or a button of its own.
  show(): void { this.set_open(true); }
  hide(): void { this.set_open(false); }

  private set_open(is_open: boolean): void {
    this.is_open_ = is_open;
    try {
      sessionStorage.setItem('usher-chat', is_open ? 'open' : 'closed');
    } catch { /* refused: a reload shows it closed */ }
    if (is_open) this.session_?.connect();
    this.draw();
  }

  private remembered(): string | null {
    try {
      return sessionStorage.getItem('usher-chat');
    } catch {
      return null;
    }
  }
  private was_used(): boolean { return this.remembered() !== null; }
  private language() { return lang_of(this.getAttribute('lang') || document.documentElement.lang || navigator.language); }

  private draw(): void {
    if (!this.session_ || !this.shadowRoot || !this.isConnected) return;
    render(<Chat session={this.session_} snapshot={this.session_.snapshot()} lang={this.language()} is_open={this.is_open_}
                 set_open={(is_open) => this.set_open(is_open)} />, this.shadowRoot);
  }
}

if (!customElements.get('usher-chat')) customElements.define('usher-chat', UsherChat);
