/**
 * The reports that are shown, kept up to date while they are used: by the watch, or by asking
 * regularly while there is none.
 */
import type { ServerConnection } from '@jupyterlab/services';
import { Poll } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import { Report } from './report';
import { quotePath, request, RequestError } from './request';
import type {
  ChangesReport,
  FindingReport,
  IStorageModel,
  Layout,
  MountReport,
  SambaReport,
  WatchMessage,
  Where
} from '../tokens';
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
      frequency: { interval: WITHOUT_WATCH, backoff: false, max: WITH_WATCH },
      standby: 'when-hidden'
    });
    this.mounts = this.createReport<MountReport>(
      signal => request('mounts', this._settings, { signal }),
      true
    );
    this.changes = this.createReport<ChangesReport>(signal =>
      request('changes?limit=0', this._settings, { signal })
    );
    this.findings = this.createReport<FindingReport>(signal =>
      request('findings', this._settings, { signal })
    );
    this.samba = this.createReport<SambaReport>(
      signal => request('samba', this._settings, { signal }),
      true
    );
    this.python = this.createReport<Layout>(signal =>
      request('python', this._settings, { signal })
    );
  }

  readonly mounts: Report<MountReport>;
  readonly changes: Report<ChangesReport>;
  readonly findings: Report<FindingReport>;
  readonly samba: Report<SambaReport>;
  readonly python: Report<Layout>;

  async scan(action: 'start' | 'stop'): Promise<void> {
    const method = action === 'start' ? 'POST' : 'DELETE';
    try {
      await request('changes', this._settings, { method });
    } finally {
      await this.changes.refresh();
    }
  }

  async refresh(): Promise<void> {
    await this._refresh(this._used);
  }

  get messages(): ISignal<unknown, WatchMessage> {
    return this._watch.received;
  }

  where(path: string): Report<Where> {
    const endpoint = `where?path=${quotePath(path)}`;
    return this.createReport(async signal => {
      const [answer] = await request<Where[]>(endpoint, this._settings, {
        signal
      });
      if (!answer) {
        throw new RequestError('failed', 200, 'No answer for this path');
      }
      return answer;
    });
  }

  createReport<T>(
    ask: (signal: AbortSignal) => Promise<T>,
    ages = false
  ): Report<T> {
    const report = new Report<T>({ ask, ages });
    report.usedChanged.connect(this._onUsedChanged, this);
    return report;
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
    for (const report of [
      ...this._used,
      this.mounts,
      this.changes,
      this.findings,
      this.samba,
      this.python
    ]) {
      report.dispose();
    }
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
    switch (message.type) {
      case 'changes-progressed':
        this.changes.amend(value => ({
          ...value,
          state: 'running',
          progress: message.progress
        }));
        break;
      case 'changes-ended':
        if (this.changes.used) {
          void this.changes.refresh();
        }
        break;
      case 'hello':
      case 'mounts-changed':
      case 'samba-changed':
        // A share that stopped answering is told of in the mounts, too.
        if (message.type !== 'hello' || !message.resumed) {
          void this._refresh(this._used);
        }
        break;
      case 'install-progressed':
        if (message.verdict !== null) {
          void this._refresh(
            [this.python, this.findings].filter(({ used }) => used)
          );
        }
        break;
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
   * Ask again for what is not announced. What failed asks again by itself, less and less often.
   */
  private _pollOnce(): Promise<void> {
    return this._refresh(
      Array.from(this._used).filter(
        ({ ages, state }) =>
          state.failure === null && (ages || !this._watch.connected)
      )
    );
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
