/**
 * What every component gets.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

export interface ITranslated {
  trans: TranslationBundle;
}
