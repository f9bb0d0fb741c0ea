#!/usr/bin/env python3
"""Real posts through the real program, undisturbed: the score is perfect.

    real_input_test.py [BIN_FOLDER]
"""
import contextlib
import pathlib
import sys
import time
import unittest

import judge
import programs
import reference
import scenario

BIN = pathlib.Path(sys.argv.pop(1)) if len(sys.argv) > 1 else pathlib.Path('build/release/bin')
FAULTS = ('lost', 'doubled', 'out_of_order', 'wrong_content', 'unexpected', 'before_wait_over')


class real_input(unittest.TestCase):
    def test_each_post_is_once_in_each_destination_of_its_routes(self):
        self.relay(scenario.load())

    def test_made_up_posts_of_many_scripts_are_too(self):
        self.relay(scenario.made_up(3000))

    def relay(self, updates):
        made = scenario.scenario(updates)
        expected = reference.expected_copies(made.posts, made.routes, made.destinations)
        total = sum(len(each) for each in expected.values())
        with programs.running_telegram(BIN) as (world, folder):
            made.build(world)
            world.call('expectation', made.expectation(expected), 'PUT')
            config = made.configure(folder, world.url, 'repeat')
            with contextlib.closing(programs.baudot(BIN / 'baudot', config, folder,
                                                    made.tokens)) as node:
                node.start()
                programs.until('the start', lambda: node.has_said('running'))
                began = time.monotonic()
                made.replay(world, updates)
                programs.until('every copy', lambda: made.copies(world) >= total, 300)
                seconds = time.monotonic() - began
                self.assertEqual(node.stop(), 0)
                score = world.call('score')
                found = made.found(world)
                log = node.output()
        print(f'{len(updates)} posts, {total} deliveries, {seconds:.1f} s, '
              f'{total / seconds:.0f} deliveries/s', file=sys.stderr)
        self.assertEqual({each: score[each] for each in FAULTS}, dict.fromkeys(FAULTS, 0))
        self.assertEqual((score['matched'], score['expected']), (total, total))
        self.assertGreater(min(len(each) for each in expected.values()), 0)
        self.assertEqual(judge.judge(expected, found), judge.verdict())
        self.assertEqual(made.secrets_in(log), [])


if __name__ == '__main__':
    unittest.main()
