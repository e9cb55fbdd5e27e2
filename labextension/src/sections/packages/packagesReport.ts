/**
 * What the section shows of packages, as one answer: what is there, what is yours, and what can be done
 * with it. The server gives it in three answers today; only this file knows that.
 */
import type { components } from '../../api';
import type { Package, PackageReport } from '../../tokens';

type Schemas = components['schemas'];

export type Job = Schemas['Job'];
export type OldTree = Schemas['OldTree'];
export type Target = Schemas['InstallTarget'];
export type UserPackage = Schemas['UserPackage'];

/**
 * One package at one place. `found` or `mine` is there, mostly both.
 */
export interface IPackage {
  readonly key: string;
  readonly normalized: string;

  /**
   * What is known of it where it lies; null for one that no listing of Python shows, as where its
   * description is damaged.
   */
  readonly found: Package | null;

  /**
   * What can be changed of it; null for what came with the image.
   */
  readonly mine: UserPackage | null;
  readonly yours: boolean;
}

export interface IPackagesReport {
  /**
   * Whose packages: a kernel's, or (null) those of Jupyter's own Python.
   */
  readonly kernel: string | null;

  /**
   * Whether this server installs at all.
   */
  readonly enabled: boolean;
  readonly target: Target;
  readonly packages: readonly IPackage[];
  readonly old: readonly OldTree[];

  /**
   * Whether an installation was interrupted, so that it can be put back.
   */
  readonly interrupted: boolean;

  /**
   * Why Python could not be asked what is there.
   */
  readonly trouble: PackageReport['trouble'];
  readonly leftOvers: PackageReport['left_overs'];

  /**
   * Packages for another Python that are not among the old ones.
   */
  readonly otherPythons: PackageReport['other_pythons'];
}

/**
 * Ask for the jobs and the packages. `onJobs` is told of the jobs even where the packages fail.
 *
 * @param ask - Brings the answer of an endpoint.
 */
export async function askPackages(
  kernel: string | null,
  ask: <T>(endpoint: string) => Promise<T>,
  onJobs: (jobs: readonly Job[]) => void
): Promise<IPackagesReport> {
  const query = kernel === null ? '' : `?kernel=${encodeURIComponent(kernel)}`;
  const packages = Promise.all([
    ask<Schemas['UserPackages']>(`installs/packages${query}`),
    ask<PackageReport>(`packages${query}`)
  ]);
  // Its failure is seen where it is waited for, also if the jobs fail before that.
  packages.catch(() => undefined);
  const jobs = await ask<Schemas['Jobs']>('installs');
  onJobs(jobs.jobs);
  const [mine, found] = await packages;
  const old = new Set(mine.old.map(({ path }) => path));
  return {
    kernel,
    enabled: jobs.enabled,
    target: mine.target,
    packages: joined(mine, found.packages),
    old: mine.old,
    interrupted: mine.open_journal,
    trouble: found.trouble,
    leftOvers: found.left_overs,
    otherPythons: found.other_pythons.filter(({ path }) => !old.has(path))
  };
}

/**
 * A name as packages are compared: `A_b.C` and `a-b-c` are one.
 */
export function normalizedName(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[-_.]+/g, '-');
}

/**
 * Each package once: those that Python finds, with what can be changed of them, and those of yours that
 * it does not find.
 */
function joined(
  { packages, target }: Schemas['UserPackages'],
  found: readonly Package[]
): IPackage[] {
  const mine = new Map(packages.map(each => [normalizedName(each.name), each]));
  const take = (name: string) => {
    const each = mine.get(name) ?? null;
    mine.delete(name);
    return each;
  };
  // Of several copies it is the one in the user site that can be changed.
  const changeable = new Map<string, Package>();
  for (const each of found) {
    if (
      each.location === target.user_site ||
      (each.yours && !changeable.has(each.normalized))
    ) {
      changeable.set(each.normalized, each);
    }
  }
  const there = found.map(each => {
    const own =
      changeable.get(each.normalized) === each ? take(each.normalized) : null;
    return {
      key: `${each.location}/${each.metadata}`,
      normalized: each.normalized,
      found: each,
      mine: own,
      yours: each.yours || own !== null
    };
  });
  const hidden = Array.from(mine, ([normalized, own]) => ({
    key: `${normalized} ${own.version}`,
    normalized,
    found: null,
    mine: own,
    yours: true
  }));
  return [...there, ...hidden];
}
