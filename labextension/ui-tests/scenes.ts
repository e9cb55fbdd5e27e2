/**
 * Answers of containers that are not here, for looking at the panel.
 */
import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import type { Page } from '@playwright/test';
import { CHECKOUT, PYTHON } from './machine';

/**
 * Answer the page's requests for mounts as in a captured container.
 *
 * @param name - A file of tests/fixtures/mountinfo.
 * @param folder - The folder that Jupyter serves there.
 */
export async function serve(
  page: Page,
  name: string,
  folder: string
): Promise<void> {
  const body = execFileSync(
    PYTHON,
    [path.join(__dirname, 'captured.py'), name, folder],
    { env: { ...process.env, PYTHONPATH: CHECKOUT } }
  );
  await page.route('**/ide49-storage/mounts*', route =>
    route.fulfill({ body, contentType: 'application/json' })
  );
}
