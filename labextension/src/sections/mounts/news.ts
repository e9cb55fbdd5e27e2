/**
 * What came and went since the report before.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { MountReport } from '../../tokens';
import { changes } from './groups';

export interface INews {
  came: readonly string[];
  went: readonly string[];
  fresh: ReadonlySet<number>;
}

const NO_NEWS: INews = { came: [], went: [], fresh: new Set() };

/**
 * The news of the mounts, for the rows that are new.
 */
export const News = React.createContext(NO_NEWS);

/**
 * What the latest report that differs from the one before brought. It stays until the next such one.
 */
export function useNews(report: MountReport | null): INews {
  const [news, setNews] = React.useState(NO_NEWS);
  const before = React.useRef<MountReport | null>(null);
  React.useEffect(() => {
    const old = before.current;
    before.current = report;
    if (!old || !report) {
      return;
    }
    const { came, went } = changes(old, report);
    if (came.length + went.length > 0) {
      const known = new Set(old.mounts.map(({ id }) => id));
      const fresh = report.mounts.filter(({ id }) => !known.has(id));
      setNews({ came, went, fresh: new Set(fresh.map(({ id }) => id)) });
    }
  }, [report]);
  return news;
}

/**
 * The news as a sentence for those who listen to the page.
 */
export function newsLabel(news: INews, trans: TranslationBundle): string {
  const words = [];
  if (news.came.length > 0) {
    words.push(trans.__('Mounted now: %1.', news.came.join(', ')));
  }
  if (news.went.length > 0) {
    words.push(trans.__('Not mounted any more: %1.', news.went.join(', ')));
  }
  return words.join(' ');
}
