#!/usr/bin/env python3
"""Twice as many posts as can be copied, for minutes: what rate and memory become.

The real programs as in `./dev bench relay`, 20 channels each copied into 50. Twice:

- Telegram is the bound: each bot has a limit, together half of what the machine can do.
- The machine is the bound: no limits on either side. Here Telegram shares two cores with Baudot,
  and twice as many posts cost it twice the work; so the floor is lower, and says that nothing
  collapses.

What is copied flat out, before and after; between them posts at twice that rate, of which the last
third counts: by then all that is bounded is full. What cannot be sent waits in the journal, and all
of it must arrive, once.
"""
import collections
import json
import os
import pathlib
import statistics
import threading
import time

import lib
import lib_programs
import relay

TIMES = 2
FAN_OUT = 50  # telegram-sim, which shares the machine, has few posts to make for many copies
SHARE_OF_PEAK_MIN = .9
SHARE_OF_PEAK_MIN_ON_TWO_CORES = .65
LEARNING_TURNS = 6  # at a limit that nobody has met yet
MEMORY_CAP = 256 << 20  # as tests/relay/memory_test.py has it
GROWTH_MAX = .05        # of the cap
SLICE_S = 5             # posts of so many seconds are one replay
LOOK_EVERY_S = .5

sample = collections.namedtuple('sample', 'at copied resident')
remainder = collections.namedtuple('remainder', 'owed rate wrong')


def more_arguments(parser):
    parser.add_argument('--overload', type=float, default=90, help='seconds of each (default 90)')


def resident(pid):
    pages = pathlib.Path(f'/proc/{pid}/statm').read_text().split()[1]
    return int(pages) * os.sysconf('SC_PAGE_SIZE')


def watch(side, until):
    """Samples until the overload is over."""
    samples = []
    while not samples or not until.is_set():
        samples.append(sample(time.monotonic(), side.copied(), resident(side.baudot.process.pid)))
        lib.progress(f'{samples[-1].at - samples[0].at:.0f} s: '
                     f'{samples[-1].copied - samples[0].copied:,} copied, '
                     f'{samples[-1].resident / (1 << 20):.0f} MiB')
        until.wait(LOOK_EVERY_S)
    lib.progress('')
    return samples


def overload(side, per_second, seconds):
    """Posts at that rate; what was seen meanwhile, and the number of posts."""
    each_source = max(1, round(per_second * SLICE_S / len(side.sources)))
    slices = max(1, round(seconds / SLICE_S))
    over = threading.Event()

    def post():
        try:
            for _ in range(slices):
                replay = side.post(each_source, per_second)
                lib_programs.until('the posts', lambda: side.is_posted(replay))
        finally:
            over.set()

    poster = threading.Thread(target=post)
    poster.start()
    samples = watch(side, over)
    poster.join()
    return samples, slices * each_source


def tell(report, name, share_min, peaks, samples, rest):
    """The figures of one overload."""
    start, end = samples[len(samples) * 2 // 3], samples[-1]
    most = max(each.resident for each in samples)
    goodput = (end.copied - start.copied) / (end.at - start.at)
    report.add(f'{name}: copies', goodput, 'copies/s', 'flat out', peaks)
    report.floor(f'{name}: copies', ratio_min=share_min)
    report.add(f'{name}: owed at its end', rest.owed, 'copies')
    report.add(f'{name}: copied after it', rest.rate, 'copies/s', 'flat out', peaks)
    report.add(f'{name}: memory, at most', most / (1 << 20), 'MiB')
    report.floor(f'{name}: memory, at most', value_max=MEMORY_CAP / (1 << 20))
    growth = f'{name}: memory, growth'
    report.add(growth, (most - start.resident) / MEMORY_CAP * 100, '% of 256 MiB')
    report.floor(growth, value_max=GROWTH_MAX * 100)
    report.add(f'{name}: not there, or twice', rest.wrong, 'chats')
    report.floor(f'{name}: not there, or twice', value_max=0)


def drain(side, before, posts):
    """Waits for the rest; how much and how fast, and in how many chats it is not as it must be."""
    goal = sum(before.values()) + posts * len(before)
    begin, there = time.monotonic(), sum(side.newest().values())
    progress = there

    def all_there():
        nonlocal progress
        now = sum(side.newest().values())
        lib.progress(f'{goal - now:,} to come')
        stuck, progress = now == progress, now
        return now >= goal or (stuck and side.baudot.figure('baudot_deliveries_pending') == 0)

    lib_programs.until('the rest', all_there, pause=1, patience_s=3600)
    lib.progress('')
    rate = (sum(side.newest().values()) - there) / (time.monotonic() - begin)
    wrong = sum(newest - before[chat] != posts for chat, newest in side.newest().items())
    return remainder(goal - there, rate, wrong)


def limit(side, copies_per_second):
    """Each bot gets its share of that rate; the rest is refused until its time has come."""
    interval_ms = max(1, round(relay.BOTS * 1e3 / copies_per_second))
    burst = max(1, round(1e3 / interval_ms))  # a second of it
    side.telegram.call('profile', json.dumps({'limits': {
        'broadcast': {'interval_ms': interval_ms, 'burst': burst}}}).encode(), 'PUT')


def measure(report, name, share_min, side, options):
    """One overload, between turns flat out."""
    peaks = [side() for _ in range(options.rounds)]
    per_second = TIMES * statistics.median(peaks) / FAN_OUT
    before = side.newest()
    samples, posts = overload(side, per_second, options.overload)
    rest = drain(side, before, posts)
    peaks += [side() for _ in range(options.rounds)]
    tell(report, name, share_min, peaks, samples, rest)


def main():
    options = lib.arguments(__doc__, more_arguments)
    with lib.report('overload', options) as report:
        with relay.shape(FAN_OUT, options) as side:
            side()  # opens its connections
            limit(side, statistics.median(side() for _ in range(options.rounds)) / 2)
            for _ in range(LEARNING_TURNS):
                side()
            measure(report, 'Telegram', SHARE_OF_PEAK_MIN, side, options)
        with relay.shape(FAN_OUT, options) as side:
            side()
            measure(report, 'machine', SHARE_OF_PEAK_MIN_ON_TWO_CORES, side, options)


if __name__ == '__main__':
    main()
