// How numbers and times are written. Pure: nothing here looks at the page or the clock.

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** Three significant digits, without trailing zeros: 1.5, 23.4, 512. */
export function digits(value) {
  const size = Math.abs(value);
  const places = size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : 2;
  return String(Number(value.toFixed(places)));
}

export function bytes(value) {
  if (!Number.isFinite(value)) return '–';
  let unit = 0;
  let rest = value;
  while (Math.abs(rest) >= 1023.5 && unit < BYTE_UNITS.length - 1) {
    rest /= 1024;
    unit++;
  }
  return `${unit === 0 ? Math.round(rest) : digits(rest)} ${BYTE_UNITS[unit]}`;
}

/** 1,234 as it is, from 100,000 on 123 k and so on. */
export function count(value) {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= 1e9) return `${digits(value / 1e9)} G`;
  if (size >= 1e6) return `${digits(value / 1e6)} M`;
  if (size >= 1e5) return `${digits(value / 1e3)} k`;
  if (size >= 1000) return Math.round(value).toLocaleString('en-US');
  return digits(value);
}

/** A share, where 1 is 100 %. */
export function percent(ratio) {
  if (!Number.isFinite(ratio)) return '–';
  const value = ratio * 100;
  if (value !== 0 && Math.abs(value) < 0.05) return '< 0.1 %';
  return `${Math.abs(value) >= 9.95 ? Math.round(value) : Number(value.toFixed(1))} %`;
}

/** A length of time, two units at most: 4m 12s, 2h 05m, 3d 4h. */
export function duration(millis) {
  if (!Number.isFinite(millis)) return '–';
  if (millis < 0) return '0s';
  if (millis < 1000) return `${Math.round(millis)}ms`;
  const seconds = Math.floor(millis / 1000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${pad(seconds % 60)}s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h ${pad(minutes % 60)}m`;
  return `${Math.floor(hours / 24)}d ${hours % 24}h`;
}

/** A span within a process: 120 µs, 4.2 ms, 1.3 s. */
export function nanos(value) {
  if (!Number.isFinite(value)) return '–';
  if (value < 1e3) return `${Math.round(value)} ns`;
  if (value < 1e6) return `${digits(value / 1e3)} µs`;
  if (value < 1e9) return `${digits(value / 1e6)} ms`;
  return `${digits(value / 1e9)} s`;
}

/** The value of a metric by its unit. */
export function quantity(value, unit) {
  switch (unit) {
    case 'bytes': return bytes(value);
    case 'bytes/s': return `${bytes(value)}/s`;
    case 'ratio': return percent(value);
    case 'cores': return percent(value);
    case 'seconds': return Number.isFinite(value) ? nanos(value * 1e9) : '–';
    case 'celsius': return Number.isFinite(value) ? `${digits(value)} °C` : '–';
    case '/s': return Number.isFinite(value) ? `${count(value)}/s` : '–';
    default: return count(value);
  }
}

/** Milliseconds of an RFC 3339 time; NaN where there is none. */
export function parseTime(text) {
  return text ? Date.parse(String(text).replace(/(\.\d{3})\d+/, '$1')) : NaN;
}

function pad(value, length = 2) {
  return String(value).padStart(length, '0');
}

export function clock(millis) {
  const at = new Date(millis);
  return `${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`;
}

export function clockMillis(millis) {
  return `${clock(millis)}.${pad(new Date(millis).getMilliseconds(), 3)}`;
}

export function date(millis) {
  const at = new Date(millis);
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
}

export function dateTime(millis) {
  return Number.isFinite(millis) ? `${date(millis)} ${clock(millis)}` : '–';
}

/** Only the clock for a time of the same day as now, else the date with it. */
export function moment(millis, now) {
  if (!Number.isFinite(millis)) return '–';
  return date(millis) === date(now) ? clock(millis) : `${date(millis).slice(5)} ${clock(millis)}`;
}

/** 1 agent, 2 agents. */
export function plural(number, one, many = `${one}s`) {
  return `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`;
}
