/**
 * Packages as the panel handles them: asks, starts and follows jobs. Every rule is the server's.
 */
import type { ServerConnection } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import type { components } from './api';
import { backOff, Report } from './report';
import { asFailure, request } from './request';
import type { IFailure, WatchMessage } from './tokens';

type Schemas = components['schemas'];

export type Action = Schemas['Action'];
export type NamesReport = Schemas['NamesReport'];
export type InstallRequest = Partial<Schemas['InstallRequest']>;
export type Job = Schemas['Job'];
export type Line = Schemas['Line'];
export type OldTree = Schemas['OldTree'];
export type Override = Schemas['Override'];
export type Planned = Schemas['PlannedChange'];
export type Preview = Schemas['Preview'];
export type Target = Schemas['InstallTarget'];
export type UserPackage = Schemas['UserPackage'];
export type UserPackages = Schemas['UserPackages'];

/**
 * Milliseconds between looks at a running job while the watch is silent.
 */
const WITHOUT_WATCH = 1_000;

/**
 * How looks at a running job that failed are tried again.
 */
const LOOK_AGAIN = { first: 1_000, most: 30_000 };

/**
 * Milliseconds that a dry run may take: somewhat more than the server gives it.
 */
const PREVIEW_PATIENCE = 200_000;

/**
 * What installs can act on, and whether they are allowed at all.
 */
export interface IListing {
  /**
   * Whose packages: a kernel's, or (null) those of Jupyter's own Python.
   */
  readonly kernel: string | null;
  readonly packages: UserPackages;
  readonly enabled: boolean;
}

/**
 * What the section shows at one moment.
 */
export interface IInstallsState {
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

export class InstallsModel implements IDisposable {
  constructor(options: InstallsModel.IOptions) {
    this._settings = options.serverSettings;
    options.messages?.connect(this._onMessage, this);
    this._messages = options.messages ?? null;
    this.listing = new Report<IListing>({ ask: signal => this._list(signal) });
    this.listing.usedChanged.connect(this._onUsedChanged, this);
  }

  /**
   * The packages. What it has may be of the kernel that was chosen before: `IListing.kernel` tells.
   */
  readonly listing: Report<IListing>;

  get state(): IInstallsState {
    return this._state;
  }

  get stateChanged(): ISignal<this, IInstallsState> {
    return this._stateChanged;
  }

  get isDisposed(): boolean {
    return this.listing.isDisposed;
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this.listing.dispose();
    window.clearTimeout(this._timer);
    this._look?.abort();
    this._messages?.disconnect(this._onMessage, this);
    Signal.clearData(this);
  }

  /**
   * Choose whose packages: those of a kernel's interpreter, or (null) of Jupyter's own.
   */
  async choose(kernel: string | null): Promise<void> {
    this._set({ kernel, actFailure: null });
    await this.listing.refresh();
  }

  /**
   * What is wrong with names as they are typed. Rejects with an `IFailure`.
   */
  check(text: string): Promise<NamesReport> {
    return this._send<NamesReport>('POST', 'installs/check', { text });
  }

  /**
   * What a request would do. Rejects with an `IFailure`.
   */
  preview(body: InstallRequest): Promise<Preview> {
    const full = this._full(body);
    return this._send('POST', 'installs/preview', full, PREVIEW_PATIENCE);
  }

  /**
   * Start a job and follow it. Never rejects: says whether it was started, and the state says why not.
   * Of several it is the one that was asked for last that is followed, whichever is answered last.
   */
  async start(body: InstallRequest): Promise<boolean> {
    const turn = ++this._turn;
    const failure = await this._act(async () => {
      const job = await this._send<Job>('POST', 'installs', this._full(body));
      if (turn === this._turn) {
        this._cursor = null;
        this._set({ job, lines: [], lookFailure: null });
        void this.follow(job.id);
      }
    });
    if (failure) {
      // It may have been started all the same.
      void this.listing.refresh();
    }
    return failure === null;
  }

