import { Signal } from '@lumino/signaling';
import { act, fireEvent, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { WithKernels } from '../../../sections/packages/container';
import type { Services } from '../../../sections/section';
import * as React from 'react';
import { Answers, job, ok } from './answers';
import { settle, trans } from '../../synthetic';

type Specs = Record<string, { display_name: string } | undefined>;

/**
 * JupyterLab's managers, which hear of kernels when the test tells them.
 */
class Managers {
  specs: { kernelspecs: Specs } | null = null;
  models: { kernel: { id: string; name: string }; path: string }[] = [];
  readonly specsChanged = new Signal<this, void>(this);
  readonly runningChanged = new Signal<this, void>(this);

  tell(specs: Specs): void {
    act(() => {
      this.specs = { kernelspecs: specs };
      this.specsChanged.emit();
    });
  }

  run(path: string): void {
    act(() => {
      this.models = [{ kernel: { id: 'k1', name: 'python3' }, path }];
      this.runningChanged.emit();
    });
  }

  services(): Services {
    const running = () => this.models.values();
    const [specs, sessions] = [this, { running }];
    Object.assign(sessions, { runningChanged: this.runningChanged });
    return { kernelspecs: specs, sessions } as unknown as Services;
  }
}

const PYTHON: Specs = { python3: { display_name: 'Python 3' } };

describe('The kernels of the section', () => {
  let answers: Answers;
  let managers: Managers;

  beforeEach(async () => {
    answers = new Answers();
    managers = new Managers();
    render(
      <WithKernels
        title="Packages"
        services={managers.services()}
        model={answers.model}
        trans={trans}
      />
    );
    await userEvent.click(screen.getByRole('button', { name: /^Packages/ }));
    await screen.findByText(/Into/);
  });

  afterEach(() => {
    answers.dispose();
  });

  const choice = () => screen.getByRole('combobox');
  const names = () =>
    within(choice())
      .getAllByRole('option')
      .map(({ textContent }) => textContent);

  it('can be chosen also where JupyterLab hears of them after the section is drawn', () => {
    expect(names()).toEqual(['Jupyter’s own Python']);
    managers.tell(PYTHON);
    expect(names()).toEqual(['Jupyter’s own Python', 'Python 3']);
  });

  it('stay named when the one that was chosen is offered no more', async () => {
    managers.tell(PYTHON);
    fireEvent.change(choice(), { target: { value: 'python3' } });
    managers.tell({});
    expect(choice()).toHaveProperty('value', 'python3');
    expect(names()).toEqual([
      'Jupyter’s own Python',
      'python3 (not offered any more)'
    ]);
    await act(settle);
  });

  it('can be restarted also where their notebooks are opened later', async () => {
    const over = job({
      state: 'ended',
      verdict: 'installed',
      restart: { reason: 'new folder', modules: [] }
    });
    answers.by['POST installs'] = () => ({ status: 202, body: over });
    answers.by[`GET installs/${over.id}`] = () => ok(over);
    await act(() => answers.model.start({ requirements: ['six'] }));
    expect(screen.queryByRole('button', { name: /Restart/ })).toBeNull();
    managers.run('later.ipynb');
    expect(
      await screen.findByRole('button', {
        name: 'Restart the kernel of later.ipynb'
      })
    ).toBeTruthy();
  });
});
