import { PromiseDelegate } from '@lumino/coreutils';
import { Report } from '../../reports/report';
import { RequestError } from '../../reports/request';
import { settle } from '../synthetic';

function asked() {
  const answers: PromiseDelegate<string>[] = [];
  const report = new Report<string>({
    ask: () => {
      const answer = new PromiseDelegate<string>();
      answers.push(answer);
      return answer.promise;
    }
  });
  return { answers, report };
}

const gone = new RequestError('gone', null, 'no route');

describe('Report', () => {
  it('knows nothing before it was asked', () => {
    expect(asked().report.state).toEqual({
      value: null,
      at: null,
      refreshing: false,
      failure: null
    });
  });

  it('keeps the old answer while it asks for a new one', async () => {
    const { answers, report } = asked();
    const first = report.refresh();
    answers[0]?.resolve('old');
    await first;
    void report.refresh();
    expect(report.state).toMatchObject({ value: 'old', refreshing: true });
    answers[1]?.resolve('new');
    await settle();
    expect(report.state).toMatchObject({ value: 'new', refreshing: false });
  });

  it('keeps the old answer and its time when asking fails', async () => {
    const { answers, report } = asked();
    const first = report.refresh();
    answers[0]?.resolve('old');
    await first;
    const { at } = report.state;
    const second = report.refresh();
    answers[1]?.reject(gone);
    await second;
    expect(report.state).toEqual({
      value: 'old',
      at,
      refreshing: false,
      failure: gone
    });
    expect(at).not.toBeNull();
  });

  it('forgets the failure with the next good answer', async () => {
    const { answers, report } = asked();
    const first = report.refresh();
    answers[0]?.reject(gone);
    await first;
    expect(report.state.failure).toBe(gone);
    const second = report.refresh();
    answers[1]?.resolve('good');
    await second;
    expect(report.state).toMatchObject({ value: 'good', failure: null });
  });

  it('asks once more, and only once, for all that came while it was asking', async () => {
    const { answers, report } = asked();
    void report.refresh();
    const later = [report.refresh(), report.refresh(), report.refresh()];
    expect(answers).toHaveLength(1);
    answers[0]?.resolve('before the change');
    await settle();
    expect(answers).toHaveLength(2);
    answers[1]?.resolve('after the change');
    await Promise.all(later);
    expect(answers).toHaveLength(2);
    expect(report.state.value).toBe('after the change');
  });

  it('asks again by itself while it is used, and less and less often', async () => {
    jest.useFakeTimers();
    // Poll draws each pause at random, up to a bound that grows: here always the bound.
    const random = jest.spyOn(Math, 'random').mockReturnValue(0.999);
    try {
      const ask = jest.fn(() => Promise.reject(gone));
      const report = new Report<string>({ ask });
      await report.refresh();
      await jest.advanceTimersByTimeAsync(600_000);
      expect(ask).toHaveBeenCalledTimes(1);

      const using = report.use();
      await report.refresh();
      await jest.advanceTimersByTimeAsync(600_000);
      const calls = ask.mock.calls.length;
      expect(calls).toBeGreaterThan(6);
      expect(calls).toBeLessThan(20);

      using.dispose();
      await jest.advanceTimersByTimeAsync(600_000);
      expect(ask).toHaveBeenCalledTimes(calls);
      report.dispose();
    } finally {
      random.mockRestore();
      jest.useRealTimers();
    }
  });

  it('counts its users', () => {
    const { report } = asked();
    const seen: boolean[] = [];
    report.usedChanged.connect((_, used) => {
      seen.push(used);
    });
    const [one, two] = [report.use(), report.use()];
    one.dispose();
    one.dispose();
    expect(report.used).toBe(true);
    two.dispose();
    expect(report.used).toBe(false);
    expect(seen).toEqual([true, false]);
  });

  it('says nothing more once it is disposed', async () => {
    const { answers, report } = asked();
    const changed = jest.fn();
    void report.refresh();
    report.stateChanged.connect(changed);
    report.dispose();
    answers[0]?.resolve('late');
    await settle();
    expect(changed).not.toHaveBeenCalled();
    expect(report.state.value).toBeNull();
  });
});
