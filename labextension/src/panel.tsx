/**
 * The side panel: JupyterLab's frame around the view, which is fed only while it is shown.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  CommandToolbarButton,
  ReactWidget,
  SidePanel
} from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import { Signal, type ISignal } from '@lumino/signaling';
import { Panel, Widget } from '@lumino/widgets';
import * as React from 'react';
import { StorageView } from './view';
import { Shown, useSignalled } from './reports/hooks';
import { storageIcon } from './icons';
import type { Preferences } from './preferences';
import type { Services } from './sections/section';
import type { IStorageModel } from './tokens';

export class StoragePanel extends SidePanel {
  constructor(options: StoragePanel.IOptions) {
    super({ content: new Panel() });
    const { model, preferences, trans } = options;
    this._model = model;
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
      <WhileShown panel={this}>
        <StorageView
          model={model}
          preferences={preferences}
          services={options.services}
          trans={trans}
        />
      </WhileShown>
    );
    this.addWidget(view);
  }

  /**
   * Ask again for everything that it shows. Never rejects.
   */
  refresh(): Promise<void> {
    return this._model.refresh();
  }

  /**
   * Whether it is on the screen, so that what it shows is kept up to date.
   */
  get shown(): boolean {
    return this._shown;
  }

  get shownChanged(): ISignal<this, void> {
    return this._shownChanged;
  }

  override dispose(): void {
    Signal.clearData(this);
    super.dispose();
  }

  protected override onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    this.node.focus();
  }

  protected override onBeforeShow(msg: Message): void {
    super.onBeforeShow(msg);
    this._setShown(true);
  }

  protected override onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this._setShown(false);
  }

  private _setShown(shown: boolean): void {
    this._shown = shown;
    this._shownChanged.emit();
  }

  private readonly _model: IStorageModel;
  private readonly _shownChanged = new Signal<this, void>(this);
  private _shown = false;
}

function WhileShown(props: {
  panel: StoragePanel;
  children: React.ReactNode;
}): React.ReactElement {
  const { panel } = props;
  const shown = useSignalled(panel.shownChanged, () => panel.shown);
  return <Shown.Provider value={shown}>{props.children}</Shown.Provider>;
}

export namespace StoragePanel {
  export interface IOptions {
    model: IStorageModel;

    /**
     * Kernels and sessions, which the sections act on.
     */
    services: Services;
    preferences: Preferences;
    commands: CommandRegistry;

    /**
     * The command behind the button that asks the server again.
     */
    refreshCommand: string;
    trans: TranslationBundle;
  }
}
