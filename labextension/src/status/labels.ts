/**
 * The fate of a document, as the status bar says it.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Where } from '../tokens';

/**
 * The fate of a document, short enough for the status bar.
 */
export function statusLabel(where: Where, trans: TranslationBundle): string {
  if (where.fate.stop === 'lost') {
    return trans.__('lost on stop');
  }
  switch (where.fate.update) {
    case 'kept':
      return trans.__('kept');
    case 'at-risk':
      return trans.__('at risk on update');
    case 'lost':
      return trans.__('lost on update');
    case 'unknown':
      return trans.__('fate not known');
  }
}
