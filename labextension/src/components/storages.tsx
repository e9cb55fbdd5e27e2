/**
 * "Where things are": all storages by what an update does to them, and what is out of the way.
 */
import * as React from 'react';
import {
  internalRows,
  storageGroups,
  type IStorageGroup,
  type IStorageRow
} from '../groups';
import type { LineProblem, Mount, MountReport } from '../tokens';
import { groupWords } from '../words';
import type { ITranslated } from './common';
import { FateShape } from './fate';
import { LongList } from './long';
import { StorageRow } from './row';
import { Section } from './section';

export interface IStoragesProps extends ITranslated {
  report: MountReport;

  /**
   * Ids of the mounts that were not in the report before.
   */
  fresh: ReadonlySet<number>;
  showInternal: boolean;
  onShowInternal: (show: boolean) => void;
}

export function Storages(props: IStoragesProps): React.ReactElement {
  const { report, fresh, trans } = props;
  const groups = React.useMemo(() => storageGroups(report), [report]);
  const internal = React.useMemo(() => internalRows(report), [report]);
  const byId = React.useMemo(
    () => new Map(report.mounts.map(mount => [mount.id, mount])),
    [report]
  );
  const rows = { byId, fresh, trans };
  return (
    <Section title={trans.__('Where things are')}>
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
  const heading = groupWords(group.id, report.engine, props.trans);
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
    <LongList
      label={label}
      items={rows}
      row={(row, index) => (
        <StorageRow
          key={row.key}
          row={row}
          sharesRoom={onSameFileSystem(row, rows[index - 1])}
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
  props: IStoragesProps & { count: number }
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
