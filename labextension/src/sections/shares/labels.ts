/**
 * What the states of shares are called, in a word and in a sentence.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ClientState, SambaReport } from '../../tokens';

/**
 * A state in the fewest words.
 */
export function stateLabel(
  state: ClientState,
  trans: TranslationBundle
): string {
  switch (state) {
    case 'off':
      return trans.__('no share');
    case 'configured':
      return trans.__('not mounted');
    case 'mounted':
      return trans.__('mounted');
    case 'stalled':
      return trans.__('not answering');
    case 'disconnected':
      return trans.__('disconnected');
    case 'recovered':
      return trans.__('answering again');
  }
}

/**
 * How the share stands that the home is meant to be on.
 */
export function shareSentence(
  report: SambaReport,
  trans: TranslationBundle
): string {
  const { client } = report;
  const share = client.share ?? trans.__('the share');
  const server = client.server ?? trans.__('its server');
  switch (client.state) {
    case 'off':
      return trans.__('No Samba share is mounted.');
    case 'configured':
      return trans.__(
        'A share of %1 is wanted, and it is not mounted.',
        server
      );
    case 'mounted':
      return trans.__('The share %1 on %2 answers.', share, server);
    case 'stalled':
      return trans.__(
        'The share %1 on %2 does not answer. Programs that use it wait.',
        share,
        server
      );
    case 'disconnected':
      return trans.__(
        'The connection to the share %1 on %2 is lost.',
        share,
        server
      );
    case 'recovered':
      return trans.__('The share %1 on %2 answers again.', share, server);
  }
}
