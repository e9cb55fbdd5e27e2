import AxeBuilder from '@axe-core/playwright';
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';
import { expect, openPanel, test, unfold } from '../fixtures';
import { serve } from '../scenes';

/**
 * What axe finds wrong in the panel.
 */
async function violations(page: IJupyterLabPageFixture): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .include('#ide49-storage-panel')
    .analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`)
  );
}

for (const theme of ['JupyterLab Light', 'JupyterLab Dark']) {
  test(`axe finds nothing wrong in ${theme}`, async ({ page }) => {
    await page.theme.setTheme(theme);
    await serve(page, 'docker-synthetic-samba-home', '/home/iot');
    const panel = await openPanel(page);
    await panel.getByRole('switch').check();
    await unfold(panel);
    expect(await violations(page)).toEqual([]);
  });

  test(`axe finds nothing wrong in ${theme} when the server is gone`, async ({
    page
  }) => {
    await page.theme.setTheme(theme);
    const panel = await openPanel(page);
    await page.route('**/ide49-storage/mounts*', route => route.abort());
    await panel.getByRole('button', { name: /^Ask the server again/ }).click();
    await expect(
      panel.getByText('The server does not answer.').first()
    ).toBeVisible();
    await panel.screenshot({ path: `results/gone-${theme}.png` });
    expect(await violations(page)).toEqual([]);
  });
}

/**
 * Press a key until this has the focus.
 */
async function pressUntilFocused(
  page: IJupyterLabPageFixture,
  key: string,
  goal: Locator
): Promise<void> {
  const reached = () =>
    goal.evaluate(node => node.contains(document.activeElement));
  for (let presses = 0; presses < 40 && !(await reached()); presses++) {
    await page.keyboard.press(key);
  }
  expect(await reached()).toBe(true);
}

test('the keyboard alone reaches the evidence', async ({ page }) => {
  const panel = page.locator('#ide49-storage-panel');
  const why = panel.getByRole('button', { name: 'Why' });
  const evidence = panel.getByText('When the container is updated');

  await pressUntilFocused(page, 'Tab', page.locator('.jp-SideBar.jp-mod-left'));
  const tab = page.getByRole('tab', { name: /^Storage/ });
  await pressUntilFocused(page, 'ArrowDown', tab);
  await page.keyboard.press('Enter');
  await expect(why).toBeVisible();
  await pressUntilFocused(page, 'Tab', why);
  await expect(why).toHaveCSS('outline-style', 'solid');
  await page.keyboard.press('Enter');
  await expect(evidence).toBeVisible();
  await page.keyboard.press('Space');
  await expect(evidence).toHaveCount(0);
});
