/**
 * How full the file system of a storage is.
 */
import * as React from 'react';
import { exactNumber, isolate, readableSize } from '../../format';
import type { Capacity } from '../../tokens';
import type { ITranslated } from '../../components/common';

export interface ICapacityProps extends ITranslated {
  capacity: Capacity;
}

/**
 * A bar with what is free in words. Hovering shows the bytes.
 */
export function CapacityBar(
  props: ICapacityProps & {
    /**
     * Leave the words to those who hover or listen: the row before has the same ones.
     */
    wordless: boolean;
  }
): React.ReactElement {
  const { capacity, trans } = props;
  const usable = capacity.used + capacity.free;
  const percent = usable > 0 ? Math.round((100 * capacity.used) / usable) : 0;
  const words = trans.__(
    '%1 free of %2',
    isolate(readableSize(capacity.free)),
    isolate(readableSize(capacity.total))
  );
  return (
    <div className="ide49-Capacity" title={exactCapacity(capacity, trans)}>
      <span
        className="ide49-Capacity-bar"
        role="meter"
        aria-label={trans.__('Used')}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={words}
      >
        <span
          className="ide49-Capacity-used"
          style={{ inlineSize: `${percent}%` }}
        />
      </span>
      {!props.wordless && <span className="ide49-Capacity-words">{words}</span>}
    </div>
  );
}

/**
 * The exact numbers in one sentence.
 */
export function exactCapacity(
  capacity: Capacity,
  trans: ITranslated['trans']
): string {
  return trans.__(
    'The whole file system: %1 bytes used, %2 bytes free, %3 bytes in all',
    exactNumber(capacity.used),
    exactNumber(capacity.free),
    exactNumber(capacity.total)
  );
}
