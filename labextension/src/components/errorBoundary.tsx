/**
 * Keeps the rest of the panel when one part of it cannot be drawn, as with an answer of another version.
 */
import * as React from 'react';
import { Button } from './button';
import type { ITranslated } from './common';

export interface IErrorBoundaryProps extends ITranslated {
  children: React.ReactNode;
}

export class ErrorBoundary extends React.Component<
  IErrorBoundaryProps,
  { error: string | null }
> {
  static getDerivedStateFromError(error: unknown): { error: string } {
    return { error: String(error) };
  }

  override state: { error: string | null } = { error: null };

  override render(): React.ReactNode {
    const { children, trans } = this.props;
    const { error } = this.state;
    return error === null ? (
      children
    ) : (
      <div className="ide49-Notice" data-failure="failed">
        <div role="status">
          <p className="ide49-Notice-what">
            {trans.__('This part of the panel cannot be drawn.')}
          </p>
          <p>
            {trans.__(
              'Load this page again: the server may have another version. (%1)',
              error
            )}
          </p>
        </div>
        <Button
          onPress={() => {
            this.setState({ error: null });
          }}
        >
          {trans.__('Try again')}
        </Button>
      </div>
    );
  }
}
