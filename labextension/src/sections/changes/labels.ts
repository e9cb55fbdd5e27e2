/**
 * What the groups of changes are called.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { GroupTotals } from '../../tokens';

/**
 * A group of changes as a heading.
 */
export function changeGroupLabel(
  group: GroupTotals['group'],
  trans: TranslationBundle
): string {
  return {
    'system-packages': trans.__('System packages'),
    'python-packages': trans.__('Python packages'),
    configuration: trans.__('Configuration'),
    'home-and-data': trans.__('Home and data'),
    'caches-and-logs': trans.__('Caches and logs'),
    'made-at-start': trans.__('Written near a start: look')
  }[group];
}
