/**
 * "Needs attention": what is wrong, worst first, each with what was seen and what to do.
 */
import { URLExt } from '@jupyterlab/coreutils';
import * as React from 'react';
import { NAMESPACE } from '../../reports/request';
import { useLiveReport, useSignalled } from '../../reports/hooks';
import type { Finding } from '../../tokens';
import { levelLabel } from './labels';
import { Button } from '../../components/button';
import type { ITranslated } from '../../components/common';
import { Disclosure } from '../../components/disclosure';
import { Fact } from '../../components/facts';
import { Lines } from '../../components/lines';
import { PagedList } from '../../components/pagedList';
import { Notice } from '../../components/notice';
import { Section } from '../../components/section';
import type { ISectionProps } from '../section';

type IFindingsSectionProps = Pick<
  ISectionProps,
  'model' | 'preferences' | 'title' | 'trans'
> & { services: Pick<ISectionProps['services'], 'serverSettings'> };

export function FindingsSection(
  props: IFindingsSectionProps
): React.ReactElement {
  const { model, preferences, trans } = props;
  const state = useLiveReport(model.findings);
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
          title={props.title}
          gist={state.value ? `(${shown.length})` : ''}
          initiallyOpen
        >
          {notice}
          <PagedList
            items={shown}
            row={finding => (
              <FindingRow
                key={finding.key}
                finding={finding}
                pages={props.services.serverSettings.baseUrl}
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
    props: ITranslated & {
      finding: Finding;
      pages: string;
      onHide: (key: string) => void;
    }
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
                  href={URLExt.join(props.pages, NAMESPACE, finding.docs)}
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
  const word = levelLabel(props.level, props.trans);
  return (
    <span className="ide49-Level" data-level={props.level} title={word}>
      <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">
        <circle cx="8" cy="8" r="5.5" />
      </svg>
      <span className="ide49-ForEarsOnly">{word}: </span>
    </span>
  );
}
