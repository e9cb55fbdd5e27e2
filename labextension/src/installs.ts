/**
 * Packages as the panel handles them: asks, starts and follows jobs. Every rule is the server's.
 */
import type { ServerConnection } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import type { components } from './api';
import { request, RequestError } from './request';
import type { IFailure, WatchMessage } from './tokens';

type Schemas = components['schemas'];

export type Action = Schemas['Action'];
export type NamesReport = Schemas['NamesReport'];
export type InstallRequest = Partial<Schemas['InstallRequest']>;
export type Job = Schemas['Job'];
export type Line = Schemas['Line'];
export type Override = Schemas['Override'];
export type Planned = Schemas['Planned'];
export type Preview = Schemas['Preview'];
export type Target = Schemas['Target'];
export type UserPackage = Schemas['UserPackage'];
export type UserPackages = Schemas['UserPackages'];

/**
 * Milliseconds between looks at a running job while the watch is silent.
 */
const WITHOUT_WATCH = 1_000;

/**
 * What the section shows at one moment. `lines` are the log of `job` so far.
 */
export interface IInstallsState {
  readonly kernel: string | null;
  readonly enabled: boolean;
  readonly packages: UserPackages | null;
  readonly job: Job | null;
  readonly lines: readonly Line[];
  readonly failure: IFailure | null;
}

export class InstallsModel implements IDisposable {
  constructor(options: InstallsModel.IOptions) {
    this._settings = options.serverSettings;
    options.messages?.connect(this._onMessage, this);
    this._messages = options.messages ?? null;
  }

  get state(): IInstallsState {
    return this._state;
  }

  get stateChanged(): ISignal<this, IInstallsState> {
    return this._stateChanged;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    if (this._disposed) {
      return;
    }
    this._disposed = true;
    window.clearTimeout(this._timer);
    this._messages?.disconnect(this._onMessage, this);
    Signal.clearData(this);
  }

  /**
   * Choose whose packages: those of a kernel's interpreter, or (null) of Jupyter's own.
   */
  async choose(kernel: string | null): Promise<void> {
    this._set({ kernel, packages: null });
    await this.refresh();
  }

  /**
   * Ask for the packages and for the newest job. Never rejects.
   */
  async refresh(): Promise<void> {
    await this._guarded(async () => {
      const { kernel } = this._state;
      const query =
        kernel === null ? '' : `?kernel=${encodeURIComponent(kernel)}`;
      const [packages, jobs] = await Promise.all([
        this._ask<UserPackages>(`installs/packages${query}`),
        this._ask<Schemas['Jobs']>('installs')
      ]);
      this._set({ packages, enabled: jobs.enabled, failure: null });
      const running = jobs.jobs.find(({ state }) => state !== 'ended');
      const newest = running ?? jobs.jobs[0];
      if (newest && (running || this._state.job?.id === newest.id)) {
        await this.follow(newest.id);
      }
    });
  }

  /**
   * What is wrong with names as they are typed. Rejects with a `RequestError`.
   */
  check(text: string): Promise<NamesReport> {
    return this._send<NamesReport>('POST', 'installs/check', { text });
  }

  /**
   * What a request would do. Rejects with a `RequestError`.
   */
  preview(body: InstallRequest): Promise<Preview> {
    return this._send<Preview>('POST', 'installs/preview', this._full(body));
  }

  /**
   * Start a job and follow it. Never rejects: the state says how it went.
   */
  async start(body: InstallRequest): Promise<void> {
    await this._guarded(async () => {
      const job = await this._send<Job>('POST', 'installs', this._full(body));
      this._set({ job, lines: [], failure: null });
      await this.follow(job.id);
    });
  }

  /**
   * Ask the running job to stop. Never rejects.
   */
  async cancel(): Promise<void> {
    const { job } = this._state;
    if (job) {
      await this._guarded(async () => {
        await this._send<Job>('DELETE', `installs/${job.id}`);
      });
    }
  }

  /**
   * Look at a job from where its log was last seen, and go on looking until it is over.
   */
  async follow(id: string): Promise<void> {
    if (this._asking) {
      this._again = true;
      return;
    }
    this._asking = true;
    try {
      do {
        this._again = false;
        await this._lookAt(id);
      } while (this._again && !this._disposed);
    } finally {
      this._asking = false;
    }
  }

  private async _lookAt(id: string): Promise<void> {
    await this._guarded(async () => {
      const same = this._state.job?.id === id;
      const cursor = same && this._state.lines.length > 0 ? this._cursor : null;
      const query =
        cursor === null ? '' : `?after=${encodeURIComponent(cursor)}`;
      const job = await this._ask<Job>(`installs/${id}${query}`);
      const before = cursor === null ? [] : this._state.lines;
      this._cursor = job.cursor;
      const ended = job.state === 'ended' && this._state.job?.state !== 'ended';
      // Two looks may overlap: a line is taken once, by its number.
      const last = before[before.length - 1]?.number ?? 0;
      const more = job.lines.filter(({ number }) => number > last);
      this._set({ job, lines: [...before, ...more] });
      window.clearTimeout(this._timer);
      if (job.state !== 'ended') {
        this._timer = window.setTimeout(
          () => void this.follow(id),
          WITHOUT_WATCH
        );
      } else if (ended) {
        void this.refresh();
      }
    });
  }

  private _onMessage(_: unknown, message: WatchMessage): void {
    if (message.type !== 'install-progressed') {
      return;
    }
    const { job } = this._state;
    if (!job || job.id === message.job || job.state === 'ended') {
      void this.follow(message.job);
    }
  }

  private async _guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!this._disposed) {
        this._set({ failure: asFailure(error) });
      }
    }
  }

  private _full(body: InstallRequest): InstallRequest {
    return { kernel: this._state.kernel, ...body };
  }

  private _ask<T>(endpoint: string): Promise<T> {
    return request<T>(endpoint, this._settings);
  }

  private _send<T>(
    method: string,
    endpoint: string,
    body?: unknown
  ): Promise<T> {
    return request<T>(endpoint, this._settings, undefined, method, body);
  }

  private _set(changes: Partial<IInstallsState>): void {
    if (this._disposed) {
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
    enabled: true,
    packages: null,
    job: null,
    lines: [],
    failure: null
  };
  private _cursor = '';
  private _timer = 0;
  private _asking = false;
  private _again = false;
  private _disposed = false;
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

/**
 * Anything thrown as a failure that can be shown.
 */
export function asFailure(error: unknown): IFailure {
  return error instanceof RequestError
    ? error
    : new RequestError('failed', null, String(error));
}

/**
 * What a person must know of a planned change, each in a few words.
 */
export function badges(planned: Planned): string[] {
  const found: string[] = [planned.change];
  if (planned.yanked) {
    found.push('yanked');
  }
  if (planned.source) {
    found.push('built from source: runs its author’s code');
  }
  if (planned.shadows !== null && planned.shadows !== undefined) {
    found.push(`hides the image’s ${planned.shadows}`);
  }
  return [...found, ...(planned.breaks ?? []).map(text => `breaks: ${text}`)];
}
