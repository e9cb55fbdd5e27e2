/**
 * "Packages": what is installed, where it lives, and whether it stays.
 */
import * as React from 'react';
import { useKept, useReport } from '../hooks';
import type { IStorageModel, Package, PackageReport } from '../tokens';
import { packageProblemWord } from '../words';
import type { ITranslated } from './common';
import { Disclosure } from './disclosure';
import { FateMark } from './fate';
import { LongList } from './long';
import { Notice } from './notice';
import { Section } from './section';
import { Path } from './text';

export interface IPackagesProps extends ITranslated {
  model: IStorageModel;
}

export function Packages(props: IPackagesProps): React.ReactElement {
  const { model, trans } = props;
  const report = useReport(model.packages).value;
  const count = report?.packages.filter(({ yours }) => yours).length ?? 0;
  return (
    <Section
      title={trans.__('Packages')}
      gist={report ? trans._n('%1 yours', '%1 yours', count) : ''}
      initiallyOpen={false}
    >
      <Listed {...props} />
    </Section>
  );
}

/**
 * The content, which asks only while it is open.
 */
function Listed(props: IPackagesProps): React.ReactElement {
  const { model, trans } = props;
  const state = useKept(model.packages);
  const report = state.value;
  return (
    <>
      <Notice
        report={model.packages}
        state={state}
        loading={trans.__('Asking Python what is installed …')}
        trans={trans}
      />
      {report?.trouble && (
        <p className="ide49-Evidence">{report.trouble.message}</p>
      )}
      {report && !report.trouble && <Found report={report} trans={trans} />}
    </>
  );
}

function Found(
  props: ITranslated & { report: PackageReport }
): React.ReactElement {
  const { report, trans } = props;
  const [text, setText] = React.useState('');
  const [all, setAll] = React.useState(false);
  const wanted = text
    .trim()
    .toLowerCase()
    .replace(/[-_.]+/g, '-');
  const found = React.useMemo(
    () =>
      report.packages.filter(
        each => (all || each.yours) && each.normalized.includes(wanted)
      ),
    [report, all, wanted]
  );
  return (
    <>
      <div className="ide49-Filter">
        <input
          type="search"
          className="jp-mod-styled"
          value={text}
          placeholder={trans.__('Part of a name')}
          aria-label={trans.__('Show packages with this in their name')}
          onChange={event => {
            setText(event.target.value);
          }}
        />
        <label>
          <input
            type="checkbox"
            checked={all}
            onChange={event => {
              setAll(event.target.checked);
            }}
          />{' '}
          {trans.__('also what came with the image')}
        </label>
      </div>
      <LongList
        items={found}
        row={each => (
          <PackageRow
            key={`${each.location}/${each.metadata}`}
            each={each}
            trans={trans}
          />
        )}
        trans={trans}
      />
      {found.length === 0 && <p>{trans.__('There is none.')}</p>}
      <Leavings report={report} trans={trans} />
    </>
  );
}

const PackageRow = React.memo(
  (props: ITranslated & { each: Package }): React.ReactElement => {
    const { each, trans } = props;
    const notes = each.problems.map(word => packageProblemWord(word, trans));
    if (each.shadowed_by) {
      notes.push(trans.__('hidden by another copy'));
    }
    if (each.shadows.length > 0) {
      notes.push(trans.__('hides the copy of the image'));
    }
    return (
      <li className="ide49-Row" data-package={each.normalized}>
        <Disclosure
          label={
            <>
              <span className="ide49-Row-name">
                <bdi>{each.name}</bdi>
              </span>
              <span className="ide49-Row-kind">{each.version}</span>
            </>
          }
          always={
            <>
              {each.fate.update !== 'kept' && (
                <FateMark fate={each.fate.update} trans={trans} />
              )}
              {notes.length > 0 && (
                <p className="ide49-Hint">{notes.join(', ')}</p>
              )}
            </>
          }
        >
          <p className="ide49-Evidence">
            <Path path={each.location} />
          </p>
          {each.direct_url && (
            <p className="ide49-Evidence">
              {trans.__('from')} <Path path={each.direct_url} />
            </p>
          )}
        </Disclosure>
      </li>
    );
  }
);

/**
 * What no list of packages shows: pieces of interrupted installations, and packages for another Python.
 */
function Leavings(
  props: ITranslated & { report: PackageReport }
): React.ReactElement {
  const { report, trans } = props;
  return (
    <>
      {report.left_overs.map(each => (
        <p key={`${each.site}/${each.entries[0]}`} className="ide49-Hint">
          {trans.__('Left by an interrupted pip: %1', each.entries.join(', '))}
        </p>
      ))}
      {report.other_pythons.map(each => (
        <p key={each.path} className="ide49-Hint">
          {trans._n(
            '%1 package for Python %2, which is not here any more:',
            '%1 packages for Python %2, which is not here any more:',
            each.packages.length,
            each.version
          )}{' '}
          <Path path={each.path} />
        </p>
      ))}
    </>
  );
}
