/**
 * A button that copies a text, and says that it did.
 */
import { Clipboard } from '@jupyterlab/apputils';
import * as React from 'react';
import { Button } from './button';
import type { ITranslated } from './common';

export function CopyText(
  props: ITranslated & { label: string; text: string }
): React.ReactElement {
  const { label, text, trans } = props;
  const [copied, setCopied] = React.useState('');
  return (
    <span className="ide49-Copy">
      <Button
        onPress={() => {
          Clipboard.copyToSystem(text);
          setCopied(text);
        }}
      >
        {label}
      </Button>
      <span role="status">{copied === text ? trans.__('Copied') : ''}</span>
    </span>
  );
}
