/**
 * "Needs attention": what is wrong, worst first, each with what was seen and what to do.
 */
import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import * as React from 'react';
import { useKept, useSignalled } from '../hooks';
import type { Preferences } from '../preferences';
import { NAMESPACE } from '../request';
import type { Finding, IStorageModel } from '../tokens';
import { levelWord } from '../words';
import { Button } from './button';
import type { ITranslated } from './common';
import { Disclosure } from './disclosure';
import { Fact } from './facts';
import { Lines } from './lines';
import { LongList } from './long';
import { Notice } from './notice';
import { Section } from './section';

export interface IFindingsProps extends ITranslated {
  model: IStorageModel;
  preferences: Preferences;
}

export function Findings(props: IFindingsProps): React.ReactElement {
  const { model, preferences, trans } = props;
  const state = useKept(model.findings);
  const hidden = useSignalled(
    preferences.changed,
    () => preferences.hiddenFindings
  );
  const all = state.value?.findings ?? [];
  const shown = all.filter(({ key }) => !hidden.includes(key));
  const put = all.length - shown.length;
  const hide = React.useCallback(
    (key: string) => void preferences.hideFinding(key),
    [preferences]
  );
  const notice = (
    <Notice
      report={model.findings}
      state={state}
      loading={trans.__('Asking the server what needs attention …')}
      trans={trans}
    />
  );
  return (
    <>
      {state.value && shown.length === 0 && !state.failure ? (
        <p className="ide49-Nothing">{trans.__('Nothing needs attention.')}</p>
      ) : (
        <Section
          title={trans.__('Needs attention')}
          gist={state.value ? `(${shown.length})` : ''}
          initiallyOpen
        >
          {notice}
          <LongList
            items={shown}
            row={finding => (
              <FindingRow
                key={finding.key}
                finding={finding}
                trans={trans}
                onHide={hide}
              />
            )}
            trans={trans}
          />
        </Section>
      )}
      {put > 0 && (
        <p className="ide49-Hint">
          {trans._n('%1 finding is hidden.', '%1 findings are hidden.', put)}{' '}
          <Button
            onPress={() => {
              void preferences.showAllFindings();
            }}
          >
            {trans.__('Show what is hidden')}
          </Button>
        </p>
      )}
    </>
  );
}

const FindingRow = React.memo(
  (
    props: ITranslated & { finding: Finding; onHide: (key: string) => void }
  ): React.ReactElement => {
    const { finding, onHide, trans } = props;
    return (
      <li className="ide49-Row">
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
              <Lines
                lines={finding.lines}
                copy={trans._n(
                  'Copy this line',
                  'Copy these lines',
                  finding.lines.length
                )}
                trans={trans}
              />
            </Fact>
            <Fact name={trans.__('More')}>
              <p>
                <a
                  href={URLExt.join(
                    PageConfig.getBaseUrl(),
                    NAMESPACE,
                    finding.docs
                  )}
                  target="_blank"
                  rel="noreferrer"
                >
                  {finding.id}
                </a>
              </p>
            </Fact>
          </dl>
          <Button
            onPress={() => {
              onHide(finding.key);
            }}
          >
            {trans.__('Hide this')}
          </Button>
        </Disclosure>
      </li>
    );
  }
);

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
