/**
 * One package: where it lies and whether it stays, and what can be done with it.
 */
import * as React from 'react';
import { Button } from '../../components/button';
import type { ITranslated } from '../../components/common';
import { Confirm } from '../../components/confirm';
import { Disclosure } from '../../components/disclosure';
import { FateMark } from '../../components/fate';
import { FailureNotice } from '../../components/notice';
import { Path } from '../../components/text';
import { asFailure } from '../../reports/request';
import type { IFailure, Package } from '../../tokens';
import { packageProblemLabel } from './labels';
import type {
  Action,
  InstallRequest,
  PackagesModel,
  Preview
} from './packagesModel';
import type { IPackage, UserPackage } from './packagesReport';
import { PlannedList } from './preview';

/**
 * Starts a job on some packages, or on all where none is named.
 */
export type Act = (action: Action, more?: InstallRequest) => void;

interface IPackageRowProps extends ITranslated {
  model: PackagesModel;
  each: IPackage;
  act: Act;
}

export const PackageRow = React.memo(
  (props: IPackageRowProps): React.ReactElement => {
    const { each, trans } = props;
    const { found, mine } = each;
    return (
      <li className="ide49-Row" data-package={each.normalized}>
        <Disclosure
          label={
            <>
              <span className="ide49-Row-name">
                <bdi>{found?.name ?? mine?.name}</bdi>
              </span>
              <span className="ide49-Row-kind">
                {found?.version ?? mine?.version}
              </span>
            </>
          }
          always={
            <>
              {mine?.requested === false && (
                <span className="ide49-Packages-badge">
                  {trans.__('needed by others')}
                </span>
              )}
              {found && found.fate.update !== 'kept' && (
                <FateMark fate={found.fate.update} trans={trans} />
              )}
              {found && <Notes found={found} trans={trans} />}
              {mine && <Actions {...props} mine={mine} />}
            </>
          }
        >
          {found ? (
            <p className="ide49-Evidence">
              <Path path={found.location} />
            </p>
          ) : (
            <p className="ide49-Evidence">
              {trans.__('Python does not list it.')}
            </p>
          )}
          {found?.direct_url && (
            <p className="ide49-Evidence">
              {trans.__('from')} <Path path={found.direct_url} />
            </p>
          )}
        </Disclosure>
      </li>
    );
  }
);

function Notes(
  props: ITranslated & { found: Package }
): React.ReactElement | null {
  const { found, trans } = props;
  const notes = found.problems.map(problem =>
    packageProblemLabel(problem, trans)
  );
  if (found.shadowed_by) {
    notes.push(trans.__('hidden by another copy'));
  }
  if (found.shadows.length > 0) {
    notes.push(trans.__('hides the copy of the image'));
  }
  return notes.length > 0 ? (
    <p className="ide49-Hint">{notes.join(', ')}</p>
  ) : null;
}

/**
 * What can be done with one of yours.
 */
function Actions(
  props: IPackageRowProps & { mine: UserPackage }
): React.ReactElement {
  const { model, mine, act, trans } = props;
  const { name, problem } = mine;
  const [asked, setAsked] = React.useState(false);
  return (
    <>
      {problem && <p className="ide49-Packages-wrong">{problem}</p>}
      <span className="ide49-Packages-buttons">
        <Button
          label={
            problem ? trans.__('Repair %1', name) : trans.__('Upgrade %1', name)
          }
          onPress={() => {
            act(problem ? 'repair' : 'upgrade', { requirements: [name] });
          }}
        >
          {problem ? trans.__('Repair') : trans.__('Upgrade')}
        </Button>
        <Button
          label={trans.__('Uninstall %1', name)}
          onPress={() => {
            setAsked(!asked);
          }}
        >
          {trans.__('Uninstall')}
        </Button>
      </span>
      {asked && (
        <Uninstall
          model={model}
          name={name}
          act={act}
          onDone={() => {
            setAsked(false);
          }}
          trans={trans}
        />
      )}
    </>
  );
}

/**
 * What goes with a package, and what would not work any more, before it is removed.
 */
function Uninstall(
  props: Pick<IPackageRowProps, 'model' | 'act' | 'trans'> & {
    name: string;
    onDone: () => void;
  }
): React.ReactElement {
  const { model, name, act, onDone, trans } = props;
  const [preview, setPreview] = React.useState<Preview | null>(null);
  const [failure, setFailure] = React.useState<IFailure | null>(null);
  React.useEffect(() => {
    let wanted = true;
    model
      .preview({ action: 'uninstall', requirements: [name] })
      .then(answer => {
        if (wanted) {
          setPreview(answer);
        }
      })
      .catch((error: unknown) => {
        if (wanted) {
          setFailure(asFailure(error));
        }
      });
    return () => {
      wanted = false;
    };
  }, [model, name]);
  return (
    <Confirm
      yes={trans.__('Uninstall %1 now', name)}
      why={
        preview ? null : trans.__('What would break with it is not known yet.')
      }
      onYes={() => {
        onDone();
        act('uninstall', { requirements: [name] });
      }}
      onNo={onDone}
      trans={trans}
    >
      {failure && (
        <FailureNotice failure={failure} purpose="install" trans={trans} />
      )}
      {!preview && !failure && (
        <p role="status">{trans.__('Asking what else needs it …')}</p>
      )}
      {preview?.message && <p>{preview.message}</p>}
      {preview?.plan && (
        <PlannedList changes={preview.plan.changes} trans={trans} />
      )}
    </Confirm>
  );
}
