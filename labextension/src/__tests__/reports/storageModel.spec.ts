import { StorageModel } from '../../reports/storageModel';
import { gone, HandWatch, json, mount, report, Server } from '../synthetic';

const MOUNTS = 'http://server/base/ide49-storage/mounts';
const WHERE = 'http://server/base/ide49-storage/where?path=work%2Fa.ipynb';

describe('StorageModel', () => {
  let server: Server;
  let watch: HandWatch;
  let model: StorageModel;

  /**
   * Let time pass, with everything that happens in it.
   */
  const pass = (seconds: number) =>
    jest.advanceTimersByTimeAsync(1000 * seconds);

  beforeEach(() => {
    jest.useFakeTimers();
    server = new Server();
    server.answer = url =>
      json(url.includes('/where') ? [{ path: '/a' }] : report([mount()]));
    watch = new HandWatch();
    model = new StorageModel({ serverSettings: server.settings, watch });
  });

  afterEach(() => {
    model.dispose();
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  it('asks and watches nothing while nobody uses it', async () => {
    await pass(600);
    expect(server.asked).toEqual([]);
    expect(watch.running).toBe(false);
  });

  it('asks and watches as soon as it is used', async () => {
    model.mounts.use();
    await pass(0);
    expect(server.asked).toEqual([MOUNTS]);
    expect(watch.running).toBe(true);
    expect(model.mounts.state.value?.mounts).toHaveLength(1);
  });

  it('stops both with its last user', async () => {
    const panel = model.mounts.use();
    const status = model.where('work/a.ipynb').use();
    await pass(0);
    panel.dispose();
    expect(watch.running).toBe(true);
    status.dispose();
    expect(watch.running).toBe(false);
    const before = server.asked.length;
    await pass(600);
    expect(server.asked).toHaveLength(before);
  });

  it('starts again after a stop', async () => {
    model.mounts.use().dispose();
    await pass(60);
    model.mounts.use();
    await pass(11);
    expect(watch.running).toBe(true);
    expect(server.asked.length).toBeGreaterThanOrEqual(3);
  });

  it('asks for everything in use when the mounts changed', async () => {
    model.mounts.use();
    model.where('work/a.ipynb').use();
    await pass(0);
    watch.hello(true);
    server.asked = [];
    watch.mountsChanged();
    await pass(0);
    expect(server.asked.sort()).toEqual([MOUNTS, WHERE]);
  });

  it('asks when a share stopped answering, but not for what other reports show', async () => {
    model.mounts.use();
    await pass(0);
    watch.hello(true);
    server.asked = [];
    const [cursor, at] = ['a-2', ''];
    watch.tell({ type: 'changes-ended', cursor, at, state: 'ended' });
    await pass(0);
    expect(server.asked).toEqual([]);
    watch.tell({ type: 'samba-changed', cursor, at });
    await pass(0);
    expect(server.asked).toEqual([MOUNTS]);
  });

  it('asks for everything when the watch could not resume, and for nothing when it could', async () => {
    model.mounts.use();
    await pass(0);
    server.asked = [];
    watch.hello(true);
    await pass(0);
    expect(server.asked).toEqual([]);
    watch.hello(false);
    await pass(0);
    expect(server.asked).toEqual([MOUNTS]);
  });

  it('asks regularly while there is no watch', async () => {
    model.mounts.use();
    model.where('work/a.ipynb').use();
    await pass(0);
    server.asked = [];
    await pass(31);
    expect(server.asked.filter(url => url === MOUNTS)).toHaveLength(3);
    expect(server.asked.filter(url => url === WHERE)).toHaveLength(3);
  });

  it('asks rarely, and only for what ages, while the watch works', async () => {
    model.mounts.use();
    model.where('work/a.ipynb').use();
    watch.hello(true);
    await pass(15);
    server.asked = [];
    await pass(180);
    expect(server.asked).toEqual([MOUNTS, MOUNTS, MOUNTS]);
  });

  it('asks at once when the watch is lost', async () => {
    model.mounts.use();
    watch.hello(true);
    await pass(15);
    server.asked = [];
    watch.connect(false);
    await pass(0);
    expect(server.asked).toEqual([MOUNTS]);
  });

  it('keeps the report when the server goes, and asks less and less often', async () => {
    // The poll spreads its waiting by chance.
    jest.spyOn(Math, 'random').mockReturnValue(0.5);
    model.mounts.use();
    await pass(0);
    server.answer = gone;
    await pass(3600);
    expect(model.mounts.state.value?.mounts).toHaveLength(1);
    expect(model.mounts.state.failure?.reason).toBe('gone');
    // An hour at 10 seconds would be 360 requests.
    expect(server.asked.length).toBeLessThan(60);
    expect(server.asked.length).toBeGreaterThan(10);
  });

  it('is well again when the server is back and greets', async () => {
    model.mounts.use();
    server.answer = gone;
    await pass(60);
    server.answer = () => json(report([]));
    watch.hello(false);
    await pass(0);
    expect(model.mounts.state).toMatchObject({
      value: { mounts: [] },
      failure: null
    });
  });

  it('answers where for a path with the first of the list', async () => {
    const where = model.where('work/a.ipynb');
    await where.refresh();
    expect(server.asked).toEqual([WHERE]);
    expect(where.state.value).toEqual({ path: '/a' });
  });

  it('asks nothing once it is disposed', async () => {
    model.mounts.use();
    await pass(0);
    model.dispose();
    const before = server.asked.length;
    await pass(600);
    expect(server.asked).toHaveLength(before);
    expect(watch.isDisposed).toBe(true);
  });
});
