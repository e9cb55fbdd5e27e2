import { Clipboard } from '@jupyterlab/apputils';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { Signal } from '@lumino/signaling';
import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { ServerConnection } from '@jupyterlab/services';
import * as React from 'react';
import { FindingsSection } from '../../../sections/findings/findingsSection';
import { StorageModel } from '../../../reports/storageModel';
import { Preferences } from '../../../preferences';
import type { Finding } from '../../../tokens';
import { HandWatch, json, Server, settle, trans } from '../../synthetic';

const off: Finding = {
  id: 'PY01',
  key: 'PY01:/base/bin',
  level: 'warning',
  title: 'Commands that you install are not found',
  about: '/base/bin',
  evidence: '/base/bin is not on PATH.',
  remedy: 'Put this line into the start script.',
  lines: ['export PATH=/base/bin:"$PATH"'],
  docs: 'findings/PY01'
};

const lost: Finding = {
  ...off,
  id: 'PY03',
  key: 'PY03:/base',
  level: 'error',
  title: 'Your packages will be lost',
  lines: []
};

function row(finding: Finding): HTMLElement {
  return screen.getByRole('button', { name: new RegExp(finding.title) });
}

describe('The section on what needs attention', () => {
  let server: Server;
  let model: StorageModel;
  let preferences: Preferences;
  let findings: Finding[];

  beforeEach(() => {
    server = new Server();
    findings = [lost, off];
    server.answer = () =>
      json({ at: '', findings, checks: 38, not_checked: [] });
    model = new StorageModel({
      serverSettings: server.settings,
      watch: new HandWatch()
    });
    preferences = new Preferences();
  });

  afterEach(() => {
    model.dispose();
  });

  async function show(): Promise<HTMLElement> {
    const { container } = render(
      <FindingsSection
        title="Needs attention"
        model={model}
        preferences={preferences}
        services={{ serverSettings: ServerConnection.makeSettings() }}
        trans={trans}
      />
    );
    await act(settle);
    return container;
  }

  it('lists them as the server does, with their number', async () => {
    const node = await show();
    expect(server.asked[0]).toBe('http://server/base/ide49-storage/findings');
    expect(screen.getByText('(2)')).toBeTruthy();
    const titles = Array.from(node.querySelectorAll('.ide49-Row-name'));
    expect(titles.map(each => each.textContent)).toEqual([
      'Your packages will be lost',
      'Commands that you install are not found'
    ]);
    expect(screen.getByText('Error:', { exact: false })).toBeTruthy();
  });

  it('says why and what to do, and copies the lines', async () => {
    const copied = jest
      .spyOn(Clipboard, 'copyToSystem')
      .mockImplementation(() => undefined);
    await show();
    await userEvent.click(row(off));
    expect(screen.getByText(off.evidence)).toBeTruthy();
    expect(screen.getByText(off.remedy)).toBeTruthy();
    await userEvent.click(
      screen.getByRole('button', { name: 'Copy this line' })
    );
    expect(copied).toHaveBeenCalledWith('export PATH=/base/bin:"$PATH"\n');
    expect(screen.getByText('Copied')).toBeTruthy();
    copied.mockRestore();
  });

  it('offers nothing to copy where there are no lines', async () => {
    await show();
    await userEvent.click(row(lost));
    expect(screen.queryByText(/^Copy/)).toBeNull();
  });

  it('hides one, remembers it, and shows it again', async () => {
    const stored: Record<string, unknown> = {};
    const settings = {
      changed: new Signal({}),
      get: (name: string) => ({ composite: stored[name] }),
      set: (name: string, value: unknown) => {
        stored[name] = value;
        return Promise.resolve();
      }
    };
    preferences.follow(settings as unknown as ISettingRegistry.ISettings);
    await show();
    await userEvent.click(row(lost));
    await userEvent.click(screen.getByRole('button', { name: 'Hide this' }));
    expect(screen.queryByText(lost.title)).toBeNull();
    expect(stored).toEqual({ hiddenFindings: ['PY03:/base'] });
    expect(screen.getByText('1 finding is hidden.')).toBeTruthy();

    const later = new Preferences();
    later.follow(settings as unknown as ISettingRegistry.ISettings);
    expect(later.hiddenFindings).toEqual(['PY03:/base']);

    await userEvent.click(
      screen.getByRole('button', { name: 'Show what is hidden' })
    );
    expect(screen.getByText(lost.title)).toBeTruthy();
    expect(stored).toEqual({ hiddenFindings: [] });
  });

  it('ignores settings that make no sense', () => {
    const settings = {
      changed: new Signal({}),
      get: () => ({ composite: ['a', 3, null] }),
      set: () => Promise.resolve()
    };
    preferences.follow(settings as unknown as ISettingRegistry.ISettings);
    expect(preferences.hiddenFindings).toEqual(['a']);
  });

  it('says in one line when there is nothing', async () => {
    findings = [];
    const node = await show();
    expect(node.textContent).toBe('Nothing needs attention.');
  });

  it('says when it does not know', async () => {
    server.answer = () => json({ message: 'Boom' }, 500);
    const node = await show();
    expect(node.textContent).toContain('The server could not answer.');
    expect(node.textContent).not.toContain('Nothing needs attention');
  });
});
