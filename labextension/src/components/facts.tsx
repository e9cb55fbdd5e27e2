/**
 * The evidence for a kind and for the fate at each event, in the server's own sentences.
 */
import * as React from 'react';
import type { Evidence, FateEvent, Fates } from '../tokens';
import { eventLabel } from '../labels';
import type { ITranslated } from './common';
import { FateMark } from './fate';

const EVENTS: readonly FateEvent[] = ['stop', 'update', 'device'];

/**
 * A fact with its name, in a list of facts.
 */
export function Fact(props: {
  name: string;
  children: React.ReactNode;
}): React.ReactElement {
  return (
    <div className="ide49-Fact">
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}

export interface IWhyProps extends ITranslated {
  /**
   * What was observed; more than one where a storage has several mounts. Not empty.
   */
  observed: readonly { fate: Fates; evidence: Evidence }[];
}

/**
 * The facts from which the kind and each fate follow.
 */
export function Why(props: IWhyProps): React.ReactElement {
  const { observed, trans } = props;
  return (
    <>
      <Fact name={trans.__('What it is')}>
        <Sentences texts={observed.map(({ evidence }) => evidence.kind)} />
      </Fact>
      {EVENTS.map(event => (
        <Fact key={event} name={eventLabel(event, trans)}>
          {Array.from(new Set(observed.map(({ fate }) => fate[event]))).map(
            fate => (
              <FateMark key={fate} fate={fate} trans={trans} />
            )
          )}
          <Sentences texts={observed.map(({ evidence }) => evidence[event])} />
        </Fact>
      ))}
    </>
  );
}

function Sentences(props: { texts: readonly string[] }): React.ReactElement {
  return (
    <>
      {Array.from(new Set(props.texts)).map(text => (
        <p key={text} className="ide49-Evidence">
          {text}
        </p>
      ))}
    </>
  );
}
