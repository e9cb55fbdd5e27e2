/**
 * "Lost at the next update": what was changed in the container layer, and what keeps it.
 */
import * as React from 'react';
import { exactNumber, isolate, readableAge, readableSize } from '../format';
import { useClock, useReport } from '../hooks';
import type {
  ChangesReport,
  GroupTotals,
  IReportState,
  IStorageModel,
  Remedy
} from '../tokens';
import { changeGroupWords } from '../words';
import type { ITranslated } from './common';
import { CopyText } from './copy';
import { Disclosure } from './disclosure';
import { failureWords } from './notice';
import { Section } from './section';
import { Path } from './text';

/**
 * So many of the largest items or packages are shown; the rest is counted.
 */
const SHOWN = 8;

interface IChangesProps extends ITranslated {
  model: IStorageModel;
}

export function Changes(props: IChangesProps): React.ReactElement {
  const { model, trans } = props;
  const report = useReport(model.changes).value;
  return (
    <Section
      title={trans.__('Lost at the next update')}
      gist={report ? gist(report, trans) : ''}
      initiallyOpen={false}
    >
      <Scanned {...props} />
    </Section>
  );
}

/**
 * The content, which exists only while the section is open: the first time that starts a scan.
 */
function Scanned(props: IChangesProps): React.ReactElement {
  const { model, trans } = props;
  const state = useReport(model.changes);
  React.useEffect(() => {
    const using = model.changes.use();
    return () => {
      using.dispose();
    };
  }, [model]);
  const scan = state.value?.state;
  React.useEffect(() => {
    if (scan === 'never') {
      void model.scan('start');
    }
  }, [scan, model]);
  return (
    <>
      <Standing {...props} state={state} />
      {state.value?.ended_at && <Answer report={state.value} trans={trans} />}
    </>
  );
}

/**
 * What goes on now: a scan, a failure, or how old the answer is.
 */
function Standing(
  props: IChangesProps & { state: IReportState<ChangesReport> }
): React.ReactElement {
  const { model, state, trans } = props;
  const report = state.value;
  useClock(true);
  if (state.failure) {
    const { what, help } = failureWords(state.failure, trans);
    return (
      <p className="ide49-Hint" role="status">
        {what} {help}
      </p>
    );
  }
  if (!report || report.state === 'never' || report.state === 'running') {
    return <Running {...props} report={report} />;
  }
  return (
    <div className="ide49-Scan">
      <p role="status" title={report.ended_at ?? undefined}>
        {standingWords(report, trans)}
      </p>
      {report.state !== 'not-applicable' && (
        <button
          type="button"
          className="ide49-Button"
          onClick={() => {
            void model.scan('start');
          }}
        >
          {trans.__('Look again')}
        </button>
      )}
    </div>
  );
}

function standingWords(
  report: ChangesReport,
  trans: ITranslated['trans']
): string {
  const age = report.ended_at
    ? trans.__(
        'Looked through %1.',
        readableAge(Date.parse(report.ended_at), trans)
      )
    : '';
  switch (report.state) {
    case 'failed':
      return `${trans.__('It could not be looked through: %1', report.error ?? '')} ${age}`;
    case 'cancelled':
      return `${trans.__('The last look was stopped.')} ${age}`;
    case 'not-applicable':
      return report.evidence;
    case 'ended':
    case 'never':
    case 'running':
      return age;
  }
}

function Running(
  props: IChangesProps & { report: ChangesReport | null }
): React.ReactElement {
  const { model, report, trans } = props;
  const progress = report?.progress;
  const label = trans.__('Looking through the container …');
  return (
    <div className="ide49-Scan">
      <p role="status">{label}</p>
      <progress className="ide49-Progress" aria-label={label} />
      {progress && (
        <p className="ide49-Hint">
          {trans.__(
            '%1 entries seen, %2 changes so far, in',
            exactNumber(progress.seen),
            exactNumber(progress.found)
          )}{' '}
          <Path path={progress.folder} />
        </p>
      )}
      <button
        type="button"
        className="ide49-Button"
        disabled={report?.state !== 'running'}
        onClick={() => {
          void model.scan('stop');
        }}
      >
        {trans.__('Stop looking')}
      </button>
    </div>
  );
}

function Answer(
  props: ITranslated & { report: ChangesReport }
): React.ReactElement {
  const { report, trans } = props;
  const groups = report.groups.filter(({ files }) => files > 0);
  const { dockerfile } = report;
  return (
    <>
      {report.nothing_to_lose && report.state !== 'not-applicable' && (
        <p className="ide49-Nothing">
          {trans.__(
            'Nothing to lose: an update throws away nothing that somebody made here.'
          )}
        </p>
      )}
      <ul className="ide49-Rows">
        {groups.map(group => (
          <li key={group.group} data-change-group={group.group}>
            <Group group={group} report={report} trans={trans} />
          </li>
        ))}
      </ul>
      {dockerfile.length > 0 && (
        <CopyText
          label={trans.__('Copy all lines for the Dockerfile')}
          text={`${dockerfile.join('\n')}\n`}
          trans={trans}
        />
      )}
      <Missing report={report} trans={trans} />
      <Doubts report={report} trans={trans} />
    </>
  );
}

