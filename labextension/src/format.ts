/**
 * Numbers and times as a person reads them, in the language of the page.
 */
import { Time } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';

const UNITS = [
  'byte',
  'kilobyte',
  'megabyte',
  'gigabyte',
  'terabyte',
  'petabyte'
] as const;

function language(): string {
  return document.documentElement.lang || 'en';
}

/**
 * A size in decimal units, as disks and SD cards are sold: 6.1 GB, 29 GB.
 */
export function readableSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (Math.round(value) >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return new Intl.NumberFormat(language(), {
    style: 'unit',
    unit: UNITS[unit] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: unit > 0 && value < 10 ? 1 : 0
  }).format(value);
}

/**
 * A whole number with the separators of the language: 29,012,000,000.
 */
export function exactNumber(value: number): string {
  return new Intl.NumberFormat(language()).format(value);
}

/**
 * How long ago that was: not counted in seconds, which nobody waits for.
 */
export function readableAge(at: number, trans: TranslationBundle): string {
  return Date.now() - at < 60_000
    ? trans.__('just now')
    : Time.formatHuman(new Date(at));
}

/**
 * A text that keeps its own direction inside a sentence of another one.
 */
export function isolate(text: string): string {
  return `\u2068${text}\u2069`;
}
