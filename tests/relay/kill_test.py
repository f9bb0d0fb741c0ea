#!/usr/bin/env python3
"""The real program, killed by -9 again and again while real posts travel.

    kill_test.py [BIN_FOLDER]

Each of the three tests kills it 50 times with a send in flight, and about as often at other
moments. BAUDOT_SEED decides where the kills hit, BAUDOT_SECONDS whether there is time for another
seed; BAUDOT_LONG=1 makes it ten seeds at least. The journal's files are small, so that kills fall
between them, too, and on their retention.
"""
import collections
import contextlib
import os
import pathlib
import random
import sys
import unittest

import fault_proxy
import judge
import programs
import reference
import scenario
from kill_campaign import kill_campaign

BIN = pathlib.Path(sys.argv.pop(1)) if len(sys.argv) > 1 else pathlib.Path('build/release/bin')
SEED = int(os.environ.get('BAUDOT_SEED', '1'))
SECONDS = float(os.environ.get('BAUDOT_SECONDS', '0')) / 3  # of each test
SEEDS = 10 if os.environ.get('BAUDOT_LONG') == '1' else 1
KILLS = 50
JOURNAL = {'segment': '128KiB', 'keep_bytes': '1MiB'}


class killed_by_9(unittest.TestCase):
    def test_with_repeat_nothing_is_lost_and_what_is_doubled_was_named(self):
        self.for_each_seed(self.judge_repeat, 'repeat')

    def test_with_skip_nothing_is_doubled_and_what_is_lost_was_named(self):
        self.for_each_seed(self.judge_skip, 'skip')

    def test_with_webhooks_neither(self):
        self.for_each_seed(self.judge_repeat, 'repeat', is_posted=True)

    def for_each_seed(self, judge_run, policy, **how):
        for seed in programs.seeds(SEED, SECONDS, SEEDS):
            with self.subTest(seed=seed):
                self.relay(judge_run, policy, seed, **how)

    def relay(self, judge_run, policy, seed, is_posted=False):
        made = scenario.scenario(scenario.load())
        expected = reference.expected_copies(made.posts, made.routes, made.destinations)
        with programs.running_telegram(BIN) as (world, folder):
            made.build(world)
            with self.node(made, world, folder, policy, is_posted) as node:
                done = kill_campaign(made, world, node, random.Random(seed), KILLS)
                self.assertEqual(done.run(), 0)
                found = judge.judge(expected, made.found(world))
                left = [each['left_for_the_next_start'] for each in node.records('stopped')]
                named = [each for run in range(len(node.logs)) for each in done.named(run)]
                print(f'seed {seed}, {policy}: {KILLS} kills with a send in flight, {done.more} '
                      f'others, {done.stops} stops, {len(done.segments)} files of the journal; '
                      f'acted on {done.fired("answer_lost")}, not acted on {done.fired("hold")}; '
                      f'named {len(named)}, '
                      f'doubled {found.doubled.total()}, lost {found.lost.total()}',
                      file=sys.stderr)
                self.assertEqual(left, [0])
                self.assertEqual(found.wrong, [])
                self.assertEqual(list(done.unnamed()), [])
                self.assertEqual(made.secrets_in(node.output()), [])
                self.assertEqual(len({run for run, _ in done.landed}), KILLS)
                self.assertTrue(done.fired('hold') and done.fired('answer_lost'))
                self.assertGreater(len(done.segments), KILLS // 2)
                self.assertLess(len(done.segments_now()), len(done.segments), 'none has gone')
                judge_run(done, found, named)

    @contextlib.contextmanager
    def node(self, made, world, folder, policy, is_posted):
        with contextlib.ExitStack() as kept:
            if is_posted:
                front = kept.enter_context(contextlib.closing(fault_proxy.fault_proxy(1)))
                config = made.configure(folder, world.url, policy, front.url, journal=JOURNAL)
                node = programs.posted_baudot(front, BIN / 'baudot', config, folder, made.tokens)
            else:
                config = made.configure(folder, world.url, policy, journal=JOURNAL)
                node = programs.baudot(BIN / 'baudot', config, folder, made.tokens)
            yield kept.enter_context(contextlib.closing(node))

    def judge_repeat(self, done, found, named):
        self.assertEqual(found.lost, {})
        allowed = collections.Counter((where, what) for _, where, what in named)
        self.assertEqual(list(judge.beyond(found.doubled, allowed)), [])
        self.assertGreaterEqual(found.doubled.total(), done.fired('answer_lost'))

    def judge_skip(self, done, found, named):
        self.assertEqual(found.doubled, {})
        # A start that is killed before its verdict is durable names the same ones as the next.
        allowed = collections.Counter((where, what) for _, where, what in set(named))
        self.assertEqual(list(judge.beyond(found.lost, allowed)), [])
        self.assertGreaterEqual(found.lost.total(), done.fired('hold'))


if __name__ == '__main__':
    unittest.main()
