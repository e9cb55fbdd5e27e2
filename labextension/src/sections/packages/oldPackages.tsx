/**
 * The packages that an older Python left, to bring over or to delete.
 */
import * as React from 'react';
import { Button } from '../../components/button';
import type { ITranslated } from '../../components/common';
import { Confirm } from '../../components/confirm';
import { Path } from '../../components/text';
import { readableSize } from '../../format';
import type { Act } from './packageRow';
import type { OldTree } from './packagesReport';

interface IOldPackagesProps extends ITranslated {
  tree: OldTree;
  python: string;
  act: Act;
}

/**
 * The packages of a Python that is not here any more. To delete them asks once more: nothing brings
 * them back.
 */
export function OldPackages(props: IOldPackagesProps): React.ReactElement {
  const { tree, python, act, trans } = props;
  const [sure, setSure] = React.useState(false);
  const size = readableSize(tree.size);
  const { in_use } = tree;
  return (
    <div className="ide49-Packages-old">
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
      <div className="ide49-Packages-buttons">
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
        <Confirm
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
        </Confirm>
      )}
    </div>
  );
}
