/**
 * "Needs attention": what is wrong, worst first, each with what was seen and what to do.
 */
import * as React from 'react';
import { useReport, useSignalled } from '../hooks';
import type { Preferences } from '../preferences';
import type { Finding, IStorageModel } from '../tokens';
import { levelWord } from '../words';
import type { ITranslated } from './common';
import { CopyText } from './copy';
import { Disclosure } from './disclosure';
import { Fact } from './facts';
import { failureWords } from './notice';
import { Section } from './section';

export interface IFindingsProps extends ITranslated {
  model: IStorageModel;
  preferences: Preferences;
}

export function Findings(props: IFindingsProps): React.ReactElement | null {
  const { model, preferences, trans } = props;
  const state = useReport(model.findings);
  const hidden = useSignalled(
    preferences.changed,
    () => preferences.hiddenFindings
  );
  React.useEffect(() => {
    const using = model.findings.use();
    return () => {
      using.dispose();
    };
  }, [model]);
  const report = state.value;
  if (!report) {
    return state.failure ? (
      <p className="ide49-Hint" role="status">
        {trans.__('What needs attention is not known.')}{' '}
        {failureWords(state.failure, trans).what}
      </p>
    ) : null;
  }
  const shown = report.findings.filter(({ key }) => !hidden.includes(key));
  const put = report.findings.length - shown.length;
  return (
    <>
      {shown.length === 0 ? (
        <p className="ide49-Nothing">{trans.__('Nothing needs attention.')}</p>
      ) : (
        <Section
          title={trans.__('Needs attention')}
          gist={`(${shown.length})`}
          initiallyOpen
        >
          <ul className="ide49-Rows">
            {shown.map(finding => (
              <li key={finding.key} className="ide49-Row">
                <FindingRow
                  finding={finding}
                  trans={trans}
                  onHide={() => {
                    void preferences.hideFinding(finding.key);
                  }}
                />
              </li>
            ))}
          </ul>
        </Section>
      )}
      {put > 0 && (
        <p className="ide49-Hint">
          {trans._n('%1 finding is hidden.', '%1 findings are hidden.', put)}{' '}
          <button
            type="button"
            className="ide49-Button"
            onClick={() => {
              void preferences.showAllFindings();
            }}
          >
            {trans.__('Show what is hidden')}
          </button>
        </p>
      )}
    </>
  );
}

function FindingRow(
  props: ITranslated & { finding: Finding; onHide: () => void }
): React.ReactElement {
  const { finding, trans } = props;
  return (
    <Disclosure
      className="ide49-Finding"
      label={
        <>
          <LevelMark level={finding.level} trans={trans} />
          <span className="ide49-Row-name">{finding.title}</span>
        </>
      }
    >
      <dl className="ide49-Facts">
        <Fact name={trans.__('Why')}>
          <p className="ide49-Evidence">{finding.evidence}</p>
        </Fact>
        <Fact name={trans.__('What to do')}>
          <p>{finding.remedy}</p>
          {finding.lines.length > 0 && (
            <>
              <pre className="ide49-Lines" dir="ltr" tabIndex={0}>
                {finding.lines.join('\n')}
              </pre>
              <CopyText
                label={trans._n(
                  'Copy this line',
                  'Copy these lines',
                  finding.lines.length
                )}
                text={`${finding.lines.join('\n')}\n`}
                trans={trans}
              />
            </>
          )}
        </Fact>
        <Fact name={trans.__('More')}>
          <p>
            {finding.id}, {finding.docs}
          </p>
        </Fact>
      </dl>
      <button type="button" className="ide49-Button" onClick={props.onHide}>
        {trans.__('Hide this')}
      </button>
    </Disclosure>
  );
}

/**
 * The level as a shape; its word is for those who listen, and on hover.
 */
function LevelMark(
  props: ITranslated & { level: Finding['level'] }
): React.ReactElement {
  const word = levelWord(props.level, props.trans);
  return (
    <span className="ide49-Level" data-level={props.level} title={word}>
      <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">
        <circle cx="8" cy="8" r="5.5" />
      </svg>
      <span className="ide49-ForEarsOnly">{word}: </span>
    </span>
  );
}
