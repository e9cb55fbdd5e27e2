import {
  changes,
  internalRows,
  rowName,
  storageGroups,
  storageRows
} from '../../../sections/mounts/groups';
import { capacity, fates, mount, report, root, where } from '../../synthetic';

const samba = {
  kind: 'samba',
  name: 'iot-data',
  storage: { device: '0:70', root: '/' },
  capacity: null,
  capacity_status: 'not-asked'
} as const;

describe('storageRows', () => {
  it('puts all mounts of one storage into one row', () => {
    const [home, config] = [
      mount(),
      mount({ mount_point: '/service-config/iot-home' })
    ];
    const rows = storageRows([home, config]);
    expect(rows).toHaveLength(1);
    expect(rows[0]?.mounts).toEqual([home, config]);
  });

  it('keeps two folders of one device apart', () => {
    const other = mount({ storage: { device: '8:1', root: '/volumes/b' } });
    expect(storageRows([mount(), other])).toHaveLength(2);
  });

  it('keeps two verdicts on one storage apart', () => {
    const rows = storageRows([mount(), mount({ fate: fates('lost') })]);
    expect(rows.map(row => row.mounts[0].fate.update).sort()).toEqual([
      'kept',
      'lost'
    ]);
  });

  it('puts the mounts that a path reaches first', () => {
    const hidden = mount({ hidden: true });
    const seen = mount({ mount_point: '/service-config/iot-home' });
    const [row] = storageRows([hidden, seen]);
    expect(row?.mounts).toEqual([seen, hidden]);
    expect(row?.hidden).toBe(false);
  });

  it('takes the name and the capacity from the mount that has them', () => {
    const [row] = storageRows([
      mount({ name: null, capacity: null }),
      mount({ name: 'iot-home', capacity })
    ]);
    expect(row).toMatchObject({ name: 'iot-home', capacity });
  });

  it('calls a row without a name by where it is mounted', () => {
    const [row] = storageRows([mount({ name: null, mount_point: '/mnt/x' })]);
    expect(row && rowName(row)).toBe('/mnt/x');
  });
});

describe('storageGroups', () => {
  it('orders the groups from kept to unknown, with other machines last', () => {
    const groups = storageGroups(
      report([
        mount({ ...samba, fate: fates('kept') }),
        mount({
          storage: { device: '1:1', root: '/' },
          fate: fates('unknown')
        }),
        root(),
        mount({
          storage: { device: '2:2', root: '/' },
          fate: fates('at-risk')
        }),
        mount()
      ])
    );
    expect(groups.map(({ id }) => id)).toEqual([
      'kept',
      'at-risk',
      'lost',
      'unknown',
      'elsewhere'
    ]);
  });

  it('has no empty group', () => {
    expect(storageGroups(report([root()])).map(({ id }) => id)).toEqual([
      'lost'
    ]);
    expect(storageGroups(report([]))).toEqual([]);
  });

  it('puts the storage of the notebooks first in its group', () => {
    const other = mount({
      name: 'a-volume',
      storage: { device: '8:1', root: '/volumes/a' }
    });
    const home = mount();
    const [group] = storageGroups(
      report([other, home], { notebooks: where({ mount_id: home.id }) })
    );
    expect(group?.rows.map(({ name }) => name)).toEqual([
      'iot-home',
      'a-volume'
    ]);
  });

  it('leaves out what the kernel and the engine mount for themselves', () => {
    const proc = mount({
      internal: true,
      kind: 'kernel',
      mount_point: '/proc'
    });
    const all = report([proc, root()]);
    expect(storageGroups(all)).toHaveLength(1);
    expect(internalRows(all).map(row => row.mounts[0])).toEqual([proc]);
  });
});

describe('changes', () => {
  const before = mount();
  const stick = mount({ mount_point: '/mnt/stick' });

  it('names what came and what went', () => {
    expect(changes(report([before]), report([stick]))).toEqual({
      came: ['/mnt/stick'],
      went: ['/home/iot']
    });
  });

  it('is silent about internal mounts and about what stayed', () => {
    const proc = mount({ internal: true });
    expect(changes(report([before]), report([before, proc]))).toEqual({
      came: [],
      went: []
    });
  });
});
