// The browser of the tests: Debian's Chromium, with everything off that would call home.
import { chromium } from 'playwright-core';
import { eventually } from './usher.mjs';

export async function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
           '--disable-component-update', '--disable-sync'],
  });
}

// Waits until the locator finds exactly so many: a page draws a moment after the key was pressed.
export async function counts(locator, expected, why = '') {
  await eventually(async () => {
    const found = await locator.count();
    if (found !== expected) throw new Error(`there are ${found}`);
    return true;
  }, `${expected} of ${locator} ${why}`);
}
