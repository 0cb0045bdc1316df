// A line without axes, for a row of a list. It is drawn once and then only changed.

import { s, setAttribute } from '../lib/dom.js';
import { areaPath, linear, linePath, runs, summary } from '../lib/scale.js';

const WIDTH = 96;
const HEIGHT = 22;

export function sparkline(label) {
  const area = s('path', { class: 'spark-area' });
  const line = s('path', { class: 'spark-line' });
  const element = s('svg', { class: 'spark', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': `${label}: no samples` }, area, line);
  let drawn = null;
  element.show = (data, range, write, ceiling = 0) => {
    if (!data) {
      if (drawn !== null) {
        setAttribute(area, 'd', null);
        setAttribute(line, 'd', null);
        setAttribute(element, 'aria-label', `${label}: no samples`);
      }
      drawn = null;
      return;
    }
    if (drawn === data) return;
    drawn = data;
    const found = summary(data.values);
    const top = Math.max(ceiling, (found?.max ?? 0) * 1.1) || 1;
    const x = linear(range.from, range.to, 0, WIDTH);
    const y = linear(0, top, HEIGHT - 1, 1.5);
    const pieces = runs(data.times, data.values, range.step * 2.5);
    setAttribute(line, 'd', pieces.map((piece) => linePath(data.times, data.values, piece, x, y)).join(''));
    setAttribute(area, 'd', pieces.map((piece) => areaPath(data.times, data.values, piece, x, y, HEIGHT)).join(''));
    setAttribute(element, 'aria-label', found
      ? `${label} over 10 minutes: from ${write(found.min)} to ${write(found.max)}, now ${write(found.last)}` : `${label}: no samples`);
  };
  return element;
}
