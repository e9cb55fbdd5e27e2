import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import * as React from 'react';
import { PagedList } from '../../components/pagedList';
import { trans } from '../synthetic';

describe('A long list', () => {
  function show(count: number): void {
    render(
      <PagedList
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