  /**
   * Ask the running job to stop. Never rejects.
   */
  async cancel(): Promise<void> {
    const { job } = this._state;
    if (job) {
      await this._act(() => this._send<Job>('DELETE', `installs/${job.id}`));
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
      this._misses = 0;
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

  private async _lookAt(id: string): Promise<void> {
    window.clearTimeout(this._timer);
    const same = this._state.job?.id === id;
    const cursor = same ? this._cursor : null;
    const query = cursor === null ? '' : `?after=${encodeURIComponent(cursor)}`;
    const look = (this._look = new AbortController());
    let job: Job;
    try {
      job = await this._ask<Job>(`installs/${id}${query}`, look.signal);
    } catch (error) {
      if (id === this._followed) {
        this._missed(id, asFailure(error));
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
    this._misses = 0;
    this._set({ job, lines: [...before, ...more], lookFailure: null });
    if (job.state !== 'ended') {
      this._lookLater(id, WITHOUT_WATCH);
    } else if (ended) {
      void this.listing.refresh();
    }
  }

  /**
   * Look again later, unless the server says that there is no such job any more.
   */
  private _missed(id: string, failure: IFailure): void {
    this._misses += 1;
    this._set({ lookFailure: failure });
    if (failure.reason !== 'refused') {
      this._lookLater(id, backOff(this._misses, LOOK_AGAIN));
    }
  }

  private _lookLater(id: string, milliseconds: number): void {
    if (!this.isDisposed) {
      this._timer = window.setTimeout(() => {
        void this.follow(id);
      }, milliseconds);
    }
  }

  /**
   * Ask for the jobs and the packages; a job that runs is followed even where the packages fail.
   */
  private async _list(signal: AbortSignal): Promise<IListing> {
    const { kernel } = this._state;
    const query =
      kernel === null ? '' : `?kernel=${encodeURIComponent(kernel)}`;
    const packages = this._ask<UserPackages>(
      `installs/packages${query}`,
      signal
    );
    // Its failure is seen where it is waited for, also if the jobs fail before that.
    packages.catch(() => undefined);
    const jobs = await this._ask<Schemas['Jobs']>('installs', signal);
    this._find(jobs.jobs);
    return { kernel, packages: await packages, enabled: jobs.enabled };
  }

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

  private _onUsedChanged(_: unknown, used: boolean): void {
    if (used) {
      void this.listing.refresh();
    }
  }

  private _onMessage(_: unknown, message: WatchMessage): void {
    const { job } = this._state;
    if (message.type === 'install-progressed') {
      if (!job || job.state === 'ended' || message.job === this._followed) {
        void this.follow(message.job);
      } else if (message.verdict !== null && this.listing.used) {
        void this.listing.refresh();
      }
    } else if (message.type === 'hello') {
      if (!message.resumed && this.listing.used) {
        void this.listing.refresh();
      } else if (job && job.state !== 'ended') {
        void this.follow(job.id);
      }
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
    return request<T>(endpoint, this._settings, signal);
  }

  private _send<T>(
    method: string,
    endpoint: string,
    body?: unknown,
    patience?: number
  ): Promise<T> {
    return request<T>(
      endpoint,
      this._settings,
      undefined,
      method,
      body,
      patience
    );
  }

  private _set(changes: Partial<IInstallsState>): void {
    if (this.isDisposed) {
      return;
    }
    this._state = { ...this._state, ...changes };
    this._stateChanged.emit(this._state);
  }

  private readonly _settings: ServerConnection.ISettings;
  private readonly _messages: ISignal<unknown, WatchMessage> | null;
  private readonly _stateChanged = new Signal<this, IInstallsState>(this);
  private _state: IInstallsState = {
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
  private _misses = 0;
  private _timer = 0;
  private _turn = 0;
}

export namespace InstallsModel {
  export interface IOptions {
    serverSettings: ServerConnection.ISettings;

    /**
     * What announces that a job went on; without it the running job is looked at every second.
     */
    messages?: ISignal<unknown, WatchMessage>;
  }
}
