"""What every benchmark shares: honest numbers, one table for people, one JSON form.

A benchmark is `bench/NAME.py`; `./dev bench NAME` runs it. It measures the subject beside its
anchors in turns (A B A B), because two runs on a virtual machine differ by more than two
programs do. Use:

    options = lib.arguments(__doc__)
    with lib.report('journal', options) as report:
        runs, disk = lib.interleaved({'ours': run_ours, 'rocksdb': run_rocksdb},
                                     rounds=options.rounds, folder=options.folder)
        report.add('append 300 B', runs['ours'], 'records/s',
                   anchor='rocksdb batch 64', beside=runs['rocksdb'], disk=disk)
        report.floor('append 300 B', 2.0)

Numbers of time are seconds unless the name says otherwise. Text for people goes to stderr, JSON
lines to stdout: {"bench","metric","value","unit","anchor","ratio"}, ratio null where it would
mislead. Exit code 1 when a floor is missed, 0 else (an unusable ratio is not a missed floor).
"""
import argparse
import dataclasses
import json
import math
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

# Two halves of a comparison whose disk differed by more than this compare disks, not programs.
SYNC_DRIFT_MAX = 1.5
SYNC_PROBES = 64
SYNC_PROBE_BYTES = 4096

ROOT = pathlib.Path(__file__).resolve().parent.parent


def binary(name, preset='release'):
    """The program `name` of a build; a clear end when it was not built."""
    path = ROOT / 'build' / preset / 'bin' / name
    if not path.exists():
        sys.exit(f'bench: {path.relative_to(ROOT)} is missing: ./dev build {preset}')
    return path


def arguments(description, more=None):
    """--json, --rounds, --seconds, --folder; `more(parser)` adds what one benchmark needs."""
    parser = argparse.ArgumentParser(description=description.strip().splitlines()[0])
    parser.add_argument('--json', action='store_true', help='JSON lines on stdout')
    parser.add_argument('--rounds', type=int, default=5, help='turns of each side (default 5)')
    parser.add_argument('--seconds', type=float, default=2.0, help='length of a turn (default 2)')
    parser.add_argument('--folder', type=pathlib.Path,
                        help='where files go: the disk that is measured (default build/bench)')
    if more:
        more(parser)
    options = parser.parse_args()
    if options.rounds < 1 or options.seconds <= 0:
        parser.error('--rounds and --seconds must be above zero')
    if options.folder is None:
        # Not /tmp, which may be memory.
        options.folder = ROOT / 'build' / 'bench'
    options.folder.mkdir(parents=True, exist_ok=True)
    return options


@dataclasses.dataclass(frozen=True)
class spread:
    """The middle of some runs and how far they lie apart."""
    median: float
    low: float
    high: float
    runs: int

    @staticmethod
    def of(values):
        values = sorted(values)
        if not values:
            raise ValueError('no runs')
        return spread(statistics.median(values), values[0], values[-1], len(values))

    @property
    def relative(self):
        """Width over the median: 0.1 means that all runs lie within 10 %."""
        return (self.high - self.low) / self.median if self.median else 0.0


def quantile(values, share):
    """Nearest rank: the smallest value that at least `share` of them do not exceed."""
    values = sorted(values)
    if not values or not 0 < share <= 1:
        raise ValueError('quantile of nothing, or a share outside (0, 1]')
    return values[max(0, math.ceil(share * len(values)) - 1)]


def fdatasync_p50(folder, probes=SYNC_PROBES):
    """Seconds of one 4 KiB append + fdatasync in `folder`, the median of `probes`."""
    block = b'\0' * SYNC_PROBE_BYTES
    times = []
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        for _ in range(probes):
            start = time.perf_counter()
            os.write(file.fileno(), block)
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - start)
    return statistics.median(times)


def drift(samples):
    """Largest over smallest: 1.0 when nothing moved."""
    return max(samples) / min(samples)


def interleaved(sides, rounds, folder=None):
    """Runs each side once per round, in turns; {name: [value, ...]}, [fdatasync p50, ...].

    A side is a function that returns one number. With a folder the disk is probed before the
    first and after each turn, so that report.add() can refuse a ratio when the disk changed.
    One round before the first warms caches up and is thrown away where there are three or more.
    """
    disk = [fdatasync_p50(folder)] if folder else []
    runs = {name: [] for name in sides}
    warm_up = 1 if rounds >= 3 else 0
    for turn in range(rounds + warm_up):
        # The order is turned round each time: whoever runs second finds a warmer machine.
        for name in sides if turn % 2 == 0 else reversed(list(sides)):
            progress(f'{name} {turn + 1}/{rounds + warm_up}')
            value = sides[name]()
            if turn >= warm_up:
                runs[name].append(value)
                if folder:
                    disk.append(fdatasync_p50(folder))
    progress('')
    return runs, disk


@dataclasses.dataclass(frozen=True)
class finished:
    """A child that ended: its output and what it cost, its own children included."""
    code: int
    output: str
    wall: float
    cpu_user: float
    cpu_system: float
    memory_bytes: int

    @property
    def cpu(self):
        return self.cpu_user + self.cpu_system


