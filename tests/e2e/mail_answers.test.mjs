// What goes out by mail: both parts in the language of the mail, nothing of a stranger's words; limits that keep answers back and say
// so; a mail that comes back is flagged, told once and ends the mailing; a relay that knows no such address; replies as people's mail
// programs write them, understood.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { SmtpClient } from './support/peers.mjs';
import { staff } from './support/staff.mjs';
import { eventually, kRoot, relay, swaks, temporaryFolder, usher } from './support/usher.mjs';

const mail = (headers, body) => [...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), '', body, ''].join('\r\n');

async function sender(t, gateway) {
  const folder = await temporaryFolder(t, 'mails');
  let n = 0;
  return async (bytes, from) => {
    const file = join(folder, `${++n}.eml`);
    await writeFile(file, bytes);
    const r = await swaks(gateway.smtp, '--data', `@${file}`, '--from', from);
    assert.equal(r.code, 0, r.out);
    return /250 2\.0\.0 ([0-9a-f-]{36})/.exec(r.out)?.[1];
  };
}
const answersTo = (out, id) => eventually(async () => {
  const found = (await out.mails()).filter((m) => m.headers['in-reply-to'] === id);
  return found.length > 0 && found;
}, `the answer to ${id}`);

test('an acknowledgement has text and HTML in the language of the mail, and nothing of a stranger\'s words', async (t) => {
  const out = await relay(t);
  const gateway = await usher(t, { email: { relay_url: out.url } });
  const send = await sender(t, gateway);
  await send(mail({ From: '"Cheap pills" <ana@customer.test>', To: 'support@usher.test', Subject: 'Cheap pills at http://evil.test', 'Message-ID': '<en@c>' },
                  'Cheap pills at http://evil.test. My printer prints blank pages.'), 'ana@customer.test');
  const [english] = await answersTo(out, '<en@c>');
  assert.match(english.headers['content-type'], /^multipart\/alternative/);
  const number = /\[#([^\]]+)\]/.exec(english.headers.subject)[1];
  for (const part of [english.body, english.html]) assert.match(part, new RegExp(number));
  assert.match(english.html, /<html lang="en">/);
  assert.match(english.html, /Your ticket number: <strong>/);
  assert.match(english.headers.subject, /^Your message to /);
  for (const part of [english.headers.subject, english.headers.to, english.body, english.html]) assert.doesNotMatch(part, /pills|evil/i);
  assert.doesNotMatch(english.html, /<img|<script|src=|url\(/i, 'nothing to load, nothing to run');
  assert.equal(english.headers['auto-submitted'], 'auto-replied');
  assert.equal(english.headers.precedence, 'auto_reply');
  assert.equal(english.headers['x-auto-response-suppress'], 'All');
  assert.equal(english.headers.references, '<en@c>');
  assert.equal(english.from, '<>');

  await send(mail({ From: 'wang@customer.test', To: 'support@usher.test', Subject: '=?UTF-8?B?5omT5Y2w5py65omT5Ye656m655m957q4?=', 'Message-ID': '<zh@c>', 'MIME-Version': '1.0',
                    'Content-Type': 'text/plain; charset=utf-8', 'Content-Transfer-Encoding': '8bit' }, '您好，打印机从周一开始只打出空白页。'), 'wang@customer.test');
  const [chinese] = await answersTo(out, '<zh@c>');
  assert.match(chinese.body, /您的工单号/);
  assert.match(chinese.html, /<html lang="zh">/);
  assert.match(chinese.html, /您的工单号：<strong>/);
  assert.match(chinese.headers.subject, /^您的来信/);
});

test('answers beyond a limit stay here, with the reason', async (t) => {
  const out = await relay(t);
  const gateway = await usher(t, { email: { relay_url: out.url, max_answers_per_address: 2 } });
  const sam = await staff(gateway, 'sam', 'admin');
  const send = await sender(t, gateway);
  for (const [i, subject] of ['Printer', 'Screen', 'Keyboard'].entries()) {
    await send(mail({ From: 'ana@customer.test', To: 'support@usher.test', Subject: subject, 'Message-ID': `<${i}@c>` }, `A question about my order ${i}.`), 'ana@customer.test');
  }
  await answersTo(out, '<0@c>');
  await answersTo(out, '<1@c>');
  const [row] = await eventually(async () => {
    const rows = await gateway.sql("SELECT conversation_id, reason, fate FROM ledger WHERE reason LIKE '%not answered%'");
    return rows.length === 1 && rows;
  }, 'the third one in the ledger');
  assert.match(row.reason, /not answered: daily limit: 2 automatic mails to this address in 24 hours/);
  assert.equal(row.fate, 'answered');
  const shown = (await sam.get(`/api/conversations/${row.conversation_id}`)).json;
  const kept = shown.messages.filter((m) => m.not_sent);
  assert.equal(kept.length, 1);
  assert.match(kept[0].not_sent, /daily limit/);
  assert.match(kept[0].text, /ticket number/, 'what would have been sent can be read');
  assert.equal((await gateway.sql('SELECT count(*) AS n FROM cases'))[0].n, 3, 'the case is there all the same');
  // Robots without marks: the second mail that looks like an answer is not answered.
  for (const i of [1, 2]) {
    await send(mail({ From: 'robot@elsewhere.test', To: 'support@usher.test', Subject: `Re: Your request [#${i}]`, 'Message-ID': `<r${i}@r>` }, `We have got your mail, it is number ${i}${i} with us.`), 'robot@elsewhere.test');
  }
  await eventually(async () => (await gateway.sql("SELECT count(*) AS n FROM ledger WHERE reason LIKE '%loop limit%'"))[0].n === 1, 'the loop in the ledger');
  await send(mail({ From: 'eve@customer.test', To: 'support@usher.test', Subject: 'Question', 'Message-ID': '<eve@c>' }, 'A question about my order 777.'), 'eve@customer.test');
  await answersTo(out, '<eve@c>');
  await answersTo(out, '<r1@r>');
  assert.deepEqual((await out.mails()).map((m) => m.to).sort(), ['<ana@customer.test>', '<ana@customer.test>', '<eve@customer.test>', '<robot@elsewhere.test>']);
});

test('an answer that comes back is flagged, told once, and ends the mailing until the customer writes', async (t) => {
  const out = await relay(t);
  const gateway = await usher(t, { email: { relay_url: out.url } });
  const sam = await staff(gateway, 'sam', 'admin');
  const send = await sender(t, gateway);
  await send(mail({ From: 'ana@customer.test', To: 'support@usher.test', Subject: 'Printer', 'Message-ID': '<one@c>' }, 'A question about my order 1.'), 'ana@customer.test');
  const [ack] = await answersTo(out, '<one@c>');
  await eventually(async () => (await gateway.sql("SELECT state FROM outbox WHERE kind = 'message'"))[0]?.state === 'sent', 'sent');
  const report = ['From: MAILER-DAEMON@mx.customer.test', 'To: support@usher.test', 'Subject: Undelivered Mail Returned to Sender', 'MIME-Version: 1.0',
                  'Content-Type: multipart/report; report-type=delivery-status; boundary=b', '', '--b', '', 'Sorry.', '--b', 'Content-Type: message/delivery-status', '',
                  'Reporting-MTA: dns; mx.customer.test', '', 'Final-Recipient: rfc822; ana@customer.test', 'Action: failed', 'Status: 5.1.1', 'Diagnostic-Code: smtp; 550 no such user',
                  '--b', 'Content-Type: message/rfc822', '', 'From: support@usher.test', `Message-ID: ${ack.headers['message-id']}`, '', 'x', '--b--', ''].join('\r\n');
  await send(report, '<>');
  await send(report.replace('Sorry.', 'Sorry, again.'), '<>');
  const [{ conversation_id: id }] = await gateway.sql("SELECT conversation_id FROM ledger WHERE kind = 'bounce' LIMIT 1");
  const shown = (await sam.get(`/api/conversations/${id}`)).json;
  assert.deepEqual({ ...shown.address_fails, at: '', delivery: '' }, { address: 'ana@customer.test', at: '', delivery: '', status: '5.1.1', reason: 'smtp; 550 no such user' });
  const [delivery] = await gateway.sql(`SELECT state, reason FROM outbox WHERE id = '${shown.address_fails.delivery}'`);
  assert.match(delivery.reason, /came back: 5\.1\.1/);
  const notes = async () => gateway.sql("SELECT text FROM messages WHERE text LIKE 'Mail to ana@customer.test does not arrive: 5.1.1%'");
  await eventually(async () => (await notes()).length === 1, 'staff are told');
  await eventually(async () => (await gateway.sql("SELECT count(*) AS n FROM builtin_comments"))[0].n >= 1, 'on the ticket');
  await send(mail({ From: 'ana@customer.test', To: 'support@usher.test', Subject: 'Screen', 'Message-ID': '<two@c>' }, 'A question about my order 2.'), 'ana@customer.test');
  await answersTo(out, '<two@c>');
  assert.equal((await sam.get(`/api/conversations/${id}`)).json.address_fails, undefined);
  assert.equal((await notes()).length, 1);
});

// A relay: `refused` says for which recipients there is no address; `taken` gets every mail.
async function ownRelay(t, { refused = () => false, taken = () => {} }) {
  const tried = [];
  const server = createServer((socket) => {
    let text = '', in_data = false, mail = [], to = '';
    const say = (line) => socket.write(`${line}\r\n`);
    socket.on('error', () => {});
    say('220 relay.test');
    socket.on('data', (d) => {
      text += d.toString('latin1');
      for (let at; (at = text.indexOf('\r\n')) >= 0;) {
        const line = text.slice(0, at);
        text = text.slice(at + 2);
        if (in_data) {
          if (line === '.') { in_data = false; say('250 2.0.0 ok'); taken(to, mail); } else mail.push(line.replace(/^\.\./, '.'));
        } else if (/^RCPT/i.test(line)) {
          tried.push(line);
          to = /<(.*?)>/.exec(line)[1];
          say(refused(to) ? '550 5.1.1 no such user here' : '250 2.1.5 ok');
        } else if (/^DATA/i.test(line)) { in_data = true; mail = []; say('354 go'); }
        else if (/^QUIT/i.test(line)) { say('221 bye'); socket.end(); }
        else say('250 ok');
      }
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => server.close());
  return { url: `smtp://127.0.0.1:${server.address().port}`, tried };
}

test('a relay that knows no such address makes a dead letter and the flag', async (t) => {
  const out = await ownRelay(t, { refused: (to) => to.startsWith('gone@') });
  const gateway = await usher(t, { email: { relay_url: out.url, relay_tls: 'none' } });
  const sam = await staff(gateway, 'sam', 'admin');
  const send = await sender(t, gateway);
  await send(mail({ From: 'gone@customer.test', To: 'support@usher.test', Subject: 'Printer', 'Message-ID': '<one@c>' }, 'A question about my order 1.'), 'gone@customer.test');
  const [row] = await eventually(async () => {
    const rows = await gateway.sql("SELECT conversation_id, reason, last_response FROM outbox WHERE state = 'dead'");
    return rows.length === 1 && rows;
  }, 'a dead letter');
  assert.match(`${row.reason} ${row.last_response}`, /5\.1\.1 no such user here/);
  await eventually(async () => /no such user here/.test((await sam.get(`/api/conversations/${row.conversation_id}`)).json.address_fails?.reason), 'staff are told');
  assert.equal(out.tried.length, 1);
});

test('B3: two gateways that answer each other, every mark of a robot taken away, fall silent after three mails', async (t) => {
  const passed = [];
  const gateways = {};
  let last = Date.now();
  // The post between them: header fields that could tell are gone, the null sender is replaced.
  const taken = async (to, lines) => {
    last = Date.now();
    const end = lines.indexOf('');
    let keep = true;
    const head = lines.slice(0, end).filter((line) => {
      if (!/^[ \t]/.test(line)) keep = !/^(auto-submitted|precedence|x-[^:]*|in-reply-to|references|message-id):/i.test(line);
      return keep;
    });
    const from = to === 'support@usher.test' ? 'help@other.test' : 'support@usher.test';
    passed.push(`${from} -> ${to}`);
    if (passed.length > 50) return;
    const client = await SmtpClient.connect(gateways[to].smtp);
    await client.mail(Buffer.from([...head, `Message-ID: <post-${passed.length}@post.test>`, ...lines.slice(end), ''].join('\r\n'), 'latin1'), { from, to: [to] });
    client.close();
  };
  const post = await ownRelay(t, { taken });
  const email = { relay_url: post.url, relay_tls: 'none' };
  gateways['support@usher.test'] = await usher(t, { email });
  gateways['help@other.test'] = await usher(t, { email: { ...email, addresses: ['help@other.test'], hostname: 'other.test' } });
  const send = await sender(t, gateways['support@usher.test']);
  await send(mail({ From: 'help@other.test', To: 'support@usher.test', Subject: 'Printer', 'Message-ID': '<start@other.test>' }, 'My printer prints blank pages since Monday.'), 'help@other.test');
  // Both have their case, nothing is under way anywhere, and for three seconds nothing has come.
  const is_quiet = async (gateway) => (await gateway.sql("SELECT (SELECT count(*) FROM cases) > 0 AND NOT EXISTS (SELECT 1 FROM outbox WHERE state NOT IN ('sent', 'dead')) AND NOT EXISTS (SELECT 1 FROM ledger WHERE fate = 'accepted') AS quiet"))[0].quiet;
  await eventually(async () => passed.length >= 2 && (await Promise.all(Object.values(gateways).map(is_quiet))).every((quiet) => quiet) && Date.now() - last > 3000, 'silence', 120_000);
  assert.ok(passed.length <= 3, passed.join('\n'));
  for (const gateway of Object.values(gateways)) assert.equal((await gateway.sql('SELECT count(*) AS n FROM cases'))[0].n, 1, 'and nobody has opened more than one case');
});

test('a scanner that opens every link of our mails changes nothing', async (t) => {
  const out = await relay(t);
  const kHelp = 'http://help.usher.test';
  const gateway = await usher(t, { http: { public_url: `${kHelp}/` }, email: { relay_url: out.url } });
  const send = await sender(t, gateway);
  await send(mail({ From: 'ana@customer.test', To: 'support@usher.test', Subject: 'Printer', 'Message-ID': '<en@c>' }, 'My printer prints blank pages.'), 'ana@customer.test');
  await send(mail({ From: 'wang@customer.test', To: 'support@usher.test', Subject: 'Printer', 'Message-ID': '<zh@c>', 'MIME-Version': '1.0', 'Content-Type': 'text/plain; charset=utf-8',
                    'Content-Transfer-Encoding': '8bit' }, '您好，打印机从周一开始只打出空白页。'), 'wang@customer.test');
  const answers = [...await answersTo(out, '<en@c>'), ...await answersTo(out, '<zh@c>')];
  const links = new Set();
  for (const answer of answers) {
    const found = [...`${answer.body}\n${answer.html.replaceAll('&amp;', '&')}`.matchAll(/https?:\/\/[^\s"'<>）)]+/g)].map((m) => m[0]);
    assert.ok(found.some((link) => link.startsWith(kHelp)), `the answer links to us:\n${answer.body}`);
    for (const link of found) links.add(link);
  }
  const ours = [...links].filter((link) => link.startsWith(kHelp)).map((link) => new URL(link));
  for (const link of links) assert.doesNotMatch(link, /customer|%40|[0-9a-f]{16}|token|key=/i, 'no link says who it was for');
  await eventually(async () => (await gateway.sql("SELECT count(*) AS n FROM outbox WHERE state NOT IN ('sent')"))[0].n === 0, 'nothing under way');
  const tables = (await gateway.sql("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name")).map((row) => row.name);
  const state = async () => Object.fromEntries(await Promise.all(tables.map(async (table) => [table, await gateway.sql(`SELECT * FROM "${table}"`).catch(() => [])])));
  const before = await state();
  assert.equal(before.cases.length, 2);
  // As scanners do: every link, one level deep, more than once, whatever it answers.
  const opened = new Map();
  for (const [round, method] of ['HEAD', 'GET', 'GET'].entries()) {
    const queue = ours.map((link) => [link.pathname + link.search, 0]);
    while (queue.length > 0) {
      const [path, depth] = queue.shift();
      const key = `${round} ${method} ${path}`;
      if (opened.has(key)) continue;
      const r = await fetch(gateway.http + path, { method, redirect: 'manual' });
      opened.set(key, r.status);
      assert.ok(r.status < 500, `${key}: ${r.status}`);
      const page = await r.text();
      const next = [...page.matchAll(/(?:href|src|action)="(\/[^"#]*)"/g)].map((m) => m[1].replaceAll('&amp;', '&'));
      if (r.headers.get('location')?.startsWith('/')) next.push(r.headers.get('location'));
      if (depth < 1) queue.push(...next.map((further) => [further, depth + 1]));
    }
  }
  assert.ok([...opened.values()].includes(200), [...opened].join('\n'));
  assert.deepEqual(await state(), before, 'not one row is different');
  assert.equal((await out.mails()).length, answers.length);
});

// --- a dialog by mail ---

const kCare = `dialog: care
title: { en: Care, zh: 服务 }
triggers: { phrases: { en: [I need care], zh: [我要服务] } }
steps:
  where:
    choose: { en: "Where is it?", zh: 它在哪里？ }
    options:
      - { id: home, label: { en: At home, zh: 家里 }, next: told, set: { place: home } }
      - { id: office, label: { en: In the office, zh: 公司 }, next: told, set: { place: office } }
    slot: place
  told: { say: { en: "So it is there: {{place}}.", zh: "在：{{place}}。" }, next: rate }
  rate: { survey: { en: "How was it, 1 to 5?", zh: 满意吗，1 到 5？ }, next: done }
  done: { resolve: { en: Good., zh: 好的。 } }
`;
const kHandover = `dialog: handover
title: { en: A person, zh: 转人工 }
steps:
  ticket: { escalate: { en: I pass this on., zh: 我来转交。 } }
`;

test('a reply is understood as people\'s mail programs write it: above the quoted choices, with a signature, HTML only', async (t) => {
  const folder = join(await temporaryFolder(t, 'scripts'), 'dialogs');
  await mkdir(folder);
  for (const file of ['texts.yaml', 'slots.yaml', 'fragments.yaml', 'models.csv']) await cp(join(kRoot, 'config/dialogs', file), join(folder, file)).catch(() => {});
  await writeFile(join(folder, 'care.yaml'), kCare);
  await writeFile(join(folder, 'handover.yaml'), kHandover);
  const out = await relay(t);
  const gateway = await usher(t, { content: { dialogs: folder }, email: { relay_url: out.url, entry: '' } });
  const send = await sender(t, gateway);
  const styles = {
    above: { body: (asked) => `2\n\nOn Sun, 22 Nov 2026 at 10:00, Support <support@usher.test> wrote:\n${asked.body.trim().split('\n').map((line) => `> ${line}`).join('\n')}\n` },
    outlook: { body: (asked) => `2\n\n-----Original Message-----\nFrom: Support\nSent: Sunday, 22 November 2026 10:00\nTo: Ana\nSubject: ${asked.headers.subject}\n\n${asked.body}` },
    signature: { body: () => '2\n\n-- \nAna Keller\nKeller GmbH, Hauptstr. 1\n+49 30 1234567\n' },
    phone: { body: (asked) => `In the office\n\nSent from my iPhone\n\n> On 22 Nov 2026, at 10:00, Support wrote:\n> ${asked.body.trim().replaceAll('\n', '\n> ')}\n` },
    html: { html: true, body: (asked) => `<div dir="ltr">2</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Sun, Support &lt;support@usher.test&gt; wrote:<br></div><blockquote class="gmail_quote">${asked.html}</blockquote></div>` },
    html_outlook: { html: true, body: (asked) => `<html><body><p class="MsoNormal">2</p><p class="MsoNormal">Best regards,<br>Ana</p><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p><b>From:</b> Support<br><b>Sent:</b> Sunday<br><b>To:</b> Ana<br><b>Subject:</b> Care</p></div>${asked.html}</body></html>` },
    chinese: { zh: true, body: (asked) => `2\n\n------------------ 原始邮件 ------------------\n发件人: "Support";\n发送时间: 2026年11月22日 10:00\n收件人: "Ana";\n主题: ${asked.headers.subject}\n\n${asked.body}` },
  };
  for (const [name, style] of Object.entries(styles)) {
    const from = `${name}@customer.test`;
    const head = { From: from, To: 'support@usher.test', 'MIME-Version': '1.0', 'Content-Transfer-Encoding': '8bit' };
    const plain = { 'Content-Type': 'text/plain; charset=utf-8' };
    await send(mail({ ...head, ...plain, Subject: 'Care', 'Message-ID': `<${name}-1@c>` }, style.zh ? '我要服务' : 'I need care'), from);
    const [asked] = await answersTo(out, `<${name}-1@c>`);
    assert.match(asked.body, style.zh ? /1\. 家里[\s\S]*2\. 公司/ : /1\. At home[\s\S]*2\. In the office/, `${name}: numbered choices`);
    assert.match(asked.html, style.zh ? /2\. 公司/ : /2\. In the office/);
    await send(mail({ ...head, ...(style.html ? { 'Content-Type': 'text/html; charset=utf-8' } : plain), Subject: `Re: ${asked.headers.subject}`, 'Message-ID': `<${name}-2@c>`,
                      'In-Reply-To': asked.headers['message-id'], References: `<${name}-1@c> ${asked.headers['message-id']}` }, style.body(asked).replace(/\r?\n/g, '\r\n')), from);
    const [next] = await answersTo(out, `<${name}-2@c>`);
    assert.match(next.body, /office/, `${name}: ${next.body}`);
    assert.equal(next.headers['in-reply-to'], `<${name}-2@c>`);
    assert.match(next.headers.subject, /^Re: Care/, 'who answers our mail is known to read it: their own subject goes back');
  }
});
