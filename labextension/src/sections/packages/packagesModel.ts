/**
 * Packages as the panel handles them: asks, starts and follows jobs. Every rule is the server's.
 */
import type { ServerConnection } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import type { components } from '../../api';
import {
  asError,
  asFailure,
  request,
  type IRequestOptions
} from '../../reports/request';
import { askLater, createRetry } from '../../reports/retry';
import type {
  IFailure,
  IReport,
  IStorageModel,
  WatchMessage
} from '../../tokens';
import { askPackages, type IPackagesReport, type Job } from './packagesReport';

type Schemas = components['schemas'];

export type Action = Schemas['Action'];
export type NamesReport = Schemas['NamesReport'];
export type InstallRequest = Partial<Schemas['InstallRequest']>;
export type Line = Schemas['Line'];
export type Override = Schemas['Override'];
export type Planned = Schemas['PlannedChange'];
export type Preview = Schemas['Preview'];

/**
 * Milliseconds between looks at a running job while the watch is silent.
 */
const WITHOUT_WATCH = 1_000;

/**
 * The same at most, after looks that failed.
 */
const WITHOUT_ANSWER = 30_000;

/**
 * Milliseconds that a dry run may take: somewhat more than the server gives it.
 */
const PREVIEW_PATIENCE = 200_000;

/**
 * What the section shows at one moment.
 */
export interface IPackagesState {
  readonly kernel: string | null;

  /**
   * The job that is followed, with its log so far.
   */
  readonly job: Job | null;
  readonly lines: readonly Line[];

  /**
   * Why the last look at the job failed; it is looked at again by itself.
   */
  readonly lookFailure: IFailure | null;

  /**
   * Why the last thing that was asked for was not done.
   */
  readonly actFailure: IFailure | null;
}

export class PackagesModel implements IDisposable {
  constructor(options: PackagesModel.IOptions) {
    this._settings = options.serverSettings;
    this._messages = options.reports.messages;
    this._messages.connect(this._onMessage, this);
    this.report = options.reports.createReport(signal =>
      askPackages(
        this._state.kernel,
        endpoint => request(endpoint, this._settings, { signal }),
        jobs => {
          this._find(jobs);
        }
      )
    );
  }

  /**
   * The packages. What it has may be of the kernel that was chosen before: `kernel` in it tells.
   */
  readonly report: IReport<IPackagesReport>;

  get state(): IPackagesState {
    return this._state;
  }

  get stateChanged(): ISignal<this, IPackagesState> {
    return this._stateChanged;
  }

  get isDisposed(): boolean {
    return this.report.isDisposed;
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this.report.dispose();
    this._retry.dispose();
    this._look?.abort();
    this._messages.disconnect(this._onMessage, this);
    Signal.clearData(this);
  }

  /**
   * Choose whose packages: those of a kernel's interpreter, or (null) of Jupyter's own.
   */
  async choose(kernel: string | null): Promise<void> {
    this._set({ kernel, actFailure: null });
    await this.report.refresh();
  }

  /**
   * What is wrong with names as they are typed. Rejects with an `IFailure`.
   */
  check(text: string): Promise<NamesReport> {
    return this._send<NamesReport>('installs/check', {
      method: 'POST',
      body: { text }
    });
  }

  /**
   * What a request would do. Rejects with an `IFailure`.
   */
  preview(body: InstallRequest): Promise<Preview> {
    return this._send('installs/preview', {
      method: 'POST',
      body: this._full(body),
      patience: PREVIEW_PATIENCE
    });
  }

  /**
   * Start a job and follow it. Never rejects: says whether it was started, and the state says why not.
   * Of several it is the one that was asked for last that is followed, whichever is answered last.
   */
  async start(body: InstallRequest): Promise<boolean> {
    const turn = ++this._turn;
    const failure = await this._act(async () => {
      const job = await this._send<Job>('installs', {
        method: 'POST',
        body: this._full(body)
      });
      if (turn === this._turn) {
        this._cursor = null;
        this._set({ job, lines: [], lookFailure: null });
        void this.follow(job.id);
      }
    });
    if (failure) {
      // It may have been started all the same.
      void this.report.refresh();
    }
    return failure === null;
  }

  /**
   * Ask the running job to stop. Never rejects.
   */
  async cancel(): Promise<void> {
    const { job } = this._state;
    if (job) {
      await this._act(() =>
        this._send<Job>(`installs/${job.id}`, { method: 'DELETE' })
      );
      await this.follow(job.id);
    }
  }

  /**
   * Look at a job from where its log was last seen, and go on looking until it is over. A job that is
   * followed later takes the place of this one, also while this one is being looked at.
   */
  async follow(id: string): Promise<void> {
    if (this._followed !== id) {
      this._followed = id;
      void this._retry.stop();
      this._look?.abort();
    }
    this._again = true;
    if (this._looking) {
      return;
    }
    this._looking = true;
    try {
      while (this._again && !this.isDisposed) {
        this._again = false;
        await this._lookAt(this._followed);
      }
    } finally {
      this._looking = false;
    }
  }

