/**
 * One storage: its name and kind, how full it is, where it is mounted, and on request why its fate is
 * what it is.
 */
import * as React from 'react';
import type { IStorageRow } from './groups';
import { exactNumber, readableAge } from '../../format';
import type { Mount } from '../../tokens';
import { kindLabel } from '../../labels';
import { rowTitle } from './labels';
import type { ITranslated } from '../../components/common';
import { CopyText } from '../../components/copyText';
import { Disclosure } from '../../components/disclosure';
import { Fact, Why } from '../../components/facts';
import { FateMark } from '../../components/fate';
import { PlacesInFull, PlacesInShort } from './places';
import { exactCapacity, CapacityBar } from './capacity';

export interface IStorageRowProps extends ITranslated {
  row: IStorageRow;
  byId: ReadonlyMap<number, Mount>;

  /**
   * Whether the row says its fate at an update: in a group whose heading does not.
   */
  showFate: boolean;

  /**
   * Whether the row before lies on the same file system, so that the same is free there.
   */
  sharesCapacity: boolean;

  /**
   * Whether it was not there in the report before.
   */
  fresh: boolean;
}

export const StorageRow = React.memo(
  (props: IStorageRowProps): React.ReactElement => {
    const { row, byId, trans } = props;
    return (
      <li className="ide49-Row" data-fresh={props.fresh || undefined}>
        <Disclosure
          label={
            <>
              <span className="ide49-Row-name">
                <bdi>{rowTitle(row, trans)}</bdi>
              </span>
              <span className="ide49-Row-kind">
                {kindLabel(row.kind, trans)}
              </span>
            </>
          }
          always={
            <div className="ide49-Row-always">
              {props.showFate && (
                <FateMark fate={row.mounts[0].fate.update} trans={trans} />
              )}
              {row.mounts[0].fate.stop === 'lost' && (
                <span className="ide49-Row-stop">
                  {trans.__('lost already at a stop')}
                </span>
              )}
              <Silence row={row} trans={trans} />
              {row.capacity && (
                <CapacityBar
                  capacity={row.capacity}
                  wordless={props.sharesCapacity}
                  trans={trans}
                />
              )}
              <PlacesInShort row={row} byId={byId} trans={trans} />
            </div>
          }
        >
          <dl className="ide49-Facts">
            <Why observed={row.mounts} trans={trans} />
            <RoomFact row={row} trans={trans} />
            <PlacesInFull row={row} byId={byId} trans={trans} />
          </dl>
          <CopyText
            label={trans.__('Copy these facts as JSON')}
            text={JSON.stringify(row.mounts, null, 2)}
            trans={trans}
          />
        </Disclosure>
      </li>
    );
  }
);

/**
 * Says when nothing answers there, and since when.
 */
function Silence(
  props: ITranslated & { row: IStorageRow }
): React.ReactElement | null {
  const { row, trans } = props;
  const since = row.mounts.find(
    mount => mount.not_answering_since !== null
  )?.not_answering_since;
  return since ? (
    <span className="ide49-Row-silent" title={since}>
      {trans.__(
        'does not answer (first noticed %1)',
        readableAge(Date.parse(since), trans)
      )}
    </span>
  ) : null;
}

function RoomFact(
  props: ITranslated & { row: IStorageRow }
): React.ReactElement | null {
  const { row, trans } = props;
  const { capacity_at, capacity_status } = row.mounts[0];
  const { capacity } = row;
  const why = roomWords(capacity_status, trans);
  if (!capacity && why === null) {
    return null;
  }
  return (
    <Fact name={trans.__('Room')}>
      {why !== null && <p>{why}</p>}
      {capacity && <p>{exactCapacity(capacity, trans)}</p>}
      {capacity && why !== null && capacity_at !== null && (
        <p title={capacity_at}>
          {trans.__('Measured %1', readableAge(Date.parse(capacity_at), trans))}
        </p>
      )}
      {typeof capacity?.inodes_total === 'number' &&
        typeof capacity.inodes_free === 'number' && (
          <p>
            {trans.__(
              '%1 of %2 inodes free',
              exactNumber(capacity.inodes_free),
              exactNumber(capacity.inodes_total)
            )}
          </p>
        )}
    </Fact>
  );
}

/**
 * Why the room is not known, or old; null where there is nothing to explain.
 */
function roomWords(
  status: Mount['capacity_status'],
  trans: ITranslated['trans']
): string | null {
  switch (status) {
    case 'measured':
    case 'not-applicable':
      return null;
    case 'not-asked':
      return trans.__('Not asked: this file system could keep one waiting.');
    case 'not-answering':
      return trans.__('The file system did not answer.');
    case 'failed':
      return trans.__('The file system answered with an error.');
  }
}
