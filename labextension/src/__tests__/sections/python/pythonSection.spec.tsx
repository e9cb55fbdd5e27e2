import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import * as React from 'react';
import { PythonSection } from '../../../sections/python/pythonSection';
import { StorageModel } from '../../../reports/storageModel';
import type { Kernel, Layout } from '../../../tokens';
import {
  evidence,
  HandWatch,
  json,
  Server,
  settle,
  trans,
  where
} from '../../synthetic';

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

describe('The section on Python', () => {
  let server: Server;
  let model: StorageModel;
  let watch: HandWatch;

  beforeEach(() => {
    server = new Server();
    watch = new HandWatch();
    server.answer = () => json(layout);
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
      <PythonSection title="Python" model={model} trans={trans} />
    );
    expect(server.asked).toEqual([]);
    await userEvent.click(screen.getByRole('button', { name: title }));
    await act(settle);
    return container;
  }

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
