/**
 * Answers with long names, long lines and long lists, for looking at what a narrow panel makes of them.
 */
import type { Page } from '@playwright/test';
import type { components } from '../src/api';

type Schemas = components['schemas'];

const LONG = `/home/iot/${'a-folder-with-a-name-that-does-not-end/'.repeat(4)}file`;
const LINE = `export PYTHONUSERBASE=${LONG} && pip install --user --no-input ${'some-package '.repeat(12)}`;
const kept: Schemas['Fates'] = { stop: 'kept', update: 'kept', device: 'lost' };
const why: Schemas['Evidence'] = {
  kind: `The kernel says so of ${LONG}.`,
  stop: 'A stop leaves it.',
  update: 'The new container gets it.',
  device: 'It lies on this machine.'
};
const where: Schemas['Where'] = {
  path: LONG,
  resolved: LONG,
  exists: true,
  nearest: LONG,
  mount_id: 1,
  mount_point: '/home/iot',
  kind: 'volume',
  name: 'iot-home',
  fate: kept,
  evidence: why,
  also_at: [],
  writable: true,
  doubt: null
};
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

const findings: Schemas['FindingReport'] = {
  at: '2026-11-23T12:00:00.000Z',
  checks: 38,
  not_checked: [],
  findings: numbers(200).map(index => ({
    id: 'PY01',
    key: `PY01:${index}`,
    level: (['error', 'warning', 'advice'] as const)[index % 3],
    title: `Commands that you install are not found (${index})`,
    about: LONG,
    evidence: `${LONG} is not on PATH.`,
    remedy: 'Put this line into the start script.',
    lines: [LINE, LINE],
    docs: 'findings/PY01'
  }))
};

const group: Omit<Schemas['GroupTotals'], 'group'> = {
  missed: true,
  files: 2,
  folders: 1,
  size: 5_000_000,
  largest: [{ path: LONG, type: 'file', files: 1, size: 1 }],
  remedies: [
    {
      kind: 'dockerfile',
      sentence: 'Add this line to the Dockerfile.',
      lines: [`RUN ${LINE}`],
      left_out: 3
    }
  ]
};

const changes: Schemas['ChangesReport'] = {
  state: 'ended',
  started_at: '2026-11-23T12:00:00.000Z',
  ended_at: '2026-11-23T12:00:01.000Z',
  seconds: 1,
  progress: null,
  error: null,
  evidence: '/ is an overlay.',
  clock: null,
  nothing_to_lose: false,
  files: 4,
  folders: 2,
  size: 9,
  groups: (['system-packages', 'home-and-data'] as const).map(name => ({
    group: name,
    ...group
  })),
  system_packages: [],
  python_packages: [],
  dockerfile: [`RUN ${LINE}`],
  missing: [{ path: LONG, package: 'x', certain: false }],
  missing_count: 1,
  unreadable: [LONG],
  unreadable_count: 1,
  doubts: [
    { reason: 'unreadable', message: `${LONG} is shut.`, may_be_loss: true }
  ],
  changes: [],
  next: null
};

const samba: Schemas['SambaReport'] = {
  at: '2026-11-23T12:00:00.000Z',
  client: {
    state: 'stalled',
    since: '2026-11-23T12:00:00.000Z',
    evidence: [`//nas/iot-data is mounted at ${LONG}.`],
    blocked: 'A program that touches it waits.',
    mount_point: LONG,
    server: 'nas',
    share: 'iot-data',
    user: 'iot'
  },
  shares: [],
  negotiation: {
    server: 'nas',
    state: 'stalled',
    evidence: 'It took the connection and says nothing.',
    port: 445,
    dialect: null,
    signing: null,
    encryption: null,
    latency: null,
    at: '2026-11-23T12:00:00.000Z'
  },
  hidden: [
    {
      path: LONG,
      kind: 'volume',
      name: 'iot-home',
      by: 'iot-data',
      by_mount_id: 7,
      still_at: LONG,
      evidence: `The volume is under ${LONG}.`,
      bytes: 5_000_000,
      complete: true,
      names: [{ name: LONG, kind: 'file' }],
      more: true
    }
  ],
  state_files: [
    {
      what: 'The signatures of notebooks',
      path: LONG,
      mount_point: LONG,
      risk: 'locked',
      effect: 'It says "database is locked" at once.',
      setting: 'x',
      remedy: [`c.NotebookNotary.db_file = "${LONG}"`],
      remedy_for: 'jupyter_server_config.py'
    }
  ],
  state_files_doubt: 'The look was stopped after 10,000 files.',
  settings: {
    generation: null,
    read: [],
    values: [],
    client_wanted: true,
    server_wanted: null,
    server: null,
    user: null,
    problems: [{ id: 'x', message: 'No server is named.', remedy: LINE }]
  },
  server: { wanted: null, listening: null, exports: null, evidence: [] }
};

