/**
 * Your packages: install, upgrade, remove, repair, and bring over after the image's Python changed.
 */
import * as React from 'react';
import type { ITranslated } from '../components/common';
import { Disclosure } from '../components/disclosure';
import { FateMark } from '../components/fate';
import { Section } from '../components/section';
import { readableSize } from '../format';
import { useSignalled } from '../hooks';
import {
  asFailure,
  badges,
  type Action,
  type NamesReport,
  type InstallRequest,
  type InstallsModel,
  type Job,
  type Line,
  type Override,
  type Planned,
  type Preview,
  type Target,
  type UserPackages
} from '../installs';
import type { IFailure } from '../tokens';

/**
 * A running notebook or console whose kernel can be restarted.
 */
export interface IRunning {
  readonly kernelId: string;
  readonly kernelName: string;
  readonly path: string;
}

export interface IInstallsProps extends ITranslated {
  model: InstallsModel;

  /**
   * The kernels one can choose, by their names.
   */
  kernels: () => Record<string, string>;
  running: () => readonly IRunning[];
  restart: (kernelId: string) => Promise<void>;
}

/**
 * Milliseconds of silence after which what was typed is checked.
 */
const PAUSE = 250;

/**
 * Names as pip takes them, the same in every language.
 */
const EXAMPLE = 'requests  numpy<2';

export function Installs(props: IInstallsProps): React.ReactElement {
  const { model, trans } = props;
  const state = useSignalled(model.stateChanged, () => model.state);
  React.useEffect(() => {
    void model.refresh();
  }, [model]);
  const { packages, job } = state;
  const busy = job !== null && job.state !== 'ended';
  return (
    <Section
      title={trans.__('Install packages')}
      gist={packages ? trans.__('%1 yours', packages.packages.length) : ''}
      initiallyOpen={false}
    >
      <div className="ide49-Installs">
        {state.failure && <Failure failure={state.failure} trans={trans} />}
        <label className="ide49-Installs-label">
          {trans.__('For')}{' '}
          <select
            value={state.kernel ?? ''}
            onChange={event => {
              void model.choose(event.target.value || null);
            }}
          >
            <option value="">{trans.__('Jupyter’s own Python')}</option>
            {Object.entries(props.kernels()).map(([name, shown]) => (
              <option key={name} value={name}>
                {shown}
              </option>
            ))}
          </select>
        </label>
        {packages && <TargetLine target={packages.target} trans={trans} />}
        {state.enabled ? (
          <Form {...props} busy={busy} target={packages?.target ?? null} />
        ) : (
          <p>{trans.__('Installs are switched off on this server.')}</p>
        )}
        {job && <JobView {...props} job={job} lines={state.lines} />}
        {packages && <List {...props} packages={packages} busy={busy} />}
      </div>
    </Section>
  );
}

function Failure(
  props: ITranslated & { failure: IFailure }
): React.ReactElement {
  const { failure, trans } = props;
  return (
    <p className="ide49-Notice" role="alert" data-failure={failure.reason}>
      {failure.reason === 'forbidden'
        ? trans.__(
            'You may look, but not install: ask those who run this server to allow you “ide49_storage:installs”.'
          )
        : failure.message || trans.__('The server does not answer.')}
    </p>
  );
}

function TargetLine(
  props: ITranslated & { target: Target }
): React.ReactElement {
  const { target, trans } = props;
  return (
    <div className="ide49-Installs-target">
      <p>{trans.__('Into %1 (Python %2)', target.user_base, target.python)}</p>
      <p>
        {trans.__('At an update:')}{' '}
        <FateMark fate={target.where.fate.update} trans={trans} />
        {target.free !== null &&
          ` · ${trans.__('%1 free', readableSize(target.free))}`}
      </p>
      {target.refusals.map(refusal => (
        <p key={refusal.reason} className="ide49-Installs-refusal">
          {refusal.message} {refusal.remedy}
        </p>
      ))}
    </div>
  );
}

interface IFormProps extends IInstallsProps {
  busy: boolean;
  target: Target | null;
}

