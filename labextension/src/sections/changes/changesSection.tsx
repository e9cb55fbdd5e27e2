/**
 * "Lost at the next update": a scan of the container layer, how it stands, and what it found.
 */
import * as React from 'react';
import { exactNumber, readableAge, readableSize } from '../../format';
import { useClock, useLiveReport, useReport } from '../../reports/hooks';
import { asFailure } from '../../reports/request';
import type {
  ChangesReport,
  IFailure,
  IReportState,
  IStorageModel
} from '../../tokens';
import { Button } from '../../components/button';
import type { ITranslated } from '../../components/common';
import { ChangesReportView } from './changesReport';
import { FailureNotice, Notice } from '../../components/notice';
import { Section } from '../../components/section';
import type { ISectionProps } from '../section';
import { Path } from '../../components/text';

type IChangesSectionProps = Pick<ISectionProps, 'model' | 'title' | 'trans'>;

export function ChangesSection(
  props: IChangesSectionProps
): React.ReactElement {
  const { model, trans } = props;
  const report = useReport(model.changes).value;
  return (
    <Section
      title={props.title}
      gist={report ? gist(report, trans) : ''}
      initiallyOpen={false}
    >
      <ChangesBody {...props} />
    </Section>
  );
}

/**
 * The content, which exists only while the section is open: the first time that starts a scan.
 */
function ChangesBody(props: IChangesSectionProps): React.ReactElement {
  const { model, trans } = props;
  const state = useLiveReport(model.changes);
  const order = useOrder(model);
  const { give } = order;
  const scan = state.value?.state;
  React.useEffect(() => {
    if (scan === 'never') {
      give('start');
    }
  }, [scan, give]);
  return (
    <>
      <Notice
        report={model.changes}
        state={state}
        loading={trans.__('Asking what was found last …')}
        trans={trans}
      />
      {order.failed && (
        <FailureNotice
          title={
            order.action === 'start'
              ? trans.__('The container could not be looked through.')
              : trans.__('The scan could not be stopped.')
          }
          failure={order.failed}
          purpose="scan"
          trans={trans}
        />
      )}
      {state.value && (
        <Standing
          report={state.value}
          state={state}
          order={order}
          trans={trans}
        />
      )}
      {state.value?.ended_at && (
        <ChangesReportView report={state.value} trans={trans} />
      )}
    </>
  );
}

/**
 * What was last asked to be done with the scan, and how that went.
 */
interface IOrder {
  readonly action: 'start' | 'stop' | null;
  readonly pending: boolean;
  readonly failed: IFailure | null;
  readonly give: (action: 'start' | 'stop') => void;
}

function useOrder(model: IStorageModel): IOrder {
  const [order, setOrder] = React.useState<Omit<IOrder, 'give'>>({
    action: null,
    pending: false,
    failed: null
  });
  const give = React.useCallback(
    (action: 'start' | 'stop') => {
      setOrder({ action, pending: true, failed: null });
      model.scan(action).then(
        () => {
          setOrder({ action, pending: false, failed: null });
        },
        (error: unknown) => {
          setOrder({ action, pending: false, failed: asFailure(error) });
        }
      );
    },
    [model]
  );
  return { ...order, give };
}

/**
 * What goes on now, or how old the answer is, and the one button that starts or stops.
 */
function Standing(
  props: ITranslated & {
    report: ChangesReport;
    state: IReportState<ChangesReport>;
    order: IOrder;
  }
): React.ReactElement {
  const { report, state, order, trans } = props;
  useClock(true);
  const runs = report.state === 'running';
  const starts = order.pending && order.action === 'start';
  const label = trans.__('Looking through the container …');
  return (
    <div className="ide49-Scan">
      <p role="status" title={report.ended_at ?? undefined}>
        {runs || starts ? label : standingLabel(report, trans)}
      </p>
      {(runs || starts) && !state.failure && (
        <progress className="ide49-Progress" aria-label={label} />
      )}
      {runs && report.progress && (
        <p className="ide49-Hint">
          {trans.__(
            '%1 entries seen, %2 changes so far, in',
            exactNumber(report.progress.seen),
            exactNumber(report.progress.found)
          )}{' '}
          <Path path={report.progress.folder} />
        </p>
      )}
      {report.state !== 'not-applicable' && (
        <Button
          why={order.pending ? trans.__('The server is being asked.') : null}
          onPress={() => {
            order.give(runs ? 'stop' : 'start');
          }}
        >
          {runs
            ? trans.__('Stop looking')
            : report.state === 'never'
              ? trans.__('Look through the container')
              : trans.__('Look again')}
        </Button>
      )}
    </div>
  );
}

function standingLabel(
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
    case 'never':
      return trans.__('The container was not looked through yet.');
    case 'ended':
    case 'running':
      return age;
  }
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
  if (report.nothing_to_lose === null) {
    return trans.__('not known');
  }
  const lost = report.groups.filter(({ missed }) => missed);
  return readableSize(lost.reduce((sum, { size }) => sum + size, 0));
}
