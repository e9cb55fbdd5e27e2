/**
 * The status bar item: what an update does to the current document.
 */
import { Time } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import * as React from 'react';
import { FateShape } from '../components/fate';
import { failureLabels } from '../reports/failureLabels';
import type { IReport, IStorageModel, Where } from '../tokens';
import { kindLabel } from '../labels';
import { statusLabel } from './labels';

export class FateStatus extends ReactWidget {
  constructor(options: FateStatus.IOptions) {
    super();
    this._options = options;
    this.addClass('ide49-Status');
  }

  /**
   * The document to tell about, relative to the server's root; null for none.
   */
  get path(): string | null {
    return this._path;
  }
  set path(path: string | null) {
    if (path === this._path) {
      return;
    }
    this._forget();
    this._path = path;
    if (path !== null) {
      const report = this._options.model.where(path);
      report.stateChanged.connect(this._onChanged, this);
      this._report = report;
      this._using = report.use();
    }
    this._onChanged();
  }

  /**
   * Whether there is something to show.
   */
  get active(): boolean {
    return this._where !== null;
  }

  get activeChanged(): ISignal<this, void> {
    return this._activeChanged;
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._forget();
    Signal.clearData(this);
    super.dispose();
  }

  protected override render(): React.ReactElement | null {
    const { trans, onClick } = this._options;
    const where = this._where;
    return (
      where && (
        <button
          type="button"
          className="ide49-Status-button"
          data-fate={where.fate.update}
          title={this._hint(where)}
          onClick={onClick}
        >
          <FateShape fate={where.fate.update} />
          <span>
            {this._report?.state.failure
              ? trans.__('%1, last known', statusLabel(where, trans))
              : statusLabel(where, trans)}
          </span>
        </button>
      )
    );
  }

  private get _where(): Where | null {
    return this._report?.state.value ?? null;
  }

  private _hint(where: Where): string {
    const { trans } = this._options;
    const lines = [
      where.name === null
        ? kindLabel(where.kind, trans)
        : trans.__('%1 (%2)', where.name, kindLabel(where.kind, trans)),
      where.evidence.update,
      trans.__('Click to see where everything lives.')
    ];
    const { at, failure } = this._report?.state ?? {};
    if (failure && at) {
      const since = trans.__('This is as of %1.', Time.format(new Date(at)));
      lines.push(failureLabels(failure, trans).what, since);
    }
    return lines.join('\n');
  }

  private _forget(): void {
    this._using?.dispose();
    this._using = null;
    this._report?.dispose();
    this._report = null;
  }

  private _onChanged(): void {
    this._activeChanged.emit();
    this.update();
  }

  private readonly _options: FateStatus.IOptions;
  private readonly _activeChanged = new Signal<this, void>(this);
  private _path: string | null = null;
  private _report: IReport<Where> | null = null;
  private _using: IDisposable | null = null;
}

export namespace FateStatus {
  export interface IOptions {
    model: IStorageModel;
    trans: TranslationBundle;
    onClick: () => void;
  }
}
