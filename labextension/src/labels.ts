/**
 * The labels that several sections share: every text that depends on a kind, a fate, an event or an
 * engine stands here once. A label that one section needs stands in that section's own folder.
 *
 * Evidence has no label: the server's sentences are shown as they are.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Engine, Fate, FateEvent, Kind } from './tokens';

/**
 * Stands for the name in a sentence, until it is cut there to emphasise the name.
 */
export const NAME = '\u0001';

/**
 * A fate as one word.
 */
export function fateLabel(fate: Fate, trans: TranslationBundle): string {
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
 * An event as what happens.
 */
export function eventLabel(event: FateEvent, trans: TranslationBundle): string {
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
 * A kind as a short noun.
 */
export function kindLabel(kind: Kind, trans: TranslationBundle): string {
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
 * The engine's name as its makers write it.
 */
export function engineLabel(engine: Engine, trans: TranslationBundle): string {
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
