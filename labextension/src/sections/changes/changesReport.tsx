/**
 * What a scan found in the container layer: by groups, with sizes, and with what keeps each of them.
 */
import * as React from 'react';
import { exactNumber, isolate, readableSize } from '../../format';
import type { ChangesReport, GroupTotals, Remedy } from '../../tokens';
import { changeGroupLabel } from './labels';
import type { ITranslated } from '../../components/common';
import { CopyText } from '../../components/copyText';
import { Disclosure } from '../../components/disclosure';
import { Lines } from '../../components/lines';
import { Path } from '../../components/text';

/**
 * So many of the largest items or packages are shown; the rest is counted.
 */
const SHOWN = 8;

/**
 * The groups, each with what keeps it; and what is not known.
 */
export function ChangesReportView(
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
      {report.nothing_to_lose === null && (
        <NotKnown report={report} trans={trans} />
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

/**
 * That nobody knows whether there is something to lose, and why.
 */
function NotKnown(
  props: ITranslated & { report: ChangesReport }
): React.ReactElement {
  const { report, trans } = props;
  return (
    <>
      <p className="ide49-Nothing">
        {trans.__('It is not known whether there is something to lose.')}
      </p>
      {report.doubts
        .filter(({ may_be_loss }) => may_be_loss)
        .map(({ reason, message }) => (
          <p key={reason}>{message}</p>
        ))}
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
            {changeGroupLabel(group.group, trans)}
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
      <Lines
        lines={remedy.lines}
        copy={
          remedy.kind === 'move'
            ? trans.__('Copy these commands')
            : trans.__('Copy these lines')
        }
        trans={trans}
      />
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
