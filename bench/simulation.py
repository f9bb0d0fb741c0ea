#!/usr/bin/env python3
"""How much faster than real time a whole node is simulated, and what a delivery costs there.

An hour of 100 chats under live load, 1.7 posts a second, undisturbed; and the same with faults.
The anchor is the clock on the wall.
"""
import json

import lib

SPEED_MIN = 1_000  # times real time, for 100 chats under live load
POSTS = 6_000


def main():
    options = lib.arguments(__doc__)
    program = lib.binary('baudot-simulation')
    kinds = {'live load': ['--faults', '0', '--crashes', '0'],
             'with faults': ['--faults', '34', '--crashes', '4']}
    runs = {name: [] for name in kinds}
    for turn in range(options.rounds):
        for name, more in kinds.items():
            command = [program, '--seed', str(turn + 1), '--posts', str(POSTS), '--chats', '100',
                       '--hours', '1', '--json', *more]
            runs[name].append(json.loads(lib.run(command).output))
    with lib.report('simulation', options) as out:
        for name, figures in runs.items():
            out.add(f'speed, {name}', [each['times_real_time'] for each in figures], 'x real time')
            out.add(f'cost, {name}',
                    [each['seconds'] * 1e6 / each['deliveries'] for each in figures], 'us/delivery')
        out.floor('speed, live load', value_min=SPEED_MIN)


if __name__ == '__main__':
    main()
