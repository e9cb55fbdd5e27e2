import { act, render, screen } from '@testing-library/react';
import * as React from 'react';
import { Button } from '../../components/button';
import { KeepFocus } from '../../components/keepFocus';
import { settle } from '../synthetic';

function Parts(props: { without?: string }): React.ReactElement {
  const button = (name: string) =>
    props.without !== name && <Button key={name}>{name}</Button>;
  return (
    <>
      <button>outside</button>
      <KeepFocus className="" busy={false}>
        <section>
          {button('heading')}
          <ul>
            <li>{button('first')}</li>
            <li>{button('second')}</li>
            {props.without !== 'row' && <li>{button('third')}</li>}
          </ul>
        </section>
        <section>{button('other')}</section>
      </KeepFocus>
    </>
  );
}

async function afterLosing(name: string, without = name): Promise<string> {
  const { rerender } = render(<Parts />);
  screen.getByText(name).focus();
  rerender(<Parts without={without} />);
  await act(settle);
  return document.activeElement?.textContent ?? '';
}

describe('The focus', () => {
  it.each([
    ['first', 'first', 'second'],
    ['second', 'second', 'third'],
    ['third', 'row', 'second'],
    ['heading', 'heading', 'first']
  ])(
    'goes to the neighbour when %s goes away with the %s',
    async (name, without, expected) => {
      expect(await afterLosing(name, without)).toBe(expected);
    }
  );

  it('stays where the user took it', async () => {
    const { rerender } = render(<Parts />);
    screen.getByText('first').focus();
    screen.getByText('outside').focus();
    rerender(<Parts without="first" />);
    await act(settle);
    expect(document.activeElement?.textContent).toBe('outside');
  });

  it('is not taken from a page that nobody has it in', async () => {
    const { rerender } = render(<Parts />);
    screen.getByText('first').focus();
    screen.getByText('first').blur();
    await act(settle);
    rerender(<Parts without="first" />);
    await act(settle);
    expect(document.activeElement).toBe(document.body);
  });
});

describe('A button', () => {
  it('that cannot be pressed keeps the focus, says why, and does nothing', () => {
    const pressed = jest.fn();
    render(
      <form onSubmit={pressed}>
        <Button submit why="Not yet." onPress={pressed}>
          Go
        </Button>
      </form>
    );
    const button = screen.getByRole('button');
    button.focus();
    expect(document.activeElement).toBe(button);
    button.click();
    expect(pressed).not.toHaveBeenCalled();
    expect(button.title).toBe('Not yet.');
    expect(
      document.getElementById(button.getAttribute('aria-describedby') ?? '')
        ?.textContent
    ).toBe('Not yet.');
  });
});
