// The browser of the tests: Debian's Chromium, with everything off that would call home.
import { chromium } from 'playwright-core';
import { eventually } from './usher.mjs';

export async function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
           '--disable-component-update', '--disable-sync'],
    timeout: 120_000,
  });
}

// A page draws a moment after the key was pressed or the answer came in. What is on it is asked until it is as expected:
// counts (so many of it), becomes (a value read from the page), focus_is (where the focus stands).
export async function counts(locator, expected, why = '') {
  await eventually(async () => {
    const found = await locator.count();
    if (found !== expected) throw new Error(`there are ${found}`);
    return true;
  }, `${expected} of ${locator} ${why}`);
}

// `read`'s value once it is `expected`: a regular expression that matches, or an equal value.
export async function becomes(read, expected, why = '') {
  let value;
  await eventually(async () => {
    value = await read();
    const is_so = expected instanceof RegExp ? expected.test(value) : JSON.stringify(value) === JSON.stringify(expected);
    if (!is_so) throw new Error(`it is ${JSON.stringify(value)}`);
    return true;
  }, `${expected instanceof RegExp ? expected : JSON.stringify(expected)} ${why}`);
  return value;
}

// Where the focus is, shadow roots included, as `TAG #id .classes name`.
export function focus_of(page) {
  return page.evaluate(() => {
    let it = document.activeElement;
    while (it?.shadowRoot?.activeElement) it = it.shadowRoot.activeElement;
    return it ? `${it.tagName} #${it.id} .${it.className} ${it.getAttribute('aria-label') || it.innerText?.trim() || ''}` : '';
  });
}
export const focus_is = (page, expected, why) => becomes(() => focus_of(page), expected, why);
