// The arithmetic of charts. Pure.

const BINARY_STEPS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const TIME_STEPS = [
  SECOND, 5 * SECOND, 15 * SECOND, 30 * SECOND,
  MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
  HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR,
];

/** The step to mark an axis of this span in about so many parts. */
export function niceStep(span, parts, binary = false) {
  if (!(span > 0)) return 1;
  const rough = span / parts;
  if (binary && rough >= 1) {
    const power = Math.floor(Math.log(rough) / Math.log(1024));
    const unit = 1024 ** power;
    const found = BINARY_STEPS.find((step) => step * unit >= rough);
    return (found ?? 1024) * unit;
  }
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const found = [1, 2, 2.5, 5, 10].find((step) => step * magnitude >= rough * 0.999999);
  return found * magnitude;
}

/** Marks from 0 (or below the least value) to above the greatest. */
export function valueTicks(min, max, parts, binary = false, least = 0) {
  const low = Math.min(0, min);
  const high = max > low ? max : low + 1;
  const step = Math.max(least, niceStep(high - low, parts, binary));
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.ceil(high / step - 0.02)); // A hair over a mark needs no further one.
  const ticks = [];
  for (let i = first; i <= last; i++) ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

/** Marks at whole units of local time. */
export function timeTicks(from, to, parts, offsetMinutes = new Date(from).getTimezoneOffset()) {
  const rough = (to - from) / parts;
  const step = TIME_STEPS.find((it) => it >= rough) ?? Math.ceil(rough / (24 * HOUR)) * 24 * HOUR;
  const shift = offsetMinutes * MINUTE;
  const ticks = [];
  for (let at = Math.ceil((from - shift) / step) * step + shift; at <= to; at += step) ticks.push(at);
  return ticks;
}

/** Maps one range onto another. */
export function linear(from, to, start, end) {
  const factor = to === from ? 0 : (end - start) / (to - from);
  return (value) => start + (value - from) * factor;
}

/** How long a pause between samples must be to be a hole: what is sampled rarely has longer ones than a step. */
export function holeOf(times, step) {
  const pauses = times.slice(1).map((time, i) => time - times[i]).sort((a, b) => a - b);
  return 2.5 * Math.max(step, pauses[pauses.length >> 1] ?? 0);
}

/** Index of the time nearest to a moment; -1 where there is none. */
export function nearest(times, moment) {
  if (times.length === 0) return -1;
  let low = 0;
  let high = times.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (times[middle] <= moment) low = middle;
    else high = middle;
  }
  return Math.abs(times[low] - moment) <= Math.abs(times[high] - moment) ? low : high;
}

/** Runs of points without a hole: a value that is missing, or a pause longer than the gap, ends a run. */
export function runs(times, values, gap) {
  const found = [];
  let run = [];
  for (let i = 0; i < times.length; i++) {
    const missing = values[i] === null || !Number.isFinite(values[i]);
    if (run.length > 0 && (missing || times[i] - times[run[run.length - 1]] > gap)) {
      found.push(run);
      run = [];
    }
    if (!missing) run.push(i);
  }
  if (run.length > 0) found.push(run);
  return found;
}

/** The path of a line through these points, with coordinates to a tenth of a pixel. */
export function linePath(times, values, indexes, x, y) {
  return indexes.map((i, n) => `${n === 0 ? 'M' : 'L'}${x(times[i]).toFixed(1)} ${y(values[i]).toFixed(1)}`).join('');
}

/** The same, closed down to a base line. */
export function areaPath(times, values, indexes, x, y, base) {
  if (indexes.length === 0) return '';
  const first = x(times[indexes[0]]).toFixed(1);
  const last = x(times[indexes[indexes.length - 1]]).toFixed(1);
  return `${linePath(times, values, indexes, x, y)}L${last} ${base.toFixed(1)}L${first} ${base.toFixed(1)}Z`;
}

/** Least, greatest, mean and last of what is there. */
export function summary(values) {
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  let size = 0;
  let last = NaN;
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    size++;
    last = value;
  }
  return size === 0 ? null : { min, max, mean: sum / size, last };
}
