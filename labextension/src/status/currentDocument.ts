/**
 * The path of the document in front, as the server extension understands it.
 */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { Contents } from '@jupyterlab/services';
import { Signal, type ISignal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';

/**
 * Drives whose files lie below the server's root: its own, and the one of real-time collaboration.
 */
const LOCAL_DRIVES: ReadonlySet<string> = new Set(['', 'RTC']);

export class CurrentDocument {
  constructor(app: JupyterFrontEnd, documents: IDocumentManager) {
    this._app = app;
    this._documents = documents;
    app.shell.currentChanged?.connect(this._onCurrentChanged, this);
    void app.restored.then(() => {
      this._onCurrentChanged();
    });
  }

  /**
   * Relative to the server's root; null where no document of this server is in front.
   */
  get path(): string | null {
    const { currentWidget } = this._app.shell;
    const context = currentWidget && this._contextOf(currentWidget);
    return context
      ? serverPath(context.path, this._app.serviceManager.contents)
      : null;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  private _contextOf(widget: Widget) {
    return this._documents.contextForWidget(widget);
  }

  private _onCurrentChanged(): void {
    const { currentWidget } = this._app.shell;
    const context = currentWidget && this._contextOf(currentWidget);
    // Connecting twice is connecting once.
    context?.pathChanged.connect(this._onPathChanged, this);
    this._changed.emit();
  }

  private _onPathChanged(): void {
    this._changed.emit();
  }

  private readonly _app: JupyterFrontEnd;
  private readonly _documents: IDocumentManager;
  private readonly _changed = new Signal<this, void>(this);
}

/**
 * A path of the contents manager without its drive; null for a drive whose files lie elsewhere.
 */
export function serverPath(
  path: string,
  contents: Pick<Contents.IManager, 'driveName' | 'localPath'>
): string | null {
  return LOCAL_DRIVES.has(contents.driveName(path))
    ? contents.localPath(path)
    : null;
}
