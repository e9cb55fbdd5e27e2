/**
 * What the storages and the answer on top are called: by kind, fate and group.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { fateLabel, NAME } from '../../labels';
import type { Engine, Kind, Where } from '../../tokens';
import { rowName, type GroupId, type IStorageRow } from './groups';

/**
 * The heading over the storages of a group.
 */
export function groupLabel(
  id: GroupId,
  engine: Engine,
  trans: TranslationBundle
): string {
  if (id === 'elsewhere') {
    return trans.__('On another machine');
  }
  if (engine.name === 'none') {
    return {
      kept: trans.__('Kept'),
      'at-risk': trans.__('At risk'),
      lost: trans.__('Lost'),
      unknown: trans.__('Not known')
    }[id];
  }
  return {
    kept: trans.__('Kept when the container is updated'),
    'at-risk': trans.__('At risk when the container is updated'),
    lost: trans.__('Lost when the container is updated'),
    unknown: trans.__('Not known what an update does')
  }[id];
}

/**
 * What a row is called.
 */
export function rowTitle(row: IStorageRow, trans: TranslationBundle): string {
  return row.kind === 'container' && row.name === null
    ? trans.__('The container itself')
    : rowName(row);
}

/**
 * Where the notebooks are, by kind, with `NAME` in the place of the name if there is one.
 */
function notebooksPlace(
  kind: Kind,
  named: boolean,
  trans: TranslationBundle
): string {
  if (named) {
    const words: Partial<Record<Kind, string>> = {
      bind: trans.__('Your notebooks are in %1, a folder of the host', NAME),
      disk: trans.__('Your notebooks are on the disk %1', NAME),
      network: trans.__('Your notebooks are on the network share %1', NAME),
      pod: trans.__('Your notebooks are on %1, a volume of the pod', NAME),
      removable: trans.__('Your notebooks are on the removable disk %1', NAME),
      samba: trans.__('Your notebooks are on the Samba share %1', NAME),
      volume: trans.__('Your notebooks are on volume %1', NAME)
    };
    const sentence = words[kind];
    if (sentence) {
      return sentence;
    }
  }
  const words: Record<Kind, string> = {
    anonymous: trans.__('Your notebooks are on a volume without a name'),
    bind: trans.__('Your notebooks are in a folder of the host'),
    config: trans.__('Your notebooks are in a configuration mount'),
    container: trans.__('Your notebooks are in the container itself'),
    disk: trans.__('Your notebooks are on a disk'),
    engine: trans.__('Your notebooks are in what the container engine mounts'),
    host: trans.__('Your notebooks are on this machine'),
    kernel: trans.__('Your notebooks are in what the kernel mounts'),
    memory: trans.__('Your notebooks are in memory'),
    network: trans.__('Your notebooks are on a network share'),
    pod: trans.__('Your notebooks are on a volume of the pod'),
    removable: trans.__('Your notebooks are on a removable disk'),
    samba: trans.__('Your notebooks are on a Samba share'),
    unknown: trans.__('Your notebooks are in a place that is not recognised'),
    volume: trans.__('Your notebooks are on a volume')
  };
  return words[kind];
}

/**
 * What becomes of files there, as the second half of a sentence.
 */
export function fateClause(
  where: Where,
  engine: Engine,
  trans: TranslationBundle
): string {
  if (where.fate.stop === 'lost') {
    return trans.__('lost as soon as the container is stopped');
  }
  if (engine.name === 'none') {
    return fateLabel(where.fate.update, trans);
  }
  switch (where.fate.update) {
    case 'kept':
      return trans.__('kept when the container is updated');
    case 'at-risk':
      return trans.__('at risk when the container is updated');
    case 'lost':
      return trans.__('lost when the container is updated');
    case 'unknown':
      return trans.__('what an update of the container does is not known');
  }
}

/**
 * The answer on top of the panel. `NAME` stands for the storage's name.
 */
export function notebooksSentence(
  where: Where,
  engine: Engine,
  trans: TranslationBundle
): string {
  return trans.__(
    '%1: %2.',
    notebooksPlace(where.kind, where.name !== null, trans),
    fateClause(where, engine, trans)
  );
}
