import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import * as React from 'react';
import { PackageList } from '../../../sections/packages/packageList';
import type { Target } from '../../../sections/packages/packagesReport';
import type { Package, PackageReport } from '../../../tokens';
import { fates, settle, trans } from '../../synthetic';
import { Answers, FOUND, ok, TARGET } from './answers';

function pack(name: string, changes: Partial<Package> = {}): Package {
  return {
    name,
    normalized: name.toLowerCase(),
    version: '1.0',
    location: TARGET.user_site,
    metadata: `${name}-1.0.dist-info`,
    role: 'user',
    kind: 'volume',
    fate: fates('kept'),
    size: null,
    installer: 'pip',
    requested: true,
    yours: true,
    editable: false,
    direct_url: null,
    wins: true,
    shadows: [],
    shadowed_by: null,
    server_needs: null,
    problems: [],
    ...changes
  };
}

const found: PackageReport = {
  ...FOUND,
  packages: [
    pack('Mine'),
    pack('image-thing', {
      role: 'packages',
      yours: false,
      location: '/usr/site'
    }),
    pack('broken', { problems: ['twice'], fate: fates('lost') }),
    pack('copied', { shadows: ['/usr/site'] }),
    pack('copied', { location: '/usr/site', yours: false, wins: false })
  ],
  left_overs: [
    {
      site: '/base/site-packages',
      entries: ['~ig', '~ig-1.0.dist-info'],
      name: 'big',
      version: '1.0',
      present: false
    }
  ],
  other_pythons: ['3.7', '3.8'].map(version => ({
    path: `/base/lib/python${version}/site-packages`,
    version,
    packages: ['a', 'b'],
    requested: ['a'],
    interpreter: null,
    fate: fates('kept')
  }))
};

const mine = (name: string, problem: string | null = null) => ({
  name,
  version: '1.0',
  requested: name !== 'copied',
  problem
});

const NONE: never[] = [];
const PACKAGES = 'GET installs/packages';

describe('The packages of the section', () => {
  let answers: Answers;

  beforeEach(() => {
    answers = new Answers();
    answers.by['GET packages'] = () => ok(found);
    answers.by[PACKAGES] = () =>
      ok({
        target: TARGET,
        packages: [mine('mine'), mine('copied'), mine('No_Record', 'Damaged.')],
        old: [
          {
            python: '3.8',
            path: '/base/lib/python3.8/site-packages',
            size: 5_000_000,
            packages: ['a', 'b'],
            in_use: null
          }
        ],
        open_journal: false
      });
  });

  afterEach(() => {
    answers.dispose();
  });

  const section = () => screen.getByRole('region', { name: 'Packages' });
  const shown = () =>
    Array.from(section().querySelectorAll('[data-package]')).map(row =>
      row.getAttribute('data-package')
    );

  it('are each there once, with what can be done with it only where it is yours', async () => {
    await answers.show();
    expect(shown()).toEqual(['mine', 'broken', 'copied', 'no-record']);
    expect(section().textContent).toContain('4 yours');
    expect(section().textContent).toContain('there twice');
    expect(section().textContent).toContain('hides the copy of the image');
    screen.getByText('needed by others');
    await userEvent.click(screen.getByRole('checkbox'));
    expect(shown()).toHaveLength(6);
    const names = screen
      .getAllByRole('button', { name: /^(Upgrade|Repair|Uninstall) ./ })
      .map(button => button.getAttribute('aria-label'));
    expect(names).toEqual([
      'Upgrade mine',
      'Uninstall mine',
      'Upgrade copied',
      'Uninstall copied',
      'Repair No_Record',
      'Uninstall No_Record',
      null
    ]);
  });

  it('are filtered by a part of the name, however it is spelt', async () => {
    await answers.show();
    await userEvent.click(screen.getByRole('checkbox'));
    await userEvent.type(screen.getByRole('searchbox'), 'IMAGE_th');
    expect(shown()).toEqual(['image-thing']);
    await userEvent.type(screen.getByRole('searchbox'), 'zzz');
    expect(section().textContent).toContain('There is none.');
  });

  it('name what no list shows, and a tree of another Python only once', async () => {
    await answers.show();
    expect(section().textContent).toContain('~ig, ~ig-1.0.dist-info');
    expect(section().textContent).toContain('2 packages for Python 3.7');
    expect(section().textContent).toContain('2 packages of Python 3.8');
    expect(section().textContent).not.toContain('2 packages for Python 3.8');
  });

  it('say why Python does not list them, and keep what can be done', async () => {
    answers.by['GET packages'] = () =>
      ok({
        ...FOUND,
        trouble: { reason: 'hangs', message: 'It gave no answer.' }
      });
    await answers.show();
    expect(section().textContent).toContain('It gave no answer.');
    expect(shown()).toEqual(['mine', 'copied', 'no-record']);
    screen.getByRole('button', { name: 'Uninstall mine' });
  });

  it('are asked for again when an install has ended that nobody follows here, and not before', async () => {
    await answers.show();
    const asked = () => answers.bodies('GET packages').length;
    const before = asked();
    const progressed = {
      type: 'install-progressed' as const,
      cursor: '',
      at: '',
      job: 'a',
      state: 'running' as const,
      verdict: null,
      message: '',
      progress: null
    };
    const tell = (changes: object) =>
      act(async () => {
        answers.messages.emit({ ...progressed, ...changes });
        await settle();
      });
    answers.by['GET installs/a'] = () =>
      ok({
        id: 'a',
        state: 'running',
        requirements: [],
        lines: [],
        cursor: ''
      });
    await tell({});
    expect(asked()).toBe(before);
    await tell({ job: 'b', state: 'ended', verdict: 'installed' });
    expect(asked()).toBe(before + 1);
  });

  it('draw a hundred rows of a thousand, and one that stays is not drawn anew while one types', async () => {
    const packages = Array.from({ length: 1000 }, (_, index) =>
      pack(`pack${index}`)
    );
    const reads = jest.fn();
    Object.defineProperty(packages[99], 'version', {
      get: () => {
        reads();
        return '1';
      }
    });
    render(
      <PackageList
        model={answers.model}
        report={{
          kernel: null,
          enabled: true,
          target: TARGET as unknown as Target,
          packages: packages.map(each => ({
            key: each.metadata,
            normalized: each.normalized,
            found: each,
            mine: null,
            yours: true
          })),
          old: [],
          interrupted: false,
          trouble: null,
          leftOvers: [],
          otherPythons: []
        }}
        allow={NONE}
        trans={trans}
      />
    );
    expect(screen.getAllByRole('listitem')).toHaveLength(100);
    expect(reads).toHaveBeenCalled();
    reads.mockClear();
    await userEvent.type(screen.getByRole('searchbox'), 'pack99');
    screen.getByText('pack99');
    expect(reads).not.toHaveBeenCalled();
  });
});
