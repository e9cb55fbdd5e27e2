import { PromiseDelegate } from '@lumino/coreutils';
import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { Job } from '../../../sections/packages/packagesReport';
import { Answers, checked, job, ok, PLANNED, TARGET } from './answers';
import { settle } from '../../synthetic';

const broken = () => ({ status: 502, body: {} });

const preview = () =>
  ok({
    action: 'install',
    requirements: ['six'],
    target: TARGET,
    plan: { changes: [PLANNED], left: [] },
    cause: null,
    message: ''
  });

describe('When the server does not do what was asked', () => {
  let answers: Answers;

  beforeEach(() => {
    answers = new Answers();
    answers.by['POST installs/check'] = checked('six', null);
    answers.by['POST installs/preview'] = preview;
  });

  afterEach(() => {
    answers.dispose();
  });

  const look = async () => {
    await waitFor(() => {
      expect(
        screen
          .getByRole('button', { name: /what it would do/ })
          .getAttribute('aria-disabled')
      ).toBe('false');
    });
    await userEvent.click(
      screen.getByRole('button', { name: /what it would do/ })
    );
  };

  it('keeps what was typed when a job could not be started, and says why', async () => {
    answers.by['POST installs'] = () => ({
      status: 409,
      body: { message: '20 jobs are waiting already.', code: 'too-many-jobs' }
    });
    await answers.show();
    await userEvent.type(screen.getByRole('textbox'), 'six');
    await look();
    await userEvent.click(
      await screen.findByRole('button', { name: /^Install into/ })
    );
    expect((await screen.findByRole('alert')).textContent).toBe(
      '20 jobs are waiting already.'
    );
    expect(screen.getByRole('textbox')).toHaveProperty('value', 'six');
    answers.by['POST installs'] = () => ({ status: 202, body: job() });
    answers.by[`GET installs/${job().id}`] = () => ok(job());
    await userEvent.click(
      screen.getByRole('button', { name: /^Install into/ })
    );
    await screen.findByRole('progressbar');
    expect(screen.getByRole('textbox')).toHaveProperty('value', '');
  });

  it('keeps what was typed through a fold of the section', async () => {
    await answers.show();
    await userEvent.type(screen.getByRole('textbox'), 'six');
    const title = screen.getByRole('button', { name: /^Packages/ });
    await userEvent.click(title);
    await userEvent.click(title);
    expect(screen.getByRole('textbox')).toHaveProperty('value', 'six');
  });

  it('forgets a preview of another kernel', async () => {
    await answers.show();
    await userEvent.type(screen.getByRole('textbox'), 'six');
    await look();
    await screen.findByRole('button', { name: /^Install into/ });
    fireEvent.change(screen.getByRole('combobox'), {
      target: { value: 'python3' }
    });
    expect(screen.queryByRole('button', { name: /^Install into/ })).toBeNull();
    await screen.findByText(/Into/);
  });

  it('says that what was typed could not be checked, and why nothing can be pressed', async () => {
    answers.by['POST installs/check'] = broken;
    await answers.show();
    const button = screen.getByRole('button', { name: /what it would do/ });
    expect(button.title).toBe('Type the name of a package first.');
    await userEvent.type(screen.getByRole('textbox'), 'six');
    await screen.findByText(/could not be checked/);
    expect(button.title).toBe('The server does not answer.');
    button.focus();
    expect(document.activeElement).toBe(button);
    await userEvent.click(button);
    expect(answers.bodies('POST installs/preview')).toEqual([]);
  });

  it('says when a kernel was not restarted, and lets one try again', async () => {
    const over = job({
      state: 'ended',
      verdict: 'installed',
      restart: { reason: '', modules: [] }
    });
    answers.by['POST installs'] = () => ({ status: 202, body: over });
    answers.by[`GET installs/${over.id}`] = () => ok(over);
    await answers.show({ restart: () => Promise.reject(new Error('Gone')) });
    await act(() => answers.model.start({ requirements: ['six'] }));
    const restart = await screen.findByRole('button', { name: /^Restart/ });
    await userEvent.click(restart);
    expect((await screen.findByRole('alert')).textContent).toContain(
      'The kernel of analysis.ipynb was not restarted.'
    );
    expect(restart.getAttribute('aria-disabled')).toBe('false');
  });
});

describe('A list that could not be had', () => {
  let answers: Answers;

  beforeEach(() => {
    jest.useFakeTimers();
    answers = new Answers();
  });

  afterEach(() => {
    answers.dispose();
    jest.useRealTimers();
  });

  it('is asked for again by itself, also while the watch is up', async () => {
    const packages = answers.by['GET installs/packages'];
    answers.by['GET installs/packages'] = broken;
    const using = answers.model.report.use();
    await jest.advanceTimersByTimeAsync(0);
    expect(answers.model.report.state.failure?.reason).toBe('gone');
    Object.assign(answers.by, { 'GET installs/packages': packages });
    await jest.advanceTimersByTimeAsync(10_000);
    expect(answers.model.report.state.failure).toBeNull();
    using.dispose();
  });

  it('is asked for again when the watch comes back to a server that started anew', async () => {
    const using = answers.model.report.use();
    await jest.advanceTimersByTimeAsync(0);
    const before = answers.asked.length;
    answers.messages.emit({ type: 'hello', cursor: '', at: '', resumed: true });
    await jest.advanceTimersByTimeAsync(0);
    expect(answers.asked).toHaveLength(before);
    answers.messages.emit({
      type: 'hello',
      cursor: '',
      at: '',
      resumed: false
    });
    await jest.advanceTimersByTimeAsync(0);
    expect(answers.asked.length).toBeGreaterThan(before);
    using.dispose();
  });
});