  /**
   * Look again, as a retry does: rejects where that fails.
   */
  private async _lookAgain(): Promise<void> {
    await this.follow(this._followed);
    if (this._state.lookFailure) {
      throw asError(this._state.lookFailure);
    }
  }

  private async _lookAt(id: string): Promise<void> {
    const same = this._state.job?.id === id;
    const cursor = same ? this._cursor : null;
    const query = cursor === null ? '' : `?after=${encodeURIComponent(cursor)}`;
    const look = (this._look = new AbortController());
    let job: Job;
    try {
      job = await this._ask<Job>(`installs/${id}${query}`, look.signal);
    } catch (error) {
      if (id === this._followed) {
        this._missed(asFailure(error));
      }
      return;
    }
    if (id !== this._followed) {
      return;
    }
    const ended = job.state === 'ended' && this._state.job?.state !== 'ended';
    const before = cursor === null ? [] : this._state.lines;
    // Two looks may overlap: a line is taken once, by its number.
    const last = before[before.length - 1]?.number ?? 0;
    const more = job.lines.filter(({ number }) => number > last);
    this._cursor = job.cursor;
    this._set({ job, lines: [...before, ...more], lookFailure: null });
    if (job.state !== 'ended') {
      // From the interval on again, also after looks that failed.
      void this._retry.schedule();
      return;
    }
    void this._retry.stop();
    if (ended) {
      void this.report.refresh();
    }
  }

  /**
   * Look again later, unless the server says that there is no such job any more.
   */
  private _missed(failure: IFailure): void {
    this._set({ lookFailure: failure });
    if (failure.reason === 'refused') {
      void this._retry.stop();
    } else {
      askLater(this._retry);
    }
  }

  /**
   * Follow the job that runs, if there is one.
   */
  private _find(jobs: readonly Job[]): void {
    const { job } = this._state;
    if (job && job.state !== 'ended') {
      void this.follow(job.id);
      return;
    }
    const open = jobs.filter(({ state }) => state !== 'ended');
    const found = open.find(({ state }) => state !== 'queued') ?? open[0];
    if (found) {
      void this.follow(found.id);
    }
  }

  private _onMessage(_: unknown, message: WatchMessage): void {
    const { job } = this._state;
    if (message.type === 'install-progressed') {
      if (!job || job.state === 'ended' || message.job === this._followed) {
        void this.follow(message.job);
      } else if (message.verdict !== null && this.report.used) {
        void this.report.refresh();
      }
    } else if (message.type === 'hello' && job && job.state !== 'ended') {
      void this.follow(job.id);
    }
  }

  /**
   * Do what was asked for; what goes wrong is shown until the next such thing.
   */
  private async _act(work: () => Promise<unknown>): Promise<IFailure | null> {
    this._set({ actFailure: null });
    try {
      await work();
      return null;
    } catch (error) {
      const actFailure = asFailure(error);
      this._set({ actFailure });
      return actFailure;
    }
  }

  private _full(body: InstallRequest): InstallRequest {
    return { kernel: this._state.kernel, ...body };
  }

  private _ask<T>(endpoint: string, signal: AbortSignal): Promise<T> {
    return request<T>(endpoint, this._settings, { signal });
  }

  private _send<T>(endpoint: string, options: IRequestOptions): Promise<T> {
    return request<T>(endpoint, this._settings, options);
  }

  private _set(changes: Partial<IPackagesState>): void {
    if (this.isDisposed) {
      return;
    }
    this._state = { ...this._state, ...changes };
    this._stateChanged.emit(this._state);
  }

  private readonly _settings: ServerConnection.ISettings;
  private readonly _messages: ISignal<unknown, WatchMessage>;
  private readonly _retry = createRetry({
    name: 'job',
    ask: () => this._lookAgain(),
    interval: WITHOUT_WATCH,
    max: WITHOUT_ANSWER
  });
  private readonly _stateChanged = new Signal<this, IPackagesState>(this);
  private _state: IPackagesState = {
    kernel: null,
    job: null,
    lines: [],
    lookFailure: null,
    actFailure: null
  };
  private _cursor: string | null = null;
  private _followed = '';
  private _look: AbortController | null = null;
  private _looking = false;
  private _again = false;
  private _turn = 0;
}

export namespace PackagesModel {
  export interface IOptions {
    serverSettings: ServerConnection.ISettings;

    /**
     * What keeps reports up to date, and tells when a job went on.
     */
    reports: Pick<IStorageModel, 'createReport' | 'messages'>;
  }
}
