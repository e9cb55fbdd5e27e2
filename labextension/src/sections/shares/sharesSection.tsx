/**
 * The shares: how they stand, what they hide, and what must not live on them.
 */
import * as React from 'react';
import type { ITranslated } from '../../components/common';
import { Disclosure } from '../../components/disclosure';
import { Fact } from '../../components/facts';
import { Lines } from '../../components/lines';
import { PagedList } from '../../components/pagedList';
import { Notice } from '../../components/notice';
import { Section } from '../../components/section';
import type { ISectionProps } from '../section';
import { Path } from '../../components/text';
import { readableAge, readableSize } from '../../format';
import { shareSentence, stateLabel } from './labels';
import { useClock, useLiveReport } from '../../reports/hooks';
import type {
  ClientState,
  HiddenStorage,
  SambaReport,
  Share,
  StateFile
} from '../../tokens';

type ISharesSectionProps = Pick<ISectionProps, 'model' | 'title' | 'trans'>;

/**
 * Nothing where there is no share and nothing that asks for one.
 */
export function SharesSection(
  props: ISharesSectionProps
): React.ReactElement | null {
  const { model, trans } = props;
  const report = model.samba;
  const state = useLiveReport(report);
  const { value } = state;
  useClock(value !== null);
  if (!state.failure && (!value || isNothing(value))) {
    return null;
  }
  return (
    <Section
      title={props.title}
      gist={value ? gist(value, trans) : ''}
      initiallyOpen={value !== null && wantsAHand(value)}
      always={
        <Notice
          report={report}
          state={state}
          loading={trans.__('Asking how the shares stand …')}
          trans={trans}
        />
      }
    >
      {value && <SharesBody report={value} trans={trans} />}
    </Section>
  );
}

function SharesBody(
  props: ITranslated & { report: SambaReport }
): React.ReactElement {
  const { report, trans } = props;
  return (
    <>
      <State report={report} trans={trans} />
      {report.shares.map(share => (
        <ShareRow key={share.mount_id} share={share} trans={trans} />
      ))}
      {report.hidden.map(storage => (
        <Hidden
          key={`${storage.path} ${storage.by_mount_id}`}
          storage={storage}
          trans={trans}
        />
      ))}
      {report.settings.problems.map(problem => (
        <div key={problem.message} className="ide49-Samba-item">
          <p>{problem.message}</p>
          <Lines
            lines={problem.remedy.split('\n')}
            copy={trans.__('Copy what to do')}
            trans={trans}
          />
        </div>
      ))}
      <PagedList
        items={report.state_files}
        row={file => (
          <StateFileRow
            key={`${file.what} ${file.path}`}
            file={file}
            trans={trans}
          />
        )}
        trans={trans}
      />
      {report.state_files_doubt !== null && (
        <p className="ide49-Hint">{report.state_files_doubt}</p>
      )}
    </>
  );
}

function wantsAHand(report: SambaReport): boolean {
  return (
    isTrouble(report.client.state) ||
    report.settings.problems.length + report.state_files.length > 0
  );
}

function isNothing(report: SambaReport): boolean {
  return (
    report.client.state === 'off' &&
    report.shares.length + report.hidden.length === 0 &&
    report.settings.problems.length === 0 &&
    report.server.wanted !== true
  );
}

function isTrouble(state: ClientState): boolean {
  return (
    state === 'stalled' || state === 'disconnected' || state === 'configured'
  );
}

function gist(report: SambaReport, trans: ITranslated['trans']): string {
  const shared = report.shares.find(({ kind }) => kind !== 'samba');
  const { state } = report.client;
  return state === 'off' && shared
    ? stateLabel(shared.state, trans)
    : stateLabel(state, trans);
}

/**
 * What there is to say of the share that the home is meant to be on.
 */
