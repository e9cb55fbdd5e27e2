/**
 * The whole content of the panel.
 */
import * as React from 'react';
import { Disclosure } from './components/disclosure';
import type { ITranslated } from './components/common';
import { ErrorBoundary } from './components/errorBoundary';
import { KeepFocus } from './components/keepFocus';
import { FailureToldAbove, Notice } from './components/notice';
import { readableAge } from './format';
import { engineLabel } from './labels';
import { useClock, useLiveReport } from './reports/hooks';
import { News, newsLabel, useNews } from './sections/mounts/news';
import { SECTIONS } from './sections/registry';
import type { ISection, ISectionProps } from './sections/section';
import type { IReportState, MountReport } from './tokens';

export type IStorageViewProps = Omit<ISectionProps, 'title'>;

export function StorageView(props: IStorageViewProps): React.ReactElement {
  const { model, trans } = props;
  const state = useLiveReport(model.mounts);
  const report = state.value;
  const news = useNews(report);
  return (
    <KeepFocus className="ide49-View" busy={state.refreshing}>
      <p className="ide49-ForEarsOnly" role="status">
        {newsLabel(news, trans)}
      </p>
      <Notice
        report={model.mounts}
        state={state}
        loading={trans.__('Asking the server where everything lives …')}
        trans={trans}
      />
      <FailureToldAbove.Provider value={state.failure?.reason ?? null}>
        <News.Provider value={news}>
          {SECTIONS.filter(section => hasWhatItNeeds(section, state)).map(
            ({ id, title, component: Component }) => (
              <ErrorBoundary key={id} trans={trans}>
                <Component {...props} title={title(trans)} />
              </ErrorBoundary>
            )
          )}
        </News.Provider>
      </FailureToldAbove.Provider>
      {report && <Foot report={report} state={state} trans={trans} />}
    </KeepFocus>
  );
}

function hasWhatItNeeds(
  { needs }: ISection,
  state: IReportState<MountReport>
): boolean {
  switch (needs) {
    case 'mounts':
      return state.value !== null;
    case 'answers':
      return answersOthers(state);
    case 'container':
      return answersOthers(state) && state.value?.engine.name !== 'none';
  }
}

/**
 * Whether it makes sense to ask other questions: not where the first one shows that nothing answers.
 */
function answersOthers(state: IReportState<MountReport>): boolean {
  const { value, failure } = state;
  return (
    value !== null ||
    failure?.reason === 'failed' ||
    failure?.reason === 'refused' ||
    failure?.reason === 'cut'
  );
}

/**
 * Which engine this is, and how fresh the report is.
 */
function Foot(
  props: ITranslated & {
    report: MountReport;
    state: IReportState<MountReport>;
  }
): React.ReactElement {
  const { report, state, trans } = props;
  useClock(true);
  return (
    <div className="ide49-Foot">
      <Disclosure
        label={trans.__('Engine: %1', engineLabel(report.engine, trans))}
      >
        {report.engine.evidence.map(text => (
          <p key={text} className="ide49-Evidence">
            {text}
          </p>
        ))}
      </Disclosure>
      <p className="ide49-Foot-age" title={report.at}>
        {state.refreshing
          ? trans.__('refreshing …')
          : trans.__('answered %1', readableAge(state.at ?? 0, trans))}
      </p>
    </div>
  );
}
