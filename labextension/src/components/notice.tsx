/**
 * What there is to say when there is no answer, or none that is fresh: the same for every section.
 */
import { Time } from '@jupyterlab/coreutils';
import * as React from 'react';
import { failureLabels, type Purpose } from '../reports/failureLabels';
import { readableAge } from '../format';
import { useClock } from '../reports/hooks';
import type { FailureReason, IFailure, IReport, IReportState } from '../tokens';
import { Button } from './button';
import type { ITranslated } from './common';

export interface INoticeProps extends ITranslated {
  report: Pick<IReport<unknown>, 'refresh'>;
  state: IReportState<unknown>;

  /**
   * What is said while there is no answer yet.
   */
  loading: string;
}

/**
 * Why the panel's first question failed, which is told on top: the sections need not say it again.
 */
export const FailureToldAbove = React.createContext<FailureReason | null>(null);

/**
 * Nothing while all is well; else what is wrong, what to do, and how old the content below is.
 */
export function Notice(props: INoticeProps): React.ReactElement | null {
  const { state, report, trans } = props;
  const toldAbove = React.useContext(FailureToldAbove);
  if (!state.failure) {
    return state.value === null ? (
      <p className="ide49-Notice" role="status">
        {props.loading}
      </p>
    ) : null;
  }
  if (state.failure.reason === toldAbove) {
    return (
      <p className="ide49-Hint" role="status">
        {state.value === null || state.at === null
          ? trans.__('Not known: see the top of this panel.')
          : trans.__('As of %1.', Time.format(new Date(state.at)))}
      </p>
    );
  }
  return (
    <FailureNotice failure={state.failure} trans={trans}>
      {state.at !== null && state.value !== null && (
        <Age at={state.at} trans={trans} />
      )}
      <Button
        why={state.refreshing ? trans.__('It is being asked.') : null}
        onPress={() => {
          void report.refresh();
        }}
      >
        {state.refreshing ? trans.__('Asking …') : trans.__('Ask again now')}
      </Button>
    </FailureNotice>
  );
}

/**
 * One failure with what helps; what can be done about it stands below.
 */
export function FailureNotice(
  props: ITranslated & {
    failure: IFailure;
    purpose?: Purpose;

    /**
     * What could not be done, where that is not plain.
     */
    title?: string;
    children?: React.ReactNode;
  }
): React.ReactElement {
  const { failure, title, trans } = props;
  const { what, help } = failureLabels(failure, trans, props.purpose);
  return (
    <div className="ide49-Notice" data-failure={failure.reason}>
      <div role={props.purpose ? 'alert' : 'status'}>
        {title && <p className="ide49-Notice-what">{title}</p>}
        <p className="ide49-Notice-what">{what}</p>
        {help && <p>{help}</p>}
      </div>
      {props.children}
    </div>
  );
}

function Age(props: ITranslated & { at: number }): React.ReactElement {
  const { at, trans } = props;
  useClock(true);
  return (
    <p title={new Date(at).toISOString()}>
      {trans.__('What you see below came %1.', readableAge(at, trans))}
    </p>
  );
}
