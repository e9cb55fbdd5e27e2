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
   * The keys of findings that the user does not want to see.
   */
  get hiddenFindings(): readonly string[] {
    return this._hiddenFindings;
  }

  /**
   * Holds at once, as `set` does.
   */
  hideFinding(key: string): Promise<void> {
    return this._setHidden([...this._hiddenFindings, key]);
  }

  showAllFindings(): Promise<void> {
    return this._setHidden([]);
  }

  /**
   * Holds at once. Where it cannot be stored it holds for this page only.
   */
  set(name: PreferenceName, value: boolean): Promise<void> {
    this._values = { ...this._values, [name]: value };
    return this._store(name, value);
  }

  private _setHidden(keys: readonly string[]): Promise<void> {
    this._hiddenFindings = keys;
    return this._store('hiddenFindings', [...keys]);
  }

  private async _store(
    name: PreferenceName | 'hiddenFindings',
    value: boolean | string[]
  ): Promise<void> {
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
    const hidden = this._settings?.get('hiddenFindings').composite;
    this._hiddenFindings = Array.isArray(hidden)
      ? hidden.filter(key => typeof key === 'string')
      : [];
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private _settings: ISettingRegistry.ISettings | null = null;
  private _hiddenFindings: readonly string[] = [];
  private _values: Record<PreferenceName, boolean> = { ...DEFAULTS };
}
