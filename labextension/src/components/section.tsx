/**
 * The frame of a part of the panel: a heading that folds it, and what is in it.
 */
import * as React from 'react';
import { Disclosure } from './disclosure';

export interface ISectionProps {
  title: string;

  /**
   * A number or a few words that say what is in it while it is folded.
   */
  gist?: string;
  initiallyOpen?: boolean;

  /**
   * What is seen while it is folded, too.
   */
  always?: React.ReactNode;
  children: React.ReactNode;
}

export function Section(props: ISectionProps): React.ReactElement {
  return (
    <section className="ide49-Section" aria-label={props.title}>
      <Disclosure
        heading="h3"
        always={props.always}
        initiallyOpen={props.initiallyOpen ?? true}
        label={
          <>
            <span className="ide49-Section-title">{props.title}</span>
            {props.gist !== undefined && (
              <span className="ide49-Section-gist">{props.gist}</span>
            )}
          </>
        }
      >
        {props.children}
      </Disclosure>
    </section>
  );
}
