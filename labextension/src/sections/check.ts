/**
 * What the server says of names while they are typed.
 */
import * as React from 'react';
import type { InstallsModel, NamesReport } from '../installs';
import { backOff } from '../report';
import { asFailure } from '../request';
import type { IFailure } from '../tokens';

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
export function useCheck(model: InstallsModel, text: string): ICheck {
  const [check, setCheck] = React.useState(UNKNOWN);
  React.useEffect(() => {
    setCheck(UNKNOWN);
    if (text.trim() === '') {
      return;
    }
    let wanted = true;
    let failures = 0;
    let timer = 0;
    const ask = () => {
      model
        .check(text)
        .then(report => {
          if (wanted) {
            setCheck({ report, failure: null });
          }
        })
        .catch((error: unknown) => {
          if (wanted) {
            failures += 1;
            setCheck({ report: null, failure: asFailure(error) });
            timer = window.setTimeout(ask, backOff(failures));
          }
        });
    };
    timer = window.setTimeout(ask, PAUSE);
    return () => {
      wanted = false;
      window.clearTimeout(timer);
    };
  }, [model, text]);
  return check;
}
