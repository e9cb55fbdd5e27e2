import type { Engine, Fate, Kind } from '../../../tokens';
import { groupLabel, notebooksSentence } from '../../../sections/mounts/labels';
import { NAME } from '../../../labels';
import { statusLabel } from '../../../status/labels';
import { fates, trans, where } from '../../synthetic';

const docker: Engine = { name: 'docker', evidence: [] };
const none: Engine = { name: 'none', evidence: [] };

function sentence(changes: Parameters<typeof where>[0], engine = docker) {
  const notebooks = where(changes);
  return notebooksSentence(notebooks, engine, trans).replace(
    NAME,
    String(notebooks.name)
  );
}

describe('notebooksSentence', () => {
  it('says where the notebooks are and that an update keeps them', () => {
    expect(sentence({})).toBe(
      'Your notebooks are on volume iot-home: kept when the container is updated.'
    );
  });

  it('says in plain words that they are lost', () => {
    expect(
      sentence({ kind: 'container', name: null, fate: fates('lost') })
    ).toBe(
      'Your notebooks are in the container itself: lost when the container is updated.'
    );
  });

  it('says that a mere stop loses them, when it does', () => {
    expect(
      sentence({ kind: 'memory', name: null, fate: fates('lost', 'lost') })
    ).toBe(
      'Your notebooks are in memory: lost as soon as the container is stopped.'
    );
  });

  it('speaks of no container where there is none', () => {
    expect(sentence({ kind: 'host', name: null }, none)).toBe(
      'Your notebooks are on this machine: kept.'
    );
  });

  it('does not hide that something is not known', () => {
    expect(
      sentence({ kind: 'unknown', name: null, fate: fates('unknown') })
    ).toBe(
      'Your notebooks are in a place that is not recognised: what an update of the container does is not known.'
    );
  });

  it('has a sentence for every kind, and drops a name only where a kind has none', () => {
    const nameless: Kind[] = [
      'anonymous',
      'config',
      'container',
      'engine',
      'host',
      'kernel',
      'memory',
      'unknown'
    ];
    const named: Kind[] = [
      'bind',
      'disk',
      'network',
      'pod',
      'removable',
      'samba',
      'volume'
    ];
    for (const kind of [...nameless, ...named]) {
      expect(sentence({ kind, name: null })).toMatch(
        /^Your notebooks are \w+ .*: kept/
      );
    }
    for (const kind of named) {
      expect(sentence({ kind, name: 'N-49' })).toContain('N-49');
    }
  });
});

describe('groupWords', () => {
  it('names the event only where there is a container', () => {
    expect(groupLabel('lost', docker, trans)).toBe(
      'Lost when the container is updated'
    );
    expect(groupLabel('lost', none, trans)).toBe('Lost');
    expect(groupLabel('elsewhere', none, trans)).toBe('On another machine');
  });
});

describe('statusWords', () => {
  it.each([
    ['kept', 'kept', 'kept'],
    ['lost', 'kept', 'lost on update'],
    ['at-risk', 'kept', 'at risk on update'],
    ['unknown', 'kept', 'fate not known'],
    ['lost', 'lost', 'lost on stop']
  ] as [Fate, Fate, string][])(
    'says of %s at an update and %s at a stop: %s',
    (update, stop, words) => {
      expect(statusLabel(where({ fate: fates(update, stop) }), trans)).toBe(
        words
      );
    }
  );
});
