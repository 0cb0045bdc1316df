// The pure modules of the page. itests/e2e/e2e_page_modules.py runs this by node's own test runner.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { plain, spans } from './lib/ansi.js';
import { covered, generic, seriesLabel, titleOf } from './lib/catalog.js';
import { fits, greatest, lines, sum, taken } from './lib/derive.js';
import * as format from './lib/format.js';
import { caseLook, casesOf, className, concernsHealing, measureOf, person, predictionLook, rates, share, trialLook, waiting } from './lib/healing.js';
import { LineSplitter, SseParser, backoff } from './lib/lines.js';
import { verifyInclusion } from './lib/merkle.js';
import { areaPath, holeOf, linear, linePath, nearest, niceStep, runs, summary, timeTicks, valueTicks } from './lib/scale.js';
import { grouped, matchesAgent, matchesEvent } from './lib/select.js';

test('writes amounts in three digits', () => {
  assert.equal(format.bytes(0), '0 B');
  assert.equal(format.bytes(1023), '1023 B');
  assert.equal(format.bytes(1024), '1 KiB');
  assert.equal(format.bytes(1.5 * 2 ** 20), '1.5 MiB');
  assert.equal(format.bytes(2 ** 50 * 3), '3 PiB');
  assert.equal(format.bytes(NaN), '–');
  assert.equal(format.percent(0), '0 %');
  assert.equal(format.percent(0.0001), '< 0.1 %');
  assert.equal(format.percent(0.034), '3.4 %');
  assert.equal(format.percent(1.5), '150 %');
  assert.equal(format.count(1234), '1,234');
  assert.equal(format.count(123456), '123 k');
  assert.equal(format.count(0.25), '0.25');
});

test('writes times in two units', () => {
  assert.equal(format.duration(12), '12ms');
  assert.equal(format.duration(59_999), '59s');
  assert.equal(format.duration(252_000), '4m 12s');
  assert.equal(format.duration(7_500_000), '2h 05m');
  assert.equal(format.duration(273_600_000), '3d 4h');
  assert.equal(format.duration(-5), '0s');
  assert.equal(format.nanos(4_200_000), '4.2 ms');
  assert.equal(format.parseTime('2026-11-23T04:10:14.594169286Z'), Date.UTC(2026, 10, 23, 4, 10, 14, 594));
  assert.ok(Number.isNaN(format.parseTime(undefined)));
});

test('chooses steps that people read', () => {
  assert.equal(niceStep(10, 4), 2.5);
  assert.equal(niceStep(7, 3), 2.5);
  assert.equal(niceStep(0.3, 3), 0.1);
  assert.equal(niceStep(3000, 3, true), 1024);
  assert.equal(niceStep(100, 3, true), 64);
  assert.deepEqual(valueTicks(0, 5.4, 3), [0, 2, 4, 6]);
  assert.deepEqual(valueTicks(0, 0, 3), [0, 0.5, 1]);
  assert.deepEqual(valueTicks(0, 1, 3, false, 1), [0, 1]);
  assert.ok(valueTicks(-5, 5, 3)[0] <= -5);
});

test('ticks cover every value, whatever it is', () => {
  let seed = 42;
  const random = () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 2147483648;
  };
  for (let i = 0; i < 2000; i++) {
    const max = 10 ** (random() * 14 - 3);
    for (const binary of [true, false]) {
      const ticks = valueTicks(0, max, 3, binary);
      assert.ok(ticks.at(-1) >= max - 0.021 * (ticks[1] - ticks[0]), `${ticks} for ${max}`);
      assert.ok(ticks.length >= 2 && ticks.length <= 7, `${ticks} for ${max}`);
    }
  }
});

test('marks whole units of local time', () => {
  const hour = 3600000;
  assert.deepEqual(timeTicks(hour * 10 + 1, hour * 11, 4, 0), [hour * 10.25, hour * 10.5, hour * 10.75, hour * 11]);
  // Half past is the whole hour where clocks are half an hour off.
  assert.deepEqual(timeTicks(0, hour * 2, 2, -330), [hour * 0.5, hour * 1.5]);
});

