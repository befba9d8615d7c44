// A staff member at the REST API: an account by the command line, a session by signing in.
import assert from 'node:assert/strict';

const kPassword = 'correct horse battery';

export class Staff {
  constructor(gateway, name) {
    this.gateway = gateway;
    this.name = name;
  }
  async signIn() {
    const answer = await fetch(`${this.gateway.http}/api/login`, { method: 'POST', body: JSON.stringify({ name: this.name, password: kPassword }) });
    assert.equal(answer.status, 200, `sign-in of ${this.name}`);
    this.cookie = answer.headers.get('set-cookie').split(';')[0];
    return this;
  }
  async call(method, path, body, type = 'application/json') {
    const headers = { cookie: this.cookie, 'x-usher-request': '1', 'content-type': type };
    const sent = body === undefined ? undefined : typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
    const answer = await fetch(`${this.gateway.http}${path}`, { method, headers, body: sent });
    const text = await answer.text();
    let json;
    try { json = JSON.parse(text); } catch { json = undefined; }
    return { status: answer.status, json, text, type: answer.headers.get('content-type') };
  }
  get(path) { return this.call('GET', path); }
  put(path, body) { return this.call('PUT', path, body); }
  post(path, body, type) { return this.call('POST', path, body, type); }
}

export async function staff(gateway, name, role) {
  const added = await gateway.command(['user', 'add', name, '--role', role], { input: kPassword });
  assert.equal(added.code, 0, added.out + added.err);
  return new Staff(gateway, name).signIn();
}
