import { ServerConnection } from '@jupyterlab/services';
import { Watch } from '../../reports/watch';

class FakeSocket {
  static all: FakeSocket[] = [];
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  closed = false;

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  close(): void {
    this.closed = true;
  }

  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

function last(): FakeSocket {
  const socket = FakeSocket.all[FakeSocket.all.length - 1];
  if (!socket) {
    throw new Error('No socket was opened');
  }
  return socket;
}

const hello = { type: 'hello', cursor: 'run-0', at: '', resumed: false };

describe('Watch', () => {
  let watch: Watch;
  const pass = (seconds: number) =>
    jest.advanceTimersByTimeAsync(1000 * seconds);
  const make = (token: string, appendToken: boolean) =>
    new Watch(
      ServerConnection.makeSettings({
        wsUrl: 'ws://server/base/',
        token,
        appendToken,
        WebSocket: FakeSocket as unknown as typeof WebSocket
      })
    );

  beforeEach(() => {
    jest.useFakeTimers();
    FakeSocket.all = [];
    watch = make('', false);
  });

  afterEach(() => {
    watch.dispose();
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  it('opens no socket before it is started', async () => {
    await pass(100);
    expect(FakeSocket.all).toEqual([]);
  });

  it('counts as connected from the greeting on', async () => {
    watch.start();
    await pass(0);
    expect(last().url).toBe('ws://server/base/ide49-storage/watch');
    expect(watch.connected).toBe(false);
    last().say(hello);
    expect(watch.connected).toBe(true);
  });

  it('hands on every message', async () => {
    const types: string[] = [];
    watch.received.connect((_, { type }) => {
      types.push(type);
    });
    watch.start();
    await pass(0);
    last().say(hello);
    last().say({ type: 'mounts-changed', cursor: 'run-1', at: '' });
    expect(types).toEqual(['hello', 'mounts-changed']);
  });

  it('comes back behind the last message it saw', async () => {
    watch.start();
    await pass(0);
    last().say(hello);
    last().say({ type: 'mounts-changed', cursor: 'run-1', at: '' });
    last().onclose?.();
    expect(watch.connected).toBe(false);
    await pass(2);
    expect(FakeSocket.all).toHaveLength(2);
    expect(last().url).toBe('ws://server/base/ide49-storage/watch?after=run-1');
  });

  it('tries less and less often, but again and again', async () => {
    // The poll spreads its waiting by chance.
    jest.spyOn(Math, 'random').mockReturnValue(0.5);
    watch.start();
    await pass(0);
    for (let second = 0; second < 600; second++) {
      FakeSocket.all.forEach(socket => socket.onclose?.());
      await pass(1);
    }
    expect(FakeSocket.all.length).toBeGreaterThan(15);
    expect(FakeSocket.all.length).toBeLessThan(100);
  });

  it('sends the token where the settings say so', async () => {
    watch.dispose();
    watch = make('secret', true);
    watch.start();
    await pass(0);
    expect(last().url).toContain('?token=secret');
  });

  it('closes its socket and opens no other once it is stopped', async () => {
    watch.start();
    await pass(0);
    last().say(hello);
    watch.stop();
    expect(last().closed).toBe(true);
    expect(watch.connected).toBe(false);
    await pass(600);
    expect(FakeSocket.all).toHaveLength(1);
  });

  it('can be started again', async () => {
    watch.start();
    await pass(0);
    watch.stop();
    watch.start();
    await pass(1);
    expect(FakeSocket.all).toHaveLength(2);
  });

  it('says nothing more once it is disposed', async () => {
    watch.start();
    await pass(0);
    const socket = last();
    socket.say(hello);
    const received = jest.fn();
    watch.received.connect(received);
    watch.dispose();
    socket.say(hello);
    expect(received).not.toHaveBeenCalled();
    expect(socket.closed).toBe(true);
  });
});
