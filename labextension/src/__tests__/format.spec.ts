import { exactNumber, readableAge, readableSize } from '../format';
import { trans } from './synthetic';

describe('readableSize', () => {
  afterEach(() => {
    document.documentElement.lang = '';
  });

  it.each([
    [0, '0 byte'],
    [999, '999 byte'],
    [1000, '1 kB'],
    [999_999, '1 MB'],
    [6_100_000_000, '6.1 GB'],
    [29_012_000_000, '29 GB'],
    [2_500_000_000_000, '2.5 TB'],
    [9e18, '9,000 PB']
  ])('writes %d as %s', (bytes, words) => {
    expect(readableSize(bytes)).toBe(words);
  });

  it('follows the language of the page', () => {
    document.documentElement.lang = 'de';
    expect(readableSize(6_100_000_000)).toMatch(/^6,1\sGB$/);
  });
});

describe('exactNumber', () => {
  it('separates thousands and rounds nothing', () => {
    expect(exactNumber(29_012_000_001)).toBe('29,012,000,001');
  });
});

describe('readableAge', () => {
  it.each([
    [0, 'just now'],
    [59_000, 'just now'],
    [3 * 60_000 + 1000, '3 minutes ago'],
    [5 * 3_600_000 + 1000, '5 hours ago']
  ])('calls %d milliseconds %s', (age, words) => {
    expect(readableAge(Date.now() - age, trans)).toBe(words);
  });
});
