/**
 * The websocket on which the server says that something changed.
 */
import { URLExt } from '@jupyterlab/coreutils';
import type { ServerConnection } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import type { Poll } from '@lumino/polling';
import { Signal, type ISignal } from '@lumino/signaling';
import { NAMESPACE } from './request';
import { createRetry } from './retry';
import type { WatchMessage } from '../tokens';

/**
 * What the model needs of a watch.
 */
export interface IWatch extends IDisposable {
  /**
   * Whether the server has greeted us, so that changes will be announced.
   */
  readonly connected: boolean;
  readonly connectedChanged: ISignal<IWatch, boolean>;
  readonly received: ISignal<IWatch, WatchMessage>;
  start(): void;
  stop(): void;
}

/**
 * Keeps a websocket to the server open between `start` and `stop`, and resumes at its cursor.
 *
 * One tick of the poll is one connection, from the attempt to its end. So the poll brings what a
 * lost connection needs: waiting longer after each failure, and rest while the page is hidden.
 */
export class Watch implements IWatch {
  constructor(settings: ServerConnection.ISettings) {
    this._settings = settings;
    this._poll = createRetry({
      name: 'watch',
      ask: () => this._connect(),
      interval: 1_000,
      max: 30_000
    });
  }

  get connected(): boolean {
    return this._connected;
  }

  get connectedChanged(): ISignal<this, boolean> {
    return this._connectedChanged;
  }

  get received(): ISignal<this, WatchMessage> {
    return this._received;
  }

  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  start(): void {
    void this._poll.start();
  }

  stop(): void {
    void this._poll.stop();
    this._close();
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._poll.dispose();
    this._close();
    Signal.clearData(this);
  }

  private _url(): string {
    const { wsUrl, token, appendToken } = this._settings;
    const query: Record<string, string> = {};
    if (this._cursor !== null) {
      query.after = this._cursor;
    }
    if (appendToken && token !== '') {
      query.token = token;
    }
    return (
      URLExt.join(wsUrl, NAMESPACE, 'watch') + URLExt.objectToQueryString(query)
    );
  }

  /**
   * Open a socket. Resolves when a connection that had been greeted ends, rejects when it never was.
   */
  private _connect(): Promise<void> {
    this._close();
    return new Promise((resolve, reject) => {
      const socket = new this._settings.WebSocket(this._url());
      let greeted = false;
      socket.onmessage = event => {
        greeted = true;
        this._read(event.data);
      };
      socket.onclose = () => {
        this._close();
        if (greeted) {
          resolve();
        } else {
          reject(new Error('The websocket could not be opened'));
        }
      };
      this._socket = socket;
    });
  }

  private _read(data: unknown): void {
    const message = JSON.parse(String(data)) as WatchMessage;
    this._cursor = message.cursor;
    this._setConnected(true);
    this._received.emit(message);
  }

  private _close(): void {
    const socket = this._socket;
    this._socket = null;
    if (socket) {
      socket.onmessage = null;
      socket.onclose = null;
      socket.close();
    }
    this._setConnected(false);
  }

  private _setConnected(connected: boolean): void {
    if (this._connected !== connected) {
      this._connected = connected;
      this._connectedChanged.emit(connected);
    }
  }

  private readonly _settings: ServerConnection.ISettings;
  private readonly _poll: Poll;
  private readonly _connectedChanged = new Signal<this, boolean>(this);
  private readonly _received = new Signal<this, WatchMessage>(this);
  private _socket: WebSocket | null = null;
  private _cursor: string | null = null;
  private _connected = false;
}