interface IGroupProps extends ITranslated {
  group: GroupTotals;
  report: ChangesReport;
}

function Group(props: IGroupProps): React.ReactElement {
  const { group, trans } = props;
  return (
    <Disclosure
      label={
        <>
          <span className="ide49-Change-name">
            {changeGroupWords(group.group, trans)}
          </span>
          <span
            className="ide49-Section-gist"
            title={trans.__('%1 bytes', exactNumber(group.size))}
          >
            {trans._n('%1 file', '%1 files', group.files)},{' '}
            {readableSize(group.size)}
          </span>
        </>
      }
    >
      <Items {...props} />
      {group.remedies.map(remedy => (
        <RemedyText key={remedy.sentence} remedy={remedy} trans={trans} />
      ))}
    </Disclosure>
  );
}

/**
 * The packages of a group of packages, else its largest files and folders.
 */
function Items(props: IGroupProps): React.ReactElement {
  const { group, report, trans } = props;
  const packages = {
    'system-packages': report.system_packages,
    'python-packages': report.python_packages
  }[group.group as string];
  const items = packages?.length
    ? packages.map(({ name, version, size }) => ({
        key: name,
        what: `${name} ${version ?? ''}`,
        size
      }))
    : group.largest.map(({ path, size }) => ({
        key: path,
        what: <Path path={path} />,
        size
      }));
  return (
    <ul className="ide49-Specialist">
      {items.slice(0, SHOWN).map(({ key, what, size }) => (
        <li key={key} className="ide49-Change">
          <span>{what}</span>
          <span
            className="ide49-Section-gist"
            title={trans.__('%1 bytes', exactNumber(size))}
          >
            {isolate(readableSize(size))}
          </span>
        </li>
      ))}
      {items.length > SHOWN && (
        <li>{trans.__('and %1 more', items.length - SHOWN)}</li>
      )}
    </ul>
  );
}

function RemedyText(
  props: ITranslated & { remedy: Remedy }
): React.ReactElement {
  const { remedy, trans } = props;
  return (
    <div className="ide49-Remedy">
      <p>{remedy.sentence}</p>
      {remedy.lines.length > 0 && (
        <>
          <pre className="ide49-Lines" dir="ltr" tabIndex={0}>
            {remedy.lines.join('\n')}
          </pre>
          <CopyText
            label={
              remedy.kind === 'move'
                ? trans.__('Copy these commands')
                : trans.__('Copy these lines')
            }
            text={`${remedy.lines.join('\n')}\n`}
            trans={trans}
          />
        </>
      )}
      {remedy.left_out > 0 && (
        <p className="ide49-Hint">
          {trans._n(
            'The lines leave out %1 more file.',
            'The lines leave out %1 more files.',
            remedy.left_out
          )}
        </p>
      )}
    </div>
  );
}

function Missing(
  props: ITranslated & { report: ChangesReport }
): React.ReactElement | null {
  const { report, trans } = props;
  const count = report.missing_count;
  return count === 0 ? null : (
    <Disclosure
      label={
        report.missing[0]?.certain
          ? trans._n('%1 entry was deleted', '%1 entries were deleted', count)
          : trans._n(
              '%1 packaged file is missing',
              '%1 packaged files are missing',
              count
            )
      }
    >
      <Paths
        paths={report.missing.map(({ path }) => path)}
        count={count}
        trans={trans}
      />
    </Disclosure>
  );
}

function Doubts(
  props: ITranslated & { report: ChangesReport }
): React.ReactElement | null {
  const { report, trans } = props;
  return report.doubts.length === 0 ? null : (
    <Disclosure label={trans.__('What this may miss')}>
      {report.doubts.map(({ reason, message }) => (
        <p key={reason} className="ide49-Evidence">
          {message}
        </p>
      ))}
      {report.unreadable_count > 0 && (
        <Paths
          paths={report.unreadable}
          count={report.unreadable_count}
          trans={trans}
        />
      )}
      <p className="ide49-Evidence">{report.evidence}</p>
    </Disclosure>
  );
}

function Paths(
  props: ITranslated & { paths: readonly string[]; count: number }
): React.ReactElement {
  const { paths, count, trans } = props;
  const shown = paths.slice(0, SHOWN);
  return (
    <ul className="ide49-Specialist">
      {shown.map(path => (
        <li key={path}>
          <Path path={path} />
        </li>
      ))}
      {count > shown.length && (
        <li>{trans.__('and %1 more', count - shown.length)}</li>
      )}
    </ul>
  );
}

/**
 * What stands beside the folded heading.
 */
function gist(report: ChangesReport, trans: ITranslated['trans']): string {
  if (report.ended_at === null) {
    return '';
  }
  if (report.nothing_to_lose) {
    return trans.__('nothing');
  }
  const lost = report.groups.filter(
    ({ group }) => group !== 'caches-and-logs' && group !== 'made-at-start'
  );
  return readableSize(lost.reduce((sum, { size }) => sum + size, 0));
}
