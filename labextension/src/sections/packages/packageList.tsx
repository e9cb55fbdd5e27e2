/**
 * The packages that are there, by a part of their name, and what an older Python or an interruption left.
 */
import * as React from 'react';
import { Button } from '../../components/button';
import type { ITranslated } from '../../components/common';
import { PagedList } from '../../components/pagedList';
import { Path } from '../../components/text';
import { OldPackages } from './oldPackages';
import { PackageRow, type Act } from './packageRow';
import type { Override, PackagesModel } from './packagesModel';
import { normalizedName, type IPackagesReport } from './packagesReport';

export interface IPackageListProps extends ITranslated {
  model: PackagesModel;
  report: IPackagesReport;
  allow: readonly Override[];
}

export function PackageList(props: IPackageListProps): React.ReactElement {
  const { model, report, allow, trans } = props;
  const act = React.useCallback<Act>(
    (action, more = {}) => {
      const allowed = allow.length > 0 ? { allow: [...allow] } : {};
      void model.start({ action, requirements: [], ...allowed, ...more });
    },
    [model, allow]
  );
  const changeable = report.packages.filter(({ mine }) => mine !== null);
  return (
    <>
      {report.interrupted && (
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
      {report.old.map(tree => (
        <OldPackages
          key={tree.path}
          tree={tree}
          python={report.target.python}
          act={act}
          trans={trans}
        />
      ))}
      {report.trouble && (
        <p className="ide49-Evidence">{report.trouble.message}</p>
      )}
      <Filtered model={model} report={report} act={act} trans={trans} />
      {changeable.length > 1 && (
        <Button
          onPress={() => {
            act('upgrade');
          }}
        >
          {trans.__('Upgrade all')}
        </Button>
      )}
      <Leavings report={report} trans={trans} />
    </>
  );
}

function Filtered(
  props: Pick<IPackageListProps, 'model' | 'report' | 'trans'> & { act: Act }
): React.ReactElement {
  const { model, report, act, trans } = props;
  const [text, setText] = React.useState('');
  const [all, setAll] = React.useState(false);
  const wanted = normalizedName(text);
  const shown = React.useMemo(
    () =>
      report.packages.filter(
        each => (all || each.yours) && each.normalized.includes(wanted)
      ),
    [report, all, wanted]
  );
  return (
    <>
      <div className="ide49-Filter">
        <input
          type="search"
          className="jp-mod-styled"
          value={text}
          placeholder={trans.__('Part of a name')}
          aria-label={trans.__('Show packages with this in their name')}
          onChange={event => {
            setText(event.target.value);
          }}
        />
        <label>
          <input
            type="checkbox"
            checked={all}
            onChange={event => {
              setAll(event.target.checked);
            }}
          />{' '}
          {trans.__('also what came with the image')}
        </label>
      </div>
      <PagedList
        items={shown}
        row={each => (
          <PackageRow
            key={each.key}
            model={model}
            each={each}
            act={act}
            trans={trans}
          />
        )}
        trans={trans}
      />
      {shown.length === 0 && <p>{trans.__('There is none.')}</p>}
    </>
  );
}

/**
 * What no list of packages shows: pieces of interrupted installations, and packages for another Python.
 */
function Leavings(
  props: ITranslated & { report: IPackagesReport }
): React.ReactElement {
  const { report, trans } = props;
  return (
    <>
      {report.leftOvers.map(each => (
        <p key={`${each.site}/${each.entries[0]}`} className="ide49-Hint">
          {trans.__('Left by an interrupted pip: %1', each.entries.join(', '))}
        </p>
      ))}
      {report.otherPythons.map(each => (
        <p key={each.path} className="ide49-Hint">
          {trans._n(
            '%1 package for Python %2, which is not here any more:',
            '%1 packages for Python %2, which is not here any more:',
            each.packages.length,
            each.version
          )}{' '}
          <Path path={each.path} />
        </p>
      ))}
    </>
  );
}
