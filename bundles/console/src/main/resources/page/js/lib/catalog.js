// Which metrics make which chart. What is not named here is still shown, a chart for each name, from what the daemon says of it.

/**
 * A part of a chart: the metric's name, what it is called there, and how it is read. `labels` must be there, `not` must not;
 * `sum` adds all that match up; `of` names the whole that the metric is the free part of.
 */
const rate = (name, label, more = {}) => ({ name, label, aggregate: 'rate', ...more });
const mean = (name, label, more = {}) => ({ name, label, aggregate: 'avg', ...more });

const PRESSURE = [rate('pressure_stalled_seconds_total', '', { labels: { share: 'some' } })];

export const AGENT_CHARTS = [
  { title: 'CPU', unit: 'cores', parts: [rate('cpu_seconds_total', 'all', { sum: true }), rate('cpu_seconds_total', 'system', { labels: { mode: 'system' } })] },
  { title: 'Memory', unit: 'bytes', parts: [mean('memory_resident_bytes', 'resident'), mean('memory_proportional_bytes', 'proportional'), mean('cgroup_memory_bytes', 'with page cache')] },
  { title: 'Input and output', unit: 'bytes/s', parts: [rate('io_read_bytes_total', 'read'), rate('io_written_bytes_total', 'written')] },
  { title: 'Waiting for resources', unit: 'ratio', parts: PRESSURE },
  { title: 'Threads', unit: '', parts: [mean('threads', 'threads'), mean('processes', 'processes')] },
  { title: 'Open files', unit: '', parts: [mean('open_fds', 'open')] },
  { title: 'Storage', unit: 'bytes/s', parts: [rate('storage_read_bytes_total', 'read'), rate('storage_written_bytes_total', 'written')] },
  { title: 'Log lines', unit: '/s', parts: [rate('log_lines_total', 'lines', { sum: true })] },
  { title: 'Context switches', unit: '/s', parts: [rate('context_switches_total', '')] },
];

export const HOST_CHARTS = [
  { title: 'CPU', unit: 'cores', parts: [rate('cpu_seconds_total', 'all but idle', { sum: true, not: { mode: ['idle', 'iowait', 'guest', 'guest_nice'] } }), rate('cpu_seconds_total', 'system', { labels: { mode: 'system' } }), rate('cpu_seconds_total', 'waits for I/O', { labels: { mode: 'iowait' } })] },
  { title: 'Load', unit: '', parts: [mean('load1', '1 min'), mean('load5', '5 min'), mean('load15', '15 min')] },
  { title: 'Memory used', unit: 'ratio', max: 1, parts: [mean('memory_available_bytes', 'memory', { of: 'memory_total_bytes' }), mean('swap_free_bytes', 'swap', { of: 'swap_total_bytes' })] },
  { title: 'Waiting for resources', unit: 'ratio', parts: PRESSURE },
  { title: 'Disks', unit: 'bytes/s', parts: [rate('disk_read_bytes_total', 'read'), rate('disk_written_bytes_total', 'written')] },
  { title: 'Network', unit: 'bytes/s', parts: [rate('network_receive_bytes_total', 'in', { not: { device: ['lo'] } }), rate('network_transmit_bytes_total', 'out', { not: { device: ['lo'] } })] },
  { title: 'File systems used', unit: 'ratio', max: 1, parts: [mean('filesystem_avail_bytes', '', { of: 'filesystem_size_bytes' })] },
  { title: 'TCP connections', unit: '', parts: [mean('tcp_established_connections', 'established')] },
  { title: 'Temperature', unit: 'celsius', parts: [mean('temperature_celsius', '')] },
];

/** Names that a list of charts already shows. */
export function covered(charts) {
  return new Set(charts.flatMap((chart) => chart.parts.flatMap((part) => (part.of ? [part.name, part.of] : [part.name]))));
}

const WORDS = { cpu: 'CPU', io: 'I/O', fds: 'files', tcp: 'TCP', udp: 'UDP', gpu: 'GPU', cgroup: 'cgroup' };

/** `sockets_tcp` becomes "Sockets TCP"; units and `_total` are told by the axis. */
export function titleOf(name, unit = '') {
  const bare = name.replace(/_total$/, '').replace(unit ? new RegExp(`_${unit}$`) : /$^/, '');
  const words = bare.split('_').map((word) => WORDS[word] ?? word);
  return words.join(' ').replace(/^[a-z]/, (letter) => letter.toUpperCase());
}

/** The chart of a metric that has none above. */
export function generic(name, kind, unit) {
  const counter = kind === 'counter';
  const shown = counter ? (unit === 'bytes' ? 'bytes/s' : unit === 'seconds' ? 'ratio' : '/s') : unit;
  return { title: titleOf(name, unit), unit: shown, parts: [{ name, label: '', aggregate: counter ? 'rate' : 'avg' }] };
}

/** What tells one series of a chart from another. */
export function seriesLabel(part, series, several) {
  const told = Object.entries(series.labels ?? {}).filter(([key]) => !(part.labels && key in part.labels)).map(([, value]) => value).join(' ');
  if (told === '') return part.label || titleOf(series.name, series.unit).toLowerCase();
  return several && part.label ? `${told} ${part.label}` : told;
}
