/**
 * Pictures to look at, in results/; and that nothing sticks out, which a picture does not tell a machine.
 */
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import { expect, openPanel, test, unfold } from '../fixtures';
import { serve } from '../scenes';
import { serveLong } from '../worst';

const SCENES = [
  ['ide49', 'docker-20.10.24-ide49', '/home/iot'],
  ['samba', 'docker-synthetic-samba-home', '/home/iot'],
  ['lost', 'docker-20.10.24-bare', '/root']
] as const;

/**
 * The widest thing in the panel, less the room that it has.
 */
function overflow(page: IJupyterLabPageFixture): Promise<number> {
  return page
    .locator('#ide49-storage-panel .jp-SidePanel-content')
    .evaluate(node => node.scrollWidth - node.clientWidth);
}

for (const [scene, name, folder] of SCENES) {
  for (const theme of ['Light', 'Dark']) {
    test(`nothing sticks out: ${scene} in ${theme}, wide, narrow, right to left`, async ({
      page
    }) => {
      await page.theme.setTheme(`JupyterLab ${theme}`);
      await serve(page, name, folder);
      const panel = await openPanel(page);
      for (const [look, width, direction] of [
        ['wide', 380, 'ltr'],
        ['narrow', 260, 'ltr'],
        ['rtl', 320, 'rtl']
      ] as const) {
        await page.sidebar.setWidth(width, 'left');
        await page.evaluate(dir => {
          document.documentElement.dir = dir;
        }, direction);
        await expect.poll(() => overflow(page)).toBe(0);
        await panel.screenshot({
          path: `results/${scene}-${theme}-${look}.png`.toLowerCase()
        });
      }
      await page.evaluate(() => {
        document.documentElement.dir = 'ltr';
      });
      await unfold(panel);
      await expect.poll(() => overflow(page)).toBe(0);
      await panel.screenshot({
        path: `results/${scene}-${theme}-open.png`.toLowerCase()
      });
    });
  }
}

test('nothing sticks out of the worst of answers, in high contrast, narrow, wide, right to left', async ({
  page
}) => {
  await page.theme.setTheme('JupyterLab Dark High Contrast');
  await serve(page, 'docker-synthetic-samba-home', '/home/iot');
  await serveLong(page);
  const panel = await openPanel(page);
  for (const title of [/^Lost at the next update/, /^Samba/, /^Packages/]) {
    const heading = panel.getByRole('button', { name: title });
    if ((await heading.getAttribute('aria-expanded')) === 'false') {
      await heading.click();
    }
  }
  // One of each kind; a hundred open rows show nothing more.
  for (const name of [
    /are not found \(0\)$/,
    /^System packages/,
    /packaged file is missing$/,
    /^What this may miss/,
    /^The signatures of notebooks/,
    /^What pip says/
  ]) {
    await panel.getByRole('button', { name }).first().click();
  }
  await expect(panel.getByText(/^600 lines|Show 100 earlier/)).toBeVisible();
  for (const [look, width, direction] of [
    ['narrow', 250, 'ltr'],
    ['wide', 600, 'ltr'],
    ['rtl', 320, 'rtl']
  ] as const) {
    await page.sidebar.setWidth(width, 'left');
    await page.evaluate(dir => {
      document.documentElement.dir = dir;
    }, direction);
    await expect.poll(() => overflow(page)).toBe(0);
    await panel.screenshot({ path: `results/worst-${look}.png` });
  }
  await page.evaluate(() => {
    document.documentElement.dir = 'ltr';
  });
});
