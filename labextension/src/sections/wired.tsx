/**
 * The sections with the parts of JupyterLab that they act on.
 */
import {
  KernelAPI,
  type KernelSpec,
  type ServiceManager,
  type Session
} from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { useRead } from '../hooks';
import type { InstallsModel } from '../installs';
import { Installs } from './installs';
import type { IRunning } from './job';

/**
 * The managers of which the section needs a part.
 */
export type Services = Pick<
  ServiceManager.IManager,
  'kernelspecs' | 'serverSettings' | 'sessions'
>;

export function installsSection(
  services: Services,
  installs: InstallsModel,
  trans: TranslationBundle
): React.ReactElement {
  return (
    <Wired
      key="installs"
      services={services}
      installs={installs}
      trans={trans}
    />
  );
}

/**
 * JupyterLab hears of kernels in its own time, which may be long after this is first drawn.
 */
function Wired(props: {
  services: Services;
  installs: InstallsModel;
  trans: TranslationBundle;
}): React.ReactElement {
  const { kernelspecs, serverSettings, sessions } = props.services;
  return (
    <Installs
      model={props.installs}
      trans={props.trans}
      kernels={useRead(kernelspecs, kernelspecs.specsChanged, offered)}
      running={useRead(sessions, sessions.runningChanged, running)}
      restart={id => KernelAPI.restartKernel(id, serverSettings)}
    />
  );
}

function offered(manager: KernelSpec.IManager): Record<string, string> {
  return Object.fromEntries(
    Object.entries(manager.specs?.kernelspecs ?? {}).map(([name, spec]) => [
      name,
      spec?.display_name ?? name
    ])
  );
}

function running(manager: Session.IManager): IRunning[] {
  return Array.from(manager.running()).flatMap(({ kernel, path }) =>
    kernel ? [{ kernelId: kernel.id, kernelName: kernel.name, path }] : []
  );
}
