import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import * as React from 'react';
import { SharesSection } from '../../../sections/shares/sharesSection';
import type {
  ClientState,
  IReportState,
  IStorageModel,
  SambaReport,
  Share
} from '../../../tokens';
import { RequestError } from '../../../reports/request';
import { capacity, idle, trans } from '../../synthetic';

const SHARE: Share = {
  mount_id: 7,
  mount_point: '/home/iot',
  kind: 'samba',
  fs_type: 'cifs',
  source: '//nas/iot-data',
  server: 'nas',
  share: 'iot-data',
  user: 'iot',
  state: 'mounted',
  since: null,
  evidence: ['It answers.'],
  blocked: null,
  dialect: '3.1.1',
  security: 'ntlmssp',
  signing: null,
  encryption: null,
  soft: true,
  cache: 'strict',
  locks: 'server',
  guest: false,
  options: ['rw', 'vers=3.1.1'],
  connection: null,
  latency: 0.003,
  capacity,
  capacity_at: '2026-11-23T12:00:00.000Z'
};

function samba(
  state: ClientState,
  changes: Partial<SambaReport> = {},
  since: string | null = null
): SambaReport {
  return {
    at: '2026-11-23T12:00:00.000Z',
    client: {
      state,
      since,
      evidence: ['//nas/iot-data is mounted at /home/iot.'],
      blocked: state === 'stalled' ? 'A program that touches it waits.' : null,
      mount_point: '/home/iot',
      server: 'nas',
      share: 'iot-data',
      user: 'iot'
    },
    shares: state === 'off' || state === 'configured' ? [] : [SHARE],
    negotiation: null,
    hidden: [],
    state_files: [],
    state_files_doubt: null,
    settings: {
      generation: null,
      read: [],
      values: [],
      client_wanted: null,
      server_wanted: null,
      server: null,
      user: null,
      problems: []
    },
    server: { wanted: null, listening: null, exports: null, evidence: [] },
    ...changes
  };
}

function show(
  value: SambaReport | null,
  changes: Partial<IReportState<SambaReport>> = {}
): HTMLElement {
  const report = {
    ...idle<SambaReport>(),
    state: { value, at: 0, refreshing: false, failure: null, ...changes }
  };
  return render(
    <SharesSection
      title="Samba and other shares"
      model={{ samba: report } as unknown as IStorageModel}
      trans={trans}
    />
  ).container;
}

describe('The section on shares', () => {
  it('is not there where there is nothing to say', () => {
    expect(show(samba('off')).textContent).toBe('');
    expect(show(null).textContent).toBe('');
  });

  it('says that the shares are not known when asking failed, and keeps what was known', () => {
    const failure = new RequestError('gone', null, '');
    expect(show(null, { failure }).textContent).toContain(
      'The server does not answer.'
    );
    const { textContent } = show(samba('stalled'), { failure });
    expect(textContent).toContain('What you see below came');
    expect(textContent).toContain('The share iot-data on nas does not answer.');
  });

  it.each([
    ['mounted', 'The share iot-data on nas answers.'],
    ['stalled', 'does not answer. Programs that use it wait.'],
    ['disconnected', 'is lost'],
    ['recovered', 'answers again'],
    ['configured', 'it is not mounted']
  ] as const)('says in a sentence that it is %s', async (state, sentence) => {
    const node = show(samba(state));
    if (!node.textContent?.includes(sentence)) {
      await userEvent.click(
        screen.getByRole('button', { name: /Samba and other shares/ })
      );
    }
    expect(node.textContent).toContain(sentence);
  });

  it('opens by itself in trouble and says what a blocked program sees', () => {
    const node = show(samba('stalled', {}, '2026-11-23T12:00:00.000Z'));
    expect(node.textContent).toContain('A program that touches it waits.');
    expect(node.querySelector('[title="2026-11-23T12:00:00.000Z"]')).not.toBe(
      null
    );
  });

  it('tells how fast a share answers and what room it has', async () => {
    const node = show(samba('mounted'));
    await userEvent.click(
      screen.getByRole('button', { name: /Samba and other shares/ })
    );
    expect(node.textContent).toContain('answers in 3 ms, 23 GB free');
    await userEvent.click(screen.getByRole('button', { name: /home/ }));
    expect(node.textContent).toContain('calls fail in the end (soft)');
  });

  it('names what is hidden and the lines that move state files', async () => {
    const node = show(
      samba('mounted', {
        hidden: [
          {
            path: '/home/iot',
            kind: 'volume',
            name: 'iot-home',
            by: '//nas/iot-data',
            by_mount_id: 7,
            still_at: '/service-config/iot-home',
            bytes: 2_000_000,
            complete: false,
            names: [{ name: 'notebook.ipynb', kind: 'file' }],
            more: true,
            evidence: 'Its files are still at /service-config/iot-home.'
          }
        ],
        state_files: [
          {
            what: 'IPython',
            path: '/home/iot/.ipython',
            mount_point: '/home/iot',
            risk: 'locked',
            effect: 'database is locked',
            setting: 'IPYTHONDIR',
            remedy: ['export IPYTHONDIR="/v/ipython"'],
            remedy_for: 'the start script'
          }
        ]
      })
    );
    expect(node.textContent).toContain('At least 2 MB lie there.');
    expect(node.textContent).toContain('notebook.ipynb');
    await userEvent.click(screen.getByRole('button', { name: /IPython/ }));
    expect(node.textContent).toContain('export IPYTHONDIR="/v/ipython"');
  });

  it('names contradictions of the settings with the remedy', () => {
    const problem = { id: 'x', message: 'No server is named.', remedy: 'A=1' };
    const { settings } = samba('configured');
    const node = show(
      samba('configured', { settings: { ...settings, problems: [problem] } })
    );
    expect(node.textContent).toContain('No server is named.');
    expect(node.querySelector('pre')?.textContent).toBe('A=1');
  });
});
