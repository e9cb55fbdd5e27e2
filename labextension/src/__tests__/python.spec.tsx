import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import * as React from 'react';
import { Packages } from '../components/packages';
import { Python } from '../components/python';
import { StorageModel } from '../model';
import type { Kernel, Layout, Package, PackageReport } from '../tokens';
import {
  evidence,
  fates,
  HandWatch,
  json,
  Server,
  settle,
  trans,
  where
} from './synthetic';

function pack(name: string, changes: Partial<Package> = {}): Package {
  return {
    name,
    normalized: name.toLowerCase(),
    version: '1.0',
    location: '/base/site-packages',
    metadata: `${name}-1.0.dist-info`,
    role: 'user',
    kind: 'volume',
    fate: fates('kept'),
    size: null,
    installer: 'pip',
    requested: true,
    yours: true,
    editable: false,
    direct_url: null,
    wins: true,
    shadows: [],
    shadowed_by: null,
    server_needs: null,
    problems: [],
    ...changes
  };
}

const report: PackageReport = {
  at: '',
  kernel: null,
  executable: '/usr/local/bin/python3',
  version: '3.11.7',
  trouble: null,
  sites: [
    {
      path: '/venv/site-packages',
      role: 'packages',
      state: 'folder',
      importable: true,
      kind: 'volume',
      name: null,
      mount_point: '/',
      fate: fates('kept'),
      evidence,
      owner: 'iot',
      writable: true,
      packages: 1,
      problem: null
    }
  ],
  packages: [
    pack('Mine'),
    pack('image-thing', { role: 'packages', yours: false }),
    pack('broken', { problems: ['twice'], fate: fates('lost') }),
    pack('copied', { shadows: ['/usr/site-packages'] })
  ],
  count: 4,
  total: 4,
  offset: 0,
  left_overs: [
    {
      site: '/base/site-packages',
      entries: ['~ig', '~ig-1.0.dist-info'],
      name: 'big',
      version: '1.0',
      present: false
    }
  ],
  other_pythons: [
    {
      path: '/base/lib/python3.8/site-packages',
      version: '3.8',
      packages: ['a', 'b'],
      requested: ['a'],
      interpreter: null,
      fate: fates('kept')
    }
  ]
};

const folder = {
  path: '/base',
  state: 'folder' as const,
  owner: 'iot',
  writable: true,
  where: where()
};

const kernel: Kernel = {
  name: 'iot-kernel',
  display_name: 'IoT',
  language: 'python',
  folder: '/opt/kernels/iot-kernel',
  argv: ['python3'],
  executable: '/usr/local/bin/python3',
  visible: false,
  why: 'Jupyter does not look in /opt/kernels.',
  version: '3.11.7',
  prefix: '/usr/local',
  user_base: '/base',
  user_site: '/base/site-packages',
  user_site_enabled: true,
  trouble: null,
  where: null
};

const layout: Layout = {
  at: '',
  kernel: null,
  interpreter: {
    executable: '/usr/local/bin/python3',
    version: '3.11.7',
    implementation: 'cpython',
    tag: 'cp311',
    abi: 'cp311',
    platform: 'linux_aarch64',
    machine: 'aarch64',
    libc: null,
    prefix: '/usr/local',
    base_prefix: '/usr/local',
    environment: 'system',
    managed: null,
    uid: 1000,
    user: 'iot',
    noise: null
  },
  trouble: null,
  user: {
    base: folder,
    base_from: 'PYTHONUSERBASE in the environment',
    site: folder,
    enabled: true,
    why: 'It is on.'
  },
  path: [
    { place: folder, role: 'user', origin: 'the user site' },
    {
      place: { ...folder, path: '/x/python311.zip', state: 'missing' },
      role: 'zip',
      origin: 'the standard library as an archive'
    }
  ],
  scripts: [],
  search_path: [],
  install: {
    mode: 'user',
    target: folder,
    why: ['pip falls back to the user base.'],
    stays: `kept: ${evidence.update}`,
    hidden: false,
    settings: []
  },
  kernels: [kernel],
  kernel_folders: []
};

