/**
 * The section with its model and the parts of JupyterLab that it acts on.
 */
import { KernelAPI, type KernelSpec, type Session } from '@jupyterlab/services';
import * as React from 'react';
import { useDisposable, useRead } from '../../reports/hooks';
import type { ISectionProps } from '../section';
import type { IRunning } from './job';
import { PackagesModel } from './packagesModel';
import { PackagesSection } from './packagesSection';

export function PackagesContainer(props: ISectionProps): React.ReactElement {
  const { model, services, title, trans } = props;
  const packages = useDisposable(
    () =>
      new PackagesModel({
        serverSettings: services.serverSettings,
        reports: model
      })
  );
  return (
    <WithKernels
      title={title}
      model={packages}
      services={services}
      trans={trans}
    />
  );
}

/**
 * JupyterLab hears of kernels in its own time, which may be long after this is first drawn.
 */
export function WithKernels(
  props: Pick<ISectionProps, 'services' | 'title' | 'trans'> & {
    model: PackagesModel;
  }
): React.ReactElement {
  const { services, ...rest } = props;
  const { kernelspecs, serverSettings, sessions } = services;
  return (
    <PackagesSection
      {...rest}
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
