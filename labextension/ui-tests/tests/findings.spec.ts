/**
 * What needs attention, by real faults on the real server.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { expect, openPanel, test } from '../fixtures';

test('names a kernel whose Python is gone, with what to type, and hides it when told to', async ({
  page,
  lab
}) => {
  const folder = path.join(lab.root, '..', 'kernels', 'old-kernel');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(
    path.join(folder, 'kernel.json'),
    JSON.stringify({
      argv: ['/opt/removed/bin/python', '-m', 'ipykernel_launcher'],
      display_name: 'Old',
      language: 'python'
    })
  );
  try {
    const panel = await openPanel(page);
    await expect(
      panel.getByRole('heading', { name: /^Needs attention/ })
    ).toBeVisible();
    const title = "A kernel's interpreter is gone";
    const finding = panel.getByRole('button', { name: title });
    await finding.click();
    await expect(panel.getByText('/opt/removed/bin/python')).toBeVisible();
    await expect(
      panel.getByText('jupyter kernelspec remove -f old-kernel')
    ).toBeVisible();
    await panel
      .locator('.ide49-Finding')
      .filter({ hasText: title })
      .getByRole('button', { name: 'Hide this' })
      .click();
    await expect(finding).toHaveCount(0);
    await expect(panel.getByText('1 finding is hidden.')).toBeVisible();
    await panel.getByRole('button', { name: 'Show what is hidden' }).click();
    await expect(finding).toBeVisible();
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

test('shows the packages of the server and where its Python looks', async ({
  page
}) => {
  const panel = await openPanel(page);
  await panel.getByRole('button', { name: /^Packages/ }).click();
  await panel.getByRole('checkbox', { name: /also what came/ }).check();
  await panel.getByRole('searchbox').fill('jupyter_server');
  await expect(panel.locator('[data-package="jupyter-server"]')).toBeVisible();
  await panel.getByRole('button', { name: /^Python/ }).click();
  await panel
    .getByRole('button', { name: 'Where Python looks, in order' })
    .click();
  await expect(panel.getByText('the folder it is started in')).toBeVisible();
});
