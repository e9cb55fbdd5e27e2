/**
 * A button that keeps its place in the tab order when it cannot be pressed, and says why not.
 */
import * as React from 'react';

export interface IButtonProps {
  onPress?: () => void;

  /**
   * Why it cannot be pressed now; null or absent where it can.
   */
  why?: string | null;

  /**
   * Its name for those who listen, where the text on it is not enough.
   */
  label?: string;

  /**
   * Whether it sends the form that it is in; `onPress` is not called then.
   */
  submit?: boolean;
  children: React.ReactNode;
}

export function Button(props: IButtonProps): React.ReactElement {
  const { why, label, submit } = props;
  const id = React.useId();
  const shut = typeof why === 'string';
  return (
    <>
      <button
        type={submit ? 'submit' : 'button'}
        className="ide49-Button"
        aria-label={label}
        aria-disabled={shut}
        aria-describedby={shut ? id : undefined}
        title={shut ? why : undefined}
        onClick={event => {
          if (shut) {
            event.preventDefault();
          } else {
            props.onPress?.();
          }
        }}
      >
        {props.children}
      </button>
      {shut && (
        <span id={id} hidden>
          {why}
        </span>
      )}
    </>
  );
}
