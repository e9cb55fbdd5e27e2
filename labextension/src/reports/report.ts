/**
 * One question to the server with its last answer, which outlives refreshes and errors.
 */
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import { asError, asFailure } from './request';
import { askLater, createRetry } from './retry';
import type { IReport, IReportState } from '../tokens';

export class Report<T> implements IReport<T> {
  constructor(options: Report.IOptions<T>) {
    this._ask = options.ask;
    this.ages = options.ages ?? false;
  }

  /**
   * Whether the answer changes without an announcement, as free space does.
   */
  readonly ages: boolean;

  get state(): IReportState<T> {
    return this._state;
  }

  get stateChanged(): ISignal<this, IReportState<T>> {
    return this._stateChanged;
  }

  /**
   * Emitted when the first user comes and when the last one goes.
   */
  get usedChanged(): ISignal<this, boolean> {
    return this._usedChanged;
  }

  get used(): boolean {
    return this._users > 0;
  }

  get isDisposed(): boolean {
    return this._abort.signal.aborted;
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._abort.abort();
    this._retry.dispose();
    if (this._users > 0) {
      this._users = 0;
      this._usedChanged.emit(false);
    }
    Signal.clearData(this);
  }

  use(): IDisposable {
    if (++this._users === 1) {
      this._usedChanged.emit(true);
    }
    return new DisposableDelegate(() => {
      if (!this.isDisposed && --this._users === 0) {
        void this._retry.stop();
        this._usedChanged.emit(false);
      }
    });
  }

  /**
   * Ask now, and again by itself while it is used and the last answer is a failure. While a request
   * runs, all further ones become a single one after it: its answer may be from before the change that
   * they were made for.
   */
  refresh(): Promise<void> {
    if (!this._running) {
      return (this._running = this._run().finally(() => {
        this._running = null;
      }));
    }
    return (this._next ??= this._running.then(() => {
      this._next = null;
      return this.refresh();
    }));
  }

  /**
   * Correct the answer that is there by what was announced.
   */
  amend(correct: (value: T) => T): void {
    if (this._state.value !== null) {
      this._set({ ...this._state, value: correct(this._state.value) });
    }
  }

  private async _run(): Promise<void> {
    if (this.isDisposed) {
      return;
    }
    this._set({ ...this._state, refreshing: true });
    let state: IReportState<T>;
    try {
      const value = await this._ask(this._abort.signal);
      state = { value, at: Date.now(), refreshing: false, failure: null };
      void this._retry.stop();
    } catch (error) {
      state = { ...this._state, refreshing: false, failure: asFailure(error) };
      if (this.used) {
        askLater(this._retry);
      }
    }
    this._set(state);
  }

  private async _askAgain(): Promise<void> {
    await this.refresh();
    if (this._state.failure) {
      throw asError(this._state.failure);
    }
  }

  private _set(state: IReportState<T>): void {
    if (!this.isDisposed) {
      this._state = state;
      this._stateChanged.emit(state);
    }
  }

  private readonly _ask: (signal: AbortSignal) => Promise<T>;
  private readonly _abort = new AbortController();
  private readonly _retry = createRetry({
    name: 'report',
    ask: () => this._askAgain()
  });
  private readonly _stateChanged = new Signal<this, IReportState<T>>(this);
  private readonly _usedChanged = new Signal<this, boolean>(this);
  private _state: IReportState<T> = {
    value: null,
    at: null,
    refreshing: false,
    failure: null
  };
  private _users = 0;
  private _running: Promise<void> | null = null;
  private _next: Promise<void> | null = null;
}

export namespace Report {
  export interface IOptions<T> {
    /**
     * Brings the answer, or rejects with a `RequestError`.
     */
    ask: (signal: AbortSignal) => Promise<T>;

    /**
     * Whether the answer changes without an announcement. The default is `false`.
     */
    ages?: boolean;
  }
}
