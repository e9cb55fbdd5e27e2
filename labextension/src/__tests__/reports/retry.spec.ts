import { Report } from '../../reports/report';
import { RequestError } from '../../reports/request';
import { askLater, createRetry } from '../../reports/retry';

function hide(hidden: boolean): void {
  Object.defineProperty(document, 'visibilityState', {
    configurable: true,
    get: () => (hidden ? 'hidden' : 'visible')
  });
  Object.defineProperty(document, 'hidden', {
    configurable: true,
    get: () => hidden
  });
  document.dispatchEvent(new Event('visibilitychange'));
}

describe('createRetry', () => {
  const pass = (seconds: number) =>
    jest.advanceTimersByTimeAsync(1000 * seconds);

  beforeEach(() => {
    jest.useFakeTimers();
    // The poll spreads its waiting by chance.
    jest.spyOn(Math, 'random').mockReturnValue(0.5);
  });

  afterEach(() => {
    hide(false);
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  it('asks nothing before it is told to, and then after its interval', async () => {
    const ask = jest.fn(() => Promise.resolve());
    const retry = createRetry({ name: 'test', ask, interval: 1000 });
    await pass(60);
    expect(ask).not.toHaveBeenCalled();
    askLater(retry);
    await pass(0.9);
    expect(ask).not.toHaveBeenCalled();
    await pass(0.2);
    expect(ask).toHaveBeenCalledTimes(1);
    retry.dispose();
  });

  it('asks less and less often while that fails, and at most so seldom', async () => {
    const ask = jest.fn(() => Promise.reject(new Error('gone')));
    const retry = createRetry({
      name: 'test',
      ask,
      interval: 1000,
      max: 40_000
    });
    askLater(retry);
    await pass(600);
    const calls = ask.mock.calls.length;
    expect(calls).toBeGreaterThan(600 / 42);
    expect(calls).toBeLessThan(600 / 25);
    retry.dispose();
  });

  it('is not hurried by being told again', async () => {
    const ask = jest.fn(() => Promise.reject(new Error('gone')));
    const retry = createRetry({
      name: 'test',
      ask,
      interval: 1000,
      max: 40_000
    });
    askLater(retry);
    await pass(300);
    ask.mockClear();
    for (let time = 0; time < 80; time++) {
      askLater(retry);
      await pass(1);
    }
    expect(ask.mock.calls.length).toBeLessThan(4);
    retry.dispose();
  });

  it('lets a report ask nothing while the page is hidden, and soon after it is seen again', async () => {
    const ask = jest.fn(() =>
      Promise.reject(new RequestError('gone', null, 'no route'))
    );
    const report = new Report<string>({ ask });
    report.use();
    await report.refresh();
    ask.mockClear();
    hide(true);
    await pass(3600);
    expect(ask).not.toHaveBeenCalled();
    hide(false);
    await pass(3);
    expect(ask).toHaveBeenCalledTimes(1);
    report.dispose();
  });
});