test('breaks a line where samples are missing', () => {
  const times = [0, 10, 20, 60, 70, 80];
  assert.deepEqual(runs(times, [1, 2, 3, 4, null, 5], 25), [[0, 1, 2], [3], [5]]);
  assert.deepEqual(runs([], [], 25), []);
  assert.equal(holeOf([0, 5, 10, 15], 5), 12.5);
  assert.equal(holeOf([0, 60, 120, 900], 5), 150);
  assert.equal(holeOf([], 5), 12.5);
  const x = linear(0, 100, 0, 10);
  assert.equal(linePath(times, [1, 2, 3], [0, 1, 2], x, (v) => v), 'M0.0 1.0L1.0 2.0L2.0 3.0');
  assert.equal(areaPath(times, [1, 2], [0, 1], x, (v) => v, 9), 'M0.0 1.0L1.0 2.0L1.0 9.0L0.0 9.0Z');
  assert.equal(linear(5, 5, 1, 2)(7), 1);
});

test('finds the nearest sample as a plain search does', () => {
  const times = [3, 8, 15, 16, 40];
  for (let at = -2; at < 50; at++) {
    const naive = times.reduce((best, time, i) => (Math.abs(time - at) < Math.abs(times[best] - at) ? i : best), 0);
    assert.equal(nearest(times, at), naive, String(at));
  }
  assert.equal(nearest([], 3), -1);
  assert.deepEqual(summary([null, 1, 3, NaN]), { min: 1, max: 3, mean: 2, last: 3 });
  assert.equal(summary([null]), null);
});

test('reads events whatever way the stream is cut', () => {
  const text = ': hello\r\nretry: 2000\n\nid: 7\nevent: agents\ndata: {"a":\ndata: 1}\n\ndata:x\rid: 8\r\rdata: never ended';
  const whole = new SseParser().push(text);
  assert.deepEqual(whole, [{ event: 'agents', data: '{"a":\n1}', id: '7' }, { event: 'message', data: 'x', id: '8' }]);
  for (let size = 1; size < text.length; size++) {
    const parser = new SseParser();
    const found = [];
    for (let at = 0; at < text.length; at += size) found.push(...parser.push(text.slice(at, at + size)));
    assert.deepEqual(found, whole, `in pieces of ${size}`);
    assert.equal(parser.retry, 2000);
  }
});

test('cuts lines whatever way they end', () => {
  const text = 'a\nbb\r\n\rccc\r\n\nrest';
  for (let size = 1; size <= text.length; size++) {
    const splitter = new LineSplitter();
    const found = [];
    for (let at = 0; at < text.length; at += size) found.push(...splitter.push(text.slice(at, at + size)));
    assert.deepEqual(found, ['a', 'bb', '', 'ccc', ''], `in pieces of ${size}`);
    assert.equal(splitter.end(), 'rest');
  }
});

test('waits longer each time, at most half a minute', () => {
  assert.equal(backoff(0, 1), 500);
  assert.equal(backoff(3, 0), 2000);
  assert.equal(backoff(50, 1), 30000);
});

test('takes escapes out of log lines and keeps colours', () => {
  assert.deepEqual(spans('\x1b[32mINFO\x1b[0m ready'), [{ text: 'INFO', style: 'ansi-2' }, { text: ' ready', style: '' }]);
  assert.equal(plain('\x1b]0;title\x07a\x1b[2Kb\x1b[38;5;9mc\x00'), 'abc');
  assert.deepEqual(spans('\x1b[1;91mx'), [{ text: 'x', style: 'ansi-1 ansi-bold' }]);
  assert.deepEqual(spans('\x1b[31m'), [{ text: '', style: '' }]);
});

const agent = (id, phase = 'ready', more = {}) => ({ id, graph: id.split('/')[0], phase, reason: 'runs', restarts: 0, command: 'x', ...more });