describe('A job that is followed', () => {
  const [one, two] = ['one', 'two'].map(id => job({ id })) as [Job, Job];
  let answers: Answers;

  beforeEach(() => {
    jest.useFakeTimers();
    answers = new Answers();
    for (const each of [one, two]) {
      answers.by[`GET installs/${each.id}`] = () => ok(each);
    }
  });

  afterEach(() => {
    answers.dispose();
    jest.useRealTimers();
  });

  it('is looked at again after a look that failed, less and less often', async () => {
    answers.by['POST installs'] = () => ({ status: 202, body: one });
    await answers.model.start({ requirements: ['six'] });
    await jest.advanceTimersByTimeAsync(0);
    answers.by['GET installs/one'] = broken;
    const before = answers.bodies('GET installs/one').length;
    await jest.advanceTimersByTimeAsync(60_000);
    const asked = answers.bodies('GET installs/one').length - before;
    expect(answers.model.state.lookFailure?.reason).toBe('gone');
    expect(answers.model.state.job?.id).toBe('one');
    expect(asked).toBeGreaterThan(3);
    expect(asked).toBeLessThan(15);
    answers.by['GET installs/one'] = () =>
      ok(job({ id: 'one', state: 'ended', verdict: 'installed' }));
    await jest.advanceTimersByTimeAsync(40_000);
    expect(answers.model.state.lookFailure).toBeNull();
    expect(answers.model.state.job?.verdict).toBe('installed');
  });

  it('is looked at at once when the watch is back', async () => {
    answers.by['POST installs'] = () => ({ status: 202, body: one });
    await answers.model.start({ requirements: ['six'] });
    await jest.advanceTimersByTimeAsync(0);
    answers.by['GET installs/one'] = broken;
    await jest.advanceTimersByTimeAsync(60_000);
    answers.by['GET installs/one'] = () => ok(one);
    answers.messages.emit({ type: 'hello', cursor: '', at: '', resumed: true });
    await jest.advanceTimersByTimeAsync(0);
    expect(answers.model.state.lookFailure).toBeNull();
  });

  it('is not looked for any more where the server does not know it', async () => {
    answers.by['POST installs'] = () => ({ status: 202, body: one });
    await answers.model.start({ requirements: ['six'] });
    delete answers.by['GET installs/one'];
    await jest.advanceTimersByTimeAsync(2_000);
    const before = answers.bodies('GET installs/one').length;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(answers.bodies('GET installs/one')).toHaveLength(before);
    expect(answers.model.state.lookFailure?.reason).toBe('refused');
  });

  it('gives way to the one that was asked for later, whichever is answered last', async () => {
    const slow = new PromiseDelegate<void>();
    const answer = answers.answer.bind(answers);
    let started = 0;
    answers.answer = async request => {
      const first = request.method === 'POST' && started++ === 0;
      const response = await answer(request);
      if (first || request.url.includes('/one')) {
        await slow.promise;
      }
      return response;
    };
    answers.by['POST installs'] = () => ({
      status: 202,
      body: answers.bodies('POST installs').length === 1 ? one : two
    });
    const first = answers.model.start({ requirements: ['one'] });
    const second = answers.model.start({ requirements: ['two'] });
    await jest.advanceTimersByTimeAsync(100);
    await second;
    expect(answers.model.state.job?.id).toBe('two');
    slow.resolve();
    await first;
    await jest.advanceTimersByTimeAsync(100);
    expect(answers.model.state.job?.id).toBe('two');
  });

  it('gives way also while a look at the first one is not answered', async () => {
    const never = new PromiseDelegate<void>();
    const answer = answers.answer.bind(answers);
    answers.answer = async request => {
      const response = await answer(request);
      if (request.url.includes('/one')) {
        await Promise.race([
          never.promise,
          new Promise((_, reject) => {
            request.signal.addEventListener('abort', () => {
              reject(new Error('aborted'));
            });
          })
        ]);
      }
      return response;
    };
    void answers.model.follow('one');
    await jest.advanceTimersByTimeAsync(10);
    void answers.model.follow('two');
    await jest.advanceTimersByTimeAsync(10);
    expect(answers.model.state.job?.id).toBe('two');
    expect(answers.model.state.lookFailure).toBeNull();
    never.resolve();
    await jest.advanceTimersByTimeAsync(10);
    await settle();
    expect(answers.model.state.job?.id).toBe('two');
  });
});
