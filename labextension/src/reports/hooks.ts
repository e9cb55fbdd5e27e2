/**
 * What the components share to follow signals and the clock.
 */
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore
} from 'react';
import { askLater, createRetry } from './retry';
import type { IReport, IReportState } from '../tokens';

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
 * Whether what is drawn is on the screen: a panel that is hidden stays drawn, and asks nothing.
 */
export const Shown = createContext(true);

/**
 * The state of a report that is kept up to date while this is drawn and on the screen.
 */
export function useLiveReport<T>(report: IReport<T>): IReportState<T> {
  const shown = useContext(Shown);
  useEffect(() => {
    if (!shown) {
      return undefined;
    }
    const using = report.use();
    return () => {
      using.dispose();
    };
  }, [report, shown]);
  return useReport(report);
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
    const clock = createRetry({
      name: 'clock',
      ask: () => {
        tick(count => count + 1);
        return Promise.resolve();
      },
      interval: milliseconds
    });
    askLater(clock);
    return () => {
      clock.dispose();
    };
  }, [running, milliseconds]);
}

/**
 * What is made anew of something whenever its signal says that it changed, also between the first
 * drawing and the connection.
 */
export function useRead<S, T>(
  source: S,
  signal: ISignal<unknown, unknown>,
  read: (source: S) => T
): T {
  const [value, setValue] = useState(() => read(source));
  useEffect(() => {
    const changed = () => {
      setValue(read(source));
    };
    signal.connect(changed);
    changed();
    return () => {
      signal.disconnect(changed);
    };
  }, [source, signal, read]);
  return value;
}

/**
 * What is made when this is first drawn, and disposed with it.
 */
export function useDisposable<T extends IDisposable>(make: () => T): T {
  const [made] = useState(make);
  useEffect(
    () => () => {
      made.dispose();
    },
    [made]
  );
  return made;
}
