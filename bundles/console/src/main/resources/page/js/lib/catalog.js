// Which metrics make which chart. What is not named here is still shown, a chart for each name, from what the daemon says of it.

const rate = (name, label, labels) => ({ name, label, labels, aggregate: 'rate' });
const mean = (name, label, labels) => ({ name, label, labels, aggregate: 'avg' });

export const AGENT_CHARTS = [
  { title: 'CPU', unit: 'cores', parts: [rate('cpu_seconds_total', 'of a core')] },
  { title: 'Memory', unit: 'bytes', parts: [mean('memory_resident_bytes', 'resident'), mean('memory_proportional_bytes', 'proportional')] },
  { title: 'Storage', unit: 'bytes/s', parts: [rate('io_read_bytes_total', 'read'), rate('io_written_bytes_total', 'written')] },
  { title: 'Threads', unit: '', parts: [mean('threads', 'threads')] },
  { title: 'Open files', unit: '', parts: [mean('open_fds', 'open')] },
  { title: 'Log lines', unit: '/s', parts: [rate('log_lines_total', 'lines')] },
];

export const HOST_CHARTS = [
  { title: 'Load', unit: '', parts: [mean('load1', '1 min'), mean('load5', '5 min'), mean('load15', '15 min')] },
  { title: 'Memory available', unit: 'bytes', parts: [mean('memory_available_bytes', 'available')] },
];

/** Names that a list of charts already shows. */
export function covered(charts) {
  return new Set(charts.flatMap((chart) => chart.parts.map((part) => part.name)));
}

const WORDS = { cpu: 'CPU', io: 'I/O', fds: 'files', tcp: 'TCP', udp: 'UDP', psi: 'PSI', pss: 'PSS', rss: 'RSS', gpu: 'GPU', oom: 'OOM' };

/** `sockets_tcp` becomes "Sockets TCP"; units and `_total` are told by the axis. */
export function titleOf(name, unit = '') {
  const bare = name.replace(/_total$/, '').replace(unit ? new RegExp(`_${unit}$`) : /$^/, '');
  const words = bare.split('_').map((word) => WORDS[word] ?? word);
  return words.join(' ').replace(/^[a-z]/, (letter) => letter.toUpperCase());
}

/** The chart of a metric that has none above. */
export function generic(name, kind, unit) {
  const counter = kind === 'counter';
  const shown = counter ? (unit === 'bytes' ? 'bytes/s' : unit === 'seconds' ? 'cores' : '/s') : unit;
  return { title: titleOf(name, unit), unit: shown, parts: [{ name, label: '', aggregate: counter ? 'rate' : 'avg' }] };
}

/** What tells one series of a chart from another. */
export function seriesLabel(part, series, several) {
  const labels = Object.entries(series.labels ?? {}).filter(([key]) => !(part.labels && key in part.labels)).map(([, value]) => value).join(' ');
  if (labels === '') return part.label || series.name;
  return several && part.label ? `${labels} ${part.label}` : labels;
}
