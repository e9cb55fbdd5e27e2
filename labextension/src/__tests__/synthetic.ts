/**
 * Made-up records and a made-up server for the tests.
 */
import { ServerConnection } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import type {
  Capacity,
  ChangesReport,
  Fate,
  Fates,
  IReport,
  Mount,
  MountReport,
  WatchMessage,
  Where
} from '../tokens';
import type { Services } from '../sections/section';
import type { IWatch } from '../reports/watch';

export const trans = nullTranslator.load('ide49_storage');

export function fates(update: Fate, stop: Fate = 'kept'): Fates {
  return { stop, update, device: 'lost' };
}

export const evidence = {
  kind: 'The engine names it so.',
  stop: 'A stop leaves it alone.',
  update: 'The new container gets the same mounts.',
  device: 'It lies on this machine only.'
};

export const capacity: Capacity = {
  total: 29_012_000_000,
  used: 6_100_000_000,
  free: 22_900_000_000,
  inodes_total: 1_900_000,
  inodes_free: 1_800_000
};

let id = 100;

export function mount(changes: Partial<Mount> = {}): Mount {
  id += 1;
  return {
    id,
    parent: 1,
    mount_point: '/home/iot',
    storage: { device: '8:1', root: '/volumes/iot-home/_data' },
    fs_type: 'ext4',
    source: '/dev/sda1',
    kind: 'volume',
    name: 'iot-home',
    fate: fates('kept'),
    evidence,
    options: {
      mount: ['rw', 'relatime'],
      super: ['rw'],
      propagation: [],
      read_only: false
    },
    capacity,
    capacity_status: 'measured',
    hidden: false,
    hidden_by: null,
    internal: false,
    also_at: [],
    capacity_at: null,
    not_answering_since: null,
    ...changes
  };
}

/**
 * The container's own root.
 */
export function root(changes: Partial<Mount> = {}): Mount {
  return mount({
    mount_point: '/',
    storage: { device: '0:50', root: '/' },
    fs_type: 'overlay',
    source: 'overlay',
    kind: 'container',
    name: null,
    fate: fates('lost'),
    ...changes
  });
}

export function where(changes: Partial<Where> = {}): Where {
  return {
    path: '/home/iot',
    resolved: '/home/iot',
    exists: true,
    nearest: '/home/iot',
    mount_id: 1,
    mount_point: '/home/iot',
    kind: 'volume',
    name: 'iot-home',
    fate: fates('kept'),
    evidence,
    also_at: [],
    writable: true,
    doubt: null,
    ...changes
  };
}

export function report(
  mounts: Mount[],
  changes: Partial<MountReport> = {}
): MountReport {
  return {
    contract: '0.2.0',
    at: '2026-11-23T12:00:00.000Z',
    engine: { name: 'docker', evidence: ['There is a file /.dockerenv.'] },
    notebooks: where(),
    mounts,
    problems: [],
    ...changes
  };
}

/**
 * A scan's answer; without changes, it has nothing to lose.
 */
export function scanned(changes: Partial<ChangesReport> = {}): ChangesReport {
  return {
    state: 'ended',
    started_at: '2026-11-23T12:00:00.000Z',
    ended_at: '2026-11-23T12:00:01.000Z',
    seconds: 1,
    progress: null,
    error: null,
    evidence: '/ is an overlay.',
    clock: null,
    nothing_to_lose: true,
    files: 0,
    folders: 0,
    size: 0,
    groups: [],
    system_packages: [],
    python_packages: [],
    dockerfile: [],
    missing: [],
    missing_count: 0,
    unreadable: [],
    unreadable_count: 0,
    doubts: [],
    changes: [],
    next: null,
    ...changes
  };
}

/**
 * A report that nobody has asked for yet.
 */
export function idle<T>(): IReport<T> {
  const state = { value: null, at: null, refreshing: false, failure: null };
  const report = {
    state,
    used: false,
    use: () => ({ isDisposed: false, dispose: () => {} }),
    dispose: () => {}
  };
  const stateChanged = new Signal<unknown, unknown>(report);
  return { ...report, stateChanged } as unknown as IReport<T>;
}

/**
 * A JupyterLab that has heard of no kernel.
 */
export function services(
  serverSettings = ServerConnection.makeSettings()
): Services {
  const none = { specs: null, running: () => [].values() };
  return {
    serverSettings,
    kernelspecs: { ...none, specsChanged: new Signal(none) },
    sessions: { ...none, runningChanged: new Signal(none) }
  } as unknown as Services;
}

/**
 * A server that answers what it is told to, and notes what it was asked.
 */
export class Server {
  asked: string[] = [];

  /**
   * The methods of the requests, in the same order.
   */
  methods: string[] = [];

  /**
   * Whether a proxy says that the server is away, by the method of the request.
   */
  refuse: (method: string) => boolean = () => false;

  /**
   * Called for each request with its address.
   */
  answer: (url: string) => Promise<Response> | Response = () => json({});

  readonly settings = ServerConnection.makeSettings({
    baseUrl: 'http://server/base/',
    wsUrl: 'ws://server/base/',
    token: '',
    fetch: async info => {
      const { url, method } = info as Request;
      this.methods.push(method);
      this.asked.push(url.replace(/[?&]\d+$/, ''));
      return this.refuse(method) ? json({}, 502) : this.answer(url);
    }
  });
}

export function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status });
}

export function gone(): Promise<Response> {
  return Promise.reject(new TypeError('Failed to fetch'));
}

/**
 * A watch whose messages the test sends.
 */
export class HandWatch implements IWatch {
  connected = false;
  running = false;
  isDisposed = false;
  readonly connectedChanged = new Signal<this, boolean>(this);
  readonly received = new Signal<this, WatchMessage>(this);

  start(): void {
    this.running = true;
  }

  stop(): void {
    this.running = false;
    this.connect(false);
  }

  dispose(): void {
    this.isDisposed = true;
  }

  connect(connected: boolean): void {
    if (this.connected !== connected) {
      this.connected = connected;
      this.connectedChanged.emit(connected);
    }
  }

  hello(resumed: boolean): void {
    this.connect(true);
    this.received.emit({ type: 'hello', cursor: 'a-0', at: '', resumed });
  }

  mountsChanged(): void {
    this.tell({ type: 'mounts-changed', cursor: 'a-1', at: '' });
  }

  tell(message: WatchMessage): void {
    this.received.emit(message);
  }

  say(message: WatchMessage): void {
    this.received.emit(message);
  }
}

/**
 * Let everything that is due at once happen.
 */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    await Promise.resolve();
  }
}