const target: Schemas['InstallTarget'] = {
  kernel: null,
  interpreter: '/usr/bin/python3',
  python: '3.11.2',
  pip: '23.0.1',
  user_base: LONG,
  user_site: LONG,
  site_exists: true,
  where,
  free: 9_000_000_000,
  inodes_free: 1000,
  scripts: LONG,
  scripts_on_path: false,
  refusals: [
    {
      reason: 'container',
      message: `${LONG} is in the container itself.`,
      remedy: `Set ${LINE}.`,
      override: 'container'
    }
  ]
};

const installed: Schemas['UserPackages'] = {
  target,
  packages: numbers(1000).map(index => ({
    name: `a-package-with-a-rather-long-name-${index}`,
    version: '2026.11.23.post1',
    requested: index % 2 === 0,
    problem: index % 5 === 0 ? `${LONG} is missing.` : null
  })),
  old: [
    {
      python: '3.8',
      path: LONG,
      size: 5_000_000,
      packages: ['a 1'],
      in_use: null
    }
  ],
  open_journal: true
};

const found: Schemas['PackageReport'] = {
  at: '',
  kernel: null,
  executable: LONG,
  version: '3.11.2',
  trouble: null,
  sites: [],
  packages: installed.packages.map(({ name, version }, index) => ({
    name,
    normalized: name,
    version,
    location: LONG,
    metadata: `${name}.dist-info`,
    role: 'user',
    kind: 'volume',
    fate: kept,
    size: null,
    installer: 'pip',
    requested: index % 2 === 0,
    yours: true,
    editable: false,
    direct_url: `file://${LONG}`,
    wins: true,
    shadows: [LONG],
    shadowed_by: LONG,
    server_needs: null,
    problems: ['wrong-python', 'no-record']
  })),
  count: 1000,
  total: 1000,
  offset: 0,
  left_overs: [
    {
      site: LONG,
      entries: [LONG],
      name: 'a',
      version: '1',
      present: false
    }
  ],
  other_pythons: [
    {
      path: `${LONG}/3.7`,
      version: '3.7',
      packages: ['a'],
      requested: [],
      interpreter: null,
      fate: kept
    }
  ]
};

const job: Schemas['Job'] = {
  id: 'one',
  action: 'install',
  requirements: numbers(30).map(index => `a-package-${index}==1.0`),
  kernel: null,
  state: 'ended',
  verdict: 'failed',
  cause: 'no such package',
  message: `pip found nothing for ${LONG}.`,
  target: null,
  plan: null,
  progress: null,
  problems: [],
  restart: null,
  restored: true,
  overrides: [],
  next_steps: [`Type ${LINE}`],
  created: '',
  started: null,
  ended: null,
  kept: '',
  cursor: '1',
  lines: numbers(600).map(number => ({
    number: number + 1,
    at: '',
    text: `${number} Collecting ${LONG}`
  })),
  left_out: 7
};

/**
 * Answer every question but the first with long answers.
 */
export async function serveLong(page: Page): Promise<void> {
  const answers: [string, unknown][] = [
    ['findings', findings],
    ['changes', changes],
    ['samba', samba],
    [
      'installs',
      { enabled: true, kept: '', jobs: [{ ...job, state: 'running' }] }
    ],
    ['installs/packages', installed],
    ['packages', found],
    ['installs/one', job]
  ];
  for (const [path, body] of answers) {
    await page.route(
      url => url.pathname.endsWith(`/ide49-storage/${path}`),
      route => route.fulfill({ json: body })
    );
  }
}
