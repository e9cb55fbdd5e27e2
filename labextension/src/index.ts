/**
 * The plugins: the model, the side panel and the status bar item.
 */
import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { refreshIcon } from '@jupyterlab/ui-components';
import { CurrentDocument } from './status/currentDocument';
import { storageIcon } from './icons';
import { StorageModel } from './reports/storageModel';
import { StoragePanel } from './panel';
import { Preferences } from './preferences';
import { FateStatus } from './status/fateStatus';
import { IStorageModel } from './tokens';

export * from './tokens';

/**
 * The domain of the translations.
 */
const DOMAIN = 'ide49_storage';

export namespace CommandIDs {
  export const open = 'ide49-storage:open';
  export const refresh = 'ide49-storage:refresh';
  export const toggleInternal = 'ide49-storage:toggle-internal';
}

const NO_ARGUMENTS = { args: { type: 'object', properties: {} } } as const;

/**
 * The settings belong to the panel's plugin.
 */
const SETTINGS = 'ide49-storage:plugin';

const modelPlugin: JupyterFrontEndPlugin<IStorageModel> = {
  id: 'ide49-storage:model',
  description: 'Provides what the server knows about where everything lives.',
  autoStart: true,
  provides: IStorageModel,
  activate: (app: JupyterFrontEnd): IStorageModel =>
    new StorageModel({ serverSettings: app.serviceManager.serverSettings })
};

const panelPlugin: JupyterFrontEndPlugin<void> = {
  id: SETTINGS,
  description:
    'Adds a side panel that shows where everything lives and what becomes of it.',
  autoStart: true,
  requires: [IStorageModel],
  optional: [ITranslator, ISettingRegistry, ILayoutRestorer, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    model: IStorageModel,
    translator: ITranslator | null,
    settings: ISettingRegistry | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null
  ): void => {
    const trans = (translator ?? nullTranslator).load(DOMAIN);
    const preferences = followed(settings);
    const { commands, shell } = app;

    commands.addCommand(CommandIDs.refresh, {
      label: trans.__('Ask Again Where Everything Lives'),
      caption: trans.__('Ask the server again where everything lives'),
      icon: refreshIcon,
      describedBy: NO_ARGUMENTS,
      execute: () => panel.refresh()
    });
    commands.addCommand(CommandIDs.toggleInternal, {
      label: trans.__('Show Kernel and Engine Mounts'),
      describedBy: NO_ARGUMENTS,
      isToggled: () => preferences.get('showInternal'),
      execute: () =>
        preferences.set('showInternal', !preferences.get('showInternal'))
    });
    const panel = new StoragePanel({
      model,
      services: app.serviceManager,
      preferences,
      commands,
      refreshCommand: CommandIDs.refresh,
      trans
    });
    commands.addCommand(CommandIDs.open, {
      label: trans.__('Show Storage'),
      caption: trans.__('Show where everything lives and what becomes of it'),
      icon: storageIcon,
      describedBy: NO_ARGUMENTS,
      execute: () => {
        shell.activateById(panel.id);
      }
    });
    for (const command of Object.values(CommandIDs)) {
      palette?.addItem({ command, category: trans.__('Storage') });
    }
    restorer?.add(panel, 'ide49-storage');
    shell.add(panel, 'left', { rank: 350, type: 'Storage' });
  }
};

const statusPlugin: JupyterFrontEndPlugin<void> = {
  id: 'ide49-storage:status',
  description:
    'Says in the status bar what an update of the container does to the current document.',
  autoStart: true,
  requires: [IStorageModel, IStatusBar, IDocumentManager],
  optional: [ITranslator, ISettingRegistry],
  activate: (
    app: JupyterFrontEnd,
    model: IStorageModel,
    statusBar: IStatusBar,
    documents: IDocumentManager,
    translator: ITranslator | null,
    settings: ISettingRegistry | null
  ): void => {
    const trans = (translator ?? nullTranslator).load(DOMAIN);
    const preferences = followed(settings);
    const status = new FateStatus({
      model,
      trans,
      onClick: () => {
        void app.commands.execute(CommandIDs.open);
      }
    });
    const current = new CurrentDocument(app, documents);
    const show = () => {
      status.path = preferences.get('showInStatusBar') ? current.path : null;
    };
    current.changed.connect(show);
    preferences.changed.connect(show);
    statusBar.registerStatusItem('ide49-storage:status', {
      item: status,
      align: 'right',
      rank: 30,
      isActive: () => status.active,
      activeStateChanged: status.activeChanged
    });
  }
};

/**
 * The user's preferences, which arrive when the settings do.
 */
function followed(settings: ISettingRegistry | null): Preferences {
  const preferences = new Preferences();
  settings
    ?.load(SETTINGS)
    .then(loaded => {
      preferences.follow(loaded);
    })
    .catch((reason: unknown) => {
      console.error('The settings of ide49-storage could not be read', reason);
    });
  return preferences;
}

export default [modelPlugin, panelPlugin, statusPlugin];
