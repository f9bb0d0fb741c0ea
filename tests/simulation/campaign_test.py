#!/usr/bin/env python3
"""Many seeds through the whole node: every promise holds, and a seed is the same run twice.

    campaign_test.py [BIN_FOLDER]

150 seeds from BAUDOT_SEED on, 3,000 with BAUDOT_LONG=1; the count is a floor, whatever
BAUDOT_SECONDS says. Each run has at least 5,000 posts, 3 crashes and 30 faults. Of each scenario
that is played without random faults there are 12 seeds, 200 with BAUDOT_LONG=1.
"""
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SEEDS, SEEDS_LONG = 150, 3_000
POSTS, CRASHES, FAULTS = 5_000, 3, 30
SCENARIOS = ('shares', 'isolation', 'classes', 'urgency', 'holds', 'deaths')
SCENARIO_SEEDS, SCENARIO_SEEDS_LONG = 12, 200


def play(program, seed, count, *options):
    """The figures of `count` seeds; exits when one of them broke a promise."""
    command = [program, '--seed', seed, '--seeds', str(count), '--jobs', str(os.cpu_count() or 1),
               '--json', *options]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE)
    figures = json.loads(done.stdout)
    print(json.dumps(figures, indent=1))
    if done.returncode != 0:
        sys.exit(f"{figures['failed']} of {figures['seeds']} seeds broke a promise, see above")
    if figures['seeds'] < count:
        sys.exit(f"{figures['seeds']} seeds were played, and should have been {count}")
    return figures


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / 'build/release/bin'
    program = folder / 'baudot-simulation'
    seed = os.environ.get('BAUDOT_SEED', '1')
    is_long = os.environ.get('BAUDOT_LONG') == '1'

    twice = subprocess.run([program, '--seed', seed, '--twice'], check=False)
    if twice.returncode != 0:
        sys.exit(f'seed {seed} gave two different runs')

    for scenario in SCENARIOS:
        print(scenario)
        play(program, seed, SCENARIO_SEEDS_LONG if is_long else SCENARIO_SEEDS,
             '--scenario', scenario)

    figures = play(program, seed, SEEDS_LONG if is_long else SEEDS, '--posts', str(POSTS))
    for figure, least in (('posts_min', POSTS), ('crashes_min', CRASHES), ('faults_min', FAULTS)):
        if figures[figure] < least:
            sys.exit(f'{figure} is {figures[figure]}, and should be {least}')


if __name__ == '__main__':
    main()
