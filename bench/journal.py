"""The journal beside RocksDB, Redis and the bare disk, in turns.

Durable appends of 300 bytes, 1,024 in flight: our natural group commit against RocksDB's sync
WriteBatch of 64 and a Redis stream with its AOF synced always, pipelined (16 clients x 64). One
append in flight against the write + fdatasync of 4 KiB that fio measures. Its recovery:
./dev bench recovery.
"""
import json
import pathlib
import shutil
import subprocess
import tempfile
import time

import lib

RECORD_BYTES = 300
REDIS_CLIENTS = 16
REDIS_PIPELINE = 64
REDIS_WARM_UP = 20_000


class ours:
    """One side of journal_bench: records/s now, latencies kept for later."""

    def __init__(self, side, options):
        self.command = [lib.binary('journal_bench'), options.folder, options.seconds, side]
        self.p50, self.p99 = [], []

    def __call__(self):
        _, rate, p50, p99 = lib.run(self.command).output.split()
        self.p50.append(float(p50))
        self.p99.append(float(p99))
        return float(rate)

    def latency(self):
        self()
        return self.p50[-1]


class redis:
    """A redis-server on a socket of its own; XADD with the AOF synced before each answer."""

    def __init__(self, options):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=options.folder, prefix='redis_'))
        # A socket's path has a limit of 108 bytes, which a build folder may exceed.
        self.sockets = pathlib.Path(tempfile.mkdtemp(prefix='baudot_bench_'))
        self.socket = self.sockets / 's'
        self.seconds = options.seconds
        self.server = subprocess.Popen(
            ['redis-server', '--port', '0', '--unixsocket', self.socket, '--dir', self.folder,
             '--save', '', '--appendonly', 'yes', '--appendfsync', 'always',
             '--auto-aof-rewrite-percentage', '0', '--daemonize', 'no'],
            stdout=subprocess.DEVNULL)

    def __enter__(self):
        for _ in range(200):
            if self.socket.exists():
                break
            time.sleep(0.02)
        self.rate = self.add(REDIS_WARM_UP)
        return self

    def __exit__(self, *_):
        self.server.terminate()
        self.server.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(self.sockets, ignore_errors=True)

    def add(self, count):
        output = lib.run(['redis-benchmark', '-s', self.socket, '-c', REDIS_CLIENTS, '-P',
                          REDIS_PIPELINE, '-n', count, '--csv', 'XADD', 'journal', 'MAXLEN', '~',
                          '100000', '*', 'd', 'x' * RECORD_BYTES]).output
        return float(output.strip().splitlines()[-1].split('","')[1])

    def __call__(self):
        self.rate = self.add(max(REDIS_WARM_UP, int(self.rate * self.seconds)))
        return self.rate


def fio_latency(options):
    """p50 of one 4 KiB write + fdatasync in microseconds."""
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        output = lib.run(['fio', '--name=sync', f'--directory={folder}', '--rw=write', '--bs=4k',
                          '--size=256m', '--fdatasync=1', '--time_based',
                          f'--runtime={max(1, round(options.seconds))}', '--ioengine=psync',
                          '--output-format=json']).output
    job = json.loads(output[output.index('{'):])['jobs'][0]
    half = '50.000000'
    return (job['write']['clat_ns']['percentile'][half]
            + job['sync']['lat_ns']['percentile'][half]) / 1000


def main():
    options = lib.arguments(__doc__)
    with lib.report('journal', options) as report, redis(options) as redis_side:
        journal, rocksdb = ours('journal', options), ours('rocksdb', options)
        runs, disk = lib.interleaved(
            {'journal': journal, 'rocksdb': rocksdb, 'redis': redis_side}, options.rounds,
            options.folder)
        metric = 'append 300 B, 1024 in flight'
        report.add(metric, runs['journal'], 'records/s', 'RocksDB sync batch 64',
                   runs['rocksdb'], disk)
        report.add('the same', runs['journal'], 'records/s', 'Redis AOF always, pipelined',
                   runs['redis'], disk)
        report.add('append p50', journal.p50[-options.rounds:], 'us')
        report.add('append p99', journal.p99[-options.rounds:], 'us')
        report.floor(metric, ratio_min=2.0)

        single = ours('journal1', options)
        runs, disk = lib.interleaved(
            {'journal': single.latency, 'fio': lambda: fio_latency(options)}, options.rounds,
            options.folder)
        report.add('append p50, 1 in flight', runs['journal'], 'us', 'fio 4 KiB fdatasync p50',
                   runs['fio'], disk, lower_is_better=True)


if __name__ == '__main__':
    main()
