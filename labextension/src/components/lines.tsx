/**
 * Lines to paste, with a button that copies them.
 */
import * as React from 'react';
import type { ITranslated } from './common';
import { CopyText } from './copyText';

/**
 * Nothing where there are no lines.
 */
export function Lines(
  props: ITranslated & { lines: readonly string[]; copy: string }
): React.ReactElement | null {
  const { lines, copy, trans } = props;
  return lines.length === 0 ? null : (
    <>
      <pre className="ide49-Lines" dir="ltr" tabIndex={0}>
        {lines.join('\n')}
      </pre>
      <CopyText label={copy} text={`${lines.join('\n')}\n`} trans={trans} />
    </>
  );
}
