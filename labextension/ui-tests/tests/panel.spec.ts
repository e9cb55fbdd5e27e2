import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';
import { expect, needMounts, openPanel, test } from '../fixtures';

/**
 * Note the requests that the page makes to the server extension.
 */
function requests(page: IJupyterLabPageFixture): string[] {
  const seen: string[] = [];
  const note = (url: string) => {
    if (new URL(url).pathname.startsWith('/ide49-storage/')) {
      seen.push(url);
    }
  };
  page.on('request', request => {
    note(request.url());
  });
  page.on('websocket', socket => {
    note(socket.url());
  });
  return seen;
}

/**
 * The row, or rows, of what is mounted there.
 */
function rowAt(panel: Locator, point: string): Locator {
  return panel.locator('.ide49-Row').filter({ hasText: point });
}

test('asks nothing before it is shown, and says where the notebooks are once it is', async ({
  page,
  lab,
  request
}) => {
  const seen = requests(page);
  await page.reload();
  await page.waitForSelector('#jupyterlab-splash', { state: 'detached' });
  expect(seen).toEqual([]);

  const panel = await openPanel(page);
  const answer = await request.get(`${lab.url}/ide49-storage/mounts`);
  const { notebooks } = (await answer.json()) as {
    notebooks: { evidence: { update: string }; fate: { update: string } };
  };
  await expect(panel.getByText(/^Your notebooks are/)).toBeVisible();
  await expect(panel.locator('.ide49-Summary')).toHaveAttribute(
    'data-fate',
    notebooks.fate.update
  );
  await panel.getByRole('button', { name: 'Why' }).click();
  await expect(
    panel.getByText(notebooks.evidence.update).first()
  ).toBeVisible();
  expect(seen.some(url => url.includes('/mounts'))).toBe(true);
  expect(seen.some(url => url.includes('/watch'))).toBe(true);
});

test('shows a mount as soon as it is made, and forgets it when it is gone', async ({
  page,
  lab
}) => {
  needMounts();
  const panel = await openPanel(page);
  const point = lab.mountMemory('scratchpad');
  const row = rowAt(panel, point);
  await expect(row.getByRole('button', { name: /memory/ })).toBeVisible();
  await expect(panel.getByText(`Mounted now: ${point}.`)).toBeAttached();
  await row.getByRole('button').click();
  await expect(row.getByText(/tmpfs from tmpfs/)).toBeVisible();

  lab.unmount(point);
  await expect(row).toHaveCount(0);
  await expect(
    panel.getByText(`Not mounted any more: ${point}.`)
  ).toBeAttached();
});

test('shows both places of a folder in one row', async ({ page, lab }) => {
  needMounts();
  const inner = lab.mountMemory('first');
  const place = lab.bind('first', 'second');
  const panel = await openPanel(page);
  const row = rowAt(panel, inner);
  await expect(row).toHaveCount(1);
  await expect(row).toContainText(place);
  lab.unmount(place);
  lab.unmount(inner);
});

test('says by what a mount is hidden', async ({ page, lab }) => {
  needMounts();
  const point = lab.mountMemory('covered');
  lab.mountMemory('covered');
  const panel = await openPanel(page);
  const hidden = rowAt(panel, point).getByText(/^hidden by .*\(memory\)$/);
  await expect(hidden).toBeVisible();
  lab.unmount(point);
  await expect(hidden).toHaveCount(0);
  await expect(rowAt(panel, point)).toHaveCount(1);
  lab.unmount(point);
});

test.describe('through a restart', () => {
  // Galata's stand-ins ask the server themselves, and fail the test when it is away.
  test.use({
    kernels: null,
    mockConfig: false,
    mockSettings: false,
    mockState: false,
    mockUser: false,
    sessions: null,
    terminals: null
  });

  test('keeps its content while the server is away, and is live again after', async ({
    page,
    lab
  }) => {
    const panel = await openPanel(page);
    await lab.stop();
    const notice = panel
      .getByText('The server does not answer.', { exact: true })
      .first();
    await expect(notice).toBeVisible();
    await expect(panel.getByText(/^What you see below came/)).toBeVisible();
    await expect(panel.getByText(/^Your notebooks are/)).toBeVisible();

    await lab.start();
    // It is asked again less and less often.
    await expect(notice).toHaveCount(0, { timeout: 200_000 });
    needMounts();
    const point = lab.mountMemory('after');
    await expect(panel.getByText(`Mounted now: ${point}.`)).toBeAttached();
    lab.unmount(point);
  });
});

test('shows what the kernel mounts when it is told to, and remembers that', async ({
  page
}) => {
  const panel = await openPanel(page);
  const proc = panel.getByRole('button', { name: /^\/proc kernel/ });
  await expect(proc).toHaveCount(0);
  await panel.getByRole('switch').check();
  await expect(proc).toBeVisible();

  await page.getByRole('tab', { name: /^File Browser/ }).click();
  await openPanel(page);
  await expect(panel.getByRole('switch')).toBeChecked();
  await expect(proc).toBeVisible();
});

test('says what to do when the server refuses or has no extension', async ({
  page
}) => {
  let status = 403;
  await page.route('**/ide49-storage/mounts*', route =>
    route.fulfill({ status, json: { message: 'No', reason: null } })
  );
  await page.getByRole('tab', { name: /^Storage/ }).click();
  const panel = page.locator('#ide49-storage-panel');
  await expect(panel.getByText(/does not let you see/)).toBeVisible();
  status = 404;
  await panel.getByRole('button', { name: 'Ask again now' }).click();
  await expect(panel.getByText(/does not run the storage/)).toBeVisible();
});
