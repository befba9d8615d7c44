// A pretend gateway for working on the pages: the webchat protocol and the console API of docs/formats.md over a scripted
// conversation, all in memory. Not shipped; the real one is gateway/. `node dev/server.mjs [port]`, or start(port) from a test.
// Switches for tests: POST /dev/set {"no_socket":true} and so on (see `knobs`).
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import { Chat } from './chat.mjs';
import { console_api } from './console_data.mjs';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const kTypes = { html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', svg: 'image/svg+xml' };
const kPolicy = "default-src 'self'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'";

export async function start(port = 0) {
  const knobs = {
    no_socket: false,     // refuse WebSocket upgrades
    swallow_ack: 0,       // store, but lose the next n acks and close
    busy: 0,              // nack the next n messages with retry_after_ms
    reject: 0,            // nack the next n messages for good
    down: false,          // refuse everything under /chat
    lose_upload: 0,       // break the connection of the next n messages with files
    hold_uploads: false,  // messages with files wait until this is off again
    hold_answers: false,  // the bot thinks until this is off again
    reply_ms: 150,        // how long the bot thinks
    empty: false,         // console: no rows
    broken: false,        // console: 500
    hold_console: false,  // console: answers wait until this is off again
  };
  const chat = new Chat(knobs);
  const sockets = new Set();
  const server = http.createServer(async (request, answer) => {
    const url = new URL(request.url, 'http://localhost');
    const send = (status, body, headers = {}) => {
      answer.writeHead(status, { 'Content-Type': 'application/json', 'Content-Security-Policy': kPolicy, 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer', ...headers });
      answer.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : body === undefined ? '' : JSON.stringify(body));
    };
    try {
      if (url.pathname === '/dev/set') {
        const values = JSON.parse(await body_of(request));
        Object.assign(knobs, values);
        if (values.drop || values.down || values.no_socket) for (const socket of sockets) socket.terminate();
        if (values.bye) for (const socket of sockets) socket.bye(values.bye);
        return send(200, knobs);
      }
      if (url.pathname === '/dev/stored') return send(200, chat.customer_texts());
      if (url.pathname.startsWith('/api/')) return await console_api(request, url, await body_of(request), send, knobs);
      if (url.pathname.startsWith('/chat/')) {
        if (knobs.down) return request.socket.destroy();
        return await chat.http(request, url, await bytes_of(request), send);
      }
      const asked = url.pathname === '/' ? 'demo' : url.pathname.slice(1);
      const name = asked.includes('.') ? asked : `${asked}.html`;
      const type = kTypes[name.split('.').at(-1)];
      if (!type || name.includes('/') || name === 'plain.html') return send(404, { error: { code: 'not_found', message: 'No such page.' } });
      return send(200, await readFile(dist + name), { 'Content-Type': type });
    } catch (error) {
      return send(error.code === 'ENOENT' ? 404 : 500, { error: { code: 'failed', message: String(error) } });
    }
  });
  const upgrades = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    if (knobs.no_socket || knobs.down || request.url !== '/chat/ws') return socket.destroy();
    upgrades.handleUpgrade(request, socket, head, (connection) => {
      sockets.add(connection);
      connection.on('close', () => sockets.delete(connection));
      chat.socket(connection);
    });
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  return { url, chat, knobs, stop: () => { Object.assign(knobs, { hold_uploads: false, hold_answers: false, hold_console: false }); for (const socket of sockets) socket.terminate(); server.closeAllConnections(); server.close(); } };
}

function bytes_of(request) {
  return new Promise((resolve) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => resolve(Buffer.concat(parts)));
  });
}
const body_of = async (request) => String(await bytes_of(request));

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await start(Number(process.argv[2] ?? 8088));
  console.log(`${url}/  ${url}/?lang=zh  ${url}/chat/plain  ${url}/console (name: ada, password: demo)`);
}
