// The console API of docs/formats.md over made-up rows. Name: ada, password: demo.
import { released } from './chat.mjs';

const hours_ago = (n) => new Date(Date.now() - n * 3600_000).toISOString();

const tickets = [
  ['4711', false, 'Laptop does not turn on', 'P2', 'hardware.power', 'webchat', 'Ana Lindgren', 'open', 0.1],
  ['P-7K3M-9QXA', true, '打印机无法连接无线网络', 'P3', 'network.wifi', 'webchat', '王小明', 'pending', 0.4],
  ['4709', false, 'Swollen battery, smells', 'P1', 'hardware.power', 'email', 'joao.pereira@example.com', 'open', 2],
  ['4702', false, 'How do I register my warranty for a monitor that I was given as a present last year?', 'P4', 'question', 'partner', 'Kestrel Retail GmbH', 'resolved', 26],
].map(([reference, provisional, subject, priority, fault_class, channel, customer, state, hours], index) => ({
  case: `case-${index}`, reference: provisional ? reference : `P-2M8KX-41QR${index}`, number: provisional ? '' : reference, provisional, url: provisional ? '' : `http://127.0.0.1:8080/Ticket/Display.html?id=${reference}`,
  state, subject, priority, fault_class, channel, customer, created_at: hours_ago(hours), conversation: `c${index}`,
}));

const conversations = [
  ['webchat', 'Ana Lindgren', 'en', 'escalated', 'Done. Your ticket number is 4711.', '4711', 'no-power', 0.1],
  ['webchat', '王小明', 'zh', 'escalated', '已受理，您的受理编号是 P-7K3M-9QXA。', 'P-7K3M-9QXA', 'printer', 0.4],
  ['email', 'joao.pereira@example.com', 'en', 'open', 'Please switch it off, unplug it and do not charge it again.', '4709', 'no-power', 2],
  ['webchat', '', 'en', 'resolved', 'Great. Glad that it works again.', '', 'no-network', 5],
].map(([channel, customer, language, status, last_text, reference, dialog, hours], index) => ({
  id: `c${index}`, channel, customer, language, status, last_text, last_at: hours_ago(hours), reference, dialog,
}));

const transcript = {
  messages: [
    { seq: 1, from: 'customer', text: "my laptop won't turn on", choices: [], at: hours_ago(0.3) },
    { seq: 2, from: 'bot', text: 'Does the charging light come on when you plug in the power adapter?', choices: [{ id: 'yes', label: 'Yes' }, { id: 'no', label: 'No' }], at: hours_ago(0.3) },
    { seq: 3, from: 'customer', text: 'No', choices: [], at: hours_ago(0.25) },
    { seq: 4, from: 'bot', text: 'Please try another wall socket, without an extension lead.\nDid this help?', choices: [{ id: 'solved', label: 'Yes, it works' }, { id: 'unsolved', label: 'No, it did not help' }], at: hours_ago(0.25) },
    { seq: 5, from: 'customer', text: 'No, it did not help', choices: [], at: hours_ago(0.2) },
    { seq: 6, from: 'bot', text: 'Done. Your ticket number is 4711.', choices: [], at: hours_ago(0.1) },
  ],
  slots: [{ name: 'name', label: 'Name', value: 'Ana Lindgren' }, { name: 'contact', label: 'Contact', value: 'ana@example.com' }, { name: 'serial', label: 'Serial number', value: 'NL20260117' }],
  tried: [{ what: 'Charging light', answer: 'No' }, { what: 'Another wall socket', answer: 'did not help' }],
  trace: [{ seq: 1, rule: 'entry no-power', why: '"won\'t turn on" matched the phrase list of no-power (score 0.92; next: no-network 0.11)' }, { seq: 3, rule: 'choice no', why: 'button pressed' }, { seq: 5, rule: 'choice unsolved → escalate', why: 'no check with a chance above 5 % is left' }],
};

// c2, the mail: one answer was kept back, and its address fails.
const of_mail = {
  messages: [
    { seq: 1, from: 'customer', text: 'The battery is swollen.', choices: [], not_sent: '', at: hours_ago(2.1) },
    { seq: 2, from: 'bot', text: 'Please switch it off, unplug it and do not charge it again.', choices: [], not_sent: 'daily limit: 30 automatic mails to this address in 24 hours', at: hours_ago(2) },
    { seq: 3, from: 'bot', text: 'Mail to joao.pereira@example.com does not arrive.', choices: [], not_sent: 'for staff', at: hours_ago(1.9) },
  ],
  address_fails: { address: 'joao.pereira@example.com', at: hours_ago(1.9), status: '5.1.1', reason: 'smtp; 550 no such user', delivery: '0193a5b0-0000-7000-8000-000000000001' },
};

