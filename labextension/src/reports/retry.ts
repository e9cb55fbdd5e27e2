/**
 * The one way in which the panel asks again by itself: less and less often while that fails, and not
 * at all while the page is hidden.
 */
import { Poll } from '@lumino/polling';

export interface IRetryOptions {
  name: string;

  /**
   * Asks once. Rejects where it is to be asked again after a longer wait.
   */
  ask: () => Promise<unknown>;

  /**
   * Milliseconds before the first time, and after each answer. The default is two seconds.
   */
  interval?: number;

  /**
   * Milliseconds to wait at most after failures: the default is two minutes, and half a minute is the
   * least.
   */
  max?: number;
}

/**
 * Asks nothing before `askLater`, and nothing more after `stop`.
 */
export function createRetry(options: IRetryOptions): Poll {
  const { name, ask, interval = 2_000, max = 120_000 } = options;
  return new Poll({
    auto: false,
    name: `ide49-storage:${name}`,
    factory: ask,
    // The poll spreads the waiting by chance, so that many pages do not ask at the same moment.
    frequency: { interval, backoff: true, max },
    linger: 0,
    standby: 'when-hidden'
  });
}

/**
 * Ask after the interval of the retry, unless it is under way already.
 */
export function askLater(retry: Poll): void {
  void retry.schedule({
    cancel: ({ phase }) => phase !== 'constructed' && phase !== 'stopped',
    phase: 'started'
  });
}
