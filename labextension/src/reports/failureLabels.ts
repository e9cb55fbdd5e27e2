/**
 * What went wrong with a request, in the words of the person who reads: the one place for that.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IFailure } from '../tokens';

/**
 * What the request was for: to look, or to do something.
 */
export type Purpose = 'look' | 'install' | 'scan';

export interface IFailureLabels {
  readonly what: string;
  readonly help: string;
}

/**
 * What went wrong, and what helps, each in a sentence.
 */
export function failureLabels(
  failure: IFailure,
  trans: TranslationBundle,
  purpose: Purpose = 'look'
): IFailureLabels {
  switch (failure.reason) {
    case 'gone':
      return {
        what: trans.__('The server does not answer.'),
        help:
          purpose === 'look'
            ? trans.__(
                'It is asked again by itself. If this stays, check that Jupyter still runs and that your network works.'
              )
            : trans.__(
                'Check that Jupyter still runs and that your network works.'
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
      return forbiddenLabels(trans, purpose);
    case 'page':
      return {
        what: trans.__('A web page came in the place of an answer.'),
        help: trans.__(
          'You may be signed out, or a proxy stands in between: load this page again, and sign in if you are asked to.'
        )
      };
    case 'cut':
      return {
        what: trans.__('What came from the server is no whole answer.'),
        help: trans.__(
          'The connection may have broken off, or a proxy may cut long answers. Try again.'
        )
      };
    case 'refused':
    case 'failed':
      return refusedLabels(failure, trans, purpose);
  }
}

function forbiddenLabels(
  trans: TranslationBundle,
  purpose: Purpose
): IFailureLabels {
  switch (purpose) {
    case 'look':
      return {
        what: trans.__('The server does not let you see its storage.'),
        help: trans.__(
          'Sign in again, or ask those who run it to allow you to read "ide49_storage".'
        )
      };
    case 'install':
      return {
        what: trans.__('You may look, but not install.'),
        help: trans.__(
          'Ask those who run this server to allow you "ide49_storage:installs".'
        )
      };
    case 'scan':
      return {
        what: trans.__('You may look, but not start or stop a scan.'),
        help: trans.__(
          'Ask those who run this server to allow you to write "ide49_storage".'
        )
      };
  }
}

function refusedLabels(
  failure: IFailure,
  trans: TranslationBundle,
  purpose: Purpose
): IFailureLabels {
  const said = failure.message || trans.__('nothing');
  if (failure.reason === 'refused' && purpose === 'install') {
    // The server's own sentence says what is wrong with what was asked for.
    return { what: said, help: '' };
  }
  return {
    what: trans.__('The server could not answer.'),
    help: trans.__(
      'It said: %1 (status %2). Its log may tell more.',
      said,
      failure.status ?? '-'
    )
  };
}
