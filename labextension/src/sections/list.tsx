/**
 * The packages that are there, each with what can be done with it, and what an older Python or an
 * interruption left.
 */
import * as React from 'react';
import { Button } from '../components/button';
import type { ITranslated } from '../components/common';
import { LongList } from '../components/long';
import { FailureNotice } from '../components/notice';
import { Path } from '../components/text';
import { readableSize } from '../format';
import type {
  Action,
  InstallRequest,
  InstallsModel,
  OldTree,
  Override,
  Preview,
  UserPackage,
  UserPackages
} from '../installs';
import { asFailure } from '../request';
import type { IFailure } from '../tokens';
import { PlannedList } from './preview';

export interface IListProps extends ITranslated {
  model: InstallsModel;
  packages: UserPackages;
  allow: readonly Override[];
}

type Act = (action: Action, more?: InstallRequest) => void;

export function PackageList(props: IListProps): React.ReactElement {
  const { model, packages, allow, trans } = props;
  const act = React.useCallback<Act>(
    (action, more = {}) => {
      const allowed = allow.length > 0 ? { allow: [...allow] } : {};
      void model.start({ action, requirements: [], ...allowed, ...more });
    },
    [model, allow]
  );
  return (
    <>
      {packages.open_journal && (
        <p>
          {trans.__('An installation was interrupted.')}{' '}
          <Button
            onPress={() => {
              act('restore');
            }}
          >
            {trans.__('Put it back')}
          </Button>
        </p>
      )}
      {packages.old.map(tree => (
        <Old
          key={tree.path}
          tree={tree}
          python={packages.target.python}
          act={act}
          trans={trans}
        />
      ))}
      <LongList
        className="ide49-Installs-list"
        items={packages.packages}
        row={each => (
          <PackageRow
            key={`${each.name} ${each.version}`}
            model={model}
            each={each}
            act={act}
            trans={trans}
          />
        )}
        trans={trans}
      />
      {packages.packages.length > 1 && (
        <Button
          onPress={() => {
            act('upgrade');
          }}
        >
          {trans.__('Upgrade all')}
        </Button>
      )}
    </>
  );
}

interface IOldProps extends ITranslated {
  tree: OldTree;
  python: string;
  act: Act;
}

/**
 * The packages of a Python that is not here any more. To delete them asks once more: nothing brings
 * them back.
 */
function Old(props: IOldProps): React.ReactElement {
  const { tree, python, act, trans } = props;
  const [sure, setSure] = React.useState(false);
  const size = readableSize(tree.size);
  const { in_use } = tree;
  return (
    <div className="ide49-Installs-old">
      <p>
        {in_use === null
          ? trans._n(
              '%1 package of Python %2 is not used any more (%3).',
              '%1 packages of Python %2 are not used any more (%3).',
              tree.packages.length,
              tree.python,
              size
            )
          : trans._n(
              '%1 package of Python %2 is used by %3.',
              '%1 packages of Python %2 are used by %3.',
              tree.packages.length,
              tree.python,
              in_use
            )}
      </p>
      <div className="ide49-Installs-buttons">
        <Button
          onPress={() => {
            act('bring-over', { old: tree.python });
          }}
        >
          {trans.__('Bring them over to Python %1', python)}
        </Button>
        <Button
          why={in_use && trans.__('%1 still reads them.', in_use)}
          onPress={() => {
            setSure(!sure);
          }}
        >
          {trans.__('Delete them (%1)', size)}
        </Button>
      </div>
      {sure && (
        <Sure
          yes={trans.__('Delete them for good')}
          onYes={() => {
            setSure(false);
            act('delete-old', { old: tree.python });
          }}
          onNo={() => {
            setSure(false);
          }}
          trans={trans}
        >
          <p>
            {trans.__('Nothing brings them back. They are in')}{' '}
            <Path path={tree.path} />
          </p>
        </Sure>
      )}
    </div>
  );
}

interface IPackageRowProps extends ITranslated {
  model: InstallsModel;
  each: UserPackage;
  act: Act;
}

const PackageRow = React.memo((props: IPackageRowProps): React.ReactElement => {
  const { each, act, trans } = props;
  const { name, version, problem } = each;
  const [asked, setAsked] = React.useState(false);
  return (
    <li>
      <span className="ide49-Installs-name">
        <bdi>
          {name} {version}
        </bdi>
      </span>
      {!each.requested && (
        <span className="ide49-Installs-badge">
          {trans.__('needed by others')}
        </span>
      )}
      {problem && <p className="ide49-Installs-wrong">{problem}</p>}
      <span className="ide49-Installs-buttons">
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
          {...props}
          onDone={() => {
            setAsked(false);
          }}
        />
      )}
    </li>
  );
});

/**
 * What goes with a package, and what would not work any more, before it is removed.
 */
function Uninstall(
  props: IPackageRowProps & { onDone: () => void }
): React.ReactElement {
  const { model, each, act, onDone, trans } = props;
  const { name } = each;
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
    <Sure
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
    </Sure>
  );
}

/**
 * A question in its place, before something that is not easily undone.
 */
function Sure(
  props: ITranslated & {
    yes: string;
    why?: string | null;
    onYes: () => void;
    onNo: () => void;
    children: React.ReactNode;
  }
): React.ReactElement {
  return (
    <div className="ide49-Installs-sure" role="group" aria-label={props.yes}>
      {props.children}
      <span className="ide49-Installs-buttons">
        <Button why={props.why ?? null} onPress={props.onYes}>
          {props.yes}
        </Button>
        <Button onPress={props.onNo}>{props.trans.__('Not now')}</Button>
      </span>
    </div>
  );
}
