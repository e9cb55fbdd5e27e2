/**
 * A fate as a shape and a word: the shapes differ without their colours, too.
 */
import * as React from 'react';
import type { Fate } from '../tokens';
import { fateLabel } from '../labels';
import type { ITranslated } from './common';

const SHAPES: Record<Fate, React.ReactElement> = {
  kept: (
    <>
      <circle cx="8" cy="8" r="7" />
      <path className="ide49-Shape-ink" d="M4.5 8.300l2.4 2.4 4.6-5" />
    </>
  ),
  'at-risk': (
    <>
      <path d="M8 1.2 15.3 14.500H.7z" />
      <path className="ide49-Shape-ink" d="M8 6v4M8 11.900v.9" />
    </>
  ),
  lost: (
    <>
      <rect x="1.5" y="1.5" width="13" height="13" rx="1.5" />
      <path className="ide49-Shape-ink" d="M5 5l6 6M11 5l-6 6" />
    </>
  ),
  unknown: (
    <>
      <circle className="ide49-Shape-outline" cx="8" cy="8" r="6.3" />
      <path
        className="ide49-Shape-outline"
        d="M6 6.300c.2-2.4 4-2.3 4 0 0 1.5-2 1.5-2 3M8 11v1"
      />
    </>
  )
};

/**
 * The shape alone, for a place where the word stands nearby.
 */
export function FateShape(props: { fate: Fate }): React.ReactElement {
  return (
    <svg
      className="ide49-Shape"
      data-fate={props.fate}
      viewBox="0 0 16 16"
      aria-hidden="true"
      focusable="false"
    >
      {SHAPES[props.fate]}
    </svg>
  );
}

/**
 * Shape and word.
 */
export function FateMark(
  props: ITranslated & { fate: Fate }
): React.ReactElement {
  return (
    <span className="ide49-FateMark" data-fate={props.fate}>
      <FateShape fate={props.fate} />
      {fateLabel(props.fate, props.trans)}
    </span>
  );
}
