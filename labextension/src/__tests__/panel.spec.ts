import { act, waitFor } from '@testing-library/react';
import { CommandRegistry } from '@lumino/commands';
import { Widget } from '@lumino/widgets';
import { StorageModel } from '../reports/storageModel';
import { StoragePanel } from '../panel';
import { Preferences } from '../preferences';
import {
  HandWatch,
  json,
  report,
  Server,
  services,
  settle,
  trans
} from './synthetic';

describe('The side panel', () => {
  it('asks and watches while it is shown, and nothing at all while it is hidden', async () => {
    const server = new Server();
    server.answer = url =>
      url.includes('/mounts') ? json(report([])) : json({}, 500);
    const watch = new HandWatch();
    const model = new StorageModel({ serverSettings: server.settings, watch });
    const commands = new CommandRegistry();
    commands.addCommand('ask', {
      describedBy: { args: {} },
      execute: () => undefined
    });
    const panel = new StoragePanel({
      model,
      services: services(server.settings),
      preferences: new Preferences(),
      commands,
      refreshCommand: 'ask',
      trans
    });
    panel.hide();
    await act(async () => {
      Widget.attach(panel, document.body);
      await settle();
    });
    expect(server.asked).toEqual([]);
    expect(watch.running).toBe(false);

    act(() => {
      panel.show();
    });
    await waitFor(() => {
      for (const part of ['mounts', 'findings', 'samba', 'installs']) {
        expect(server.asked.some(url => url.includes(part))).toBe(true);
      }
    });
    expect(watch.running).toBe(true);

    server.asked = [];
    await act(() => panel.refresh());
    for (const part of ['mounts', 'findings', 'samba', 'installs/packages']) {
      expect(server.asked.some(url => url.includes(part))).toBe(true);
    }

    act(() => {
      panel.hide();
    });
    await waitFor(() => {
      expect(watch.running).toBe(false);
    });
    await act(settle);
    const before = server.asked.length;
    watch.mountsChanged();
    await act(settle);
    expect(server.asked).toHaveLength(before);
    act(() => {
      panel.dispose();
    });
    model.dispose();
  });
});