test('groups, filters and sorts agents', () => {
  const all = [agent('b/web.10'), agent('b/web.2'), agent('a/x', 'failed', { restarts: 3 })];
  assert.deepEqual(grouped(all, {}).map(([graph, list]) => [graph, list.map((one) => one.id)]), [['a', ['a/x']], ['b', ['b/web.2', 'b/web.10']]]);
  assert.deepEqual(grouped(all, { phases: new Set(['failed']) }).length, 1);
  assert.deepEqual(grouped(all, { text: 'web 10' })[0][1].map((one) => one.id), ['b/web.10']);
  const usage = (id) => (id.endsWith('10') ? 5 : 1);
  assert.equal(grouped(all, { sort: 'cpu' }, usage)[1][1][0].id, 'b/web.10');
  assert.ok(matchesAgent(all[2], 'phase:failed graph:a'));
  assert.ok(!matchesAgent(all[2], 'phase:ready'));
});

test('filters events', () => {
  const event = { sequence: 7, type: 'AgentExited', subject: 'agent/shop/web', actor: 'system', payload: { how: 'signal KILL' } };
  assert.ok(matchesEvent(event, { type: 'Agent*' }));
  assert.ok(matchesEvent(event, { type: 'exited' }));
  assert.ok(!matchesEvent(event, { type: 'Graph*' }));
  assert.ok(matchesEvent(event, { subject: 'agent/shop/*', text: 'kill' }));
  assert.ok(!matchesEvent(event, { subject: 'shop/*' }));
});

test('names what it shows of metrics', () => {
  assert.equal(titleOf('io_read_bytes_total', 'bytes'), 'I/O read');
  assert.deepEqual(generic('sockets', 'gauge', '').parts[0], { name: 'sockets', label: '', aggregate: 'avg' });
  assert.equal(generic('x_bytes_total', 'counter', 'bytes').unit, 'bytes/s');
  assert.equal(seriesLabel({ label: 'read' }, { name: 'r', labels: { device: 'sda' } }, true), 'sda read');
  assert.deepEqual([...covered([{ parts: [{ name: 'a' }, { name: 'b' }] }])], ['a', 'b']);
});

test('makes lines of others', () => {
  assert.deepEqual(sum([{ times: [1, 2], values: [1, null] }, { times: [2, 3], values: [5, 7] }]), { times: [1, 2, 3], values: [1, 5, 7] });
  assert.deepEqual(taken({ times: [1, 2, 3], values: [25, null, 5] }, { times: [1, 2], values: [100, 100] }), { times: [1, 2, 3], values: [0.75, null, null] });
  assert.ok(fits({ labels: { mode: 'system' } }, { labels: { mode: 'system', x: 'y' } }));
  assert.ok(!fits({ not: { mode: ['idle'] } }, { labels: { mode: 'idle' } }));
  const series = (mode, value) => ({ name: 'cpu', labels: { mode }, times: [1], values: [value] });
  const found = [series('user', 1), series('system', 2), series('idle', 9)];
  assert.deepEqual(lines({ label: 'all', sum: true, not: { mode: ['idle'] } }, found, [], () => ''), [{ label: 'all', times: [1], values: [3] }]);
  assert.deepEqual(lines({ of: 'whole' }, [series('user', 1)], [series('user', 4)], () => 'x'), [{ label: 'x', times: [1], values: [0.75] }]);
  assert.deepEqual(greatest([{ values: [0] }, { values: [3] }, { values: [null] }, { values: [1] }, { values: [0] }], 6).map((line) => line.values[0]), [3, 1]);
  assert.deepEqual(greatest([{ values: [1] }, { values: [9] }, { values: [5] }], 2).map((line) => line.values[0]), [9, 5]);
});

const sha = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();

/** RFC 9162, section 2.1: the naive definition of root and path. */
function tree(leaves) {
  if (leaves.length === 1) return { root: leaves[0], path: () => [] };
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  const left = tree(leaves.slice(0, k));
  const right = tree(leaves.slice(k));
  return { root: sha(Buffer.from([1]), left.root, right.root), path: (m) => (m < k ? [...left.path(m), right.root] : [...right.path(m - k), left.root]) };
}

