/**
 * What a section of the panel is: its place in the registry, and what it gets.
 */
import type { ServiceManager } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type * as React from 'react';
import type { ITranslated } from '../components/common';
import type { Preferences } from '../preferences';
import type { IStorageModel } from '../tokens';

/**
 * The managers of JupyterLab of which sections need a part.
 */
export type Services = Pick<
  ServiceManager.IManager,
  'kernelspecs' | 'serverSettings' | 'sessions'
>;

/**
 * What every section gets.
 */
export interface ISectionProps extends ITranslated {
  title: string;
  model: IStorageModel;
  preferences: Preferences;
  services: Services;
}

export interface ISection {
  /**
   * Tells it from all others.
   */
  readonly id: string;
  readonly title: (trans: TranslationBundle) => string;

  /**
   * What must be known before it is drawn: that the server `answers`, which `mounts` there are, or
   * that the server answers and does not say that this is no `container`.
   */
  readonly needs: 'answers' | 'mounts' | 'container';

  /**
   * Draws nothing where it has nothing to say.
   */
  readonly component: React.ComponentType<ISectionProps>;
}
