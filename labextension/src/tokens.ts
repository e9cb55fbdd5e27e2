/**
 * The words of the panel: the server's records by name, and what the model offers to those who draw.
 */
import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import type { components } from './api';

type Schemas = components['schemas'];

export type MountReport = Schemas['MountReport'];
export type Mount = Schemas['Mount'];
export type Where = Schemas['Where'];
export type Place = Schemas['Place'];
export type Capacity = Schemas['Capacity'];
export type Engine = Schemas['Engine'];
export type Evidence = Schemas['Evidence'];
export type Fate = Schemas['Fate'];
export type Fates = Schemas['Fates'];
export type Kind = Schemas['Kind'];
export type Finding = Schemas['Finding'];
export type FindingReport = Schemas['FindingReport'];
export type Package = Schemas['Package'];
export type PackageProblem = Schemas['PackageProblem'];
export type PackageReport = Schemas['PackageReport'];
export type Layout = Schemas['Layout'];
export type Kernel = Schemas['Kernel'];
export type LineProblem = Schemas['LineProblem'];
export type SambaReport = Schemas['SambaReport'];
export type ClientState = Schemas['ClientState'];
export type Share = Schemas['Share'];
export type HiddenStorage = Schemas['HiddenStorage'];
export type StateFile = Schemas['StateFile'];
export type ChangesReport = Schemas['ChangesReport'];
export type GroupTotals = Schemas['GroupTotals'];
export type Remedy = Schemas['Remedy'];
export type WatchMessage =
  | Schemas['Hello']
  | Schemas['MountsChanged']
  | Schemas['SambaChanged']
  | Schemas['ChangesProgressed']
  | Schemas['ChangesEnded']
  | Schemas['InstallProgressed'];

/**
 * Something that can happen to the container, by its field in `Fates` and `Evidence`.
 */
export type FateEvent = keyof Fates;

/**
 * Why a request brought no answer.
 *
 * `gone`: the server did not answer. `missing`: it does not know the address, so its extension does
 * not run. `forbidden`: it knows us and refuses. `refused`: it says that the request is wrong.
 * `page`: a web page came in the place of an answer, as where one must sign in. `cut`: what came is
 * no whole answer. `failed`: anything else, which is a fault.
 */
export type FailureReason =
  'gone' | 'missing' | 'forbidden' | 'refused' | 'page' | 'cut' | 'failed';

/**
 * A failed request. `message` is what the server said, if it said anything.
 */
export interface IFailure {
  readonly reason: FailureReason;
  readonly status: number | null;
  readonly message: string;
}

/**
 * What is known of a report at one moment.
 */
export interface IReportState<T> {
  /**
   * The last good answer. It stays while a newer one is asked for, and when that fails.
   */
  readonly value: T | null;

  /**
   * When that answer came, in milliseconds since 1970 by this browser's clock.
   */
  readonly at: number | null;

  readonly refreshing: boolean;

  /**
   * Why the last request failed; null after a good one.
   */
  readonly failure: IFailure | null;
}

/**
 * One question to the server, with its last answer.
 */
export interface IReport<T> extends IDisposable {
  readonly state: IReportState<T>;
  readonly stateChanged: ISignal<IReport<T>, IReportState<T>>;

  /**
   * Whether anybody wants it to be kept up to date.
   */
  readonly used: boolean;

  /**
   * Ask now. Never rejects: the state says how it went.
   */
  refresh(): Promise<void>;

  /**
   * Keep the answer up to date until the returned handle is disposed.
   */
  use(): IDisposable;
}

/**
 * The reports that the panel and the status bar show.
 */
export interface IStorageModel extends IDisposable {
  /**
   * All mounts, with `where` for the folder that Jupyter serves.
   */
  readonly mounts: IReport<MountReport>;

  /**
   * How the shares stand, what they hide, and what must not live on them.
   */
  readonly samba: IReport<SambaReport>;

  /**
   * Ask again for everything that is in use. Never rejects.
   */
  refresh(): Promise<void>;

  /**
   * What the watch says, for those who follow more than the reports.
   */
  readonly messages: ISignal<unknown, WatchMessage>;

  /**
   * What the next update throws away, by the last scan; without its listing.
   */
  readonly changes: IReport<ChangesReport>;

  /**
   * Start a scan of the container layer, or stop the one that runs, and ask how things stand then.
   * Rejects with an `IFailure` where the server did not do it.
   */
  scan(action: 'start' | 'stop'): Promise<void>;

  /**
   * What is wrong, worst first.
   */
  readonly findings: IReport<FindingReport>;

  /**
   * Where the server's Python finds things, and every kernel.
   */
  readonly python: IReport<Layout>;

  /**
   * Another report, kept up to date like these while it is used. Who asks for it disposes it.
   *
   * @param ask - Brings the answer, or rejects with an `IFailure`.
   */
  createReport<T>(ask: (signal: AbortSignal) => Promise<T>): IReport<T>;

  /**
   * Where a path lives; relative ones are below the server's root. Who asks for it disposes it.
   */
  where(path: string): IReport<Where>;
}

export const IStorageModel = new Token<IStorageModel>(
  'ide49-storage:IStorageModel',
  'What the server knows about where everything lives, kept up to date while it is used.'
);
