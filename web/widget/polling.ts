// The same link over plain HTTP, for networks without WebSocket: POST to say something, a long poll to hear. It speaks in the same
// frames, so that nobody above can tell the difference.
import type { Hello, Link, LinkEvents, MessageFrame, Outgoing } from './frames';

const kWait = 20;            // s the server may hold a poll
const kRequestLimit = 15000;  // ms for anything else

interface Poll { messages: MessageFrame[]; seq: number; ref?: string; provisional?: boolean }

export function open_polling(server: string, hello: Hello, events: LinkEvents): Link {
  const over = new AbortController();
  let session = hello.session;
  let seq = hello.seq;
  let ref = '';

  const end = () => {
    if (over.signal.aborted) return;
    over.abort();
    events.closed();
  };
  const call = async (path: string, init: RequestInit, limit: number): Promise<Response> => {
    const one = new AbortController();
    const stop = () => one.abort();
    const timer = setTimeout(stop, limit);
    over.signal.addEventListener('abort', stop);
    try {
      return await fetch(server + path, { ...init, signal: one.signal, cache: 'no-store', credentials: 'omit' });
    } finally {
      clearTimeout(timer);
      over.signal.removeEventListener('abort', stop);
    }
  };
  const json = (extra: Record<string, string> = {}) => ({
    'Content-Type': 'application/json', 'Accept-Language': hello.lang, ...(session ? { Authorization: `Bearer ${session}` } : {}), ...extra,
  });
  const deliver = (poll: Poll) => {
    for (const message of poll.messages) {
      seq = Math.max(seq, message.seq);
      events.frame({ ...message, t: 'message' });
    }
    note_ref(poll.ref, poll.provisional);
  };
  const note_ref = (value?: string, provisional?: boolean) => {
    if (!value || value === ref) return;
    ref = value;
    events.frame({ t: 'ref', ref, provisional });
  };
  const poll = async (wait: number): Promise<Response> =>
    call(`/chat/messages?after=${seq}&wait=${wait}`, { headers: json() }, wait * 1000 + kRequestLimit);

  const start = async (): Promise<void> => {
    let first: Poll | undefined;
    if (session) {
      const answer = await poll(0);
      if (answer.ok) first = (await answer.json()) as Poll;
      else if (answer.status === 401 || answer.status === 404) session = '';
      else return end();
    }
    let greeting: MessageFrame | undefined;
    if (!session) {
      seq = 0;
      const answer = await call('/chat/session', { method: 'POST', headers: json(), body: JSON.stringify({ lang: hello.lang }) }, kRequestLimit);
      if (!answer.ok) return end();
      const made = (await answer.json()) as { session: string; greeting?: MessageFrame };
      session = made.session;
      greeting = made.greeting;
    }
    if (over.signal.aborted) return;
    events.frame({ t: 'welcome', session, seq });
    if (greeting) events.frame({ ...greeting, t: 'message' });
    if (first) deliver(first);
    let failures = 0;
    while (!over.signal.aborted) {
      const answer = await poll(kWait);
      if (answer.ok) {
        failures = 0;
        deliver((await answer.json()) as Poll);
      } else if (answer.status === 429 && ++failures < 5) {
        await new Promise((resolve) => setTimeout(resolve, retry_after(answer) ?? 2000));
      } else {
        return end();
      }
    }
  };

  const send = async (message: Outgoing): Promise<void> => {
    const { cmid, text, choice } = message;
    const answer = await call('/chat/messages',
      { method: 'POST', headers: json({ 'Idempotency-Key': cmid }), body: JSON.stringify(choice ? { text, choice } : { text }) }, kRequestLimit);
    if (answer.ok) {
      const stored = (await answer.json()) as { id: string; seq: number; ref?: string };
      events.frame({ t: 'ack', cmid, ...stored });
    } else if (answer.status === 401) {
      end();
    } else {
      const codes: Record<number, string> = { 409: 'cmid_conflict', 413: 'too_long', 429: 'rate', 503: 'unavailable' };
      const wait = retry_after(answer) ?? (answer.status >= 500 ? 3000 : undefined);
      events.frame({ t: 'nack', cmid, code: codes[answer.status] ?? 'invalid', retry_after_ms: wait });
    }
  };

  start().catch(end);
  return { send: (message) => void send(message).catch(end), close: end };
}

function retry_after(answer: Response): number | undefined {
  const seconds = Number(answer.headers.get('Retry-After'));
  return seconds > 0 ? seconds * 1000 : undefined;
}
