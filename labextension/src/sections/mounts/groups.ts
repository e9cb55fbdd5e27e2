/**
 * Puts mounts that show the same storage into one row, and rows with the same fate into one group.
 *
 * Nothing is judged here: what a row says was said by the server.
 */
import type { Capacity, Fate, Kind, Mount, MountReport } from '../../tokens';

/**
 * One storage with all the places where it is mounted.
 */
export interface IStorageRow {
  /**
   * Tells the row from all others, also in a later report.
   */
  readonly key: string;

  /**
   * Never empty; those that a path reaches come first.
   */
  readonly mounts: readonly [Mount, ...Mount[]];
  readonly kind: Kind;
  readonly name: string | null;
  readonly capacity: Capacity | null;

  /**
   * Whether no path reaches it at any of its places.
   */
  readonly hidden: boolean;
}

/**
 * What an update does to the rows of a group, or that they are on another machine.
 */
export type GroupId = Fate | 'elsewhere';

export interface IStorageGroup {
  readonly id: GroupId;
  readonly rows: readonly IStorageRow[];
}

const ORDER: readonly GroupId[] = [
  'kept',
  'at-risk',
  'lost',
  'unknown',
  'elsewhere'
];

const ELSEWHERE: ReadonlySet<Kind> = new Set<Kind>(['samba', 'network']);

/**
 * The storages in which people keep files, by what an update does to them. No group is empty.
 */
export function storageGroups(report: MountReport): IStorageGroup[] {
  const home = report.notebooks?.mount_id;
  const rows = storageRows(report.mounts.filter(({ internal }) => !internal));
  const isHome = (row: IStorageRow) => row.mounts.some(({ id }) => id === home);
  const groups = new Map<GroupId, IStorageRow[]>();
  for (const row of rows.sort(
    (a, b) => Number(isHome(b)) - Number(isHome(a))
  )) {
    const id = groupOf(row);
    groups.set(id, [...(groups.get(id) ?? []), row]);
  }
  return ORDER.filter(id => groups.has(id)).map(id => ({
    id,
    rows: groups.get(id) ?? []
  }));
}

/**
 * The storages that the kernel and the engine mount for themselves.
 */
export function internalRows(report: MountReport): IStorageRow[] {
  return storageRows(report.mounts.filter(({ internal }) => internal));
}

/**
 * One row for each storage, sorted by what stands in its first line. Should the server say different
 * fates for two mounts of one storage, each gets a row: neither verdict may be dropped.
 */
export function storageRows(mounts: readonly Mount[]): IStorageRow[] {
  const byStorage = new Map<string, [Mount, ...Mount[]]>();
  for (const mount of mounts) {
    const key = [
      mount.storage.device,
      mount.storage.root,
      mount.fate.update
    ].join(' ');
    const same = byStorage.get(key);
    if (same) {
      same.push(mount);
    } else {
      byStorage.set(key, [mount]);
    }
  }
  return Array.from(byStorage, ([key, same]) => storageRow(key, same)).sort(
    (a, b) => rowName(a).localeCompare(rowName(b))
  );
}

/**
 * What a row is called: its name, or else where it is mounted.
 */
export function rowName(row: IStorageRow): string {
  return row.name ?? row.mounts[0].mount_point;
}

function storageRow(key: string, same: [Mount, ...Mount[]]): IStorageRow {
  const mounts = same.sort((a, b) => Number(a.hidden) - Number(b.hidden));
  return {
    key,
    mounts,
    kind: mounts[0].kind,
    name: mounts.find(({ name }) => name !== null)?.name ?? null,
    capacity:
      mounts.find(({ capacity }) => capacity !== null)?.capacity ?? null,
    hidden: mounts.every(({ hidden }) => hidden)
  };
}

function groupOf(row: IStorageRow): GroupId {
  return ELSEWHERE.has(row.kind) ? 'elsewhere' : row.mounts[0].fate.update;
}

/**
 * What came and went between two reports, as mount points that people know.
 */
export function changes(
  before: MountReport,
  after: MountReport
): { came: string[]; went: string[] } {
  const known = (report: MountReport) =>
    new Map(
      report.mounts
        .filter(({ internal }) => !internal)
        .map(({ id, mount_point }) => [`${id} ${mount_point}`, mount_point])
    );
  const [old, now] = [known(before), known(after)];
  const without = (from: Map<string, string>, other: Map<string, string>) =>
    Array.from(from)
      .filter(([key]) => !other.has(key))
      .map(([, path]) => path);
  return { came: without(now, old), went: without(old, now) };
}
