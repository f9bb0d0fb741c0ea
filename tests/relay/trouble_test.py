#!/usr/bin/env python3
"""The real program under load while the network breaks, and while one of the two stands still.

    trouble_test.py [BIN_FOLDER]

BAUDOT_SEED decides where it strikes, BAUDOT_SECONDS whether there is time for another seed;
BAUDOT_LONG=1 adds stops that are longer than every timeout.
"""
import collections
import contextlib
import os
import pathlib
import random
import sys
import time
import unittest

import fault_proxy
import judge
import programs
import reference
import scenario

BIN = pathlib.Path(sys.argv.pop(1)) if len(sys.argv) > 1 else pathlib.Path('build/release/bin')
SEED = int(os.environ.get('BAUDOT_SEED', '1'))
TESTS = 6
SECONDS = float(os.environ.get('BAUDOT_SECONDS', '0')) / TESTS
IS_LONG = os.environ.get('BAUDOT_LONG') == '1'
SHARE = 4              # one post in so many
LONGER_THAN_ALL_S = 95  # execute: 60 s, a poll: 80 s, a connection that idles: 75 s

STORM = [(200, {'delay': .02, 'drip': .02}),
         (1500, {'cut_before': .004, 'cut_after': .008, 'truncate': .006, 'garbage': .006,
                 'drip': .01, 'delay': .02, 'black_hole': .002, 'refuse': .001}),
         (1, {'black_hole': 1}),  # the rare ones surely, by whatever seed
         (1, {'refuse': 1}),
         (300, {}),
         (1000, {'cut_after': .02, 'refuse': .004, 'cut_before': .01})]
# Nothing in it loses an answer: what Telegram asks for arrives.
BREEZE = [(4000, {'delay': .02, 'drip': .02, 'cut_before': .01, 'refuse': .002})]


class trouble(unittest.TestCase):
    def for_each_seed(self, test):
        for seed in programs.seeds(SEED, SECONDS):
            with self.subTest(seed=seed):
                test(seed)

    @contextlib.contextmanager
    def running(self, seed, policy, schedule):
        """Baudot behind a proxy, posts on their way to it. Afterwards: delivered and judged."""
        updates = scenario.load()[seed % SHARE::SHARE]
        self.made = scenario.scenario(updates)
        expected = reference.expected_copies(self.made.posts, self.made.routes,
                                             self.made.destinations)
        with contextlib.ExitStack() as kept:
            world, folder = kept.enter_context(programs.running_telegram(BIN))
            self.made.build(world)
            port = int(world.url.rpartition(':')[2])
            self.proxy = kept.enter_context(contextlib.closing(
                fault_proxy.fault_proxy(port, seed, [])))
            config = self.made.configure(folder, self.proxy.url, policy)
            node = kept.enter_context(contextlib.closing(programs.baudot(
                BIN / 'baudot', config, folder, self.made.tokens)))
            world.call('expectation', self.made.expectation(expected), 'PUT')
            node.start('--grace', '120')
            programs.until('the start', lambda: node.has_said('running'))
            self.proxy.follow(schedule)
            replay = self.made.replay(world, updates)
            yield world, node, replay
            programs.until('the posts', lambda: world.call(f'replays/{replay}')['done'])
            programs.until('an end of the weather', lambda: not self.proxy.schedule)
            programs.until('no update to wait', lambda: all(
                each['pending'] == 0 for each in world.call('bots')))
            self.assertEqual(node.stop(patience_s=180), 0)
            self.judge(seed, policy, world, node, expected)

    def judge(self, seed, policy, world, node, expected):
        found = judge.judge(expected, self.made.found(world))
        score = world.call('score')
        named = {'repeat': 'no answer came: sent again', 'skip': 'a post was not delivered'}
        allowed = collections.Counter(map(self.made.named, node.records(named[policy])))
        total = sum(len(each) for each in expected.values())
        print(f'seed {seed}, {policy}: {total} deliveries through {dict(self.proxy.done)}; named '
              f'{allowed.total()}, doubled {found.doubled.total()}, lost {found.lost.total()}',
              file=sys.stderr)
        self.assertEqual([each['left_for_the_next_start'] for each in node.records('stopped')],
                         [0])
        self.assertEqual(found.wrong, [])
        self.assertEqual(self.made.secrets_in(node.output()), [])
        # Of a post that two routes want, the score takes a second copy for that of the other route.
        if not found.doubled:
            self.assertEqual(score['out_of_order'], 0,
                             [each for each in score['chats'] if each['out_of_order']])
        self.assertEqual((score['wrong_content'], score['before_wait_over']), (0, 0))
        spared, struck = {'repeat': (found.lost, found.doubled),
                          'skip': (found.doubled, found.lost)}[policy]
        self.assertEqual(spared, {})
        self.assertEqual(list(judge.beyond(struck, allowed)), [])
        self.struck = struck.total()


class between_baudot_and_telegram(trouble):
    def storm(self, seed, policy):
        with self.running(seed, policy, STORM):
            pass
        self.assertGreaterEqual(set(self.proxy.done), set(fault_proxy.KINDS))
        self.assertGreater(self.struck, 0)

    def test_a_storm_loses_nothing_with_repeat(self):
        self.for_each_seed(lambda seed: self.storm(seed, 'repeat'))

    def test_a_storm_doubles_nothing_with_skip(self):
        self.for_each_seed(lambda seed: self.storm(seed, 'skip'))

    def test_no_request_comes_before_a_wait_is_over(self):
        self.for_each_seed(self.waits)

    def waits(self, seed):
        chance = random.Random(seed)
        with self.running(seed, 'repeat', BREEZE) as (world, _, _):
            for chat in chance.sample(self.made.destinations, 5):
                world.call('faults', {'kind': 'flood', 'chat': chat, 'times': 3,
                                      'retry_after': chance.randint(1, 3), 'probability': .02})
            programs.until('the calm', lambda: not self.proxy.schedule)
            struck = world.call('stats')['methods']['copyMessage']
        self.assertGreater(struck['refused'], 0)
        self.assertEqual(self.struck, 0)


class one_of_the_two_stands_still(trouble):
    def stops(self, seed, which, lengths):
        """Several stops in mid-burst; what is held meanwhile is decided by the seed."""
        chance = random.Random(seed)
        with self.running(seed, 'repeat', []) as (world, node, replay):
            goal = 0
            for length in lengths:
                goal += chance.randint(50, 400)
                programs.until('some copies', lambda: self.made.copies(world) >= goal)
                with {'baudot': node, 'telegram-sim': world}[which].stands_still():
                    time.sleep(length)  # the length of the stop is what the test is about
            programs.until('the posts', lambda: world.call(f'replays/{replay}')['done'])

    def test_baudot(self):
        lengths = [0.1, 1, 4]
        self.for_each_seed(lambda seed: self.stops(seed, 'baudot', lengths))
        self.assertEqual(self.struck, 0)

    def test_telegram(self):
        self.for_each_seed(lambda seed: self.stops(seed, 'telegram-sim', [0.1, 1, 4]))
        self.assertEqual(self.struck, 0)

    @unittest.skipUnless(IS_LONG, 'takes minutes')
    def test_one_of_them_for_longer_than_every_timeout(self):
        for which in ('baudot', 'telegram-sim'):
            with self.subTest(which=which):
                self.stops(SEED, which, [LONGER_THAN_ALL_S])


if __name__ == '__main__':
    unittest.main()
