/**
 * The sections with the parts of JupyterLab that they act on.
 */
import { KernelAPI, type ServiceManager } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { InstallsModel } from '../installs';
import { Installs, type IRunning } from './installs';

export function installsSection(
  services: ServiceManager.IManager,
  installs: InstallsModel,
  trans: TranslationBundle
): React.ReactElement {
  const { kernelspecs, serverSettings, sessions } = services;
  const running = (): IRunning[] =>
    Array.from(sessions.running()).flatMap(({ kernel, path }) =>
      kernel ? [{ kernelId: kernel.id, kernelName: kernel.name, path }] : []
    );
  return (
    <Installs
      key="installs"
      model={installs}
      trans={trans}
      kernels={() =>
        Object.fromEntries(
          Object.entries(kernelspecs.specs?.kernelspecs ?? {}).map(
            ([name, spec]) => [name, spec?.display_name ?? name]
          )
        )
      }
      running={running}
      restart={id => KernelAPI.restartKernel(id, serverSettings)}
    />
  );
}
