/**
 * The reports that are shown, kept up to date while they are used: by the watch, or by asking
 * regularly while there is none.
 */
import type { ServerConnection } from '@jupyterlab/services';
import { Poll } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import { Report } from './report';
import { quotePath, request, RequestError } from './request';
import type { IStorageModel, MountReport, WatchMessage, Where } from './tokens';
import { Watch, type IWatch } from './watch';

/**
 * Milliseconds between requests while changes are not announced.
 */
const WITHOUT_WATCH = 10_000;

/**
 * Milliseconds between requests for what changes without an announcement (free space).
 */
const WITH_WATCH = 60_000;

export class StorageModel implements IStorageModel {
  constructor(options: StorageModel.IOptions) {
    this._settings = options.serverSettings;
    this._watch = options.watch ?? new Watch(this._settings);
    this._watch.received.connect(this._onMessage, this);
    this._watch.connectedChanged.connect(this._onConnectedChanged, this);
    this._poll = new Poll({
      auto: false,
      name: 'ide49-storage:poll',
      factory: () => this._pollOnce(),
      frequency: { interval: WITHOUT_WATCH, backoff: true, max: 300_000 },
      standby: 'when-hidden'
    });
    this.mounts = this._report<MountReport>(
      signal => request('mounts', this._settings, signal),
      true
    );
  }

  readonly mounts: Report<MountReport>;

  get messages(): ISignal<unknown, WatchMessage> {
    return this._watch.received;
  }

  where(path: string): Report<Where> {
    const endpoint = `where?path=${quotePath(path)}`;
    return this._report(async signal => {
      const [answer] = await request<Where[]>(endpoint, this._settings, signal);
      if (!answer) {
        throw new RequestError('failed', 200, 'No answer for this path');
      }
      return answer;
    });
  }

  get isDisposed(): boolean {
    return this._watch.isDisposed;
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._poll.dispose();
    this._watch.dispose();
    for (const report of [...this._used, this.mounts]) {
      report.dispose();
    }
  }

  private _report<T>(
    ask: (signal: AbortSignal) => Promise<T>,
    ages = false
  ): Report<T> {
    const report = new Report<T>({ ask, ages });
    report.usedChanged.connect(this._onUsedChanged, this);
    return report;
  }

  private _onUsedChanged(report: Report<unknown>, used: boolean): void {
    if (this.isDisposed) {
      return;
    }
    if (!used) {
      this._used.delete(report);
      if (this._used.size === 0) {
        this._watch.stop();
        void this._poll.stop();
      }
      return;
    }
    this._used.add(report);
    void report.refresh();
    if (this._used.size === 1) {
      this._watch.start();
      void this._poll.schedule({
        interval: WITHOUT_WATCH,
        phase: 'started'
      });
    }
  }

  private _onMessage(_: IWatch, message: WatchMessage): void {
    // A share that stopped answering is told of in the mounts, too.
    const told =
      message.type === 'mounts-changed' || message.type === 'samba-changed';
    const missed = message.type === 'hello' && !message.resumed;
    if (told || missed) {
      void this._refresh(this._used);
    }
  }

  private _onConnectedChanged(_: IWatch, connected: boolean): void {
    this._poll.frequency = {
      ...this._poll.frequency,
      interval: connected ? WITH_WATCH : WITHOUT_WATCH
    };
    if (!connected && this._used.size > 0) {
      void this._poll.refresh();
    }
  }

  private async _refresh(reports: Iterable<Report<unknown>>): Promise<void> {
    await Promise.all(Array.from(reports, report => report.refresh()));
  }

  /**
   * Ask again for what is not announced. Rejects on a failure, so that the poll waits longer.
   */
  private async _pollOnce(): Promise<void> {
    const due = Array.from(this._used).filter(
      ({ ages }) => ages || !this._watch.connected
    );
    await this._refresh(due);
    const failure = due.find(({ state }) => state.failure)?.state.failure;
    if (failure) {
      throw new Error(failure.message);
    }
  }

  private readonly _settings: ServerConnection.ISettings;
  private readonly _watch: IWatch;
  private readonly _poll: Poll;
  private readonly _used = new Set<Report<unknown>>();
}

export namespace StorageModel {
  export interface IOptions {
    serverSettings: ServerConnection.ISettings;

    /**
     * What announces changes. The default is a websocket to the server.
     */
    watch?: IWatch;
  }
}
