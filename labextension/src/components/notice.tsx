/**
 * What there is to say when there is no answer, or none that is fresh.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { readableAge } from '../format';
import { useClock } from '../hooks';
import type { IFailure, IReportState } from '../tokens';
import type { ITranslated } from './common';

export interface INoticeProps extends ITranslated {
  state: IReportState<unknown>;
  onRetry: () => void;
}

/**
 * Nothing while all is well; else what is wrong, what to do, and how old the content below is.
 */
export function Notice(props: INoticeProps): React.ReactElement | null {
  const { state, trans } = props;
  if (state.failure) {
    return <Failed {...props} failure={state.failure} />;
  }
  return state.value === null ? (
    <p className="ide49-Notice" role="status">
      {trans.__('Asking the server where everything lives …')}
    </p>
  ) : null;
}

function Failed(
  props: INoticeProps & { failure: IFailure }
): React.ReactElement {
  const { failure, state, trans } = props;
  const { what, help } = failureWords(failure, trans);
  useClock(true);
  return (
    <div className="ide49-Notice" data-failure={failure.reason}>
      <div role="status">
        <p className="ide49-Notice-what">{what}</p>
        <p>{help}</p>
      </div>
      {state.at !== null && (
        <p title={new Date(state.at).toISOString()}>
          {trans.__(
            'What you see below came %1.',
            readableAge(state.at, trans)
          )}
        </p>
      )}
      <button
        type="button"
        className="ide49-Button"
        disabled={state.refreshing}
        onClick={props.onRetry}
      >
        {state.refreshing ? trans.__('Asking …') : trans.__('Ask again now')}
      </button>
    </div>
  );
}

/**
 * What went wrong, and what helps, each in a sentence.
 */
export function failureWords(
  failure: IFailure,
  trans: TranslationBundle
): { what: string; help: string } {
  switch (failure.reason) {
    case 'gone':
      return {
        what: trans.__('The server does not answer.'),
        help: trans.__(
          'It is asked again by itself. If this stays, check that Jupyter still runs and that your network works.'
        )
      };
    case 'missing':
      return {
        what: trans.__('This server does not run the storage extension.'),
        help: trans.__(
          'In a terminal, run "pip install ide49_storage" and "jupyter server extension enable ide49_storage". Then restart the server.'
        )
      };
    case 'forbidden':
      return {
        what: trans.__('The server does not let you see its storage.'),
        help: trans.__(
          'Sign in again, or ask those who run it to allow you to read "ide49_storage".'
        )
      };
    case 'refused':
    case 'failed':
      return {
        what: trans.__('The server could not answer.'),
        help: trans.__(
          'It said: %1 (status %2). Its log may tell more.',
          failure.message || trans.__('nothing'),
          failure.status ?? '-'
        )
      };
  }
}