function State(
  props: ITranslated & { report: SambaReport }
): React.ReactElement {
  const { report, trans } = props;
  const { client, negotiation } = report;
  return (
    <div className="ide49-Samba-state" data-state={client.state}>
      <p className="ide49-Samba-sentence" role="status">
        {shareSentence(report, trans)}
      </p>
      {client.since !== null && (
        <p title={client.since}>
          {trans.__('Since %1.', readableAge(Date.parse(client.since), trans))}
        </p>
      )}
      {client.blocked !== null && <p>{client.blocked}</p>}
      {isTrouble(client.state) &&
        negotiation?.state !== 'answers' &&
        negotiation && (
          <p>
            {trans.__('The server %1:', negotiation.server)}{' '}
            {negotiation.evidence}
          </p>
        )}
      <Disclosure label={trans.__('Why')}>
        {client.evidence.map(text => (
          <p key={text} className="ide49-Evidence">
            {text}
          </p>
        ))}
      </Disclosure>
    </div>
  );
}

/**
 * One share with its room and, folded, everything the kernel says of it.
 */
function ShareRow(props: ITranslated & { share: Share }): React.ReactElement {
  const { share, trans } = props;
  const facts: [string, string | null][] = [
    [trans.__('State'), stateLabel(share.state, trans)],
    [trans.__('User'), share.user],
    [trans.__('Dialect'), share.dialect && `SMB ${share.dialect}`],
    [trans.__('Security'), share.security],
    [
      trans.__('When the server is gone'),
      share.soft === null
        ? null
        : share.soft
          ? trans.__('calls fail in the end (soft)')
          : trans.__('calls wait for ever (hard)')
    ],
    [trans.__('Cache'), share.cache],
    [
      trans.__('Locks'),
      share.locks === 'local'
        ? trans.__('keep out this machine only')
        : share.locks && trans.__('are asked of the server')
    ],
    [trans.__('Options'), share.options.join(', ')]
  ];
  return (
    <div className="ide49-Samba-item">
      <Disclosure
        label={
          <span>
            <Path path={share.mount_point} /> {shareGist(share, trans)}
          </span>
        }
      >
        <dl>
          {facts.map(([name, value]) =>
            value ? (
              <Fact key={name} name={name}>
                {value}
              </Fact>
            ) : null
          )}
        </dl>
        {share.evidence.map(text => (
          <p key={text} className="ide49-Evidence">
            {text}
          </p>
        ))}
      </Disclosure>
    </div>
  );
}

function shareGist(share: Share, trans: ITranslated['trans']): string {
  const words = [];
  if (share.latency !== null) {
    const milliseconds = Math.max(1, Math.round(share.latency * 1000));
    words.push(trans.__('answers in %1 ms', milliseconds));
  } else {
    words.push(stateLabel(share.state, trans));
  }
  if (share.capacity) {
    words.push(trans.__('%1 free', readableSize(share.capacity.free)));
  }
  return words.join(', ');
}

function Hidden(
  props: ITranslated & { storage: HiddenStorage }
): React.ReactElement {
  const { storage, trans } = props;
  const size = storage.bytes === null ? null : readableSize(storage.bytes);
  return (
    <div className="ide49-Samba-item">
      <p>{storage.evidence}</p>
      {size !== null && (
        <p>
          {storage.complete
            ? trans.__('%1 lie there.', size)
            : trans.__('At least %1 lie there.', size)}
        </p>
      )}
      {storage.names.length > 0 && (
        <p className="ide49-Samba-names">
          {storage.names.map(({ name }) => (
            <Path key={name} path={name} />
          ))}
          {storage.more && ' …'}
        </p>
      )}
    </div>
  );
}

const StateFileRow = React.memo(
  (props: ITranslated & { file: StateFile }): React.ReactElement => {
    const { file, trans } = props;
    return (
      <li className="ide49-Samba-item">
        <Disclosure
          label={
            <span>
              {file.what}: <Path path={file.path} />
            </span>
          }
        >
          <p>{file.effect}</p>
          {file.remedy.length > 0 && (
            <>
              <p>
                {trans.__(
                  'To move it, put this into %1:',
                  file.remedy_for ?? ''
                )}
              </p>
              <Lines
                lines={file.remedy}
                copy={trans._n(
                  'Copy this line',
                  'Copy these lines',
                  file.remedy.length
                )}
                trans={trans}
              />
            </>
          )}
        </Disclosure>
      </li>
    );
  }
);