function Form(props: IFormProps): React.ReactElement {
  const { model, trans, busy, target } = props;
  const [text, setText] = React.useState('');
  const [preview, setPreview] = React.useState<Preview | null>(null);
  const [failure, setFailure] = React.useState<IFailure | null>(null);
  const [asking, setAsking] = React.useState(false);
  const [allow, setAllow] = React.useState<Override[]>([]);
  const checked = useCheck(model, text);
  const id = React.useId();
  const ready = checked?.ok === true;
  const body: InstallRequest = {
    requirements: (checked?.checked ?? []).flatMap(
      ({ requirement }) => requirement ?? []
    ),
    action: 'install',
    allow
  };
  const change = (value: string) => {
    setText(value);
    setPreview(null);
    setFailure(null);
  };
  const look = async () => {
    setAsking(true);
    setFailure(null);
    try {
      setPreview(await model.preview(body));
    } catch (error) {
      setFailure(asFailure(error));
    }
    setAsking(false);
  };
  const choices = overrides(target, preview);
  const refused = (preview?.target ?? target)?.refusals.some(
    ({ override }) => !override || !allow.includes(override)
  );
  const shadows = preview?.cause === 'shadows the image';
  const may =
    !!preview?.plan &&
    preview.plan.changes.length > 0 &&
    !refused &&
    (preview.cause === null || (shadows && allow.includes('shadowing')));
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        if (may) {
          void model.start(body);
          change('');
        } else if (ready) {
          void look();
        }
      }}
    >
      <label className="ide49-Installs-label" htmlFor={id}>
        {trans.__('Packages to install')}
      </label>
      <textarea
        id={id}
        className="ide49-Installs-field"
        rows={Math.min(6, text.split('\n').length + 1)}
        placeholder={EXAMPLE}
        spellCheck={false}
        value={text}
        aria-describedby={`${id}-said`}
        aria-invalid={checked !== null && !checked.ok}
        onChange={event => {
          change(event.target.value);
        }}
      />
      <div id={`${id}-said`} role="status">
        {(checked?.checked ?? [])
          .filter(({ message }) => message !== null)
          .map(({ line, text: part, message }) => (
            <p key={`${line} ${part}`} className="ide49-Installs-wrong">
              {message}
            </p>
          ))}
      </div>
      {failure && <Failure failure={failure} trans={trans} />}
      {preview && <PreviewView preview={preview} trans={trans} />}
      {choices.map(({ override, words }) => (
        <label key={override} className="ide49-Installs-choice">
          <input
            type="checkbox"
            checked={allow.includes(override)}
            onChange={event => {
              setAllow(
                event.target.checked
                  ? [...allow, override]
                  : allow.filter(each => each !== override)
              );
            }}
          />
          {trans.__('All the same: %1', words)}
        </label>
      ))}
      <div className="ide49-Installs-buttons">
        <button
          type="button"
          className="ide49-Button"
          disabled={!ready || asking}
          onClick={() => void look()}
        >
          {asking
            ? trans.__('Asking pip …')
            : trans.__('Show what it would do')}
        </button>
        {preview && (
          <button type="submit" className="ide49-Button" disabled={!may}>
            {busy
              ? trans.__('Install after the running job')
              : trans.__('Install into your packages')}
          </button>
        )}
      </div>
    </form>
  );
}

function overrides(
  target: Target | null,
  preview: Preview | null
): { override: Override; words: string }[] {
  const found = ((preview?.target ?? target)?.refusals ?? []).flatMap(
    ({ override, message }) => (override ? [{ override, words: message }] : [])
  );
  if (preview?.cause === 'shadows the image') {
    found.push({ override: 'shadowing', words: preview.message });
  }
  return found;
}

/**
 * What the server says of a text, a moment after it was last changed; null while it is empty or unknown.
 */
function useCheck(model: InstallsModel, text: string): NamesReport | null {
  const [checked, setChecked] = React.useState<NamesReport | null>(null);
  React.useEffect(() => {
    setChecked(null);
    if (text.trim() === '') {
      return;
    }
    let wanted = true;
    const timer = window.setTimeout(() => {
      model
        .check(text)
        .then(report => {
          if (wanted) {
            setChecked(report);
          }
        })
        .catch(() => {
          // The preview says what is wrong with the server.
        });
    }, PAUSE);
    return () => {
      wanted = false;
      window.clearTimeout(timer);
    };
  }, [model, text]);
  return checked;
}

function PreviewView(
  props: ITranslated & { preview: Preview }
): React.ReactElement {
  const { preview, trans } = props;
  const { plan } = preview;
  return (
    <div className="ide49-Installs-preview" role="status">
      {preview.message && <p>{preview.message}</p>}
      {plan && plan.changes.length === 0 && (
        <p>{trans.__('Nothing would change: it is there already.')}</p>
      )}
      {plan && <Changes changes={plan.changes} trans={trans} />}
      {typeof plan?.download === 'number' && plan.changes.length > 0 && (
        <p>
          {trans.__(
            '%1 to download, about %2 needed',
            readableSize(plan.download),
            readableSize(plan.space ?? plan.download)
          )}
        </p>
      )}
      {(plan?.left ?? []).map(({ name, why }) => (
        <p key={name}>{trans.__('Not %1: %2', name, why)}</p>
      ))}
    </div>
  );
}

function Changes(
  props: ITranslated & { changes: readonly Planned[] }
): React.ReactElement {
  return (
    <ul className="ide49-Installs-list">
      {props.changes.map(planned => (
        <li key={planned.name}>
          <span className="ide49-Installs-name">
            {planned.name} {planned.version}
          </span>
          {badges(planned).map(badge => (
            <span key={badge} className="ide49-Installs-badge">
              {badge}
            </span>
          ))}
        </li>
      ))}
    </ul>
  );
}

interface IJobProps extends IInstallsProps {
  job: Job;
  lines: readonly Line[];
}

