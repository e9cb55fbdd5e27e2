/**
 * What the user has chosen: kept in JupyterLab's settings, or for this page where there are none.
 */
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { Signal, type ISignal } from '@lumino/signaling';

const DEFAULTS = { showInternal: false, showInStatusBar: true };

export type PreferenceName = keyof typeof DEFAULTS;

export class Preferences {
  /**
   * Emitted when any preference changed.
   */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get(name: PreferenceName): boolean {
    return this._values[name];
  }

  /**
   * Holds at once. Where it cannot be stored it holds for this page only.
   */
  async set(name: PreferenceName, value: boolean): Promise<void> {
    this._values = { ...this._values, [name]: value };
    this._changed.emit();
    try {
      await this._settings?.set(name, value);
    } catch (reason) {
      console.warn(`ide49-storage: ${name} could not be stored`, reason);
    }
  }

  /**
   * Take the values from these settings from now on.
   */
  follow(settings: ISettingRegistry.ISettings): void {
    this._settings = settings;
    settings.changed.connect(this._read, this);
    this._read();
  }

  private _read(): void {
    const read = (name: PreferenceName) => {
      const value = this._settings?.get(name).composite;
      return typeof value === 'boolean' ? value : DEFAULTS[name];
    };
    this._values = {
      showInternal: read('showInternal'),
      showInStatusBar: read('showInStatusBar')
    };
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private _settings: ISettingRegistry.ISettings | null = null;
  private _values: Record<PreferenceName, boolean> = { ...DEFAULTS };
}
