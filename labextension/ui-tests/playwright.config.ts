/**
 * One browser, the system's own, and one JupyterLab at a time.
 */
import { defineConfig } from '@playwright/test';
import { BROWSER } from './machine';

export default defineConfig({
  testDir: 'tests',
  outputDir: 'results/runs',
  reporter: [['list']],
  // Limits that end what hangs: a slow machine needs minutes for what a fast one does in seconds.
  timeout: 300_000,
  expect: { timeout: 90_000 },
  workers: 1,
  forbidOnly: process.env.CI !== undefined,
  use: {
    viewport: { width: 1200, height: 900 },
    trace: 'retain-on-failure',
    launchOptions: {
      ...(BROWSER !== null && { executablePath: BROWSER }),
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync'
      ]
    }
  }
});
