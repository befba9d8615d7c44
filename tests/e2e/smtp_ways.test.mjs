// SMTP as the outside reaches it: sign-in under TLS by swaks, a proxy in front, mail in chunks.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { exchange, mailOf } from './support/peers.mjs';
import { swaks, temporaryFolder, usher } from './support/usher.mjs';

const mail = (id) => mailOf({ From: 'Ana <ana@customer.test>', To: 'support@usher.test', Subject: 'Laptop', 'Message-ID': `<${id}@customer.test>` }, 'It does not turn on.\n');

test('mail is taken after a sign-in under TLS only', async (t) => {
  const folder = await temporaryFolder(t, 'tls');
  const certificate = join(folder, 'cert.pem'), key = join(folder, 'key.pem');
  spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=usher.test', '-keyout', key, '-out', certificate]);
  await writeFile(join(folder, 'password'), 'correct horse\n');
  const gateway = await usher(t, { email: { tls_certificate: certificate, tls_key: key, auth_user: 'ana', auth_password_file: join(folder, 'password'), auth_required: true } });
  for (const way of ['PLAIN', 'LOGIN']) {
    const good = await swaks(gateway.smtp, '--tls', '--auth', way, '--auth-user', 'ana', '--auth-password', 'correct horse', '--header', `Message-ID: <${way}@customer.test>`);
    assert.equal(good.code, 0, good.out);
    assert.match(good.out, /235 2\.7\.0/);
  }
  const wrong = await swaks(gateway.smtp, '--tls', '--auth', 'PLAIN', '--auth-user', 'ana', '--auth-password', 'guess');
  assert.equal(wrong.code, 28, wrong.out);
  assert.match((await swaks(gateway.smtp, '--tls')).out, /530 5\.7\.0/);
  assert.doesNotMatch((await swaks(gateway.smtp, '--quit-after', 'EHLO')).out, /AUTH/, 'not offered in the clear');
  assert.equal((await gateway.sql('SELECT count(*) AS n FROM ledger'))[0].n, 2);
});

test('behind a proxy the client is whom the proxy names, in both versions of the header', async (t) => {
  const gateway = await usher(t, { email: { proxy_protocol_from: ['127.0.0.1'] } });
  const v1 = await swaks(gateway.smtp, '--proxy', 'TCP4 192.0.2.1 198.51.100.2 4660 25', '--header', 'Message-ID: <v1@customer.test>');
  assert.equal(v1.code, 0, v1.out);
  const v2 = Buffer.from('0d0a0d0a000d0a515549540a2111000cc0000207c633640212340019', 'hex');
  const conversation = 'EHLO a\r\nMAIL FROM:<ana@customer.test>\r\nRCPT TO:<support@usher.test>\r\n';
  const chunk = mail('v2');
  const said = await exchange(gateway.smtp, Buffer.concat([v2, Buffer.from(`${conversation}BDAT ${chunk.length} LAST\r\n`), chunk, Buffer.from('QUIT\r\n')]));
  assert.match(said, /250 2\.0\.0 [0-9a-f-]{36}\r\n221/);
  assert.equal(await exchange(gateway.smtp, Buffer.from('EHLO a\r\n')), '', 'without a header nothing is said');
  const envelopes = (await gateway.sql('SELECT envelope FROM ledger ORDER BY id')).map((row) => JSON.parse(row.envelope).peer);
  assert.deepEqual(envelopes, ['192.0.2.1', '192.0.2.7']);
});

test('one client may make so many connections and mails a minute', async (t) => {
  const gateway = await usher(t, { email: { max_connections_per_minute: 3, max_mails_per_minute: 2 } });
  const two = 'EHLO a\r\n' + 'MAIL FROM:<a@customer.test>\r\nRSET\r\n'.repeat(3) + 'QUIT\r\n';
  assert.match(await exchange(gateway.smtp, Buffer.from(two)), /450 4\.7\.1/);
  await exchange(gateway.smtp, Buffer.from('QUIT\r\n'));
  await exchange(gateway.smtp, Buffer.from('QUIT\r\n'));
  assert.match(await exchange(gateway.smtp, Buffer.from('QUIT\r\n')), /^421 4\.7\.0/);
});