function JobView(props: IJobProps): React.ReactElement {
  const { job, lines, model, trans } = props;
  const over = job.state === 'ended';
  const { progress } = job;
  const known = typeof progress?.total === 'number' && progress.done !== null;
  return (
    <div className="ide49-Installs-job" data-verdict={job.verdict ?? job.state}>
      <p className="ide49-Installs-name">
        {trans.__('%1 %2', job.action, job.requirements.join(' '))}
      </p>
      {!over && (
        <>
          <p role="status">
            {job.state === 'queued'
              ? trans.__('Waiting for another installation …')
              : (progress?.phase ?? trans.__('Starting …'))}
          </p>
          <progress
            aria-label={trans.__('Progress of the installation')}
            {...(known
              ? { value: progress.done ?? 0, max: progress.total ?? 1 }
              : {})}
          />
          <button
            type="button"
            className="ide49-Button"
            onClick={() => void model.cancel()}
          >
            {trans.__('Cancel')}
          </button>
        </>
      )}
      {over && <Verdict {...props} />}
      <Disclosure label={trans.__('What pip says (%1 lines)', lines.length)}>
        <div className="ide49-Installs-log" role="log" tabIndex={0}>
          {lines.map(({ number, text }) => (
            <div key={number}>{text}</div>
          ))}
        </div>
      </Disclosure>
    </div>
  );
}

function Verdict(props: IJobProps): React.ReactElement {
  const { job, trans } = props;
  const [restarted, setRestarted] = React.useState<readonly string[]>([]);
  const wanted = job.kernel ?? null;
  const kernels = job.restart
    ? props
        .running()
        .filter(({ kernelName }) => wanted === null || kernelName === wanted)
    : [];
  return (
    <>
      <p role="status">
        <strong>{job.verdict}</strong>
        {job.cause ? ` (${job.cause})` : ''}: {job.message}
      </p>
      <ul>
        {(job.next_steps ?? []).map(step => (
          <li key={step}>{step}</li>
        ))}
      </ul>
      {kernels.map(({ kernelId, path }) => (
        <button
          key={kernelId}
          type="button"
          className="ide49-Button"
          disabled={restarted.includes(kernelId)}
          onClick={() => {
            setRestarted([...restarted, kernelId]);
            void props.restart(kernelId);
          }}
        >
          {restarted.includes(kernelId)
            ? trans.__('Restarted: %1', path)
            : trans.__('Restart the kernel of %1', path)}
        </button>
      ))}
    </>
  );
}

interface IListProps extends IInstallsProps {
  packages: UserPackages;
  busy: boolean;
}

function List(props: IListProps): React.ReactElement {
  const { model, packages, trans } = props;
  const act = (action: Action, more: InstallRequest = {}) =>
    void model.start({ action, requirements: [], ...more });
  return (
    <>
      {packages.open_journal && (
        <p>
          {trans.__('An installation was interrupted.')}{' '}
          <Act onClick={() => act('restore')}>{trans.__('Put it back')}</Act>
        </p>
      )}
      {packages.old.map(tree => (
        <div key={tree.python} className="ide49-Installs-old">
          <p>
            {trans.__(
              '%1 packages of Python %2 are not used any more (%3).',
              tree.packages.length,
              tree.python,
              readableSize(tree.size)
            )}
          </p>
          <Act onClick={() => act('bring-over', { old: tree.python })}>
            {trans.__('Bring them over to Python %1', packages.target.python)}
          </Act>
          {tree.in_use === null && (
            <Act onClick={() => act('delete-old', { old: tree.python })}>
              {trans.__('Delete them (%1)', readableSize(tree.size))}
            </Act>
          )}
        </div>
      ))}
      <ul className="ide49-Installs-list">
        {packages.packages.map(({ name, version, requested, problem }) => (
          <li key={`${name} ${version}`}>
            <span className="ide49-Installs-name">
              {name} {version}
            </span>
            {!requested && (
              <span className="ide49-Installs-badge">
                {trans.__('needed by others')}
              </span>
            )}
            {problem && <p className="ide49-Installs-wrong">{problem}</p>}
            <span className="ide49-Installs-buttons">
              {problem ? (
                <Act
                  label={trans.__('Repair %1', name)}
                  onClick={() => act('repair', { requirements: [name] })}
                >
                  {trans.__('Repair')}
                </Act>
              ) : (
                <Act
                  label={trans.__('Upgrade %1', name)}
                  onClick={() => act('upgrade', { requirements: [name] })}
                >
                  {trans.__('Upgrade')}
                </Act>
              )}
              <Act
                label={trans.__('Uninstall %1', name)}
                onClick={() => act('uninstall', { requirements: [name] })}
              >
                {trans.__('Uninstall')}
              </Act>
            </span>
          </li>
        ))}
      </ul>
      {packages.packages.length > 1 && (
        <Act onClick={() => act('upgrade')}>{trans.__('Upgrade all')}</Act>
      )}
    </>
  );
}

function Act(props: {
  onClick: () => void;
  label?: string;
  children: React.ReactNode;
}): React.ReactElement {
  return (
    <button
      type="button"
      className="ide49-Button"
      aria-label={props.label}
      onClick={props.onClick}
    >
      {props.children}
    </button>
  );
}
