// Small drawings, 16 by 16, in the colour of the text.

import { s } from '../lib/dom.js';

const STROKE = { fill: 'none', stroke: 'currentColor', 'stroke-width': 1.5, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' };

const SHAPES = {
  agents: ['M2.5 3.5h11v3.5h-11zM2.5 9h11v3.5h-11z', 'M5 5.25h.01M5 10.75h.01'],
  events: ['M2.5 4h11M2.5 8h11M2.5 12h7'],
  host: ['M2.5 12.5V9M6.2 12.5V4M9.8 12.5V7M13.5 12.5V2.5'],
  plugins: ['M3 6.5h3V5a2 2 0 1 1 4 0v1.5h3V13H3z'],
  scripts: ['M5 5 2 8l3 3M11 5l3 3-3 3M9.3 3.5l-2.6 9'],
  search: ['M7 12a5 5 0 1 0 0-10 5 5 0 0 0 0 10zM10.7 10.7 14 14'],
  restart: ['M13 8a5 5 0 1 1-1.6-3.7L13 5.8M13 2.5v3.3H9.7'],
  stop: ['M4 4h8v8H4z'],
  start: ['M5 3.2v9.6L12.5 8z'],
  kill: ['M4 4l8 8M12 4l-8 8'],
  close: ['M4 4l8 8M12 4l-8 8'],
  pause: ['M5.5 3.5v9M10.5 3.5v9'],
  down: ['M4 6l4 4 4-4'],
  right: ['M6 4l4 4-4 4'],
  left: ['M10 4 6 8l4 4'],
  more: ['M3.5 8h.01M8 8h.01M12.5 8h.01'],
  sun: ['M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7'],
  moon: ['M13 9.5A5.5 5.5 0 1 1 6.5 3 4.5 4.5 0 0 0 13 9.5z'],
  auto: ['M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12z', 'M8 2v12'],
  help: ['M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12z', 'M6.3 6.3A1.8 1.8 0 1 1 8 8.6v.6M8 11.4h.01'],
  logout: ['M6.5 3H3v10h3.5M7 8h6.5M11 5.5 13.5 8 11 10.5'],
  check: ['M3.5 8.5 6.5 11.5 12.5 4.5'],
  copy: ['M5.5 5.5h7v8h-7zM3.5 10.5v-8h7'],
  download: ['M8 2.5v7.5M5 7.5l3 3 3-3M3 13.5h10'],
  wrap: ['M2.5 4h11M2.5 8h8.5a2 2 0 1 1 0 4H8M9.5 10.3 7.8 12l1.7 1.7M2.5 12h2.5'],
  warning: ['M8 2.5 14.5 13.5h-13zM8 6.5v3.2M8 11.6h.01'],
  healing: ['M8 13.5 3.2 8.7A3.1 3.1 0 0 1 8 4.8a3.1 3.1 0 0 1 4.8 3.9z', 'M8 7v3.2M6.4 8.6h3.2'],
  predictions: ['M2.5 12.5 6 8l2.5 2.5L13.5 4M10.3 4h3.2v3.2'],
  approvals: ['M3 2.5h10v11H3z', 'M5.5 8.2 7.3 10l3.4-4'],
  plus: ['M8 3.5v9M3.5 8h9'],
};

export function icon(name, className = 'icon') {
  return s('svg', { class: className, viewBox: '0 0 16 16', 'aria-hidden': 'true', focusable: 'false', ...STROKE },
    SHAPES[name].map((d) => s('path', { d })));
}

const SOLID = { fill: 'currentColor', stroke: 'none' };

/** Each phase has a shape of its own, so that it is told without colour. */
const PHASE_SHAPES = {
  ready: () => [s('circle', { cx: 8, cy: 8, r: 5, ...SOLID })],
  running: () => [s('circle', { cx: 8, cy: 8, r: 5 }), s('circle', { cx: 8, cy: 8, r: 2.2, ...SOLID })],
  starting: () => [s('circle', { cx: 8, cy: 8, r: 5 }), s('path', { d: 'M8 3a5 5 0 0 1 0 10z', ...SOLID })],
  stopping: () => [s('circle', { cx: 8, cy: 8, r: 5 }), s('path', { d: 'M3 8a5 5 0 0 0 10 0z', ...SOLID })],
  stopped: () => [s('rect', { x: 3.8, y: 3.8, width: 8.4, height: 8.4, rx: 1.5 })],
  waiting: () => [s('circle', { cx: 8, cy: 8, r: 5, 'stroke-dasharray': '2.1 3.1' })],
  completed: () => [s('path', { d: 'M3.5 8.5 6.5 11.5 12.5 4.5', 'stroke-width': 2 })],
  unhealthy: () => [s('path', { d: 'M8 2.8 14 13.2H2z' }), s('path', { d: 'M8 6.8v2.7M8 11.3h.01' })],
  backoff: () => [s('path', { d: 'M12.5 8a4.5 4.5 0 1 1-1.4-3.2L12.5 6M12.5 2.8V6H9.3' })],
  failed: () => [s('path', { d: 'M4 4l8 8M12 4l-8 8', 'stroke-width': 2.2 })],
  quarantined: () => [s('path', { d: 'M5.6 2.2h4.8l3.4 3.4v4.8l-3.4 3.4H5.6l-3.4-3.4V5.6z', ...SOLID }),
    s('path', { d: 'M5 8h6', class: 'phase-bar', 'stroke-width': 2 })],
};

export function phaseIcon(phase) {
  const shape = PHASE_SHAPES[phase] ?? PHASE_SHAPES.waiting;
  return s('svg', { class: 'phase-icon', viewBox: '0 0 16 16', 'aria-hidden': 'true', focusable: 'false', ...STROKE, 'stroke-width': 1.6 }, shape());
}

export function logo() {
  return s('svg', { class: 'logo', viewBox: '0 0 24 24', 'aria-hidden': 'true', focusable: 'false' },
    s('path', { d: 'M12 3 21 8 12 13 3 8z', fill: 'currentColor' }),
    s('path', { d: 'M4.5 12 12 16.2 19.5 12M4.5 16 12 20.2 19.5 16', fill: 'none', stroke: 'currentColor', 'stroke-width': 1.8, 'stroke-linejoin': 'round', 'stroke-linecap': 'round', opacity: .75 }));
}
