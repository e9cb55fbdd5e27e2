import { Clipboard } from '@jupyterlab/apputils';
import { Signal } from '@lumino/signaling';
import { act, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import * as React from 'react';
import { StorageView } from '../view';
import { Preferences } from '../preferences';
import { RequestError } from '../reports/request';
import type {
  IReport,
  IReportState,
  IStorageModel,
  MountReport,
  SambaReport,
  WatchMessage
} from '../tokens';
import {
  evidence,
  fates,
  idle,
  mount,
  report,
  root,
  services,
  trans,
  where
} from './synthetic';

type State = IReportState<MountReport>;

/**
 * A model whose state the test sets.
 */
class HandModel {
  state: State = { value: null, at: null, refreshing: false, failure: null };
  asked = 0;
  readonly stateChanged = new Signal<this, State>(this);

  constructor(value?: MountReport) {
    if (value) {
      this.state = { ...this.state, value, at: Date.now() };
    }
  }

  set(changes: Partial<State>): void {
    act(() => {
      this.state = { ...this.state, ...changes };
      this.stateChanged.emit(this.state);
    });
  }

  show(
    preferences = new Preferences(),
    others: Partial<IStorageModel> = {}
  ): HTMLElement {
    const mounts = {
      use: () => ({ isDisposed: false, dispose: () => {} }),
      refresh: () => {
        this.asked += 1;
        return Promise.resolve();
      }
    };
    Object.defineProperties(mounts, {
      state: { get: () => this.state },
      stateChanged: { value: this.stateChanged }
    });
    const model = {
      mounts: mounts as IReport<MountReport>,
      changes: idle(),
      findings: idle(),
      createReport: () => idle(),
      messages: new Signal<unknown, WatchMessage>(this),
      samba: idle(),
      python: idle(),
      ...others
    };
    return render(
      <StorageView
        model={model as IStorageModel}
        preferences={preferences}
        services={services()}
        trans={trans}
      />
    ).container;
  }
}

const proc = mount({
  mount_point: '/proc',
  kind: 'kernel',
  name: null,
  internal: true,
  capacity: null,
  storage: { device: '0:5', root: '/' }
});

function row(name: string): HTMLElement {
  const item = screen.getByText(name).closest('li');
  if (!item) {
    throw new Error(`${name} is in no row`);
  }
  return item;
}

describe('The panel without an answer', () => {
  it('says that it is asking', () => {
    const model = new HandModel();
    const node = model.show();
    model.set({ refreshing: true });
    expect(node.textContent).toContain('Asking the server');
    expect(node.querySelector('[aria-busy="true"]')).not.toBeNull();
  });

  it.each([
    ['gone', null, 'The server does not answer.', 'check that Jupyter'],
    ['missing', 404, 'does not run the storage extension', 'pip install'],
    ['forbidden', 403, 'does not let you see', 'Sign in again'],
    ['failed', 500, 'could not answer', 'It said: Boom (status 500)']
  ] as const)(
    'says what is wrong and what to do when it is %s',
    (reason, status, what, help) => {
      const model = new HandModel();
      const node = model.show();
      model.set({ failure: new RequestError(reason, status, 'Boom') });
      expect(node.textContent).toContain(what);
      expect(node.textContent).toContain(help);
      expect(node.textContent).not.toContain('where everything lives');
    }
  );

  it('asks the other questions all the same where only this one failed', () => {
    const model = new HandModel();
    model.show();
    model.set({ failure: new RequestError('failed', 500, 'Boom') });
    screen.getByRole('region', { name: 'Packages' });
    model.set({ failure: new RequestError('missing', 404, '') });
    expect(screen.queryByRole('region', { name: 'Packages' })).toBeNull();
  });

  it('keeps the rest where a part cannot be drawn', () => {
    jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const strange = { ...report([mount()]), notebooks: {} as never };
    new HandModel(strange).show();
    screen.getByText('This part of the panel cannot be drawn.');
    screen.getByRole('region', { name: 'Where things are' });
    jest.restoreAllMocks();
  });

  it('asks again when it is told to', async () => {
    const model = new HandModel();
    model.show();
    model.set({ failure: new RequestError('gone', null, '') });
    await userEvent.click(
      screen.getByRole('button', { name: 'Ask again now' })
    );
    expect(model.asked).toBe(1);
  });

  it('says when there are no mounts', () => {
    const node = new HandModel(report([])).show();
    expect(node.textContent).toContain('The server reports no mounts.');
  });

  it('says when there is nothing but internal mounts', () => {
    const node = new HandModel(report([proc])).show();
    expect(node.textContent).toContain('There is nothing here but');
  });
});

describe('The panel with an old answer', () => {
  it('keeps it while it refreshes, and says so', () => {
    const model = new HandModel(report([mount()]));
    const node = model.show();
    model.set({ refreshing: true });
    expect(screen.getAllByText('iot-home').length).toBeGreaterThan(0);
    expect(node.textContent).toContain('refreshing');
    model.set({ refreshing: false });
    expect(node.textContent).not.toContain('refreshing');
  });

  it('keeps it when the server is gone, and says how old it is', () => {
    const model = new HandModel(report([mount()]));
    const node = model.show();
    model.set({
      at: Date.now() - 3 * 60_000 - 1000,
      failure: new RequestError('gone', null, '')
    });
    expect(screen.getAllByText('iot-home').length).toBeGreaterThan(0);
    expect(node.textContent).toContain('The server does not answer.');
    expect(node.textContent).toContain(
      'What you see below came 3 minutes ago.'
    );
  });

  it('says on top what is wrong with all, and in the sections only how old they are', () => {
    const model = new HandModel(report([mount()]));
    const failure = new RequestError('gone', null, '');
    const samba = { ...idle<SambaReport>().state, failure };
    const node = model.show(new Preferences(), {
      samba: { ...idle(), state: samba }
    });
    expect(node.textContent).toContain('The server does not answer.');
    model.set({ failure });
    expect(node.textContent?.split('The server does not answer.')).toHaveLength(
      2
    );
    expect(node.textContent).toContain('Not known: see the top');
  });

  it('counts on while the server is gone', async () => {
    jest.useFakeTimers();
    try {
      const model = new HandModel(report([mount()]));
      const node = model.show();
      model.set({ failure: new RequestError('gone', null, '') });
      await act(() => jest.advanceTimersByTimeAsync(125_000));
      expect(node.textContent).toContain('came 2 minutes ago');
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('The answer on top', () => {
  it('says where the notebooks are, with the evidence one step deeper', async () => {
    const node = new HandModel(report([mount()])).show();
    expect(node.textContent).toContain(
      'Your notebooks are on volume iot-home: kept when the container is updated.'
    );
    expect(screen.queryByText(evidence.update)).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'Why' }));
    expect(screen.getByText(evidence.update)).toBeTruthy();
  });

  it('says what the server doubts', () => {
    const notebooks = where({ doubt: 'Nobody asked the share.' });
    const node = new HandModel(report([], { notebooks })).show();
    expect(node.textContent).toContain('Nobody asked the share.');
  });

  it('is absent when the server says nothing about the notebooks', () => {
    const node = new HandModel(report([mount()], { notebooks: null })).show();
    expect(node.textContent).not.toContain('Your notebooks');
    expect(node.textContent).toContain('iot-home');
  });
});

describe('The storages', () => {
  it('stand under what an update does to them', () => {
    new HandModel(report([mount(), root()])).show();
    const lost = screen.getByRole('list', {
      name: 'Lost when the container is updated'
    });
    expect(within(lost).getByText('The container itself')).toBeTruthy();
    expect(within(lost).queryByText('iot-home')).toBeNull();
  });

  it('list all the places of a storage in one row', () => {
    new HandModel(
      report([mount(), mount({ mount_point: '/service-config/iot-home' })], {
        notebooks: null
      })
    ).show();
    expect(row('iot-home').textContent).toContain('/home/iot');
    expect(row('iot-home').textContent).toContain('/service-config/iot-home');
  });

  it('say by what a place is hidden', () => {
    const share = mount({
      kind: 'samba',
      name: 'iot-data',
      storage: { device: '0:70', root: '/' },
      mount_point: '/home/iot'
    });
    new HandModel(
      report([mount({ hidden: true, hidden_by: share.id }), share], {
        notebooks: null
      })
    ).show();
    expect(row('iot-home').textContent).toContain(
      'hidden by \u2068iot-data\u2069 (Samba share)'
    );
  });

  it('say their fate in the row when they are on another machine', () => {
    new HandModel(
      report([mount({ kind: 'samba', name: 'iot-data' })], { notebooks: null })
    ).show();
    expect(
      screen.getByRole('list', { name: 'On another machine' })
    ).toBeTruthy();
    expect(row('iot-data').textContent).toContain('kept');
  });

  it('say in the row when a mere stop loses them', () => {
    new HandModel(
      report([root(), mount({ fate: fates('lost', 'lost') })], {
        notebooks: null
      })
    ).show();
    expect(row('iot-home').textContent).toContain('lost already at a stop');
    expect(row('The container itself').textContent).not.toContain('at a stop');
  });

  it('say what is free, with the exact bytes on hover', () => {
    new HandModel(report([mount()], { notebooks: null })).show();
    const room = screen.getByText(/23 GB\W* free of \W*29 GB/);
    expect(room.closest('[title]')?.getAttribute('title')).toContain(
      '22,900,000,000 bytes free'
    );
    expect(screen.getByRole('meter').getAttribute('aria-valuenow')).toBe('21');
  });

  it('say once what is free where several lie on one file system', () => {
    const other = mount({
      name: 'nginx-config',
      storage: { device: '8:1', root: '/volumes/nginx-config' }
    });
    new HandModel(report([mount(), other, root()], { notebooks: null })).show();
    expect(screen.getAllByText(/free of/)).toHaveLength(2);
    expect(screen.getAllByRole('meter')).toHaveLength(3);
    expect(row('nginx-config').querySelector('[title*="bytes free"]')).not.toBe(
      null
    );
  });

  it('show no bar where nothing was measured, and say why on request', async () => {
    new HandModel(
      report([mount({ capacity: null, capacity_status: 'not-asked' })], {
        notebooks: null
      })
    ).show();
    expect(screen.queryByRole('meter')).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: /iot-home/ }));
    expect(row('iot-home').textContent).toContain('Not asked');
  });

  it('say when nothing answers there, and how old the numbers are', async () => {
    const ago = (minutes: number) =>
      new Date(Date.now() - minutes * 60_000 - 1000).toISOString();
    new HandModel(
      report(
        [
          mount({
            capacity_status: 'not-answering',
            capacity_at: ago(7),
            not_answering_since: ago(5)
          })
        ],
        { notebooks: null }
      )
    ).show();
    expect(row('iot-home').textContent).toContain(
      'does not answer (first noticed 5 minutes ago)'
    );
    await userEvent.click(screen.getByRole('button', { name: /iot-home/ }));
    expect(row('iot-home').textContent).toContain('did not answer');
    expect(row('iot-home').textContent).toContain('Measured 7 minutes ago');
  });

  it('show evidence, options and device numbers on request', async () => {
    new HandModel(report([mount()], { notebooks: null })).show();
    const button = screen.getByRole('button', { name: /iot-home/ });
    expect(button.getAttribute('aria-expanded')).toBe('false');
    await userEvent.click(button);
    expect(button.getAttribute('aria-expanded')).toBe('true');
    for (const text of [
      evidence.kind,
      evidence.stop,
      evidence.update,
      evidence.device,
      'device 8:1, root /volumes/iot-home/_data',
      'mount options: rw,relatime',
      'ext4 from /dev/sda1'
    ]) {
      expect(row('iot-home').textContent).toContain(text);
    }
  });

  it('say where a part of them is seen', async () => {
    const also_at = [
      {
        path: '/notes',
        mount_id: 7,
        relation: 'inside' as const,
        subpath: 'notes',
        hidden: false
      }
    ];
    new HandModel(report([mount({ also_at })], { notebooks: null })).show();
    await userEvent.click(screen.getByRole('button', { name: /iot-home/ }));
    expect(row('iot-home').textContent).toContain(
      'Its folder notes is also at /notes'
    );
  });

  it('can be copied as what the server said', async () => {
    const copy = jest
      .spyOn(Clipboard, 'copyToSystem')
      .mockImplementation(() => undefined);
    const home = mount();
    new HandModel(report([home], { notebooks: null })).show();
    await userEvent.click(screen.getByRole('button', { name: /iot-home/ }));
    await userEvent.click(screen.getByRole('button', { name: /^Copy/ }));
    expect(JSON.parse(copy.mock.calls[0]?.[0] as string)).toEqual([home]);
    expect(screen.getByText('Copied')).toBeTruthy();
  });

  it('open from the keyboard and stay open through a refresh', async () => {
    const home = mount();
    const model = new HandModel(report([home], { notebooks: null }));
    model.show();
    const button = screen.getByRole('button', { name: /iot-home/ });
    button.focus();
    await userEvent.keyboard('{Enter}');
    model.set({ value: report([home, root()], { notebooks: null }) });
    expect(button.getAttribute('aria-expanded')).toBe('true');
  });
});