describe('The sections on Python', () => {
  let server: Server;
  let model: StorageModel;
  let watch: HandWatch;

  beforeEach(() => {
    server = new Server();
    watch = new HandWatch();
    server.answer = url => json(url.includes('/packages') ? report : layout);
    model = new StorageModel({
      serverSettings: server.settings,
      watch
    });
  });

  afterEach(() => {
    model.dispose();
  });

  async function open(title: string): Promise<HTMLElement> {
    const { container } = render(
      <>
        <Packages model={model} trans={trans} />
        <Python model={model} trans={trans} />
      </>
    );
    expect(server.asked).toEqual([]);
    await userEvent.click(screen.getByRole('button', { name: title }));
    await act(settle);
    return container;
  }

  function shown(node: HTMLElement): string[] {
    const rows = Array.from(node.querySelectorAll('[data-package]'));
    return rows.map(row => row.getAttribute('data-package') ?? '');
  }

  it('asks for packages when they are opened, and shows first what is yours', async () => {
    const node = await open('Packages');
    expect(server.asked).toEqual(['http://server/base/ide49-storage/packages']);
    expect(shown(node)).toEqual(['mine', 'broken', 'copied']);
    expect(node.textContent).toContain('3 yours');
    expect(node.textContent).toContain('there twice');
    expect(node.textContent).toContain('hides the copy of the image');
  });

  it('filters by a part of the name, however it is spelt', async () => {
    const node = await open('Packages');
    await userEvent.click(screen.getByRole('checkbox'));
    expect(shown(node)).toHaveLength(4);
    await userEvent.type(screen.getByRole('searchbox'), 'IMAGE_th');
    expect(shown(node)).toEqual(['image-thing']);
    await userEvent.type(screen.getByRole('searchbox'), 'zzz');
    expect(node.textContent).toContain('There is none.');
  });

  it('asks again when an install has ended, and not before', async () => {
    await open('Packages');
    server.asked = [];
    const progressed = {
      type: 'install-progressed' as const,
      cursor: '',
      at: '',
      job: 'a',
      state: 'running' as const,
      verdict: null,
      message: '',
      progress: null
    };
    watch.received.emit(progressed);
    await act(settle);
    expect(server.asked).toEqual([]);
    watch.received.emit({
      ...progressed,
      state: 'ended',
      verdict: 'installed'
    });
    await act(settle);
    expect(server.asked).toEqual(['http://server/base/ide49-storage/packages']);
  });

  it('names what no list of packages shows', async () => {
    const node = await open('Packages');
    expect(node.textContent).toContain('~ig, ~ig-1.0.dist-info');
    expect(node.textContent).toContain('2 packages for Python 3.8');
  });

  it('says why there are no packages', async () => {
    server.answer = () =>
      json({
        ...report,
        packages: [],
        trouble: { reason: 'hangs', message: 'It gave no answer.' }
      });
    expect((await open('Packages')).textContent).toContain(
      'It gave no answer.'
    );
  });

  it('says where installs go and whether they stay', async () => {
    const node = await open('Python');
    expect(server.asked).toEqual(['http://server/base/ide49-storage/python']);
    expect(node.textContent).toContain('3.11.7, installs are kept');
    expect(node.textContent).toContain('pip falls back to the user base.');
    expect(node.textContent).toContain('PYTHONUSERBASE in the environment');
  });

  it('lists where Python looks, and the kernels with the reason', async () => {
    const node = await open('Python');
    await userEvent.click(
      screen.getByRole('button', { name: 'Where Python looks, in order' })
    );
    expect(node.textContent).toContain('not there');
    await userEvent.click(screen.getByRole('button', { name: '1 kernel' }));
    expect(node.textContent).toContain('Jupyter does not look in /opt');
  });

  it('shows the trouble of a Python that gave no answer', async () => {
    server.answer = () =>
      json({
        ...layout,
        interpreter: null,
        install: null,
        user: null,
        trouble: { reason: 'garbage', message: 'It printed hello.' }
      });
    expect((await open('Python')).textContent).toContain('It printed hello.');
  });
});
