/**
 * The side panel: JupyterLab's frame around the view, which is fed only while it is shown.
 */
import type { ServiceManager } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  CommandToolbarButton,
  ReactWidget,
  SidePanel
} from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import { DisposableSet } from '@lumino/disposable';
import type { Message } from '@lumino/messaging';
import { Panel, Widget } from '@lumino/widgets';
import * as React from 'react';
import { StorageView } from './components/view';
import { storageIcon } from './icons';
import { InstallsModel } from './installs';
import type { Preferences } from './preferences';
import { installsSection } from './sections/wired';
import type { IStorageModel } from './tokens';

export class StoragePanel extends SidePanel {
  constructor(options: StoragePanel.IOptions) {
    super({ content: new Panel() });
    const { model, preferences, trans } = options;
    this._model = model;
    this._installs = new InstallsModel({
      serverSettings: options.services.serverSettings,
      messages: model.messages
    });
    this.id = 'ide49-storage-panel';
    this.addClass('ide49-StoragePanel');
    this.title.icon = storageIcon;
    this.title.caption = trans.__('Storage: where everything lives');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Storage'));
    // Takes the focus when the panel is opened, so that the next Tab leads into it.
    this.node.tabIndex = -1;

    const heading = document.createElement('h2');
    heading.textContent = trans.__('Storage');
    this.header.addWidget(new Widget({ node: heading }));
    this.header.addWidget(
      new CommandToolbarButton({
        commands: options.commands,
        id: options.refreshCommand,
        label: ''
      })
    );
    const view = ReactWidget.create(
      <StorageView model={model} preferences={preferences} trans={trans}>
        {installsSection(options.services, this._installs, trans)}
      </StorageView>
    );
    this.addWidget(view);
  }

  override dispose(): void {
    this._stopUsing();
    this._installs.dispose();
    super.dispose();
  }

  protected override onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    this.node.focus();
  }

  protected override onBeforeShow(msg: Message): void {
    super.onBeforeShow(msg);
    if (this._using === null) {
      this._using = new DisposableSet();
      this._using.add(this._model.mounts.use());
      this._using.add(this._model.samba.use());
    }
  }

  protected override onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this._stopUsing();
  }

  private _stopUsing(): void {
    this._using?.dispose();
    this._using = null;
  }

  private readonly _model: IStorageModel;
  private readonly _installs: InstallsModel;
  private _using: DisposableSet | null = null;
}

export namespace StoragePanel {
  export interface IOptions {
    model: IStorageModel;

    /**
     * Kernels and sessions, which the sections act on.
     */
    services: ServiceManager.IManager;
    preferences: Preferences;
    commands: CommandRegistry;

    /**
     * The command behind the button that asks the server again.
     */
    refreshCommand: string;
    trans: TranslationBundle;
  }
}
