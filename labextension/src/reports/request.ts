/**
 * Requests to the server extension, and what can become of them.
 */
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { FailureReason, IFailure } from '../tokens';

/**
 * The extension's part of the server's addresses.
 */
export const NAMESPACE = 'ide49-storage';

/**
 * So long (in milliseconds) a server may be silent before it counts as gone.
 */
const PATIENCE = 30_000;

/**
 * With these a proxy, or JupyterHub (424), answers in the place of a server that does not.
 */
const AWAY: ReadonlySet<number> = new Set([424, 502, 503, 504]);

/**
 * A request that brought no answer.
 */
export class RequestError extends Error implements IFailure {
  constructor(
    readonly reason: FailureReason,
    readonly status: number | null,
    message: string
  ) {
    super(message);
    this.name = 'RequestError';
  }
}

export interface IRequestOptions {
  /**
   * Aborts the request.
   */
  signal?: AbortSignal;

  /**
   * What is done there. The default is `GET`.
   */
  method?: 'GET' | 'POST' | 'DELETE';

  /**
   * What is sent with it, as JSON.
   */
  body?: unknown;

  /**
   * Milliseconds of silence after which the server counts as gone. The default is half a minute.
   */
  patience?: number;
}

/**
 * Ask the extension for a report, or to do something.
 *
 * @param endpoint - Address below the extension's namespace, with its query.
 * @param settings - How to reach the server.
 *
 * @throws RequestError - and nothing else.
 */
export async function request<T>(
  endpoint: string,
  settings: ServerConnection.ISettings,
  options: IRequestOptions = {}
): Promise<T> {
  const { signal, method = 'GET', body, patience = PATIENCE } = options;
  const abort = new AbortController();
  const giveUp = () => abort.abort();
  const timer = window.setTimeout(giveUp, patience);
  signal?.addEventListener('abort', giveUp);
  if (signal?.aborted) {
    giveUp();
  }
  try {
    const response = await ServerConnection.makeRequest(
      URLExt.join(settings.baseUrl, NAMESPACE, endpoint),
      {
        method,
        signal: abort.signal,
        ...(body !== undefined && { body: JSON.stringify(body) })
      },
      settings
    );
    return await read<T>(response);
  } catch (error) {
    throw error instanceof RequestError
      ? error
      : new RequestError('gone', null, text(error));
  } finally {
    window.clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
  }
}

/**
 * A path as a part of an address. Bytes that are no UTF-8 stand in it as the code points of Python's
 * `surrogateescape`, which the browser's own function refuses.
 */
export function quotePath(path: string): string {
  return path
    .split(/([\udc80-\udcff])/u)
    .map((part, index) =>
      index % 2 === 1
        ? `%${(part.charCodeAt(0) - 0xdc00).toString(16).toUpperCase()}`
        : encodeURIComponent(part)
    )
    .join('');
}

async function read<T>(response: Response): Promise<T> {
  const body = await response.text();
  let record: unknown;
  try {
    record = JSON.parse(body);
  } catch {
    record = undefined;
  }
  if (!response.ok) {
    const said = message(record);
    throw new RequestError(
      classify(response.status, said !== null),
      response.status,
      said ?? response.statusText
    );
  }
  if (typeof record !== 'object' || record === null) {
    // A sign-in page after a redirect, a proxy's own page, or half an answer.
    throw new RequestError(
      body.trimStart().startsWith('<') ? 'page' : 'cut',
      response.status,
      body.slice(0, 200)
    );
  }
  return record as T;
}

/**
 * What a status other than 2xx means.
 *
 * @param status - The status of the answer.
 * @param explained - Whether the body is one of the extension's own errors.
 */
export function classify(status: number, explained: boolean): FailureReason {
  if (status === 401 || status === 403) {
    return 'forbidden';
  }
  if (AWAY.has(status)) {
    return 'gone';
  }
  if (status === 404 && !explained) {
    return 'missing';
  }
  return status < 500 ? 'refused' : 'failed';
}

/**
 * The message of an `ErrorBody`; null for anything else. Jupyter's own 404 has a `message` too, so the
 * extension's is told from it by a `code` that is a text.
 */
function message(record: unknown): string | null {
  const body = record as { message?: unknown; code?: unknown } | null;
  return typeof body === 'object' &&
    typeof body?.message === 'string' &&
    typeof body.code === 'string'
    ? body.message
    : null;
}

/**
 * Anything thrown as a failure that can be shown.
 */
export function asFailure(error: unknown): IFailure {
  return error instanceof RequestError
    ? error
    : new RequestError('failed', null, text(error));
}

/**
 * A failure as something that can be thrown.
 */
export function asError(failure: IFailure): Error {
  return failure instanceof Error
    ? failure
    : new RequestError(failure.reason, failure.status, failure.message);
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
