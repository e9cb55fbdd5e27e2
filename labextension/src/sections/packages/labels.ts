/**
 * What actions, verdicts, causes, changes and problems of packages are called.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Action, Planned } from './packagesModel';
import type { Job } from './packagesReport';
import type { PackageProblem } from '../../tokens';

/**
 * What a job does, as a heading before the names.
 */
export function actionLabel(action: Action, trans: TranslationBundle): string {
  const words: Record<Action, string> = {
    install: trans.__('Install'),
    upgrade: trans.__('Upgrade'),
    uninstall: trans.__('Uninstall'),
    repair: trans.__('Repair'),
    'bring-over': trans.__('Bring over'),
    'delete-old': trans.__('Delete what is not used any more'),
    restore: trans.__('Put back')
  };
  return words[action];
}

/**
 * How a job ended.
 */
export function verdictLabel(
  verdict: NonNullable<Job['verdict']>,
  trans: TranslationBundle
): string {
  const words: Record<NonNullable<Job['verdict']>, string> = {
    installed: trans.__('installed'),
    'installed with conflicts': trans.__('installed with conflicts'),
    removed: trans.__('removed'),
    'nothing to do': trans.__('nothing to do'),
    failed: trans.__('failed'),
    cancelled: trans.__('cancelled'),
    interrupted: trans.__('interrupted'),
    restored: trans.__('restored')
  };
  return words[verdict];
}

/**
 * Why a job failed, in a few words.
 */
export function causeLabel(
  cause: NonNullable<Job['cause']>,
  trans: TranslationBundle
): string {
  const words: Record<NonNullable<Job['cause']>, string> = {
    'no such package': trans.__('no such package'),
    'no version for this Python or processor': trans.__(
      'no version for this Python or processor'
    ),
    'network down': trans.__('network down'),
    'certificate not trusted': trans.__('certificate not trusted'),
    'index error': trans.__('index error'),
    'hash mismatch': trans.__('hash mismatch'),
    'disk full': trans.__('disk full'),
    permission: trans.__('permission'),
    'build failed': trans.__('build failed'),
    'damaged package': trans.__('damaged package'),
    conflict: trans.__('conflict'),
    'shadows the image': trans.__('hides a copy of the image'),
    'leads outside the user base': trans.__(
      'leads outside of your packages’ folder'
    ),
    'target refused': trans.__('target refused'),
    'another installation is running': trans.__(
      'another installation is running'
    ),
    killed: trans.__('killed'),
    'took too long': trans.__('took too long'),
    other: trans.__('other')
  };
  return words[cause];
}

/**
 * What becomes of a distribution.
 */
function changeLabel(
  change: Planned['change'],
  trans: TranslationBundle
): string {
  const words: Record<Planned['change'], string> = {
    new: trans.__('new'),
    upgrade: trans.__('upgrade'),
    downgrade: trans.__('downgrade'),
    reinstall: trans.__('again'),
    remove: trans.__('removed')
  };
  return words[change];
}

/**
 * What a person must know of a planned change, each in a few words.
 */
export function badges(planned: Planned, trans: TranslationBundle): string[] {
  const found: string[] = [changeLabel(planned.change, trans)];
  if (planned.yanked) {
    found.push(trans.__('withdrawn by its authors (yanked)'));
  }
  if (planned.source) {
    found.push(trans.__('built from source: runs its author’s code'));
  }
  if (planned.shadows !== null && planned.shadows !== undefined) {
    found.push(trans.__('hides the image’s %1', planned.shadows));
  }
  for (const text of planned.breaks ?? []) {
    found.push(trans.__('breaks: %1', text));
  }
  return found;
}

/**
 * What is wrong with a package, in a few words.
 */
export function packageProblemLabel(
  problem: PackageProblem,
  trans: TranslationBundle
): string {
  const words: Record<PackageProblem, string> = {
    'bad-encoding': trans.__('its description is damaged'),
    'no-metadata': trans.__('its description is missing'),
    'no-name': trans.__('its description is damaged'),
    'no-record': trans.__('its list of files is missing'),
    'too-long': trans.__('its description is damaged'),
    twice: trans.__('there twice'),
    unreadable: trans.__('it cannot be read'),
    'wrong-machine': trans.__('built for another processor'),
    'wrong-python': trans.__('built for another Python')
  };
  return words[problem];
}
