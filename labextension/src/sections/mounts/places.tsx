/**
 * Where a storage is seen: the mount points in short, and each mount with what a specialist asks.
 */
import * as React from 'react';
import { isolate } from '../../format';
import type { IStorageRow } from './groups';
import type { Mount, Place } from '../../tokens';
import { kindLabel } from '../../labels';
import { rowTitle } from './labels';
import type { ITranslated } from '../../components/common';
import { Fact } from '../../components/facts';
import { Path } from '../../components/text';

export interface IPlacesProps extends ITranslated {
  row: IStorageRow;

  /**
   * All mounts by id, to name the one that hides another.
   */
  byId: ReadonlyMap<number, Mount>;
}

/**
 * The mount points, except one that is the row's title already.
 */
export function PlacesInShort(props: IPlacesProps): React.ReactElement | null {
  const { row, byId, trans } = props;
  const places = row.mounts.filter(
    mount => mount.hidden || mount.mount_point !== rowTitle(row, trans)
  );
  return places.length === 0 ? null : (
    <ul className="ide49-Places">
      {places.map(mount => (
        <li key={mount.id}>
          <Path path={mount.mount_point} />
          {mount.options.read_only && (
            <span className="ide49-Tag">{trans.__('read-only')}</span>
          )}
          {mount.hidden && (
            <span className="ide49-Hidden">{hiddenBy(mount, byId, trans)}</span>
          )}
        </li>
      ))}
    </ul>
  );
}

/**
 * Each mount with its options and numbers.
 */
export function PlacesInFull(props: IPlacesProps): React.ReactElement {
  const { row, trans } = props;
  return (
    <>
      {row.mounts.map(mount => (
        <Fact key={mount.id} name={trans.__('Mount %1', mount.id)}>
          <Path path={mount.mount_point} />
          <ul className="ide49-Specialist">
            {mountFacts(mount, trans).map(fact => (
              <li key={fact}>{fact}</li>
            ))}
          </ul>
        </Fact>
      ))}
      <SeenInPart {...props} />
    </>
  );
}

/**
 * Other mounts that show a part of this storage, or of which it is a part.
 */
function SeenInPart(props: IPlacesProps): React.ReactElement | null {
  const { row, trans } = props;
  const places = new Map<number, Place>();
  for (const { also_at } of row.mounts) {
    for (const place of also_at.filter(({ relation }) => relation !== 'same')) {
      places.set(place.mount_id, place);
    }
  }
  return places.size === 0 ? null : (
    <Fact name={trans.__('Seen in part')}>
      <ul className="ide49-Specialist">
        {Array.from(places.values(), place => (
          <li key={place.mount_id}>
            {place.relation === 'inside'
              ? trans.__(
                  'Its folder %1 is also at %2',
                  place.subpath,
                  place.path
                )
              : trans.__(
                  'It is the folder %1 of what is at %2',
                  place.subpath,
                  place.path
                )}
          </li>
        ))}
      </ul>
    </Fact>
  );
}

function mountFacts(mount: Mount, trans: ITranslated['trans']): string[] {
  const { options, storage } = mount;
  const facts = [
    trans.__('%1 from %2', mount.fs_type, mount.source),
    trans.__('device %1, root %2', storage.device, storage.root),
    trans.__('mount options: %1', options.mount.join(',')),
    trans.__('file system options: %1', options.super.join(','))
  ];
  if (options.propagation.length > 0) {
    facts.push(trans.__('propagation: %1', options.propagation.join(' ')));
  }
  return facts;
}

function hiddenBy(
  mount: Mount,
  byId: ReadonlyMap<number, Mount>,
  trans: ITranslated['trans']
): string {
  const over = mount.hidden_by === null ? undefined : byId.get(mount.hidden_by);
  return over
    ? trans.__(
        'hidden by %1 (%2)',
        isolate(over.name ?? over.source),
        kindLabel(over.kind, trans)
      )
    : trans.__('hidden');
}
