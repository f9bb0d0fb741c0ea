#!/usr/bin/env python3
"""How much of a hidden limit Baudot uses and how often it is refused, beside other clients.

Virtual time: half an hour of a sender with always something to send, against servers whose limit no
client is told (bench/limits_servers.hpp). Same seed, same figures. --plot writes what Baudot sent,
second by second, beside what one server allowed.
"""
import json
import math
import pathlib
import statistics
import sys

import lib
import lib_plot

OURS = 'baudot'
# server: (least goodput over the limit, most refusals per 1000 accepted)
TARGETS = {'A': (.98, .5), 'B': (.95, 1), 'C': (.80, 2),
           'D': (.92, 8), 'E': (.99, 4), 'F': (.95, 3)}
MEAN_MIN, OVER_BEST_OTHER_MIN = .925, 1.5
DRAWN = 200
DRAWN_MEDIAN_MIN, DRAWN_P10_MIN = .90, .80


def more_arguments(parser):
    parser.add_argument('--seed', type=int, default=1, help='draws the servers (default 1)')
    parser.add_argument('--plot', metavar='FILE', type=pathlib.Path, help='write an SVG and end')
    parser.add_argument('--server', default='C', help='which one to plot (default C)')


def geometric_mean(values):
    return math.exp(statistics.fmean(math.log(max(value, 1e-4)) for value in values))


def by_client(runs, group):
    """{client: {server: run}} of one group, in the order of the program."""
    found = {}
    for each in runs:
        if each['group'] == group:
            found.setdefault(each['client'], {})[each['server']] = each
    return found


def print_servers(group, clients):
    """Goodput and refusals of every client, then the rest of what Baudot's runs were like."""
    rows = [('server', *clients, 'silence', 'settled')]
    for server, ours in clients[OURS].items():
        cells = [f"{of[server]['goodput']:.3f} / {of[server]['refused_per_1000']:.1f}"
                 for of in clients.values()]
        rows.append((server, *cells, f"{ours['silence']:.0f} s", f"{ours['settled']:.0f} s"))
    rows.append(('geometric mean', *(f'{mean:.3f}' for mean in means(clients).values()), '', ''))
    lib.table(f'limits, {group}: goodput over the limit / refusals per 1000 accepted; longest '
              'silence and settle time of baudot', rows)


def means(clients):
    return {name: geometric_mean([run['goodput'] for run in of.values()])
            for name, of in clients.items()}


def print_drawn(clients, seed):
    rows = [('client', 'median', '10th percentile', 'refusals/1000', 'silence')]
    for name, of in clients.items():
        goodput = [run['goodput'] for run in of.values()]
        rows.append((name, f'{statistics.median(goodput):.3f}', f'{lib.quantile(goodput, .1):.3f}',
                     f"{statistics.median(run['refused_per_1000'] for run in of.values()):.1f}",
                     f"{statistics.median(run['silence'] for run in of.values()):.0f} s"))
    lib.table(f'limits, {len(clients[OURS])} servers drawn from seed {seed}', rows)


def missed(standard, drawn):
    """Every target that was not reached, in words."""
    for server, (goodput_min, refused_max) in TARGETS.items():
        run = standard[OURS][server]
        if run['goodput'] < goodput_min:
            yield f"{server}: goodput {run['goodput']:.3f}, at least {goodput_min}"
        if run['refused_per_1000'] > refused_max:
            yield f"{server}: {run['refused_per_1000']:.1f} refusals/1000, at most {refused_max}"
    mean = means(standard)
    best_other = max(value for name, value in mean.items() if name != OURS)
    least = max(MEAN_MIN, OVER_BEST_OTHER_MIN * best_other)
    if mean[OURS] < least:
        yield f'A to F: mean {mean[OURS]:.3f}, at least {least:.3f}'
    goodput = [run['goodput'] for run in drawn[OURS].values()]
    if statistics.median(goodput) < DRAWN_MEDIAN_MIN:
        yield f'drawn: median {statistics.median(goodput):.3f}, at least {DRAWN_MEDIAN_MIN}'
    if lib.quantile(goodput, .1) < DRAWN_P10_MIN:
        yield f'drawn: 10th percentile {lib.quantile(goodput, .1):.3f}, at least {DRAWN_P10_MIN}'


def plot(program, server, file):
    lines = lib.run([program, '--trace', server]).output.splitlines()
    if not lines:
        sys.exit(f'bench: no server {server}')
    columns = list(zip(*(map(float, line.split()) for line in lines)))
    file.write_text(lib_plot.rates(f'Server {server}: what it allows and what Baudot sends',
                                   *columns))


def main():
    options = lib.arguments(__doc__, more_arguments)
    program = lib.binary('limits_bench')
    if options.plot:
        plot(program, options.server, options.plot)
        return
    runs = [json.loads(line)
            for line in lib.run([program, options.seed, DRAWN]).output.splitlines()]
    standard, drawn = by_client(runs, 'standard'), by_client(runs, 'drawn')
    print_servers('A to F', standard)
    print_servers('named', by_client(runs, 'named'))
    print_drawn(drawn, options.seed)
    if options.json:
        for each in runs:
            print(json.dumps({'bench': 'limits', 'seed': options.seed, **each}), flush=True)
    misses = list(missed(standard, drawn))
    for miss in misses:
        print(f'target missed: {miss}', file=sys.stderr)
    sys.exit(1 if misses else 0)


if __name__ == '__main__':
    main()
