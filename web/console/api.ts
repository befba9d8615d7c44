// The console's way to the gateway (docs/formats.md, "Console API"): typed rows, one error type, one answer to "signed out".
export interface Me { name: string; role: string }
export interface Ticket {
  case: string; reference: string; number: string; provisional: boolean; url: string; state: string; subject: string; priority: string;
  fault_class: string; channel: string; customer: string; created_at: string; conversation: string;
}
export interface Conversation {
  id: string; channel: string; customer: string; language: string; status: string; last_text: string; last_at: string; reference: string; dialog: string;
}
export interface ConversationDetail extends Conversation {
  messages: { seq: number; from: string; text: string; choices?: { id: string; label: string }[]; files?: string[]; not_sent?: string; at: string }[];
  slots: { name: string; label: string; value: string }[];
  tried: { what: string; answer: string }[];
  trace: { seq: number; rule: string; why: string }[];
  causes?: Record<string, string[]>;  // troubleshooting that waits to be told its cause
  address_fails?: AddressFails;
}
// Mail to the customer came back for good; reason: the other server's words.
export interface AddressFails { address: string; at: string; status: string; reason: string; delivery: string }
export interface OutboxRow {
  id: string; kind: string; target: string; state: string; attempts: number; reason: string; last_response: string;
  created_at: string; next_at: string | null; conversation: string;
}
export interface Overview {
  open: number; tickets_today: number; dead: number; oldest_pending_seconds: number | null;
  ticket_system: { name: string; ok: boolean; message: string };
  channels: { name: string; last_message_at: string | null; received: number; errors: number }[];
  mailboxes: Mailbox[];
}
// A mailbox mail is fetched from. behind_seconds null: nothing waits there.
export interface Mailbox {
  name: string; user: string; host: string; folder: string; ok: boolean; connected: boolean; error: string; warning: string;
  last_seen_at: string | null; last_message_at: string | null; behind_seconds: number | null;
  on_server: number; waiting: number; taken: number; failing: number; skipped: number; counts_agree: boolean;
}

export class ApiError extends Error {
  // status 0: no answer at all. retry_after in seconds, 0 when not given. body: all of the answer, when it was JSON.
  constructor(readonly status: number, message: string, readonly retry_after = 0, readonly body?: unknown) { super(message); }
}

let on_signed_out: () => void = () => {};
export const when_signed_out = (action: () => void) => { on_signed_out = action; };

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> { return call<T>(path, { signal }); }
export async function post<T>(path: string, body: unknown = {}): Promise<T> {
  return send<T>('POST', path, body);
}
export async function put<T>(path: string, body: unknown): Promise<T> { return send<T>('PUT', path, body); }
// The file's bytes as the body.
export async function upload<T>(path: string, file: Blob): Promise<T> {
  return call<T>(path, { method: 'POST', headers: { 'Content-Type': 'application/octet-stream', 'X-Usher-Request': '1' }, body: file });
}
// A question with a body: changes nothing, may be given up.
export async function ask<T>(path: string, body: unknown, signal: AbortSignal): Promise<T> { return send<T>('POST', path, body, signal); }

async function send<T>(method: string, path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  return call<T>(path, { method, headers: { 'Content-Type': 'application/json', 'X-Usher-Request': '1' }, body: JSON.stringify(body), signal });
}

async function call<T>(path: string, init: RequestInit): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(`/api${path}`, { ...init, credentials: 'same-origin', cache: 'no-store' });
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error;
    throw new ApiError(0, '');
  }
  if (answer.status === 204) return undefined as T;
  const body = await answer.json().catch(() => undefined);
  if (answer.ok) return body as T;
  if (answer.status === 401 && path !== '/login') on_signed_out();
  throw new ApiError(answer.status, body?.error?.message ?? '', Number(answer.headers.get('Retry-After')) || 0, body);
}
