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
  viewport: { width: 1180, height: 1180 },
  deviceScaleFactor: 1.25
});
await page.goto(address);
await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
// JupyterLab asks about its news once.
await page
  .getByRole('button', { name: 'No', exact: true })
  .click({ timeout: 5000 })
  .catch(() => undefined);
await page.locator('.jp-SideBar li[data-id="ide49-storage-panel"]').click();
await page
  .locator('#ide49-storage-panel [aria-busy="true"]')
  .waitFor({ state: 'detached' });
await page.getByText('Lost at the next update').click();
await page.getByText('Copy all lines for the Dockerfile').waitFor();
await page.waitForTimeout(3000);
await page.screenshot({ path: file });
await browser.close();
