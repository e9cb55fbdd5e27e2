import { Clipboard } from '@jupyterlab/apputils';
import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import * as React from 'react';
import { ChangesSection } from '../../../sections/changes/changesSection';
import { StorageModel } from '../../../reports/storageModel';
import type { ChangesReport, GroupTotals } from '../../../tokens';
import {
  HandWatch,
  json,
  scanned,
  Server,
  settle,
  trans
} from '../../synthetic';

const CHANGES = 'http://server/base/ide49-storage/changes';
const TITLE = 'Lost at the next update';

const packages: GroupTotals = {
  group: 'system-packages',
  missed: true,
  files: 41,
  folders: 3,
  size: 5_000_000,
  largest: [],
  remedies: [
    {
      kind: 'dockerfile',
      sentence: 'Add this line to the Dockerfile.',
      lines: ['RUN apt-get install -y tree'],
      left_out: 0
    }
  ]
};

const home: GroupTotals = {
  group: 'home-and-data',
  missed: true,
  files: 2,
  folders: 0,
  size: 3_000_000,
  largest: [
    { path: '/root/thesis', type: 'folder', files: 2, size: 3_000_000 }
  ],
  remedies: [
    {
      kind: 'move',
      sentence: 'Move to /home/iot.',
      lines: ['mv -n -- /root/thesis /home/iot/'],
      left_out: 7
    }
  ]
};

const caches: GroupTotals = {
  ...home,
  group: 'caches-and-logs',
  missed: false,
  size: 90_000_000,
  remedies: []
};

const full = scanned({
  nothing_to_lose: false,
  files: 45,
  groups: [packages, home, caches],
  system_packages: [
    {
      name: 'tree',
      version: '2.1',
      automatic: false,
      files: 41,
      size: 5_000_000
    }
  ],
  dockerfile: ['RUN apt-get install -y tree'],
  missing: [{ path: '/usr/bin/gone', package: 'x', certain: false }],
  missing_count: 3,
  unreadable: ['/secret'],
  unreadable_count: 1,
  doubts: [
    { reason: 'unreadable', message: 'One folder is shut.', may_be_loss: true }
  ]
});

