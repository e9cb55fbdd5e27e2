/**
 * One job: what it does now, what pip says, how it ended, and what to do next.
 */
import * as React from 'react';
import { Button } from '../../components/button';
import type { ITranslated } from '../../components/common';
import { Disclosure } from '../../components/disclosure';
import { failureLabels } from '../../reports/failureLabels';
import type { PackagesModel, Line } from './packagesModel';
import type { Job } from './packagesReport';
import { actionLabel, causeLabel, verdictLabel } from './labels';
import { asFailure } from '../../reports/request';
import type { IFailure } from '../../tokens';

/**
 * A running notebook or console whose kernel can be restarted.
 */
export interface IRunning {
  readonly kernelId: string;
  readonly kernelName: string;
  readonly path: string;
}

export interface IJobProps extends ITranslated {
  model: PackagesModel;
  job: Job;
  lines: readonly Line[];

  /**
   * Whether the last look at it failed, so that how far it is may be old.
   */
  unseen: boolean;
  running: readonly IRunning[];
  restart: (kernelId: string) => Promise<void>;
}

/**
 * So many names of a job, and lines of its log, are drawn at first.
 */
const NAMES = 8;
const LINES = 500;

export function JobView(props: IJobProps): React.ReactElement {
  const { job, trans } = props;
  const names = job.requirements.slice(0, NAMES).join(' ');
  const more = job.requirements.length - NAMES;
  return (
    <div className="ide49-Packages-job" data-verdict={job.verdict ?? job.state}>
      <p className="ide49-Packages-name">
        {actionLabel(job.action, trans)} {names}{' '}
        {more > 0 && trans.__('and %1 more', more)}
      </p>
      {job.state === 'ended' ? <Verdict {...props} /> : <Going {...props} />}
      <Disclosure
        label={trans.__('What pip says (%1 lines)', props.lines.length)}
      >
        <Log lines={props.lines} leftOut={job.left_out ?? 0} trans={trans} />
      </Disclosure>
    </div>
  );
}

function Going(props: IJobProps): React.ReactElement {
  const { job, model, trans } = props;
  const [cancelled, setCancelled] = React.useState(false);
  const { progress } = job;
  const known =
    typeof progress?.total === 'number' && typeof progress.done === 'number';
  return (
    <>
      <p role="status">
        {job.state === 'queued'
          ? trans.__('Waiting for another installation …')
          : (progress?.phase ?? trans.__('Starting …'))}
      </p>
      {!props.unseen && (
        <progress
          aria-label={trans.__('Progress of the installation')}
          {...(known
            ? { value: progress.done ?? 0, max: progress.total ?? 1 }
            : {})}
        />
      )}
      <Button
        why={cancelled ? trans.__('It is being stopped.') : null}
        onPress={() => {
          setCancelled(true);
          void model.cancel().finally(() => {
            setCancelled(false);
          });
        }}
      >
        {cancelled ? trans.__('Stopping …') : trans.__('Cancel')}
      </Button>
    </>
  );
}

const Log = React.memo(
  (
    props: ITranslated & { lines: readonly Line[]; leftOut: number }
  ): React.ReactElement => {
    const { lines, leftOut, trans } = props;
    const [all, setAll] = React.useState(false);
    const box = React.useRef<HTMLDivElement>(null);
    const atEnd = React.useRef(true);
    const earlier = all ? 0 : Math.max(0, lines.length - LINES);
    React.useEffect(() => {
      if (box.current && atEnd.current) {
        box.current.scrollTop = box.current.scrollHeight;
      }
    }, [lines]);
    return (
      <>
        {earlier > 0 && (
          <Button
            onPress={() => {
              setAll(true);
            }}
          >
            {trans.__('Show %1 earlier lines', earlier)}
          </Button>
        )}
        <div
          className="ide49-Packages-log"
          role="log"
          aria-label={trans.__('What pip says')}
          tabIndex={0}
          dir="ltr"
          ref={box}
          onScroll={event => {
            const { scrollTop, clientHeight, scrollHeight } =
              event.currentTarget;
            atEnd.current = scrollTop + clientHeight > scrollHeight - 8;
          }}
        >
          {lines.slice(earlier).map(({ number, text }) => (
            <div key={number}>{text}</div>
          ))}
        </div>
        {leftOut > 0 && (
          <p className="ide49-Hint">
            {trans.__('%1 lines are left out of this log.', leftOut)}
          </p>
        )}
      </>
    );
  }
);

function Verdict(props: IJobProps): React.ReactElement {
  const { job, trans } = props;
  const wanted = job.kernel ?? null;
  const kernels = job.restart
    ? props.running.filter(
        ({ kernelName }) => wanted === null || kernelName === wanted
      )
    : [];
  return (
    <>
      <p role="status">
        <strong>{job.verdict && verdictLabel(job.verdict, trans)}</strong>
        {job.cause && ` (${causeLabel(job.cause, trans)})`}: {job.message}
      </p>
      <ul>
        {(job.next_steps ?? []).map(step => (
          <li key={step}>{step}</li>
        ))}
      </ul>
      {kernels.map(kernel => (
        <Restart
          key={kernel.kernelId}
          kernel={kernel}
          restart={props.restart}
          trans={trans}
        />
      ))}
    </>
  );
}

/**
 * A button that restarts one kernel, and says how that went.
 */
function Restart(
  props: ITranslated & {
    kernel: IRunning;
    restart: (kernelId: string) => Promise<void>;
  }
): React.ReactElement {
  const { kernel, trans } = props;
  const { path } = kernel;
  const [went, setWent] = React.useState<'not' | 'asked' | 'done'>('not');
  const [failure, setFailure] = React.useState<IFailure | null>(null);
  const words = {
    not: trans.__('Restart the kernel of %1', path),
    asked: trans.__('Restarting the kernel of %1 …', path),
    done: trans.__('Restarted: %1', path)
  };
  const why = {
    not: null,
    asked: trans.__('It is being restarted.'),
    done: trans.__('It was restarted.')
  };
  const restart = async () => {
    setWent('asked');
    setFailure(null);
    try {
      await props.restart(kernel.kernelId);
      setWent('done');
    } catch (error) {
      setFailure(asFailure(error));
      setWent('not');
    }
  };
  return (
    <>
      <Button
        why={why[went]}
        onPress={() => {
          void restart();
        }}
      >
        {words[went]}
      </Button>
      {failure && (
        <p role="alert" className="ide49-Packages-wrong">
          {trans.__('The kernel of %1 was not restarted.', path)}{' '}
          {failureLabels(failure, trans).help}
        </p>
      )}
    </>
  );
}
