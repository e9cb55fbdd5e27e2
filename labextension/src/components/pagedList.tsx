/**
 * A list of any length, of which a part is drawn, and more on request.
 */
import * as React from 'react';
import { Button } from './button';
import type { ITranslated } from './common';

/**
 * So many rows are drawn at first, and more with each press.
 */
const STEP = 100;

export interface IPagedListProps<T> extends ITranslated {
  items: readonly T[];

  /**
   * Draws one row, an `li` with a key. Should be a memoised component, so that only new rows cost.
   */
  row: (item: T, index: number) => React.ReactElement;
  className?: string;
  label?: string;
}

export function PagedList<T>(props: IPagedListProps<T>): React.ReactElement {
  const { items, label, trans } = props;
  const [shown, setShown] = React.useState(STEP);
  const list = React.useRef<HTMLUListElement>(null);
  const fresh = React.useRef<number | null>(null);
  React.useEffect(() => {
    if (fresh.current !== null) {
      // The button may be gone: the first row that it brought comes next.
      list.current?.children[fresh.current]
        ?.querySelector<HTMLElement>('button, [tabindex]')
        ?.focus();
      fresh.current = null;
    }
  }, [shown]);
  const more = items.length - shown;
  return (
    <>
      <ul
        className={props.className ?? 'ide49-Rows'}
        aria-label={label}
        ref={list}
      >
        {items.slice(0, shown).map(props.row)}
      </ul>
      {more > 0 && (
        <p className="ide49-More">
          <Button
            onPress={() => {
              fresh.current = shown;
              setShown(shown + STEP);
            }}
          >
            {trans.__('Show %1 more', Math.min(STEP, more))}
          </Button>{' '}
          {trans.__('%1 of %2 are shown.', shown, items.length)}
        </p>
      )}
    </>
  );
}
