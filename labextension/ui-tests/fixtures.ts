/**
 * The test function of these tests: Galata's, on a JupyterLab of our own.
 */
import { expect, galata, test as base } from '@jupyterlab/galata';
import * as utils from '@jupyterlab/galata/lib/utils';
import type { Locator, Page } from '@playwright/test';
import { Lab } from './lab';
import { FORBID_SKIPS, MAY_MOUNT } from './machine';

export { expect };

// Galata gives up on each of its conditions after 15 seconds, which a slow machine needs for less.
const { waitForCondition } = utils;
Object.assign(utils, {
  waitForCondition: (condition: () => boolean | Promise<boolean>) =>
    waitForCondition(condition, 240_000)
});

export const test = base.extend<object, { lab: Lab }>({
  lab: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const lab = await Lab.start();
      await use(lab);
      await lab.remove();
    },
    { scope: 'worker', timeout: 360_000 }
  ],
  baseURL: async ({ lab }, use) => {
    await use(lab.url);
  },
  extraHTTPHeaders: async ({ lab }, use) => {
    await use({ Authorization: `token ${lab.token}` });
  },
  mockSettings: {
    ...galata.DEFAULT_SETTINGS,
    '@jupyterlab/apputils-extension:notification': {
      fetchNews: 'false',
      checkForUpdates: false
    }
  }
});

/**
 * Skip the test where nobody may mount, or fail it where no test may be skipped.
 */
export function needMounts(): void {
  if (!MAY_MOUNT && FORBID_SKIPS) {
    throw new Error('cannot run here: needs root');
  }
  test.skip(!MAY_MOUNT, 'cannot run here: needs root');
}

/**
 * Open the panel and wait for its answer.
 */
export async function openPanel(page: Page): Promise<Locator> {
  await page.getByRole('tab', { name: /^Storage/ }).click();
  const panel = page.locator('#ide49-storage-panel');
  await panel.getByRole('heading', { name: 'Where things are' }).waitFor();
  return panel;
}

/**
 * Open everything that can be opened.
 */
export async function unfold(panel: Locator): Promise<void> {
  const folded = panel.getByRole('button', { expanded: false });
  // Some content is asked for only once it is unfolded, and can be unfolded itself.
  await expect(async () => {
    for (let left = await folded.count(); left > 0; left--) {
      // A row may go away meanwhile: then the others are counted anew.
      await folded.first().click({ timeout: 20_000 });
    }
    await expect(panel.getByText(/^Asking/)).toHaveCount(0);
    expect(await folded.count()).toBe(0);
  }).toPass({ timeout: 240_000 });
}