describe('The section on changes', () => {
  let server: Server;
  let watch: HandWatch;
  let model: StorageModel;
  let answer: ChangesReport;

  beforeEach(() => {
    server = new Server();
    server.answer = () => json(answer);
    watch = new HandWatch();
    model = new StorageModel({ serverSettings: server.settings, watch });
    answer = full;
    render(
      <ChangesSection
        title="Lost at the next update"
        model={model}
        trans={trans}
      />
    );
  });

  afterEach(() => {
    act(() => {
      model.dispose();
    });
    jest.restoreAllMocks();
  });

  const open = async (name: string | RegExp = new RegExp(TITLE)) => {
    await userEvent.click(screen.getByRole('button', { name }));
    await act(settle);
  };
  const section = () => screen.getByRole('region', { name: TITLE });

  it('asks nothing before it is opened', async () => {
    await act(settle);
    expect(server.asked).toEqual([]);
  });

  it('starts a scan when it is first opened, and none when there is an answer', async () => {
    answer = scanned({ state: 'never', ended_at: null, nothing_to_lose: null });
    server.answer = () => {
      const said = answer;
      answer = full;
      return json(said);
    };
    await open();
    await act(settle);
    expect(server.methods).toContain('POST');
    expect(server.methods.filter(method => method === 'POST')).toHaveLength(1);
    await open();
    await open();
    expect(server.methods.filter(method => method === 'POST')).toHaveLength(1);
  });

  it('shows the groups with counts and sizes, and the loss beside its name', async () => {
    await open();
    expect(section().textContent).toContain('System packages41 files, 5 MB');
    expect(section().textContent).toContain('Home and data2 files, 3 MB');
    expect(section().textContent).toContain(`${TITLE}8 MB`);
  });

  it('names packages, and the line that installs them', async () => {
    await open();
    await open(/System packages/);
    expect(section().textContent).toContain('tree 2.1');
    expect(section().textContent).toContain('RUN apt-get install -y tree');
  });

  it('copies the lines of one group and those of all', async () => {
    const copied = jest
      .spyOn(Clipboard, 'copyToSystem')
      .mockImplementation(() => undefined);
    await open();
    await open(/Home and data/);
    await open('Copy these commands');
    expect(copied).toHaveBeenLastCalledWith(
      'mv -n -- /root/thesis /home/iot/\n'
    );
    expect(section().textContent).toContain(
      'The lines leave out 7 more files.'
    );
    await open('Copy all lines for the Dockerfile');
    expect(copied).toHaveBeenLastCalledWith('RUN apt-get install -y tree\n');
    expect(screen.getAllByText('Copied')).toHaveLength(2);
  });

  it('says what is missing and what it may have missed', async () => {
    await open();
    await open('3 packaged files are missing');
    expect(section().textContent).toContain('/usr/bin/gone');
    expect(section().textContent).toContain('and 2 more');
    await open('What this may miss');
    expect(section().textContent).toContain('One folder is shut.');
    expect(section().textContent).toContain('/secret');
  });

  it('says when there is nothing to lose', async () => {
    answer = scanned();
    await open();
    expect(section().textContent).toContain('Nothing to lose');
    expect(section().textContent).toContain(`${TITLE}nothing`);
  });

  it('never says so of what was written near a start: that is listed to be looked at', async () => {
    const thesis = '/root/thesis/results.csv';
    answer = scanned({
      nothing_to_lose: null,
      files: 1,
      groups: [
        {
          ...home,
          group: 'made-at-start',
          files: 1,
          largest: [{ path: thesis, type: 'file', files: 1, size: 3_000_000 }],
          remedies: [
            {
              kind: 'move',
              sentence: 'Look, and move what is yours.',
              lines: [],
              left_out: 0
            }
          ]
        }
      ],
      doubts: [
        { reason: 'deletions', message: 'Not that.', may_be_loss: false },
        { reason: 'near-start', message: 'Look at it.', may_be_loss: true }
      ]
    });
    await open();
    expect(section().textContent).not.toContain('Nothing to lose');
    expect(section().textContent).toContain(`${TITLE}not known`);
    expect(section().textContent).toContain(
      'It is not known whether there is something to lose.Look at it.'
    );
    await open(/Written near a start: look/);
    expect(section().textContent).toContain(thesis);
    expect(section().textContent).toContain('Look, and move what is yours.');
  });

  it('never says so after a scan that failed', async () => {
    answer = scanned({
      state: 'failed',
      error: 'It broke off.',
      nothing_to_lose: null,
      doubts: [
        { reason: 'scan-failed', message: 'It broke off.', may_be_loss: true }
      ]
    });
    await open();
    expect(section().textContent).not.toContain('Nothing to lose');
    expect(section().textContent).toContain(`${TITLE}not known`);
    expect(section().textContent).toContain('It is not known');
  });

  it('says of a layer that cannot be scanned why, and neither nothing nor a size', async () => {
    answer = scanned({
      state: 'failed',
      ended_at: null,
      error: 'It cannot be told what was changed in /.',
      nothing_to_lose: null
    });
    await open();
    expect(section().textContent).toContain(
      'It cannot be told what was changed in /.'
    );
    expect(section().textContent).not.toMatch(/nothing/i);
    expect(section().textContent).not.toContain('0 B');
  });

  it('shows how far the scan is as it is announced, and then asks for the answer', async () => {
    await open();
    act(() => {
      watch.hello(true);
    });
    const asked = server.asked.length;
    act(() => {
      watch.say({
        type: 'changes-progressed',
        cursor: 'a-1',
        at: '',
        progress: { seen: 12_000, found: 7, size: 1, folder: '/usr/lib' }
      });
    });
    expect(section().textContent).toContain('12,000 entries seen, 7 changes');
    expect(section().textContent).toContain('/usr/lib');
    expect(screen.getByRole('progressbar')).not.toBeNull();
    expect(section().textContent).toContain('System packages');
    expect(server.asked).toHaveLength(asked);
    act(() => {
      watch.say({
        type: 'changes-ended',
        cursor: 'a-2',
        at: '',
        state: 'ended'
      });
    });
    await act(settle);
    expect(server.asked.slice(asked)).toEqual([`${CHANGES}?limit=0`]);
    expect(screen.queryByRole('progressbar')).toBeNull();
  });

  it('stops a scan when it is told to, and says that it was stopped', async () => {
    answer = { ...full, state: 'running' };
    await open();
    answer = { ...full, state: 'cancelled' };
    await open('Stop looking');
    expect(server.methods.slice(-2)[0]).toBe('DELETE');
    expect(section().textContent).toContain('The last look was stopped.');
    await open('Look again');
    expect(server.methods.slice(-2)[0]).toBe('POST');
  });

  it('says why a scan failed, and keeps the old answer', async () => {
    answer = { ...full, state: 'failed', error: 'It broke off.' };
    await open();
    expect(section().textContent).toContain('It broke off.');
    expect(section().textContent).toContain('System packages');
  });

  it('says why there is nothing to scan', async () => {
    answer = scanned({ state: 'not-applicable', evidence: 'A whole machine.' });
    await open();
    expect(section().textContent).toContain('A whole machine.');
    expect(screen.queryByRole('button', { name: 'Look again' })).toBeNull();
  });

  it('says that a scan could not be started, shows no progress, and lets one try again', async () => {
    answer = scanned({ state: 'never', ended_at: null, nothing_to_lose: null });
    server.refuse = method => method === 'POST';
    await open();
    expect((await screen.findByRole('alert')).textContent).toContain(
      'The container could not be looked through.'
    );
    expect(screen.queryByRole('progressbar')).toBeNull();
    server.refuse = () => false;
    answer = { ...full, state: 'running' };
    await open('Look through the container');
    expect(screen.queryByRole('alert')).toBeNull();
    expect(screen.getByRole('progressbar')).not.toBeNull();
  });

  it('says that a scan could not be stopped, and goes on showing it', async () => {
    answer = { ...full, state: 'running' };
    await open();
    server.refuse = method => method === 'DELETE';
    await open('Stop looking');
    expect((await screen.findByRole('alert')).textContent).toContain(
      'The scan could not be stopped.'
    );
    expect(screen.getByRole('progressbar')).not.toBeNull();
  });

  it('keeps the button that was pressed under the finger while a scan starts and runs', async () => {
    await open();
    const button = screen.getByRole('button', { name: 'Look again' });
    answer = { ...full, state: 'running' };
    await open('Look again');
    expect(screen.getByRole('button', { name: 'Stop looking' })).toBe(button);
    expect(document.activeElement).toBe(button);
  });

  it('looks again by itself at a scan of which it lost sight, also while the watch is up', async () => {
    answer = { ...full, state: 'running' };
    await open();
    jest.useFakeTimers();
    try {
      act(() => {
        watch.hello(true);
      });
      server.refuse = () => true;
      act(() => {
        watch.say({
          type: 'changes-ended',
          cursor: 'a',
          at: '',
          state: 'ended'
        });
      });
      await act(() => jest.advanceTimersByTimeAsync(0));
      expect(section().textContent).toContain('What you see below came');
      expect(screen.queryByRole('progressbar')).toBeNull();
      server.refuse = () => false;
      answer = full;
      await act(() => jest.advanceTimersByTimeAsync(3_000));
      expect(section().textContent).toContain('Looked through');
      expect(section().textContent).not.toContain('What you see below came');
    } finally {
      jest.useRealTimers();
    }
  });

  it('says when the server does not answer', async () => {
    server.answer = () => Promise.reject(new TypeError('Failed to fetch'));
    await open();
    expect(section().textContent).toContain('The server does not answer.');
  });
});
