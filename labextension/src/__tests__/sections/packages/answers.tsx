/**
 * Made-up records of installs, and a made-up server for them.
 */
import { ServerConnection } from '@jupyterlab/services';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import * as React from 'react';
import {
  PackagesModel,
  type Planned
} from '../../../sections/packages/packagesModel';
import {
  PackagesSection,
  type IPackagesSectionProps
} from '../../../sections/packages/packagesSection';
import { evidence, fates, HandWatch, trans } from '../../synthetic';
import { StorageModel } from '../../../reports/storageModel';
import type { Job } from '../../../sections/packages/packagesReport';
import type { PackageReport } from '../../../tokens';

export const TARGET = {
  kernel: null,
  interpreter: '/usr/bin/python3',
  python: '3.11.2',
  pip: '23.0.1',
  user_base: '/home/iot/.local',
  user_site: '/home/iot/.local/lib/python3.11/site-packages',
  site_exists: false,
  where: { fate: fates('kept'), evidence: evidence },
  free: 9_000_000_000,
  inodes_free: 1000,
  scripts: '/home/iot/.local/bin',
  scripts_on_path: true,
  refusals: []
};

export const FOUND: PackageReport = {
  at: '',
  kernel: null,
  executable: '/usr/bin/python3',
  version: '3.11.2',
  trouble: null,
  sites: [],
  packages: [],
  count: 0,
  total: 0,
  offset: 0,
  left_overs: [],
  other_pythons: []
};

export const PLANNED: Planned = {
  name: 'requests',
  version: '2.32',
  change: 'new',
  installed: null,
  requested: true,
  yanked: false,
  source: false,
  size: 64_000,
  shadows: null,
  needed_by: [],
  breaks: []
};

export function job(changes: Partial<Job> = {}): Job {
  return {
    id: '20261124T010203-000000000000',
    action: 'install',
    requirements: ['requests'],
    kernel: null,
    state: 'running',
    verdict: null,
    cause: null,
    message: '',
    target: null,
    plan: null,
    progress: { phase: 'Downloading', done: 25, total: 100 },
    problems: [],
    restart: null,
    restored: false,
    overrides: [],
    next_steps: [],
    created: '',
    started: null,
    ended: null,
    kept: '',
    cursor: '1-10',
    lines: [{ number: 1, at: '', text: 'Collecting requests' }],
    left_out: 0,
    ...changes
  };
}

/**
 * A server of a few answers, by method and address; what it was asked is noted.
 */
export class Answers {
  readonly asked: { call: string; body: unknown }[] = [];
  readonly watch = new HandWatch();
  readonly messages = this.watch.received;
  readonly restarted: string[] = [];
  readonly by: Record<string, () => { status: number; body: unknown }> = {
    'GET installs': () => ok({ enabled: true, kept: '', jobs: [] }),
    'GET installs/packages': () =>
      ok({ target: TARGET, packages: [], old: [], open_journal: false }),
    'GET packages': () => ok(FOUND)
  };

  private readonly _settings = ServerConnection.makeSettings({
    fetch: (input: RequestInfo | URL, init?: RequestInit) =>
      this.answer(new Request(input, init))
  });
  readonly reports = new StorageModel({
    serverSettings: this._settings,
    watch: this.watch
  });
  readonly model = new PackagesModel({
    serverSettings: this._settings,
    reports: this.reports
  });

  dispose(): void {
    this.model.dispose();
    this.reports.dispose();
  }

  async answer(request: Request): Promise<Response> {
    const path = new URL(request.url).pathname.split('ide49-storage/')[1] ?? '';
    const call = `${request.method} ${path}`;
    const text = await request.text();
    this.asked.push({ call, body: text ? JSON.parse(text) : null });
    const answer = this.by[call];
    const { status, body } = answer
      ? answer()
      : { status: 404, body: { message: `no ${call}`, code: 'test' } };
    return new Response(JSON.stringify(body), { status });
  }

  bodies(call: string): unknown[] {
    return this.asked
      .filter(each => each.call === call)
      .map(({ body }) => body);
  }

  /**
   * Show the section, opened; what is not given is as it usually is.
   */
  async show(props: Partial<IPackagesSectionProps> = {}): Promise<void> {
    render(
      <PackagesSection
        title="Packages"
        model={this.model}
        trans={trans}
        kernels={{ python3: 'Python 3' }}
        running={[
          { kernelId: 'k1', kernelName: 'python3', path: 'analysis.ipynb' }
        ]}
        restart={id => {
          this.restarted.push(id);
          return Promise.resolve();
        }}
        {...props}
      />
    );
    await userEvent.click(screen.getByRole('button', { name: /^Packages/ }));
    await screen.findByText(/Into .\/home\/iot\/.local/);
  }
}

export function ok(body: unknown): { status: number; body: unknown } {
  return { status: 200, body };
}

export function checked(requirement: string | null, message: string | null) {
  return () =>
    ok({
      ok: message === null,
      checked: [{ line: 1, text: 'x', requirement, message }]
    });
}
