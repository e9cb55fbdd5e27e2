/**
 * What a person may insist on against a refusal of the server.
 */
import * as React from 'react';
import type { ITranslated } from '../../components/common';
import type { Override } from './packagesModel';
import type { Target } from './packagesReport';

export interface IChoice {
  readonly override: Override;

  /**
   * The server's sentence that the choice goes against.
   */
  readonly words: string;
}

/**
 * The choices that lift what speaks against a target.
 */
export function overridesOf(target: Target | null): IChoice[] {
  return (target?.refusals ?? []).flatMap(({ override, message }) =>
    override ? [{ override, words: message }] : []
  );
}

export function Choices(
  props: ITranslated & {
    found: readonly IChoice[];
    allow: readonly Override[];
    onChange: (allow: readonly Override[]) => void;
  }
): React.ReactElement {
  const { found, allow, onChange, trans } = props;
  return (
    <>
      {found.map(({ override, words }) => (
        <label key={override} className="ide49-Packages-choice">
          <input
            type="checkbox"
            checked={allow.includes(override)}
            onChange={event => {
              const others = allow.filter(each => each !== override);
              onChange(event.target.checked ? [...others, override] : others);
            }}
          />
          {trans.__('All the same: %1', words)}
        </label>
      ))}
    </>
  );
}
