/**
 * Paths and names inside sentences.
 */
import * as React from 'react';
import { NAME } from '../labels';

/**
 * A path: always from left to right, and wherever it must be broken.
 */
export function Path(props: { path: string }): React.ReactElement {
  return (
    <code className="ide49-Path" dir="ltr">
      {props.path}
    </code>
  );
}

/**
 * A sentence in which `NAME` is replaced by the emphasised name.
 */
export function Sentence(props: {
  text: string;
  name: string | null;
}): React.ReactElement {
  const [before, after] = props.text.split(NAME);
  return (
    <>
      {before}
      {after !== undefined && (
        <em className="ide49-Name">
          <bdi>{props.name}</bdi>
        </em>
      )}
      {after}
    </>
  );
}
