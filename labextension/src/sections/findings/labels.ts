/**
 * What the levels of findings are called.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Finding } from '../../tokens';

/**
 * How bad a finding is, as one word.
 */
export function levelLabel(
  level: Finding['level'],
  trans: TranslationBundle
): string {
  switch (level) {
    case 'error':
      return trans.__('Error');
    case 'warning':
      return trans.__('Warning');
    case 'advice':
      return trans.__('Advice');
  }
}
