/**
 * What the components share to follow signals and the clock.
 */
import type { ISignal } from '@lumino/signaling';
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import type { IReport, IReportState } from './tokens';

/**
 * The current value of something that says by a signal when it changes.
 */
export function useSignalled<T>(
  signal: ISignal<unknown, unknown>,
  read: () => T
): T {
  const subscribe = useCallback(
    (changed: () => void) => {
      signal.connect(changed);
      return () => {
        signal.disconnect(changed);
      };
    },
    [signal]
  );
  return useSyncExternalStore(subscribe, read);
}

/**
 * The state of a report, now and whenever it changes.
 */
export function useReport<T>(report: IReport<T>): IReportState<T> {
  return useSignalled(report.stateChanged, () => report.state);
}

/**
 * Render again from time to time, so that "2 minutes ago" stays true.
 */
export function useClock(running: boolean, milliseconds = 20_000): void {
  const [, tick] = useState(0);
  useEffect(() => {
    if (!running) {
      return undefined;
    }
    const timer = window.setInterval(() => {
      tick(count => count + 1);
    }, milliseconds);
    return () => {
      window.clearInterval(timer);
    };
  }, [running, milliseconds]);
}
