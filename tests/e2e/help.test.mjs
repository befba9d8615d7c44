// The public help centre in a real browser against the real binary: without JavaScript, in both languages, on a phone, in the dark,
// by keyboard; what search engines and robots get; what is counted, and what staff see of it.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { violations } from './support/axe.mjs';
import { becomes, counts, focus_is, launch } from './support/browser.mjs';
import { openChat } from './support/chat_page.mjs';
import { away_from_midnight, eventually, temporaryFolder, Usher } from './support/usher.mjs';

const kPerson = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36';
const kArticle = '/help/en/no-power-reset';
let browser, gateway, contexts = [];

before(async () => {
  await away_from_midnight();  // a visitor counts once a day
  gateway = new Usher(await temporaryFolder(undefined, 'help'), {});
  await gateway.start();
  browser = await launch();
});
after(async () => {
  for (const context of contexts) await context.close();
  await browser?.close();
  await gateway?.kill();
});

const complaints = [];
async function fresh(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 820 }, userAgent: kPerson, ...options });
  contexts.push(context);
  const page = await context.newPage();
  page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
  return page;
}
const address = (path) => gateway.http + path;
const get = (path, headers = {}) => fetch(address(path), { headers, redirect: 'manual' });

describe('the pages', () => {
  it('list what there is, by product and topic, in both languages', async () => {
    const page = await fresh();
    await page.goto(address('/help/en'));
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
    assert.ok(await page.locator('.topics section').count() >= 5);
    assert.ok(await page.locator('.chips a').count() >= 3);
    const printer = page.locator('.chips a', { hasText: 'Printer' }).first();
    const count = Number((await printer.locator('span').innerText()).trim());
    await printer.click();
    await page.waitForURL(/product=/);
    await counts(page.locator('.results li'), count);
    await page.getByRole('link', { name: '中文' }).click();
    await page.waitForURL(/\/help\/zh/);
    assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
    assert.match(await page.locator('h1').first().innerText(), /遇到什么问题/);
    assert.ok(await page.locator('.topics section').count() >= 5);
  });

  it('are chosen by the browser’s language', async () => {
    for (const [accept, lang] of [['zh-CN,zh;q=0.9,en;q=0.8', 'zh'], ['de,en;q=0.5', 'en'], ['', 'en']]) {
      const answer = await get('/help', { 'accept-language': accept });
      assert.equal(answer.status, 302);
      assert.equal(answer.headers.get('location'), `/help/${lang}`);
      assert.match(answer.headers.get('vary'), /Accept-Language/);
    }
  });

  it('have nothing axe takes seriously, light and dark, wide and on a phone, in both languages', async () => {
    for (const colorScheme of ['light', 'dark']) {
      for (const width of [1280, 360]) {
        const page = await fresh({ colorScheme, viewport: { width, height: 740 } });
        for (const path of ['/help/en', '/help/zh', '/help/en/search?q=printer%20is%20offline', '/help/zh/search?q=打印机脱机', '/help/en/search?q=zzqx',
                            '/help/en?product=laptop', kArticle, '/help/zh/no-power-reset', `${kArticle}?said=no`, '/help/en/there-is-none']) {
          await page.goto(address(path));
          assert.deepEqual(await violations(page), [], `${path} ${colorScheme} ${width}`);
          const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          assert.equal(over, 0, `${path} is as wide as the screen of ${width}`);
        }
      }
    }
    assert.deepEqual(complaints.filter((text) => /Content.Security.Policy/i.test(text)), []);
  });

  it('are worked by keyboard', async () => {
    const page = await fresh();
    await page.goto(address('/help/en'));
    await page.keyboard.press('Tab');
    await focus_is(page, /\.skip/);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await focus_is(page, /#q /);
    await page.keyboard.type('printer offline');
    await page.keyboard.press('Enter');
    await page.waitForURL(/search\?q=printer/);
    assert.match(await page.locator('.results h2').first().innerText(), /offline/i);
  });
});

describe('the search', () => {
  it('finds, marks and corrects, without JavaScript', async () => {
    const page = await fresh({ javaScriptEnabled: false });
    await page.goto(address('/help/en'));
    await page.getByRole('searchbox').fill('my laptop does not turn on');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.waitForURL(/search\?q=my/);
    assert.match(await page.locator('.results a').first().getAttribute('href'), /\/help\/en\/no-power-reset/);
    assert.ok(await page.locator('.results mark').count() > 0);
    await page.goto(address('/help/en/search?q=pritner%20ofline'));
    const meant = page.locator('.meant a');
    assert.match(await meant.innerText(), /printer/);
    await meant.click();
    await page.waitForURL(/search\?q=printer/);
    assert.match(await page.locator('.results h2').first().innerText(), /offline/i);
    await page.goto(address('/help/zh/search?q=打印机脱机'));
    assert.match(await page.locator('.results a').first().getAttribute('href'), /printer-offline/);
    assert.ok(await page.locator('.results mark').count() > 0);
  });

  it('says when it found nothing, and leads to the chat', async () => {
    const page = await fresh({ javaScriptEnabled: false });
    await page.goto(address('/help/en/search?q=zeppelin%20hovercraft%20whistles'));
    assert.match(await page.getByRole('status').innerText(), /no article that fits/);
    await page.locator('.nothing .button').click();
    await page.waitForURL(/\/chat\/plain/);
    assert.equal(await page.locator('textarea').count(), 1);
  });

  it('shows what was typed as text, whatever it is', async () => {
    const page = await fresh();
    await page.goto(address(`/help/en/search?q=${encodeURIComponent('"><script>document.title="x"</script>{{title}} printer')}`));
    assert.equal(await page.title(), 'Search – Nordlicht Computers');
    assert.match(await page.getByRole('searchbox').inputValue(), /<script>/);
    assert.equal((await get('/help/en/search?q=%FF%FE%00')).status, 200);
    assert.equal((await get(`/help/en/search?q=${'x'.repeat(5000)}`)).status, 200);
    assert.equal((await get('/help/en/search')).status, 200);
  });
});

describe('an article', () => {
  it('has one address, its translation and what search engines read', async () => {
    const page = await fresh();
    await page.goto(address(`${kArticle}/some-old-title`));
    const path = new URL(page.url()).pathname;
    assert.match(path, /^\/help\/en\/no-power-reset\/computer-does-not-turn-on/);
    assert.equal((await get(kArticle)).status, 301);
    assert.equal(await page.locator('link[rel=canonical]').getAttribute('href'), address(path));
    const alternates = await page.locator('link[rel=alternate]').evaluateAll((all) => all.map((one) => [one.hreflang, one.getAttribute('href')]));
    assert.deepEqual(alternates.map(([code]) => code).sort(), ['en', 'x-default', 'zh']);
    for (const [, href] of alternates) assert.equal((await fetch(href, { redirect: 'manual' })).status, 200, href);
    assert.ok((await page.locator('meta[name=description]').getAttribute('content')).length > 40);
    const about = JSON.parse(await page.locator('script[type="application/ld+json"]').innerText());
    assert.equal(about.headline, await page.locator('article h1').innerText());
    assert.ok(await page.locator('.solution li').count() >= 5);
    await page.getByRole('link', { name: '中文' }).click();
    await page.waitForURL(/\/help\/zh\/no-power-reset/);
    assert.match(await page.locator('.solution h2').innerText(), /解决方法/);
  });

  it('is asked about once, answered without JavaScript, and counted once for a visitor', async () => {
    const page = await fresh({ javaScriptEnabled: false });
    await page.goto(address('/help/en/printer-offline'));
    for (const name of ['No, it did not help', 'Yes, solved']) {
      await page.goto(address('/help/en/printer-offline'));
      await page.getByRole('button', { name }).click();
      await page.waitForURL(/said=/);
      await page.getByRole('status').waitFor();
    }
    const usage = () => gateway.sql("SELECT opened, solved, not_solved FROM article_usage WHERE article = 'printer-offline' AND language = 'en'");
    // Kept a few seconds after it happened, perhaps in two portions.
    await becomes(async () => (await usage())[0], { opened: 1, solved: 1, not_solved: 0 }, 'one visit, and the last word counts');
    for (const { visitor } of await gateway.sql('SELECT visitor FROM feedback_seen')) assert.ok(!visitor.includes('127.0.0.1'));
  });

  it('counts no robots and takes nothing from other sites', async () => {
    const opened = async () => (await gateway.sql("SELECT COALESCE(SUM(opened), 0) AS n FROM article_usage WHERE article = 'router-restart'"))[0].n;
    const path = (await get('/help/en/router-restart')).headers.get('location');
    for (const agent of ['Mozilla/5.0 (compatible; Googlebot/2.1)', 'curl/8', 'Mozilla/5.0 HeadlessChrome/130']) {
      assert.equal((await get(path, { 'user-agent': agent })).status, 200);
    }
    assert.equal((await get(path, { 'user-agent': kPerson })).status, 200);
    await eventually(async () => await opened() === 1, 'the person is counted');
    const post = (headers, body = 'solved=yes') => fetch(address('/help/en/router-restart/feedback'), { method: 'POST', redirect: 'manual', body,
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': kPerson, ...headers } });
    assert.equal((await post({ origin: 'https://elsewhere.example' })).status, 403);
    assert.equal((await post({ 'sec-fetch-site': 'cross-site' })).status, 403);
    assert.equal((await post({}, 'solved=maybe')).status, 400);
    assert.equal((await post({ origin: gateway.http })).status, 303);
  });

  it('is not sent again when the browser has it', async () => {
    const path = (await get(kArticle)).headers.get('location');
    const first = await get(path);
    const etag = first.headers.get('etag');
    assert.match(first.headers.get('content-security-policy'), /default-src 'self'/);
    assert.match(first.headers.get('cache-control'), /must-revalidate/);
    const again = await get(path, { 'if-none-match': etag });
    assert.equal(again.status, 304);
    assert.equal(await again.text(), '');
    assert.equal((await get('/help.css')).status, 200);
    assert.equal((await get('/help_article.html')).status, 404, 'templates are not pages');
  });
});

describe('for robots', () => {
  it('there is a sitemap whose addresses answer', async () => {
    const robots = await (await get('/robots.txt')).text();
    assert.match(robots, /Sitemap: http:\/\/127\.0\.0\.1:\d+\/help\/sitemap\.xml/);
    const sitemap = await get('/help/sitemap.xml');
    assert.match(sitemap.headers.get('content-type'), /xml/);
    const xml = await sitemap.text();
    const all = [...xml.matchAll(/<loc>([^<]+)<\/loc>/g)].map((one) => one[1]);
    assert.ok(all.length > 120, `${all.length} addresses`);
    for (const one of all) assert.equal((await fetch(one, { redirect: 'manual', headers: { 'user-agent': 'sitemapbot' } })).status, 200, one);
  });

  it('what is not there is a page that says so', async () => {
    for (const path of ['/help/en/there-is-none', '/help/fr', '/help/en/a/b/c/d', '/help/en?topic=there-is-none', '/help/zh/../../etc/passwd%00']) {
      const answer = await get(path);
      assert.ok([400, 404].includes(answer.status), `${path}: ${answer.status}`);
    }
    const page = await (await get('/help/zh/there-is-none')).text();
    assert.match(page, /没有这个页面/);
    assert.match(page, /role="search"/);
    assert.equal((await get('/help/pictures/none.png')).status, 404);
    assert.equal((await fetch(address('/help/en/no-power-reset'), { method: 'POST' })).status, 405);
  });
});

describe('staff', () => {
  const kPassword = 'correct horse battery';
  let cookie;
  const api = async (path, options = {}) => {
    const answer = await fetch(address(path), { ...options, headers: { cookie, 'x-usher-request': '1', ...options.headers } });
    return { status: answer.status, ...(await answer.json()) };
  };

  it('see what was looked for and not found, and close it', async () => {
    await gateway.command(['user', 'add', 'mia', '--role', 'agent'], { input: `${kPassword}\n` });
    const login = await fetch(address('/api/login'), { method: 'POST', body: JSON.stringify({ name: 'mia', password: kPassword }) });
    cookie = login.headers.get('set-cookie').split(';')[0];
    for (const words of ['dishwasher pump hums', 'the pump of my dishwasher is humming'])
      await get(`/help/en/search?q=${encodeURIComponent(words)}`, { 'user-agent': kPerson });
    const found = () => api('/api/kb/gaps?days=30').then((list) => list.gaps.find((gap) => gap.words.includes('dishwasher')));
    const gap = await eventually(async () => { const one = await found(); return one?.count === 2 && one; }, 'the gap');
    assert.equal(gap.kind, 'nothing_found');
    assert.equal(gap.state, 'open');
    const listed = await gateway.command(['kb', 'gaps', '--days', '30']);
    assert.equal(listed.code, 0, listed.err);
    assert.ok(listed.json.gaps.some((one) => one.id === gap.id));
    const post = (body) => api(`/api/kb/gaps/${gap.id}`, { method: 'POST', body: JSON.stringify(body) });
    assert.equal((await post({ state: 'closed', article: 'there-is-none' })).status, 400);
    assert.equal((await post({ state: 'done' })).status, 400);
    assert.equal((await post({ state: 'closed', note: 'not ours' })).status, 200);
    assert.equal((await found()).who, 'mia');
    assert.equal((await fetch(address('/api/kb/gaps'))).status, 401);
  });

  it('answer a gap by publishing an article, which is a page at once, and none when it is archived', async () => {
    await gateway.command(['user', 'add', 'ada', '--role', 'admin'], { input: `${kPassword}\n` });
    const login = await fetch(address('/api/login'), { method: 'POST', body: JSON.stringify({ name: 'ada', password: kPassword }) });
    cookie = login.headers.get('set-cookie').split(';')[0];
    for (const words of ['toaster ejects bread burnt', 'my toaster burns the bread'])
      await get(`/help/en/search?q=${encodeURIComponent(words)}`, { 'user-agent': kPerson });
    const found = () => api('/api/kb/gaps').then((list) => list.gaps.find((gap) => gap.words.includes('toaster')));
    await eventually(async () => (await found())?.count === 2, 'the gap');
    const source = ['---', 'id: toaster-burns', 'language: en', 'title: Toaster burns the bread', 'products: [toaster]', 'tags: [toaster, bread]', '---', '## Issue',
                    '- My toaster burns the bread.', '- The toaster ejects burnt bread.', '', '## Resolution', '1. Turn the knob to a lower number.', ''].join('\n');
    const before = await (await get('/help/sitemap.xml')).text();
    assert.doesNotMatch(before, /toaster/);
    const put = await api('/api/articles/toaster-burns/en', { method: 'PUT', body: JSON.stringify({ base_revision: 0, source, reason: 'asked for' }) });
    assert.equal(put.status, 200, JSON.stringify(put));
    const gap = await found();
    assert.equal(gap.state, 'closed');
    assert.equal(gap.article, 'toaster-burns');
    assert.equal(gap.note, 'answered now by toaster-burns');
    assert.equal((await get('/help/en/toaster-burns/toaster-burns-the-bread')).status, 200);
    assert.match(await (await get('/help/sitemap.xml')).text(), /toaster-burns/);
    assert.match(await (await get('/help/en/search?q=toaster')).text(), /Toaster burns the bread/);
    const archived = await api('/api/articles/toaster-burns/en/state', { method: 'POST', body: JSON.stringify({ state: 'archived', base_revision: put.revision, reason: 'test' }) });
    assert.equal(archived.status, 200, JSON.stringify(archived));
    assert.equal((await get('/help/en/toaster-burns')).status, 404);
    assert.doesNotMatch(await (await get('/help/sitemap.xml')).text(), /toaster/);
    assert.equal((await found()).state, 'open');
  });

  it('see findings and feedback', async () => {
    const { findings } = await api('/api/kb/lint');
    assert.deepEqual(findings.filter((one) => one.rule === 'customer-data' || one.rule === 'broken-link'), []);
    const lint = await gateway.command(['kb', 'lint']);
    assert.equal(lint.json.findings.length, findings.length);
    const feedback = await api('/api/kb/feedback/printer-offline/en');
    assert.equal(feedback.all.solved, 1);
    assert.equal(feedback.days.reduce((sum, day) => sum + day.solved, 0), 1);
    assert.equal(feedback.places[0].place, 'help');
  });
});

it('the help centre can be switched off', async (t) => {
  const off = new Usher(await temporaryFolder(t, 'nohelp'), { help_centre: false });
  await off.start();
  t.after(() => off.kill());
  for (const path of ['/help', '/help/en', '/help/en/search?q=x', kArticle, '/help/sitemap.xml'])
    assert.equal((await fetch(off.http + path, { redirect: 'manual' })).status, 404, path);
  assert.match(await (await fetch(`${off.http}/robots.txt`)).text(), /Disallow: \/\n/);
});

it('links and pictures of an article lead to the gateway from the chat on another server’s page', async (t) => {
  const asked_of_the_shop = [];
  let gateway;
  const shop = createServer((request, response) => {
    asked_of_the_shop.push(request.url);
    response.writeHead(request.url === '/' ? 200 : 404, { 'content-type': 'text/html' });
    response.end(request.url === '/' ? `<!doctype html><title>Shop</title><script src="${gateway.http}/widget.js" async></script><usher-chat lang="en"></usher-chat>` : '');
  });
  await new Promise((done) => shop.listen(0, '127.0.0.1', done));
  t.after(() => shop.close());
  const origin = `http://127.0.0.1:${shop.address().port}`;
  gateway = new Usher(await temporaryFolder(t, 'shop'), { http: { allowed_origins: [origin] } });
  await gateway.start();
  t.after(() => gateway.kill());
  await gateway.command(['user', 'add', 'ada', '--role', 'admin'], { input: 'correct horse battery\n' });
  const login = await fetch(`${gateway.http}/api/login`, { method: 'POST', body: JSON.stringify({ name: 'ada', password: 'correct horse battery' }) });
  const headers = { cookie: login.headers.get('set-cookie').split(';')[0], 'x-usher-request': '1' };
  const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
  const picture = await (await fetch(`${gateway.http}/api/articles/files?name=lamp.png`, { method: 'POST', body: png, headers })).json();
  const source = ['---', 'id: zorbator-lamp', 'language: en', 'title: Zorbator lamp blinks purple', '---', '## Issue', '- The purple lamp of my zorbator blinks.', '', '## Resolution',
                  `1. Find the lamp: ![the lamp](pictures/${picture.sha256}.png)`, '2. [Drain the residual power](no-power-reset).', '3. Read [the maker’s page](https://maker.example/lamp) or #4.', ''].join('\n');
  const put = await fetch(`${gateway.http}/api/articles/zorbator-lamp/en`, { method: 'PUT', headers, body: JSON.stringify({ base_revision: 0, source, reason: 'test' }) });
  assert.equal(put.status, 200, await put.text());

  const page = await fresh();
  const chat = await openChat(page, { url: origin });
  await chat.say('the purple lamp of my zorbator blinks');
  await chat.waitForBot('Drain the residual power');
  const article = page.locator('usher-chat .article').last();
  const link = article.getByRole('link', { name: 'Drain the residual power' });
  assert.equal(await link.getAttribute('href'), `${gateway.http}/help/en/no-power-reset`);
  assert.equal(await article.getByRole('link', { name: 'the maker’s page' }).getAttribute('href'), 'https://maker.example/lamp');
  await eventually(() => article.locator('img').evaluate((img) => img.complete && img.naturalWidth === 1), 'the picture, from the gateway');
  const [opened] = await Promise.all([page.context().waitForEvent('page'), link.click()]);
  await opened.waitForURL(/\/help\/en\/no-power-reset\//);
  assert.match(await opened.locator('h1').first().innerText(), /residual power/i);
  assert.equal(page.url(), `${origin}/`, 'the shop and its chat stay where they are');
  assert.deepEqual(asked_of_the_shop.filter((path) => path !== '/' && path !== '/favicon.ico'), [], 'nothing of the article was looked for in the shop');
});
