/**
 * What the server says of names while they are typed.
 */
import * as React from 'react';
import type { PackagesModel, NamesReport } from './packagesModel';
import { asFailure } from '../../reports/request';
import { askLater, createRetry } from '../../reports/retry';
import type { IFailure } from '../../tokens';

/**
 * Milliseconds of silence after which what was typed is checked.
 */
const PAUSE = 250;

export interface ICheck {
  /**
   * Null while there is no answer for the text as it stands.
   */
  readonly report: NamesReport | null;

  /**
   * Why there is none; it is asked again by itself.
   */
  readonly failure: IFailure | null;
}

const UNKNOWN: ICheck = { report: null, failure: null };

/**
 * What the server says of a text, a moment after it was last changed.
 */
export function useCheck(model: PackagesModel, text: string): ICheck {
  const [check, setCheck] = React.useState(UNKNOWN);
  React.useEffect(() => {
    setCheck(UNKNOWN);
    if (text.trim() === '') {
      return undefined;
    }
    const ask = async () => {
      try {
        const report = await model.check(text);
        if (!retry.isDisposed) {
          void retry.stop();
          setCheck({ report, failure: null });
        }
      } catch (error) {
        if (!retry.isDisposed) {
          setCheck({ report: null, failure: asFailure(error) });
        }
        throw error;
      }
    };
    const retry = createRetry({ name: 'check', ask, interval: PAUSE });
    askLater(retry);
    return () => {
      retry.dispose();
    };
  }, [model, text]);
  return check;
}
