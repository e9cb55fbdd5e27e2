/**
 * The form: names as pip takes them, checked as they are typed, previewed, and installed.
 */
import * as React from 'react';
import { Button } from '../../components/button';
import type { ITranslated } from '../../components/common';
import { FailureNotice } from '../../components/notice';
import { failureLabels } from '../../reports/failureLabels';
import type {
  InstallRequest,
  PackagesModel,
  NamesReport,
  Override,
  Preview
} from './packagesModel';
import type { Target } from './packagesReport';
import { asFailure } from '../../reports/request';
import type { IFailure } from '../../tokens';
import { useCheck, type ICheck } from './check';
import { Choices, overridesOf } from './choices';
import { PreviewView } from './preview';

/**
 * Names as pip takes them, the same in every language.
 */
const EXAMPLE = 'requests  numpy<2';

export interface IFormProps extends ITranslated {
  model: PackagesModel;
  text: string;
  onText: (text: string) => void;
  allow: readonly Override[];
  onAllow: (allow: readonly Override[]) => void;
  target: Target | null;

  /**
   * Whether a job runs, after which this one would.
   */
  busy: boolean;
}

export function Form(props: IFormProps): React.ReactElement {
  const { model, text, allow, target, trans } = props;
  const check = useCheck(model, text);
  const [starting, setStarting] = React.useState(false);
  const body: InstallRequest = {
    requirements: (check.report?.checked ?? []).flatMap(
      ({ requirement }) => requirement ?? []
    ),
    action: 'install',
    allow: [...allow]
  };
  const dry = useDryRun(model, text);
  const { preview } = dry;
  const notReady =
    whyNotReady(text, check, trans) ??
    (dry.asking ? trans.__('pip is being asked.') : null);
  const notMay = starting
    ? trans.__('It is being started.')
    : preview && whyNotInstalled(preview, preview.target ?? target, props);
  const start = async () => {
    setStarting(true);
    const started = await model.start(body);
    setStarting(false);
    if (started) {
      // What was typed and chosen is done; where it could not be started, it stays.
      props.onText('');
      props.onAllow(allow.filter(each => each !== 'shadowing'));
    }
  };
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        if (preview && notMay === null) {
          void start();
        }
      }}
    >
      <Field {...props} check={check} />
      {dry.failure && (
        <FailureNotice failure={dry.failure} purpose="install" trans={trans} />
      )}
      {preview && <PreviewView preview={preview} trans={trans} />}
      {preview?.override && (
        <Choices
          found={[{ override: preview.override, words: preview.message }]}
          allow={allow}
          onChange={props.onAllow}
          trans={trans}
        />
      )}
      <div className="ide49-Packages-buttons">
        <Button
          why={notReady}
          onPress={() => {
            void dry.ask(body);
          }}
        >
          {dry.asking
            ? trans.__('Asking pip …')
            : trans.__('Show what it would do')}
        </Button>
        {preview && (
          <Button submit why={notMay}>
            {props.busy
              ? trans.__('Install after the running job')
              : trans.__('Install into your packages')}
          </Button>
        )}
      </div>
      {preview && notMay !== null && preview.plan?.changes.length !== 0 && (
        <p className="ide49-Hint" role="status">
          {notMay}
        </p>
      )}
    </form>
  );
}

function Field(props: IFormProps & { check: ICheck }): React.ReactElement {
  const { check, text, trans } = props;
  const id = React.useId();
  const wrong = (check.report?.checked ?? []).filter(
    ({ message }) => message !== null
  );
  return (
    <>
      <label className="ide49-Packages-label" htmlFor={id}>
        {trans.__('Packages to install')}
      </label>
      <textarea
        id={id}
        className="ide49-Packages-field"
        rows={Math.min(6, text.split('\n').length + 1)}
        placeholder={EXAMPLE}
        spellCheck={false}
        dir="ltr"
        value={text}
        aria-describedby={`${id}-said`}
        aria-invalid={isWrong(check.report)}
        onChange={event => {
          props.onText(event.target.value);
        }}
      />
      <div id={`${id}-said`} role="status">
        {check.failure && (
          <p className="ide49-Packages-wrong">
            {trans.__('What you typed could not be checked:')}{' '}
            {failureLabels(check.failure, trans).what}
          </p>
        )}
        {wrong.slice(0, WRONG).map(({ line, text: part, message }) => (
          <p key={`${line} ${part}`} className="ide49-Packages-wrong">
            {message}
          </p>
        ))}
        {wrong.length > WRONG && (
          <p>{trans.__('and %1 more', wrong.length - WRONG)}</p>
        )}
      </div>
    </>
  );
}

/**
 * So many wrong names are told of at once.
 */
const WRONG = 10;

function isWrong(report: NamesReport | null): boolean {
  return report !== null && !report.ok;
}

interface IDryRun {
  readonly preview: Preview | null;
  readonly failure: IFailure | null;
  readonly asking: boolean;
  readonly ask: (body: InstallRequest) => Promise<void>;
}

/**
 * What the server said a request would do, until the text it was made of changes.
 */
function useDryRun(model: PackagesModel, text: string): IDryRun {
  const [done, setDone] = React.useState<{
    text: string;
    preview: Preview | null;
    failure: IFailure | null;
  } | null>(null);
  const [asking, setAsking] = React.useState<string | null>(null);
  const ask = async (body: InstallRequest) => {
    setAsking(text);
    try {
      const preview = await model.preview(body);
      setDone({ text, preview, failure: null });
    } catch (error) {
      setDone({ text, preview: null, failure: asFailure(error) });
    }
    setAsking(null);
  };
  const mine = done?.text === text ? done : null;
  return {
    preview: mine?.preview ?? null,
    failure: mine?.failure ?? null,
    asking: asking === text,
    ask
  };
}

function whyNotReady(
  text: string,
  check: ICheck,
  trans: ITranslated['trans']
): string | null {
  if (text.trim() === '') {
    return trans.__('Type the name of a package first.');
  }
  if (check.failure) {
    return failureLabels(check.failure, trans).what;
  }
  if (!check.report) {
    return trans.__('What you typed is being checked.');
  }
  return check.report.ok ? null : trans.__('Correct what is marked first.');
}

/**
 * Why what was previewed cannot be installed, by what the server said.
 */
function whyNotInstalled(
  preview: Preview,
  target: Target | null,
  props: Pick<IFormProps, 'allow' | 'trans'>
): string | null {
  const { allow, trans } = props;
  const chosen = overridesOf(target).map(({ override }) => override);
  const against = (target?.refusals ?? []).find(
    ({ override }) => !override || !allow.includes(override)
  );
  if (against) {
    return against.override && chosen.includes(against.override)
      ? trans.__('Choose “All the same” above if you insist.')
      : against.message;
  }
  if (preview.override) {
    if (!allow.includes(preview.override)) {
      return trans.__('Choose “All the same” above if you insist.');
    }
  } else if (preview.cause !== null) {
    return preview.message;
  }
  if (!preview.plan) {
    return preview.message || trans.__('pip has no plan for it.');
  }
  return preview.plan.changes.length > 0
    ? null
    : trans.__('Nothing would change: it is there already.');
}
