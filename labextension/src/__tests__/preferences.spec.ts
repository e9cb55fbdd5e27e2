import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { Signal } from '@lumino/signaling';
import { Preferences } from '../preferences';

/**
 * Settings as the registry gives them, in memory.
 */
class Settings {
  readonly changed = new Signal<this, void>(this);
  stored: Record<string, unknown> = {};
  broken = false;

  get(name: string) {
    return { composite: this.stored[name], user: this.stored[name] };
  }

  set(name: string, value: unknown): Promise<void> {
    if (this.broken) {
      return Promise.reject(new Error('The server is gone'));
    }
    this.stored[name] = value;
    this.changed.emit();
    return Promise.resolve();
  }

  asSettings(): ISettingRegistry.ISettings {
    return this as unknown as ISettingRegistry.ISettings;
  }
}

describe('Preferences', () => {
  it('have defaults before the settings arrive', () => {
    const preferences = new Preferences();
    expect(preferences.get('showInternal')).toBe(false);
    expect(preferences.get('showInStatusBar')).toBe(true);
  });

  it('follow the settings', () => {
    const [preferences, settings] = [new Preferences(), new Settings()];
    const changed = jest.fn();
    preferences.changed.connect(changed);
    settings.stored = { showInternal: true, showInStatusBar: false };
    preferences.follow(settings.asSettings());
    expect(preferences.get('showInternal')).toBe(true);
    expect(preferences.get('showInStatusBar')).toBe(false);
    settings.stored = { showInStatusBar: 'nonsense' };
    settings.changed.emit();
    expect(preferences.get('showInternal')).toBe(false);
    expect(preferences.get('showInStatusBar')).toBe(true);
    expect(changed).toHaveBeenCalledTimes(2);
  });

  it('are stored in the settings', async () => {
    const [preferences, settings] = [new Preferences(), new Settings()];
    preferences.follow(settings.asSettings());
    await preferences.set('showInternal', true);
    expect(settings.stored).toEqual({ showInternal: true });
  });

  it('hold for the page when they cannot be stored', async () => {
    const [preferences, settings] = [new Preferences(), new Settings()];
    preferences.follow(settings.asSettings());
    settings.broken = true;
    const warn = jest
      .spyOn(console, 'warn')
      .mockImplementation(() => undefined);
    await preferences.set('showInternal', true);
    expect(preferences.get('showInternal')).toBe(true);
    expect(warn).toHaveBeenCalledTimes(1);
    warn.mockRestore();
  });
});