test('checks proofs of inclusion, and refuses each that was changed', async () => {
  for (let size = 1; size <= 20; size++) {
    const leaves = Array.from({ length: size }, (_, i) => sha(Buffer.from([0, i])));
    const built = tree(leaves);
    for (let sequence = 0; sequence < size; sequence++) {
      const proof = { sequence, treeSize: size, leafHash: leaves[sequence].toString('hex'), path: built.path(sequence).map((hash) => hash.toString('hex')), rootHash: built.root.toString('hex') };
      assert.equal(await verifyInclusion(proof), true);
      assert.equal(await verifyInclusion({ ...proof, rootHash: sha(Buffer.from('x')).toString('hex') }), false);
      assert.equal(await verifyInclusion({ ...proof, path: [...proof.path, proof.leafHash] }), false);
      assert.equal(await verifyInclusion({ ...proof, sequence: size }), false);
      if (size > 1) assert.equal(await verifyInclusion({ ...proof, path: proof.path.slice(1) }), false);
    }
  }
});

test('tells how a case and a prediction are', () => {
  assert.deepEqual(caseLook({ state: 'ended', reward: 0.93 }), { phase: 'completed', word: 'well again' });
  assert.deepEqual(caseLook({ state: 'ended', reward: 0 }), { phase: 'failed', word: 'not well' });
  assert.deepEqual(caseLook({ state: 'ended' }), { phase: 'stopped', word: 'ended' });
  assert.equal(caseLook({ state: 'waits' }).word, 'waits');
  assert.equal(predictionLook({ state: 'acting', outcome: '' }).word, 'acting');
  assert.equal(predictionLook({ state: 'ended', outcome: 'prevented' }).word, 'did not fail');
  assert.equal(predictionLook({ state: 'unheard-of', outcome: '' }).word, 'unheard-of');
  assert.equal(measureOf({ heldOut: true, measure: '' }), 'left alone by lot, to compare');
  assert.equal(measureOf({ heldOut: false, measure: '' }), 'nothing');
  assert.equal(share(0.925), '0.93');
  assert.equal(share(undefined), '–');
  assert.equal(className({ name: 'slow database', class: 'new-12' }), 'slow database (new-12)');
  assert.equal(className({ name: 'deadlock', class: 'deadlock' }), 'deadlock');
});

test('claims no rate that nothing was counted for', () => {
  assert.deepEqual(rates({ hits: 3, falseAlarms: 1, missed: 0 }), { cameTrue: { part: 3, whole: 4 }, foreseen: { part: 3, whole: 3 } });
  assert.deepEqual(rates({ hits: 0, falseAlarms: 0, missed: 0 }), { cameTrue: null, foreseen: null });
});

test('tells how a trial on a clone is', () => {
  assert.deepEqual([{ open: true, why: '' }, { open: false, why: '' }, { open: false, why: 'it did not fail' }].map((one) => trialLook(one).word), ['goes on', 'ended', 'ended early']);
});

test('finds what concerns healing, and what waits', () => {
  assert.ok(concernsHealing({ subject: 'healing/12' }) && concernsHealing({ subject: 'healing' }) && concernsHealing({ subject: 'prediction/1' }) && concernsHealing({ subject: 'strategy/a' }) && concernsHealing({ subject: 'clone/shop/web' }));
  assert.ok(!concernsHealing({ subject: 'healings' }) && !concernsHealing({ subject: 'agent/healing/x' }));
  assert.equal(person('uid:1000@127.0.0.1'), person('uid:1000'));
  assert.deepEqual(waiting([{ id: 'a', approvedBy: '' }, { id: 'b', approvedBy: 'uid:1' }]).map((one) => one.id), ['a']);
  assert.deepEqual(casesOf([{ agent: 'shop/web.0' }, { agent: 'shop/db' }], 'WEB shop').map((one) => one.agent), ['shop/web.0']);
});
