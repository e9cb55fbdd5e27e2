import { act, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { badges } from '../../../sections/packages/labels';
import { Answers, checked, job, ok, PLANNED, TARGET } from './answers';
import { trans } from '../../synthetic';

let answers: Answers;

beforeEach(() => {
  answers = new Answers();
});

afterEach(() => {
  answers.dispose();
});

describe('the form', () => {
  it('says where packages go and what becomes of them', async () => {
    await answers.show();
    expect(screen.getByText(/At an update/).textContent).toContain('kept');
  });

  it('shows what the server says of what is typed, and offers nothing then', async () => {
    answers.by['POST installs/check'] = checked(null, 'That is an option');
    await answers.show();
    await userEvent.type(screen.getByRole('textbox'), '-r x');
    await screen.findByText('That is an option');
    expect(
      screen
        .getByRole('button', { name: /what it would do/ })
        .getAttribute('aria-disabled')
    ).toBe('true');
  });

  it('previews, then installs exactly what the server understood', async () => {
    answers.by['POST installs/check'] = checked('requests<3', null);
    answers.by['POST installs/preview'] = () =>
      ok({
        action: 'install',
        requirements: ['requests<3'],
        target: TARGET,
        plan: {
          changes: [PLANNED],
          download: 64_000,
          space: 320_000,
          left: []
        },
        cause: null,
        message: ''
      });
    answers.by['POST installs'] = () => ({ status: 202, body: job() });
    answers.by[`GET installs/${job().id}`] = () => ok(job());
    await answers.show();
    await userEvent.type(screen.getByRole('textbox'), 'requests < 3');
    const look = screen.getByRole('button', { name: /what it would do/ });
    await waitFor(() => {
      expect(look.getAttribute('aria-disabled')).toBe('false');
    });
    await userEvent.click(look);
    await screen.findByText('requests 2.32');
    await userEvent.click(
      screen.getByRole('button', { name: 'Install into your packages' })
    );
    expect(await screen.findByRole('progressbar')).toHaveProperty('value', 25);
    expect(answers.bodies('POST installs')).toEqual([
      {
        kernel: null,
        requirements: ['requests<3'],
        action: 'install',
        allow: []
      }
    ]);
  });

  it('asks for an explicit choice before it hides a copy of the image', async () => {
    answers.by['POST installs/check'] = checked('tornado<6', null);
    answers.by['POST installs/preview'] = () =>
      ok({
        action: 'install',
        requirements: ['tornado<6'],
        target: TARGET,
        plan: { changes: [{ ...PLANNED, shadows: '6.4' }], left: [] },
        cause: 'shadows the image',
        override: 'shadowing',
        message: 'tornado would hide the image’s'
      });
    await answers.show();
    await userEvent.type(screen.getByRole('textbox'), 'tornado<6');
    const look = screen.getByRole('button', { name: /what it would do/ });
    await waitFor(() => {
      expect(look.getAttribute('aria-disabled')).toBe('false');
    });
    await userEvent.click(look);
    const install = await screen.findByRole('button', {
      name: /^Install into/
    });
    expect(install.getAttribute('aria-disabled')).toBe('true');
    await userEvent.click(
      screen.getByRole('checkbox', { name: /^All the same/ })
    );
    expect(install.getAttribute('aria-disabled')).toBe('false');
  });
});

describe('a job', () => {
  it('is found when the panel opens, followed by the watch, and ended with its verdict', async () => {
    answers.by['GET installs'] = () =>
      ok({ enabled: true, kept: '', jobs: [job({ lines: [] })] });
    let now = job();
    answers.by[`GET installs/${now.id}`] = () => ok(now);
    await answers.show();
    await userEvent.click(
      await screen.findByRole('button', { name: /pip says/ })
    );
    expect(screen.getByRole('log').textContent).toBe('Collecting requests');
    now = job({
      state: 'ended',
      verdict: 'installed',
      message: 'Installed requests.',
      restart: { reason: 'new folder', modules: [] },
      next_steps: ['Restart running kernels'],
      cursor: '2-20',
      lines: [{ number: 2, at: '', text: 'Done' }]
    });
    act(() => {
      answers.messages.emit({
        type: 'install-progressed',
        job: now.id,
        cursor: 'x-1',
        at: '',
        state: 'ended',
        verdict: 'installed',
        message: '',
        progress: null
      });
    });
    await screen.findByText(/Installed requests/);
    expect(screen.getByRole('log').textContent).toBe('Collecting requestsDone');
    await userEvent.click(
      screen.getByRole('button', { name: /kernel of analysis.ipynb/ })
    );
    expect(answers.restarted).toEqual(['k1']);
  });

  it('is cancelled', async () => {
    answers.by['GET installs'] = () =>
      ok({ enabled: true, kept: '', jobs: [job()] });
    answers.by[`GET installs/${job().id}`] = () => ok(job());
    answers.by[`DELETE installs/${job().id}`] = () => ok(job());
    await answers.show();
    await userEvent.click(
      await screen.findByRole('button', { name: 'Cancel' })
    );
    expect(answers.bodies(`DELETE installs/${job().id}`)).toHaveLength(1);
  });

  it('that is not allowed is explained, and the list remains', async () => {
    answers.by['GET installs/packages'] = () =>
      ok({
        target: TARGET,
        packages: [
          { name: 'six', version: '1', requested: true, problem: null }
        ],
        old: [],
        open_journal: false
      });
    answers.by['POST installs'] = () => ({
      status: 403,
      body: { message: 'Forbidden', code: 'forbidden' }
    });
    await answers.show();
    answers.by['POST installs/preview'] = () =>
      ok({
        action: 'uninstall',
        requirements: ['six'],
        target: TARGET,
        plan: {
          changes: [
            {
              ...PLANNED,
              name: 'six',
              change: 'remove',
              breaks: ['x needs six']
            }
          ]
        },
        cause: null,
        message: ''
      });
    await userEvent.click(
      screen.getByRole('button', { name: 'Uninstall six' })
    );
    await screen.findByText('breaks: x needs six');
    expect(answers.bodies('POST installs')).toEqual([]);
    await userEvent.click(
      screen.getByRole('button', { name: 'Uninstall six now' })
    );
    expect((await screen.findByRole('alert')).textContent).toContain(
      'ide49_storage:installs'
    );
    expect(screen.getByText('six')).toBeTruthy();
  });
});

describe('the packages', () => {
  it('offer a repair where one is damaged, and to bring over what another Python had', async () => {
    answers.by['GET installs/packages'] = () =>
      ok({
        target: TARGET,
        packages: [
          {
            name: 'six',
            version: '1',
            requested: true,
            problem: 'RECORD is missing'
          }
        ],
        old: [
          {
            python: '3.8',
            path: '/x',
            size: 5_000_000,
            packages: ['a 1'],
            in_use: null
          }
        ],
        open_journal: false
      });
    answers.by['POST installs'] = () => ({ status: 202, body: job() });
    answers.by[`GET installs/${job().id}`] = () => ok(job());
    await answers.show();
    await userEvent.click(screen.getByRole('button', { name: 'Repair six' }));
    await userEvent.click(
      screen.getByRole('button', { name: /Bring them over/ })
    );
    expect(answers.bodies('POST installs')).toEqual([
      { kernel: null, action: 'repair', requirements: ['six'] },
      { kernel: null, action: 'bring-over', requirements: [], old: '3.8' }
    ]);
  });
});

describe('badges', () => {
  it('say what a person must know', () => {
    expect(
      badges(
        {
          ...PLANNED,
          change: 'upgrade',
          yanked: true,
          source: true,
          shadows: '1.0',
          breaks: ['x needs y']
        },
        trans
      )
    ).toEqual([
      'upgrade',
      'withdrawn by its authors (yanked)',
      'built from source: runs its author’s code',
      'hides the image’s 1.0',
      'breaks: x needs y'
    ]);
  });
});
