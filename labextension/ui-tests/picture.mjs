// Takes the README's picture: `node picture.mjs ADDRESS FILE` with a JupyterLab that shows the panel
// (`python -m tests.lab.demo` prints the address of one in a real container).

import { chromium } from '@playwright/test';

const [address, file] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync'
  ]
});
const page = await browser.newPage({
  viewport: { width: 1180, height: 760 },
  deviceScaleFactor: 1.5
});
await page.goto(address);
await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
await page.locator('.jp-SideBar li[data-id="ide49-storage-panel"]').click();
await page
  .locator('#ide49-storage-panel [aria-busy="true"]')
  .waitFor({ state: 'detached' });
await page.waitForTimeout(1500);
await page.screenshot({ path: file });
await browser.close();
