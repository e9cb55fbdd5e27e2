/**
 * A button that shows and hides what is below it.
 */
import * as React from 'react';

export interface IDisclosureProps {
  className?: string;

  /**
   * What stands on the button.
   */
  label: React.ReactNode;

  /**
   * The element around the button, such as a heading; none by default.
   */
  heading?: 'h3';

  /**
   * What is always shown, between the button and what it hides.
   */
  always?: React.ReactNode;
  initiallyOpen?: boolean;
  children: React.ReactNode;
}

export function Disclosure(props: IDisclosureProps): React.ReactElement {
  const [open, setOpen] = React.useState(props.initiallyOpen ?? false);
  const id = React.useId();
  const Heading = props.heading ?? React.Fragment;
  return (
    <div className={`ide49-Disclosure ${props.className ?? ''}`}>
      <Heading>
        <button
          type="button"
          className="ide49-Disclosure-button"
          aria-expanded={open}
          aria-controls={open ? id : undefined}
          onClick={() => {
            setOpen(!open);
          }}
        >
          <svg
            className="ide49-Chevron"
            viewBox="0 0 16 16"
            aria-hidden="true"
            focusable="false"
          >
            <path d="M6 4l4 4-4 4" />
          </svg>
          {props.label}
        </button>
      </Heading>
      {props.always}
      {open && (
        <div id={id} className="ide49-Disclosure-body">
          {props.children}
        </div>
      )}
    </div>
  );
}