def run(command, timeout=600, check=True, **popen):
    """Runs a command to its end. stdout is kept, stderr passes through."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        child = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL,
                                 stdout=output, **popen)
        usage = _wait(child, time.monotonic() + timeout)
        wall = time.perf_counter() - start
        output.seek(0)
        text = output.read().decode(errors='replace')
    if check and child.returncode != 0:
        sys.stderr.write(text)
        sys.exit(f'bench: {command[0]} ended with {child.returncode}')
    return finished(child.returncode, text, wall, usage.ru_utime, usage.ru_stime,
                    usage.ru_maxrss * 1024)


def _wait(child, deadline):
    # wait4 alone tells what one child cost; it has no timeout, so poll it.
    while True:
        pid, status, usage = os.wait4(child.pid, os.WNOHANG)
        if pid:
            child.returncode = os.waitstatus_to_exitcode(status)
            return usage
        if time.monotonic() > deadline:
            child.kill()
            deadline = float('inf')
        time.sleep(0.005)


def cpu_of(pid):
    """CPU seconds (user + system) of a running process so far, all its threads."""
    fields = pathlib.Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def own_cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def progress(text):
    """One line that overwrites itself on a terminal, and nothing elsewhere."""
    if sys.stderr.isatty():
        sys.stderr.write(f'\r\033[K{text}')
        sys.stderr.flush()


class report:
    """Collects figures; prints the table (stderr) and the JSON lines (stdout) at the end."""

    def __init__(self, bench, options):
        self.bench = bench
        self.json = options.json
        self.rows = []
        self.notes = []
        self.missed = []

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            self.print()
            if self.missed:
                sys.exit(1)

    def add(self, metric, values, unit, anchor=None, beside=None, disk=(), lower_is_better=False):
        """One figure: the runs of it, and those of the anchor measured in turns with it.

        ratio = how many times better than the anchor. None when the disk moved meanwhile.
        """
        ours = spread.of(values if isinstance(values, list) else [values])
        theirs = spread.of(beside) if beside else None
        ratio = None
        if theirs:
            pair = (theirs.median, ours.median) if lower_is_better else (ours.median, theirs.median)
            ratio = pair[0] / pair[1] if pair[1] else None
            if disk and drift(disk) > SYNC_DRIFT_MAX:
                self.notes.append(f'{metric}: no ratio, fdatasync p50 moved {drift(disk):.1f}x '
                                  f'({min(disk) * 1e3:.2f}..{max(disk) * 1e3:.2f} ms)')
                ratio = None
        self.rows.append((metric, ours, unit, anchor, theirs, ratio))
        return ratio

    def floor(self, metric, ratio_min=None, value_max=None, value_min=None):
        """What the figure must reach; a miss is printed and ends the run with 1."""
        row = next(row for row in self.rows if row[0] == metric)
        value, ratio = row[1].median, row[5]
        if ratio_min is not None and ratio is not None and ratio < ratio_min:
            self.missed.append(f'{metric}: {ratio:.2f}x, at least {ratio_min:g}x')
        if ratio_min is not None and ratio is None:
            self.notes.append(f'{metric}: floor {ratio_min:g}x not judged')
        if value_max is not None and value > value_max:
            self.missed.append(f'{metric}: {value:,.4g}, at most {value_max:g}')
        if value_min is not None and value < value_min:
            self.missed.append(f'{metric}: {value:,.4g}, at least {value_min:g}')

    def print(self):
        rows = [('metric', 'median', 'spread', 'unit', 'anchor', 'its median', 'ratio')]
        for metric, ours, unit, anchor, theirs, ratio in self.rows:
            rows.append((metric, number(ours.median),
                         f'{number(ours.low)}..{number(ours.high)}' if ours.runs > 1 else '', unit,
                         anchor or '', number(theirs.median) if theirs else '',
                         f'{ratio:.2f}x' if ratio is not None else ''))
        table(self.bench, rows)
        for note in self.notes:
            print(f'note: {note}', file=sys.stderr)
        for miss in self.missed:
            print(f'floor missed: {miss}', file=sys.stderr)
        if self.json:
            for metric, ours, unit, anchor, _, ratio in self.rows:
                print(json.dumps({'bench': self.bench, 'metric': metric, 'value': ours.median,
                                  'unit': unit, 'anchor': anchor, 'ratio': ratio}), flush=True)


def number(value):
    """Four digits that matter, thousands apart: 1,234,000 or 0.1234."""
    if value == 0 or not 1e-4 <= abs(value) < 1e15:
        return f'{value:.4g}'
    digits = max(0, 3 - len(str(int(abs(value)))) + (1 if abs(value) >= 1 else 2))
    return f'{value:,.{digits}f}'


def table(title, rows):
    """A table on stderr; columns of numbers to the right."""
    widths = [max(len(str(row[i])) for row in rows) for i in range(len(rows[0]))]
    right = [i for i in range(len(rows[0])) if i in (1, 2, 5, 6)]
    print(f'\n{title}', file=sys.stderr)
    for index, row in enumerate(rows):
        cells = [str(cell).rjust(width) if i in right else str(cell).ljust(width)
                 for i, (cell, width) in enumerate(zip(row, widths))]
        print('  ' + '  '.join(cells).rstrip(), file=sys.stderr)
        if index == 0:
            print('  ' + '  '.join('-' * width for width in widths), file=sys.stderr)
