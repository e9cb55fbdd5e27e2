/**
 * The whole content of the panel.
 */
import * as React from 'react';
import { readableAge } from '../format';
import { changes } from '../groups';
import { useClock, useKept, useSignalled } from '../hooks';
import type { Preferences } from '../preferences';
import type { IReportState, IStorageModel, MountReport } from '../tokens';
import { engineWord } from '../words';
import type { ITranslated } from './common';
import { Changes } from './changes';
import { Disclosure } from './disclosure';
import { Findings } from './findings';
import { KeepFocus } from './focus';
import { Guard } from './guard';
import { Notice, Told } from './notice';
import { Packages } from './packages';
import { Python } from './python';
import { Samba } from './samba';
import { Storages } from './storages';
import { Summary } from './summary';

export interface IStorageViewProps extends ITranslated {
  model: IStorageModel;
  preferences: Preferences;

  /**
   * Further sections, below the storages.
   */
  children?: React.ReactNode;
}

export function StorageView(props: IStorageViewProps): React.ReactElement {
  const { model, preferences, trans } = props;
  const state = useKept(model.mounts);
  const showInternal = useSignalled(preferences.changed, () =>
    preferences.get('showInternal')
  );
  const report = state.value;
  const news = useNews(report);
  const others = answersOthers(state);
  return (
    <KeepFocus className="ide49-View" busy={state.refreshing}>
      <p className="ide49-ForEarsOnly" role="status">
        {newsWords(news, trans)}
      </p>
      <Notice
        report={model.mounts}
        state={state}
        loading={trans.__('Asking the server where everything lives …')}
        trans={trans}
      />
      <Told.Provider value={state.failure?.reason ?? null}>
        <Guard trans={trans}>
          {report?.notebooks && (
            <Summary
              notebooks={report.notebooks}
              engine={report.engine}
              trans={trans}
            />
          )}
        </Guard>
        {others && (
          <Guard trans={trans}>
            <Findings model={model} preferences={preferences} trans={trans} />
          </Guard>
        )}
        {report && (
          <Guard trans={trans}>
            <Storages
              report={report}
              fresh={news.fresh}
              showInternal={showInternal}
              onShowInternal={show => {
                void preferences.set('showInternal', show);
              }}
              trans={trans}
            />
          </Guard>
        )}
        {others &&
          [
            report?.engine.name !== 'none' && (
              <Changes model={model} trans={trans} />
            ),
            <Packages key="packages" model={model} trans={trans} />,
            <Samba key="samba" report={model.samba} trans={trans} />,
            <Python key="python" model={model} trans={trans} />,
            props.children
          ].map((section, index) => (
            <Guard key={index} trans={trans}>
              {section}
            </Guard>
          ))}
      </Told.Provider>
      {report && <Foot report={report} state={state} trans={trans} />}
    </KeepFocus>
  );
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
        label={trans.__('Engine: %1', engineWord(report.engine, trans))}
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

interface INews {
  came: readonly string[];
  went: readonly string[];
  fresh: ReadonlySet<number>;
}

const NO_NEWS: INews = { came: [], went: [], fresh: new Set() };

/**
 * What the latest report that differs from the one before brought. It stays until the next such one.
 */
function useNews(report: MountReport | null): INews {
  const [news, setNews] = React.useState(NO_NEWS);
  const before = React.useRef<MountReport | null>(null);
  React.useEffect(() => {
    const old = before.current;
    before.current = report;
    if (!old || !report) {
      return;
    }
    const { came, went } = changes(old, report);
    if (came.length + went.length > 0) {
      const known = new Set(old.mounts.map(({ id }) => id));
      const fresh = report.mounts.filter(({ id }) => !known.has(id));
      setNews({ came, went, fresh: new Set(fresh.map(({ id }) => id)) });
    }
  }, [report]);
  return news;
}

/**
 * The news as a sentence for those who listen to the page.
 */
function newsWords(news: INews, trans: ITranslated['trans']): string {
  const words = [];
  if (news.came.length > 0) {
    words.push(trans.__('Mounted now: %1.', news.came.join(', ')));
  }
  if (news.went.length > 0) {
    words.push(trans.__('Not mounted any more: %1.', news.went.join(', ')));
  }
  return words.join(' ');
}
