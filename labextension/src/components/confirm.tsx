/**
 * A question before something that is not easily undone.
 */
import * as React from 'react';
import { Button } from './button';
import type { ITranslated } from './common';

/**
 * A question in its place, before something that is not easily undone.
 */
export function Confirm(
  props: ITranslated & {
    yes: string;
    why?: string | null;
    onYes: () => void;
    onNo: () => void;
    children: React.ReactNode;
  }
): React.ReactElement {
  return (
    <div className="ide49-Confirm" role="group" aria-label={props.yes}>
      {props.children}
      <span className="ide49-Packages-buttons">
        <Button why={props.why ?? null} onPress={props.onYes}>
          {props.yes}
        </Button>
        <Button onPress={props.onNo}>{props.trans.__('Not now')}</Button>
      </span>
    </div>
  );
}
