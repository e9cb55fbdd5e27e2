/**
 * What the tests need from the machine they run on.
 */
import { accessSync, constants, existsSync } from 'node:fs';
import * as path from 'node:path';

/**
 * The folder of the project.
 */
export const CHECKOUT = path.resolve(__dirname, '..', '..');

/**
 * A Python that has the extension installed; without one, the sources of this checkout are tested with
 * the checkout's own Python.
 */
export const INSTALLED = process.env.IDE49_STORAGE_PYTHON;
export const PYTHON =
  INSTALLED ?? path.join(CHECKOUT, '.venv', 'bin', 'python');

/**
 * The browser that the system has. A test tool's own download is never used.
 */
export const BROWSER =
  process.env.CHROMIUM ?? find('chromium', 'chromium-browser', 'google-chrome');

/**
 * Whether the tests may mount: as root, in a mount namespace of their own.
 */
export const MAY_MOUNT = process.getuid?.() === 0 && find('unshare') !== null;

/**
 * Whether a test that cannot run here fails instead of being skipped.
 */
export const FORBID_SKIPS = process.env.IDE49_STORAGE_FORBID_SKIPS === '1';

function find(...names: string[]): string | null {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  for (const name of names) {
    for (const folder of folders) {
      const program = path.join(folder, name);
      if (existsSync(program)) {
        accessSync(program, constants.X_OK);
        return program;
      }
    }
  }
  return null;
}
