/// <reference path="../types/stratoswarm.d.ts" />
/* stratoswarm {
  "kind": "transform",
  "description": "makes records of fields of lines of logs: JSON, key=value, syslog, web servers, or a time and a level in front",
  // Takes text, gives json: { time?, level?, message, ... }. What it does not know becomes the message.
  "examples": [
    {"input": "2026-01-01 12:00:00,123 ERROR [main] no connection to db",
     "output": {"time": "2026-01-01 12:00:00,123", "level": "error", "message": "[main] no connection to db"}},
    {"input": "{\"level\": \"WARN\", \"msg\": \"slow\", \"ms\": 512}", "output": {"level": "warning", "message": "slow", "ms": 512}},
    {"input": "time=2026-01-01T12:00:00Z level=info msg=\"it \\\"runs\\\"\" port=80",
     "output": {"time": "2026-01-01T12:00:00Z", "level": "info", "message": "it \"runs\"", "port": 80}},
    {"input": "Jan  1 12:00:00 host sshd[4711]: Failed password for root",
     "output": {"time": "Jan  1 12:00:00", "host": "host", "program": "sshd", "pid": 4711, "message": "Failed password for root"}},
    {"input": "192.0.2.7 - ann [01/Jan/2026:12:00:00 +0000] \"GET /a?b HTTP/1.1\" 500 12 \"-\" \"curl/8\"",
     "output": {"time": "01/Jan/2026:12:00:00 +0000", "level": "error", "client": "192.0.2.7", "user": "ann", "method": "GET",
       "path": "/a?b", "status": 500, "bytes": 12, "agent": "curl/8", "message": "GET /a?b 500"}},
    {"input": "plain words", "output": {"message": "plain words"}},
    {"input": "   ", "output": null}
  ]
} */

const LEVELS = {
  trace: 'debug', debug: 'debug', fine: 'debug', info: 'info', notice: 'info', warn: 'warning', warning: 'warning',
  err: 'error', error: 'error', severe: 'error', crit: 'fatal', critical: 'fatal', fatal: 'fatal', panic: 'fatal', emerg: 'fatal',
};
const WEB = /^(\S+) \S+ (\S+) \[([^\]]+)\] "(\S+) (\S+)[^"]*" (\d{3}) (\d+|-)(?: "([^"]*)" "([^"]*)")?/;
const SYSLOG = /^([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) (\S+) ([^\s:[]+)(?:\[(\d+)\])?: (.*)$/;
const TIMED = /^[\[(]?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)[\])]?\s+(.*)$/;
const LEVELLED = /^[\[<(]?([A-Za-z]{3,8})[\]>):]?\s+(.*)$/;
const PAIR = /([A-Za-z_][\w.-]*)=("(?:[^"\\]|\\.)*"|[^\s"]*)(?:\s+|$)/y;

function level(word) {
  return LEVELS[String(word).toLowerCase()];
}

/** Fields with the usual names, whatever they were called. */
function named(fields) {
  const {ts, timestamp, '@timestamp': at, time = ts ?? timestamp ?? at, severity, lvl, level: given = severity ?? lvl,
    msg, message = msg ?? '', ...rest} = fields;
  const out = {};
  if (time !== undefined) out.time = time;
  if (given !== undefined) out.level = level(given) ?? given;
  return Object.assign(out, {message}, rest);
}

function value(text) {
  if (text[0] === '"') {
    return text.slice(1, -1).replace(/\\(.)/g, '$1');
  }
  return /^-?\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : text;
}

/** Nothing unless all of the line is pairs. */
function pairs(line) {
  const fields = {};
  let found = 0;
  for (PAIR.lastIndex = 0; PAIR.lastIndex < line.length; found++) {
    const pair = PAIR.exec(line);
    if (!pair) return undefined;
    fields[pair[1]] = value(pair[2]);
  }
  return found > 1 ? named(fields) : undefined;
}

function json(line) {
  try {
    const fields = JSON.parse(line);
    return fields !== null && typeof fields === 'object' && !Array.isArray(fields) ? named(fields) : undefined;
  } catch (e) {
    return undefined;
  }
}

function web(line) {
  const m = WEB.exec(line);
  if (!m) return undefined;
  const status = Number(m[6]);
  const out = {time: m[3], level: status >= 500 ? 'error' : status >= 400 ? 'warning' : 'info', client: m[1]};
  if (m[2] !== '-') out.user = m[2];
  Object.assign(out, {method: m[4], path: m[5], status, bytes: m[7] === '-' ? 0 : Number(m[7])});
  if (m[9] && m[9] !== '-') out.agent = m[9];
  return Object.assign(out, {message: `${m[4]} ${m[5]} ${m[6]}`});
}

function syslog(line) {
  const m = SYSLOG.exec(line);
  if (!m) return undefined;
  const out = {time: m[1], host: m[2], program: m[3]};
  if (m[4]) out.pid = Number(m[4]);
  return Object.assign(out, {message: m[5]});
}

function timed(line) {
  const m = TIMED.exec(line);
  const rest = m ? m[2] : line;
  const l = LEVELLED.exec(rest);
  const known = l && level(l[1]);
  if (!m && !known) return {message: line};
  const out = m ? {time: m[1]} : {};
  if (known) out.level = known;
  return Object.assign(out, {message: known ? l[2] : rest});
}

function parse(line) {
  if (line.trim() === '') return null;
  return (line[0] === '{' && json(line)) || web(line) || syslog(line) || (line.includes('=') && pairs(line)) || timed(line);
}

/**
 * @param {ReadonlyArray<stratoswarm.TransformInput>} records lines of text
 * @returns {stratoswarm.TransformOutput[]}
 */
function transform(records) {
  return records.map(parse);
}
