// Ticks of a timeline's axis: round values, at least so many pixels apart, with their labels. Pure.
import { toUnit, widthOf, type Range } from './viewport.ts';

export interface Tick {
  /** In axis units. */
  readonly at: number;
  readonly label: string;
}

/** What one unit of the axis is. */
export type AxisUnit = 'ms' | 'step';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
/** Round steps above a second, where decimal ones are not round any more. */
const clockSteps = [1, 2, 5, 10, 15, 30]
  .map((count) => count * second)
  .concat([1, 2, 5, 10, 15, 30].map((count) => count * minute))
  .concat([1, 2, 3, 6, 12].map((count) => count * hour));

/** Ticks in `view`, at least `apart` pixels from each other on an axis `pixels` wide. */
export function ticksOf(view: Range, pixels: number, unit: AxisUnit, apart = 88): readonly Tick[] {
  if (pixels <= 0 || widthOf(view) <= 0) return [];
  const least = toUnit(view, pixels, apart) - view.start;
  const step = unit === 'ms' ? clockStep(least) : Math.max(1, decimalStep(least));
  const first = Math.ceil(view.start / step);
  const last = Math.floor(view.end / step + 1e-9);
  const ticks: Tick[] = [];
  for (let index = first; index <= last; index += 1) {
    const at = index * step;
    ticks.push({ at, label: unit === 'ms' ? durationText(at, step) : String(at + 1) });
  }
  return ticks;
}

/** A length of time in ms with as many digits as tell steps of `precision` ms apart: "0", "250 µs", "1.5 s", "2 min 30 s". */
export function durationText(ms: number, precision = ms / 100): string {
  if (ms < 0) return `-${durationText(-ms, precision)}`;
  if (ms === 0) return '0';
  if (ms < 1) return `${fixed(ms * 1000, precision * 1000)} µs`;
  if (ms < second) return `${fixed(ms, precision)} ms`;
  if (ms < minute) return `${fixed(ms / second, precision / second)} s`;
  if (ms < hour) return twoUnits(ms, minute, 'min', second, 's');
  if (ms < day) return twoUnits(ms, hour, 'h', minute, 'min');
  return twoUnits(ms, day, 'd', hour, 'h');
}

function clockStep(least: number): number {
  if (least > second / 2) {
    const step = clockSteps.find((candidate) => candidate >= least);
    return step ?? Math.max(1, decimalStep(least / day)) * day;
  }
  return decimalStep(least);
}

/** The next of 1, 2, 5 × 10ⁿ that is not below `least`. */
function decimalStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const lead = least / power;
  if (lead <= 1 + 1e-9) return power;
  if (lead <= 2 + 1e-9) return 2 * power;
  return lead <= 5 + 1e-9 ? 5 * power : 10 * power;
}

function fixed(value: number, precision: number): string {
  const digits = Math.min(3, Math.max(0, -Math.floor(Math.log10(precision) + 1e-9)));
  return value
    .toFixed(Number.isFinite(digits) ? digits : 0)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
}

function twoUnits(ms: number, big: number, bigName: string, small: number, smallName: string): string {
  const smalls = Math.round(ms / small);
  const perBig = big / small;
  const rest = smalls % perBig;
  const bigs = (smalls - rest) / perBig;
  return rest === 0 ? `${bigs} ${bigName}` : `${bigs} ${bigName} ${rest} ${smallName}`;
}
