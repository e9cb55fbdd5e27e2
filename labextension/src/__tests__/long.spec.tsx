import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import * as React from 'react';
import { LongList } from '../components/long';
import { Packages } from '../components/packages';
import { StorageModel } from '../model';
import { HandWatch, json, Server, trans } from './synthetic';

describe('A long list', () => {
  function show(count: number): void {
    render(
      <LongList
        items={Array.from({ length: count }, (_, index) => index)}
        row={index => (
          <li key={index}>
            <button>{index}</button>
          </li>
        )}
        trans={trans}
      />
    );
  }

  const rows = () => screen.getAllByRole('listitem').length;

  it('shows a hundred rows, then a hundred more, and takes the focus to them', async () => {
    show(230);
    expect(rows()).toBe(100);
    screen.getByText('100 of 230 are shown.');
    await userEvent.click(
      screen.getByRole('button', { name: 'Show 100 more' })
    );
    expect(rows()).toBe(200);
    expect(document.activeElement?.textContent).toBe('100');
    await userEvent.click(screen.getByRole('button', { name: 'Show 30 more' }));
    expect(rows()).toBe(230);
    expect(document.activeElement?.textContent).toBe('200');
    expect(screen.queryByRole('button', { name: /^Show/ })).toBeNull();
  });

  it('that is short offers nothing more', () => {
    show(100);
    expect(rows()).toBe(100);
    expect(screen.queryByRole('button', { name: /^Show/ })).toBeNull();
  });
});

describe('A thousand packages', () => {
  it('draw a hundred rows, and one that stays is not drawn anew while one types', async () => {
    const packages = Array.from({ length: 1000 }, (_, index) => ({
      name: `pack${index}`,
      normalized: `pack${index}`,
      version: '1',
      location: '/site',
      metadata: `pack${index}`,
      role: 'user',
      fate: { update: 'kept' },
      requested: true,
      yours: true,
      shadows: [],
      problems: []
    }));
    const reads = jest.fn();
    Object.defineProperty(packages[99], 'version', {
      get: () => {
        reads();
        return '1';
      }
    });
    const server = new Server();
    const model = new StorageModel({
      serverSettings: server.settings,
      watch: new HandWatch()
    });
    server.answer = () => {
      const response = json({});
      const report = { sites: [], packages, left_overs: [], other_pythons: [] };
      jest.spyOn(JSON, 'parse').mockReturnValueOnce(report);
      return response;
    };
    render(<Packages model={model} trans={trans} />);
    await userEvent.click(screen.getByRole('button', { name: /^Packages/ }));
    await screen.findByText('pack99');
    expect(screen.getAllByRole('listitem')).toHaveLength(100);
    reads.mockClear();
    await userEvent.type(screen.getByRole('searchbox'), 'pack99');
    screen.getByText('pack99');
    expect(reads).not.toHaveBeenCalled();
    model.dispose();
  });
});