const mailbox = (name, values) => ({
  name, user: `${name}@nordlicht.example`, host: 'imap.nordlicht.example', folder: 'INBOX', ok: true, connected: true, error: '', warning: '', last_seen_at: hours_ago(0.01),
  last_message_at: hours_ago(0.5), behind_seconds: null, on_server: 31, waiting: 0, taken: 31, failing: 0, skipped: 0, counts_agree: true, ...values,
});
const mailboxes = [
  mailbox('support', {}),
  mailbox('orders', { warning: 'message 17 cannot be marked: the mailbox is read-only', behind_seconds: 90, waiting: 2, failing: 1, counts_agree: false }),
  mailbox('returns', { ok: false, connected: false, error: "the server refuses the sign-in of 'returns'", behind_seconds: 7300, last_message_at: null, on_server: 0, taken: 0, counts_agree: false }),
];

let dead = [
  ['ticket.create', 'request_tracker', 12, 'The ticket system refused the request', 'HTTP 400 {"message":"Could not create ticket. Queue support does not exist"}', 3, 'c1'],
  ['channel.send', 'email', 8, 'The mail relay refused the recipient', '550 5.1.1 <joao.pereira@example.con>: Recipient address rejected: Domain not found', 20, 'c2'],
  ['channel.send', 'partner', 10, 'No answer within 10 s', '', 30, 'c3'],
].map(([kind, target, attempts, reason, last_response, hours, conversation], index) => ({
  id: `o${index}`, kind, target, state: 'dead', attempts, reason, last_response, created_at: hours_ago(hours), next_at: null, conversation,
}));

let signed_in = '';

export async function console_api(request, url, body, send, knobs) {
  await released(knobs, 'hold_console');
  const path = url.pathname.slice(4);
  const error = (status, code, message, headers) => send(status, { error: { code, message } }, headers);
  if (request.method === 'POST' && request.headers['x-usher-request'] !== '1') return error(403, 'header', 'X-Usher-Request is missing');
  if (path === '/login') {
    const { name, password } = JSON.parse(body);
    if (name === 'busy') return error(429, 'rate', 'Too many tries', { 'Retry-After': '30' });
    if (password !== 'demo') return error(401, 'credentials', 'Name or password is wrong');
    signed_in = name;
    return send(200, { name, role: 'agent' }, { 'Set-Cookie': 'usher_session=dev; HttpOnly; SameSite=Strict; Path=/' });
  }
  if (!signed_in || !/usher_session=dev/.test(request.headers.cookie ?? '')) return error(401, 'session', 'Sign in first');
  if (path === '/logout') {
    signed_in = '';
    return send(204);
  }
  if (path === '/me') return send(200, { name: signed_in, role: 'agent' });
  if (knobs.broken) return error(500, 'internal', 'The database does not answer');
  const page = (items) => {
    if (knobs.empty) return send(200, { items: [], next: null });
    const from = Number(url.searchParams.get('before') ?? 0);
    const size = knobs.page_size ?? 50;
    return send(200, { items: items.slice(from, from + size), next: from + size < items.length ? String(from + size) : null });
  };
  if (path === '/tickets') return page(tickets);
  if (path === '/conversations') return page(conversations);
  const one = /^\/conversations\/(\w+)$/.exec(path);
  if (one) {
    const row = conversations.find((conversation) => conversation.id === one[1]);
    return row ? send(200, { ...row, ...transcript, ...(row.id === 'c2' ? of_mail : {}) }) : error(404, 'not_found', 'No such conversation');
  }
  if (path === '/outbox') return page(dead);
  if (path === '/outbox/redrive') {
    const count = dead.length;
    dead = [];
    return send(200, { redriven: count });
  }
  const redrive = /^\/outbox\/(\w+)\/redrive$/.exec(path);
  if (redrive) {
    const row = dead.find((item) => item.id === redrive[1]);
    if (!row) return error(409, 'state', 'It is not dead any more');
    dead = dead.filter((item) => item !== row);
    return send(200, { ...row, state: 'pending' });
  }
  if (path === '/overview') {
    return send(200, { open: 3, tickets_today: 7, dead: knobs.empty ? 0 : dead.length, oldest_pending_seconds: 42,
      ticket_system: { name: 'Request Tracker', ok: !knobs.ticket_system_down, message: knobs.ticket_system_down ? 'No answer within 10 s (connection refused)' : '' },
      channels: [{ name: 'webchat', last_message_at: hours_ago(0.05), received: 128, errors: 0 }, { name: 'email', last_message_at: hours_ago(2), received: 31, errors: 1 }, { name: 'partner', last_message_at: null, received: 0, errors: 0 }],
      mailboxes: knobs.empty ? [] : mailboxes });
  }
  return error(404, 'not_found', 'No such route');
}
