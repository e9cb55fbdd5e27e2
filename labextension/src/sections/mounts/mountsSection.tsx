/**
 * "Where things are": all storages by what an update does to them, and what is out of the way.
 */
import * as React from 'react';
import {
  internalRows,
  storageGroups,
  type IStorageGroup,
  type IStorageRow
} from './groups';
import type { LineProblem, Mount, MountReport } from '../../tokens';
import { groupLabel } from './labels';
import type { ITranslated } from '../../components/common';
import { FateShape } from '../../components/fate';
import { PagedList } from '../../components/pagedList';
import { StorageRow } from './storageRow';
import { Section } from '../../components/section';
import { useReport, useSignalled } from '../../reports/hooks';
import type { ISectionProps } from '../section';
import { News } from './news';

export function MountsSection(
  props: Pick<ISectionProps, 'model' | 'preferences' | 'title' | 'trans'>
): React.ReactElement | null {
  const { model, preferences, title, trans } = props;
  const report = useReport(model.mounts).value;
  const showInternal = useSignalled(preferences.changed, () =>
    preferences.get('showInternal')
  );
  return (
    report && (
      <Mounts
        title={title}
        report={report}
        showInternal={showInternal}
        onShowInternal={show => {
          void preferences.set('showInternal', show);
        }}
        trans={trans}
      />
    )
  );
}

interface IMountsProps extends ITranslated {
  title: string;
  report: MountReport;
  showInternal: boolean;
  onShowInternal: (show: boolean) => void;
}

function Mounts(props: IMountsProps): React.ReactElement {
  const { report, trans } = props;
  const { fresh } = React.useContext(News);
  const groups = React.useMemo(() => storageGroups(report), [report]);
  const internal = React.useMemo(() => internalRows(report), [report]);
  const byId = React.useMemo(
    () => new Map(report.mounts.map(mount => [mount.id, mount])),
    [report]
  );
  const rows = { byId, fresh, trans };
  return (
    <Section title={props.title}>
      {groups.length === 0 && (
        <p className="ide49-Hint">
          {internal.length === 0
            ? trans.__('The server reports no mounts.')
            : trans.__(
                'There is nothing here but what the kernel and the engine mount for themselves.'
              )}
        </p>
      )}
      {groups.map(group => (
        <Group key={group.id} group={group} report={report} {...rows} />
      ))}
      {internal.length > 0 && (
        <>
          <InternalSwitch {...props} count={internal.length} />
          {props.showInternal && (
            <Rows
              label={trans.__('Kernel and engine')}
              rows={internal}
              showFate
              {...rows}
            />
          )}
        </>
      )}
      <Problems problems={report.problems} trans={trans} />
    </Section>
  );
}

interface IRowContext extends ITranslated {
  byId: ReadonlyMap<number, Mount>;
  fresh: ReadonlySet<number>;
}

function Group(
  props: IRowContext & { group: IStorageGroup; report: MountReport }
): React.ReactElement {
  const { group, report, ...rows } = props;
  const heading = groupLabel(group.id, report.engine, props.trans);
  return (
    <div className="ide49-Group" data-group={group.id}>
      <h4 className="ide49-Group-heading">
        {group.id !== 'elsewhere' && <FateShape fate={group.id} />}
        {heading}
      </h4>
      <Rows
        label={heading}
        rows={group.rows}
        showFate={group.id === 'elsewhere'}
        {...rows}
      />
    </div>
  );
}

function Rows(
  props: IRowContext & {
    label: string;
    rows: readonly IStorageRow[];
    showFate: boolean;
  }
): React.ReactElement {
  const { label, rows, fresh, ...rest } = props;
  return (
    <PagedList
      label={label}
      items={rows}
      row={(row, index) => (
        <StorageRow
          key={row.key}
          row={row}
          sharesCapacity={onSameFileSystem(row, rows[index - 1])}
          fresh={row.mounts.some(({ id }) => fresh.has(id))}
          {...rest}
        />
      )}
      trans={props.trans}
    />
  );
}

function onSameFileSystem(
  row: IStorageRow,
  before: IStorageRow | undefined
): boolean {
  return (
    Boolean(before?.capacity) &&
    before?.mounts[0].storage.device === row.mounts[0].storage.device
  );
}

function InternalSwitch(
  props: IMountsProps & { count: number }
): React.ReactElement {
  const { trans } = props;
  return (
    <label className="ide49-Switch">
      <input
        type="checkbox"
        role="switch"
        checked={props.showInternal}
        onChange={event => {
          props.onShowInternal(event.target.checked);
        }}
      />
      <span className="ide49-Switch-track" aria-hidden="true" />
      <span>
        {trans.__(
          'Show what the kernel and the engine mount (%1)',
          props.count
        )}
      </span>
    </label>
  );
}

function Problems(
  props: ITranslated & { problems: readonly LineProblem[] }
): React.ReactElement | null {
  const { problems, trans } = props;
  return problems.length === 0 ? null : (
    <div className="ide49-Hint">
      <p>
        {trans._n(
          "%1 line of the kernel's mount table could not be read:",
          "%1 lines of the kernel's mount table could not be read:",
          problems.length
        )}
      </p>
      <ul className="ide49-Specialist">
        {problems.map(({ line, problem }) => (
          <li key={line}>{trans.__('Line %1: %2', line, problem)}</li>
        ))}
      </ul>
    </div>
  );
}
