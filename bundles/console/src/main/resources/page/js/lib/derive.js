// Lines that are made of others. Pure.

/** One line of many: at each time the sum of what is there. */
export function sum(list) {
  if (list.length === 1) return { times: list[0].times, values: list[0].values };
  const total = new Map();
  for (const { times, values } of list) {
    times.forEach((time, i) => {
      if (values[i] !== null) total.set(time, (total.get(time) ?? 0) + values[i]);
    });
  }
  const times = [...total.keys()].sort((a, b) => a - b);
  return { times, values: times.map((time) => total.get(time)) };
}

/** The share that is taken, where one line tells what is free and the other of how much. */
export function taken(free, all) {
  const whole = new Map(all.times.map((time, i) => [time, all.values[i]]));
  return {
    times: free.times,
    values: free.values.map((value, i) => {
      const of = whole.get(free.times[i]);
      return value === null || !of ? null : 1 - value / of;
    }),
  };
}

function sameLabels(a, b) {
  return JSON.stringify(Object.entries(a.labels ?? {}).sort()) === JSON.stringify(Object.entries(b.labels ?? {}).sort());
}

/** Whether a series is one that a part of a chart wants. */
export function fits(part, series) {
  const labels = series.labels ?? {};
  return Object.entries(part.labels ?? {}).every(([key, value]) => labels[key] === value)
    && Object.entries(part.not ?? {}).every(([key, values]) => !values.includes(labels[key]));
}

/**
 * The lines of one part of a chart.
 *
 * @param found the series of its name
 * @param whole the series of the name in `part.of`, for shares
 */
export function lines(part, found, whole, label) {
  const wanted = found.filter((series) => fits(part, series));
  if (wanted.length === 0) return [];
  if (part.sum) return [{ label: part.label, ...sum(wanted) }];
  return wanted.map((series) => {
    const all = part.of ? whole.find((one) => sameLabels(one, series)) : null;
    const line = part.of ? (all ? taken(series, all) : { times: [], values: [] }) : series;
    return { label: label(part, series), times: line.times, values: line.values };
  });
}

/** The lines that reach highest, in the order in which they were given; of many, not those that are 0 throughout. */
export function greatest(list, most) {
  const tops = new Map(list.map((line) => [line, line.values.reduce((max, value) => (value !== null && value > max ? value : max), -Infinity)]));
  const known = list.filter((line) => tops.get(line) > -Infinity);
  const alive = known.filter((line) => tops.get(line) !== 0);
  const wanted = known.length > 3 && alive.length > 0 ? alive : known;
  const chosen = new Set([...wanted].sort((a, b) => tops.get(b) - tops.get(a)).slice(0, most));
  return wanted.filter((line) => chosen.has(line));
}
