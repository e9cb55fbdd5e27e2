/**
 * The answer on top: where the notebooks are, and what an update does to them.
 */
import * as React from 'react';
import type { Engine, Place, Where } from '../../tokens';
import { useReport } from '../../reports/hooks';
import type { ISectionProps } from '../section';
import { notebooksSentence } from './labels';
import type { ITranslated } from '../../components/common';
import { Disclosure } from '../../components/disclosure';
import { Fact, Why } from '../../components/facts';
import { FateShape } from '../../components/fate';
import { Path, Sentence } from '../../components/text';

export function SummarySection(
  props: Pick<ISectionProps, 'model' | 'trans'>
): React.ReactElement | null {
  const report = useReport(props.model.mounts).value;
  return report?.notebooks ? (
    <Summary
      notebooks={report.notebooks}
      engine={report.engine}
      trans={props.trans}
    />
  ) : null;
}

interface ISummaryProps extends ITranslated {
  notebooks: Where;
  engine: Engine;
}

function Summary(props: ISummaryProps): React.ReactElement {
  const { notebooks, engine, trans } = props;
  return (
    <div className="ide49-Summary" data-fate={notebooks.fate.update}>
      <div className="ide49-Summary-answer">
        <FateShape fate={notebooks.fate.update} />
        <p>
          <Sentence
            text={notebooksSentence(notebooks, engine, trans)}
            name={notebooks.name}
          />
        </p>
      </div>
      {notebooks.doubt !== null && (
        <p className="ide49-Hint">{notebooks.doubt}</p>
      )}
      <Disclosure label={trans.__('Why')}>
        <dl className="ide49-Facts">
          <Fact name={trans.__('The folder that Jupyter serves')}>
            <Path path={notebooks.path} />
          </Fact>
          <Why observed={[notebooks]} trans={trans} />
          <AlsoAt places={notebooks.also_at} trans={trans} />
        </dl>
      </Disclosure>
    </div>
  );
}

function AlsoAt(
  props: ITranslated & { places: readonly Place[] }
): React.ReactElement | null {
  const { trans } = props;
  const places = props.places.filter(({ hidden }) => !hidden);
  return places.length === 0 ? null : (
    <Fact name={trans.__('The same files are also at')}>
      <ul className="ide49-Places">
        {places.map(({ mount_id, path }) => (
          <li key={mount_id}>
            <Path path={path} />
          </li>
        ))}
      </ul>
    </Fact>
  );
}
