/**
 * What is installed and what of it is yours; install, upgrade, remove, repair, and bring over after the image's Python changed.
 */
import * as React from 'react';
import type { ITranslated } from '../../components/common';
import { FateMark } from '../../components/fate';
import { FailureNotice, Notice } from '../../components/notice';
import { Section } from '../../components/section';
import { isolate, readableSize } from '../../format';
import { useLiveReport, useSignalled } from '../../reports/hooks';
import type { IPackagesState, PackagesModel, Override } from './packagesModel';
import { Choices, overridesOf } from './choices';
import { Form } from './form';
import { JobView, type IRunning } from './job';
import { PackageList } from './packageList';
import type { Target } from './packagesReport';

export interface IPackagesSectionProps extends ITranslated {
  title: string;
  model: PackagesModel;

  /**
   * The kernels one can choose, by their names.
   */
  kernels: Readonly<Record<string, string>>;

  /**
   * What runs now and can be restarted.
   */
  running: readonly IRunning[];
  restart: (kernelId: string) => Promise<void>;
}

export function PackagesSection(
  props: IPackagesSectionProps
): React.ReactElement {
  const { model, trans } = props;
  const state = useSignalled(model.stateChanged, () => model.state);
  const live = useLiveReport(model.report);
  // Here, because folding the section must not lose what was typed.
  const [text, setText] = React.useState('');
  const [allow, setAllow] = React.useState<readonly Override[]>([]);
  const found = live.value?.kernel === state.kernel ? live.value : null;
  const shown = { ...live, value: found, at: found && live.at };
  const target = found?.target ?? null;
  const yours = found?.packages.filter(each => each.yours).length;
  const notice = (
    <Notice
      report={model.report}
      state={shown}
      loading={trans.__('Asking what is installed …')}
      trans={trans}
    />
  );
  return (
    <Section
      title={props.title}
      gist={yours === undefined ? '' : trans.__('%1 yours', yours)}
      initiallyOpen={false}
      always={live.failure && notice}
    >
      <div className="ide49-Packages">
        {!live.failure && notice}
        <KernelChoice {...props} chosen={state.kernel} />
        {target && <TargetLine target={target} trans={trans} />}
        <Choices
          found={overridesOf(target)}
          allow={allow}
          onChange={setAllow}
          trans={trans}
        />
        {found?.enabled === false ? (
          <p>{trans.__('Installs are switched off on this server.')}</p>
        ) : (
          // A preview is of one kernel's packages, and must not outlive the choice of another.
          <Form
            key={state.kernel}
            model={model}
            text={text}
            onText={setText}
            allow={allow}
            onAllow={setAllow}
            target={target}
            busy={state.job !== null && state.job.state !== 'ended'}
            trans={trans}
          />
        )}
        {state.actFailure && (
          <FailureNotice
            failure={state.actFailure}
            purpose="install"
            trans={trans}
          />
        )}
        <Followed {...props} state={state} />
        {found && (
          <PackageList
            model={model}
            report={found}
            allow={allow}
            trans={trans}
          />
        )}
      </div>
    </Section>
  );
}

/**
 * The job that is followed, and why it cannot be seen where that is so.
 */
function Followed(
  props: IPackagesSectionProps & { state: IPackagesState }
): React.ReactElement {
  const { state, trans } = props;
  return (
    <>
      {state.job && (
        <JobView
          key={state.job.id}
          model={props.model}
          job={state.job}
          lines={state.lines}
          unseen={state.lookFailure !== null}
          running={props.running}
          restart={props.restart}
          trans={trans}
        />
      )}
      {state.lookFailure && (
        <FailureNotice
          title={trans.__('How the installation stands cannot be seen.')}
          failure={state.lookFailure}
          trans={trans}
        />
      )}
    </>
  );
}

function KernelChoice(
  props: IPackagesSectionProps & { chosen: string | null }
): React.ReactElement {
  const { model, kernels, chosen, trans } = props;
  return (
    <label className="ide49-Packages-label">
      {trans.__('For')}{' '}
      <select
        value={chosen ?? ''}
        onChange={event => {
          void model.choose(event.target.value || null);
        }}
      >
        <option value="">{trans.__('Jupyter’s own Python')}</option>
        {Object.entries(kernels).map(([name, shown]) => (
          <option key={name} value={name}>
            {shown}
          </option>
        ))}
        {chosen !== null && !(chosen in kernels) && (
          <option value={chosen}>
            {trans.__('%1 (not offered any more)', chosen)}
          </option>
        )}
      </select>
    </label>
  );
}

function TargetLine(
  props: ITranslated & { target: Target }
): React.ReactElement {
  const { target, trans } = props;
  return (
    <div className="ide49-Packages-target">
      <p>
        {trans.__(
          'Into %1 (Python %2)',
          isolate(target.user_base),
          target.python
        )}
      </p>
      <p>
        {trans.__('At an update:')}{' '}
        <FateMark fate={target.where.fate.update} trans={trans} />
        {target.free !== null &&
          ` · ${trans.__('%1 free', readableSize(target.free))}`}
      </p>
      {target.refusals.map(refusal => (
        <p key={refusal.reason} className="ide49-Packages-refusal">
          {refusal.message} {refusal.remedy}
        </p>
      ))}
    </div>
  );
}
