/**
 * The server's words in the words of the person who reads: every text that depends on a kind, a fate
 * or an event stands here once.
 *
 * Evidence is not worded: the server's sentences are shown as they are.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { rowName, type GroupId, type IStorageRow } from './groups';
import type {
  Engine,
  Fate,
  FateEvent,
  Finding,
  GroupTotals,
  Kind,
  PackageProblem,
  Where
} from './tokens';

/**
 * Stands for the name in a sentence, until it is cut there to emphasise the name.
 */
export const NAME = '\u0001';

/**
 * A fate as one word.
 */
export function fateWord(fate: Fate, trans: TranslationBundle): string {
  switch (fate) {
    case 'kept':
      return trans.__('kept');
    case 'at-risk':
      return trans.__('at risk');
    case 'lost':
      return trans.__('lost');
    case 'unknown':
      return trans.__('not known');
  }
}

/**
 * How bad a finding is, as one word.
 */
export function levelWord(
  level: Finding['level'],
  trans: TranslationBundle
): string {
  switch (level) {
    case 'error':
      return trans.__('Error');
    case 'warning':
      return trans.__('Warning');
    case 'advice':
      return trans.__('Advice');
  }
}

/**
 * What is wrong with a package, in a few words.
 */
export function packageProblemWord(
  problem: PackageProblem,
  trans: TranslationBundle
): string {
  const words: Record<PackageProblem, string> = {
    'bad-encoding': trans.__('its description is damaged'),
    'no-metadata': trans.__('its description is missing'),
    'no-name': trans.__('its description is damaged'),
    'no-record': trans.__('its list of files is missing'),
    'too-long': trans.__('its description is damaged'),
    twice: trans.__('there twice'),
    unreadable: trans.__('it cannot be read'),
    'wrong-machine': trans.__('built for another processor'),
    'wrong-python': trans.__('built for another Python')
  };
  return words[problem];
}

/**
 * An event as what happens.
 */
export function eventWords(event: FateEvent, trans: TranslationBundle): string {
  switch (event) {
    case 'stop':
      return trans.__('When the container is stopped and started');
    case 'update':
      return trans.__('When the container is updated');
    case 'device':
      return trans.__('When the machine or its card is lost');
  }
}

/**
 * The heading over the storages of a group.
 */
export function groupWords(
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
 * A kind as a short noun.
 */
export function kindWord(kind: Kind, trans: TranslationBundle): string {
  const words: Record<Kind, string> = {
    anonymous: trans.__('unnamed volume'),
    bind: trans.__('folder of the host'),
    config: trans.__('configuration'),
    container: trans.__('container layer'),
    disk: trans.__('disk'),
    engine: trans.__('engine'),
    host: trans.__('this machine'),
    kernel: trans.__('kernel'),
    memory: trans.__('memory'),
    network: trans.__('network share'),
    pod: trans.__('volume of the pod'),
    removable: trans.__('removable disk'),
    samba: trans.__('Samba share'),
    unknown: trans.__('not recognised'),
    volume: trans.__('volume')
  };
  return words[kind];
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
    return fateWord(where.fate.update, trans);
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

/**
 * The fate of a document, short enough for the status bar.
 */
export function statusWords(where: Where, trans: TranslationBundle): string {
  if (where.fate.stop === 'lost') {
    return trans.__('lost on stop');
  }
  switch (where.fate.update) {
    case 'kept':
      return trans.__('kept');
    case 'at-risk':
      return trans.__('at risk on update');
    case 'lost':
      return trans.__('lost on update');
    case 'unknown':
      return trans.__('fate not known');
  }
}

/**
 * The engine's name as its makers write it.
 */
export function engineWord(engine: Engine, trans: TranslationBundle): string {
  const words: Record<Engine['name'], string> = {
    balena: 'balena',
    containerd: 'containerd',
    docker: 'Docker',
    kubernetes: 'Kubernetes',
    lxc: 'LXC',
    none: trans.__('no container'),
    podman: 'Podman',
    'systemd-nspawn': 'systemd-nspawn',
    unknown: trans.__('an engine that is not recognised')
  };
  return words[engine.name];
}

/**
 * A group of changes as a heading.
 */
export function changeGroupWords(
  group: GroupTotals['group'],
  trans: TranslationBundle
): string {
  return {
    'system-packages': trans.__('System packages'),
    'python-packages': trans.__('Python packages'),
    configuration: trans.__('Configuration'),
    'home-and-data': trans.__('Home and data'),
    'caches-and-logs': trans.__('Caches and logs'),
    'made-at-start': trans.__('Written near a start: look')
  }[group];
}