describe('Internal mounts', () => {
  it('are out of the way until they are asked for', async () => {
    const preferences = new Preferences();
    new HandModel(report([mount(), proc])).show(preferences);
    expect(screen.queryByText('/proc')).toBeNull();
    await userEvent.click(
      screen.getByRole('switch', { name: /what the kernel and the engine/ })
    );
    expect(screen.getByText('/proc')).toBeTruthy();
    expect(preferences.get('showInternal')).toBe(true);
  });
});

describe('News', () => {
  it('are said when mounts come and go, and not at first', () => {
    const stick = mount({ mount_point: '/mnt/stick', name: 'STICK' });
    const container = root();
    const model = new HandModel(report([container]));
    const node = model.show();
    expect(node.textContent).not.toContain('Mounted now');
    model.set({ value: report([container, stick]) });
    expect(node.textContent).toContain('Mounted now: /mnt/stick.');
    model.set({ value: report([container]) });
    expect(node.textContent).toContain('Not mounted any more: /mnt/stick.');
  });
});

describe('Unreadable lines', () => {
  it('are counted and quoted', () => {
    const problems = [{ line: 12, problem: 'too few fields' }];
    const node = new HandModel(report([mount()], { problems })).show();
    expect(node.textContent).toContain('1 line of the kernel');
    expect(node.textContent).toContain('Line 12: too few fields');
  });
});
