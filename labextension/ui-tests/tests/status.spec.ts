import AxeBuilder from '@axe-core/playwright';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { expect, needMounts, test } from '../fixtures';

test('the status bar says the fate of the document in front, and opens the panel', async ({
  page,
  lab,
  tmpPath,
  request
}) => {
  needMounts();
  const name = `${tmpPath}/plain.md`;
  fs.writeFileSync(path.join(lab.root, name), '# Plain\n');
  const answer = await request.get(`${lab.url}/ide49-storage/where`, {
    params: { path: name }
  });
  const [where] = (await answer.json()) as { fate: { update: string } }[];
  const words: Record<string, string> = {
    kept: 'kept',
    lost: 'lost on update',
    'at-risk': 'at risk on update',
    unknown: 'fate not known'
  };
  const status = page.locator('.ide49-Status').getByRole('button');
  await expect(status).toHaveCount(0);
  await page.filebrowser.open(name);
  await expect(status).toHaveText(words[where?.fate.update ?? '']);

  const { violations } = await new AxeBuilder({ page })
    .include('.ide49-Status')
    .analyze();
  expect(violations).toEqual([]);

  // The same document, once its folder lies in memory: the item follows by itself.
  const point = lab.mountMemory(tmpPath);
  await expect(status).toHaveText('lost on stop');
  await expect(status).toHaveAttribute('title', /memory/);
  lab.unmount(point);
  await expect(status).toHaveText(words[where?.fate.update ?? '']);

  await status.click();
  await expect(page.locator('#ide49-storage-panel')).toBeVisible();
  await page.screenshot({ path: 'results/whole.png' });
  await page.activity.closeAll();
  await expect(status).toHaveCount(0);
});
