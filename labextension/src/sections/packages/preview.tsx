/**
 * What pip would do, as a short list with what a person must know of each change.
 */
import * as React from 'react';
import type { ITranslated } from '../../components/common';
import { PagedList } from '../../components/pagedList';
import { readableSize } from '../../format';
import type { Planned, Preview } from './packagesModel';
import { badges } from './labels';

export function PreviewView(
  props: ITranslated & { preview: Preview }
): React.ReactElement {
  const { preview, trans } = props;
  const { plan } = preview;
  return (
    <div className="ide49-Packages-preview">
      <div role="status">
        {preview.message && <p>{preview.message}</p>}
        {plan && plan.changes.length > 0 && (
          <p>{trans._n('%1 change:', '%1 changes:', plan.changes.length)}</p>
        )}
        {plan?.changes.length === 0 && (
          <p>{trans.__('Nothing would change: it is there already.')}</p>
        )}
      </div>
      {plan && <PlannedList changes={plan.changes} trans={trans} />}
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
      {(plan?.notes ?? []).map(note => (
        <p key={note}>{note}</p>
      ))}
    </div>
  );
}

export function PlannedList(
  props: ITranslated & { changes: readonly Planned[] }
): React.ReactElement {
  const { changes, trans } = props;
  return (
    <PagedList
      className="ide49-Packages-list"
      items={changes}
      row={planned => (
        <li key={planned.name}>
          <span className="ide49-Packages-name">
            <bdi>
              {planned.name} {planned.version}
            </bdi>
          </span>
          {badges(planned, trans).map(badge => (
            <span key={badge} className="ide49-Packages-badge">
              {badge}
            </span>
          ))}
        </li>
      )}
      trans={trans}
    />
  );
}
