"""The lanes: what a delivery that waits costs, in memory and in time, beside a heap and beside npm.

A million chats with four deliveries each, put in round after round, each round in an order of its
own, and given in virtual time: one a second for each chat and one in flight; CPU time. What posts
to a thousand chats owe is put in together, and once more one by one. The anchor is
std::priority_queue with an entry for each delivery, by due time and then by number: what its chat
may not take yet goes back with the time when it may. It knows no classes, routes or accounts.
Then bottleneck of npm, which clients in JavaScript wait in, with fewer jobs: it could not hold
so many. It is taken from tests/clients (`./dev setup test`) and left out where that is missing.
"""
import json
import shutil
import sys

import lib

CHATS, DELIVERIES = 1_000_000, 4_000_000
CHATS_PER_POST = 1_000
JOBS = 10_000  # of bottleneck
BYTES_PER_DELIVERY_MAX, BYTES_PER_CHAT_MAX = 32, 64
AGAINST_HEAP_MIN = 1.5

CLIENTS = lib.ROOT / 'tests' / 'clients'
BOTTLENECK = """
const Bottleneck = require('bottleneck');
const jobs = %d;
const limiter = new Bottleneck({maxConcurrent: 1});
let begin = () => {};
limiter.schedule(() => new Promise(resolve => { begin = resolve; })).catch(() => {});
(async () => {
  await new Promise(resolve => setTimeout(resolve, 50));
  global.gc();
  const before = process.memoryUsage().heapUsed;
  const spent = () => process.cpuUsage().user + process.cpuUsage().system;
  const start = spent();
  const all = [];
  for (let i = 0; i < jobs; ++i) all.push(limiter.schedule(() => Promise.resolve()));
  await new Promise(resolve => setTimeout(resolve, 0));
  while (limiter.queued() < jobs) await new Promise(resolve => setTimeout(resolve, 1));
  const enqueued = spent();
  global.gc();
  const bytes = process.memoryUsage().heapUsed - before;
  const drain = spent();
  begin();
  const part = %d;
  await Promise.all(all.slice(0, part));
  const done = spent();
  console.log(JSON.stringify({enqueue_ns: (enqueued - start) * 1e3 / jobs, bytes: bytes / jobs,
                              dispatch_ns: (done - drain) * 1e3 / part}));
  process.exit(0);
})();
"""
DRAINED = 1_000  # a few hundred in a second


def figures(kind):
    name, *options = kind.split()
    output = lib.run([lib.binary('schedule_bench'), name, CHATS, DELIVERIES, *options],
                     timeout=600).output
    return {name: float(value) for name, value in map(str.split, output.splitlines())}


def bottleneck():
    """Its figures for one job, or None where it is not installed."""
    if not shutil.which('node') or not (CLIENTS / 'node_modules' / 'bottleneck').exists():
        return None
    script = BOTTLENECK % (JOBS, DRAINED)
    output = lib.run(['node', '--expose-gc', '-e', script], cwd=CLIENTS).output
    return json.loads(output)


def main():
    options = lib.arguments(__doc__)
    rounds = min(options.rounds, 3)
    together, alone = f'lanes {CHATS_PER_POST}', 'lanes 1'
    taken = {together: [], 'heap': [], alone: []}
    for turn in range(rounds):
        for kind in taken if turn % 2 == 0 else reversed(list(taken)):
            lib.progress(f'{kind} {turn + 1}/{rounds}')
            taken[kind].append(figures(kind))
    lib.progress('')
    npm = bottleneck()
    ours, heap = taken[together], taken['heap']
    if any(each['virtual_seconds'] > 1.01 * heap[0]['virtual_seconds'] for each in ours):
        sys.exit('bench: the lanes did not give as fast as the chats admit')
    with lib.report('schedule', options) as report:
        beside = (ours[0]['bytes'] - CHATS * BYTES_PER_CHAT_MAX) / DELIVERIES
        memory = f'waits, beside {BYTES_PER_CHAT_MAX} bytes for a chat'
        report.add(memory, beside, 'bytes/delivery')
        report.floor(memory, value_max=BYTES_PER_DELIVERY_MAX)
        report.add('in all', ours[0]['bytes'] / DELIVERIES, 'bytes/delivery', lower_is_better=True,
                   anchor='priority_queue', beside=[heap[0]['bytes'] / DELIVERIES])
        for name in ('enqueue', 'dispatch'):
            report.add(name, [each[f'{name}_ns'] for each in ours], 'ns', lower_is_better=True,
                       anchor='priority_queue', beside=[each[f'{name}_ns'] for each in heap])
        report.floor('dispatch', ratio_min=AGAINST_HEAP_MIN)
        report.add('enqueue, one by one', [each['enqueue_ns'] for each in taken[alone]], 'ns',
                   lower_is_better=True, anchor='priority_queue',
                   beside=[each['enqueue_ns'] for each in heap])
        if npm is None:
            report.notes.append('bottleneck left out: ./dev setup test installs it')
            return
        for name, unit, value in (
                ('in all', 'bytes/delivery', ours[0]['bytes'] / DELIVERIES),
                ('enqueue', 'ns', lib.spread.of([each['enqueue_ns'] for each in ours]).median),
                ('dispatch', 'ns', lib.spread.of([each['dispatch_ns'] for each in ours]).median)):
            key = 'bytes' if unit.startswith('bytes') else f'{name}_ns'
            report.add(f'{name}, by npm', value, unit, lower_is_better=True, anchor='bottleneck',
                       beside=[npm[key]])


if __name__ == '__main__':
    main()
