#!/usr/bin/env python3
"""baudot limits through the real programs: a refusal is shown, and still known after a kill."""
import json
import unittest

import cases
from cases import until

WAIT_S = 2


class limits(cases.case):
    def setUp(self):
        super().setUp()
        self.world, self.source, self.destination = self.small_world()
        self.file = self.config(self.world.url, [self.source], self.destination,
                                pace='documented')

    def start(self):
        node = self.relay(self.file)
        node.says('running')
        return node

    def limits(self, *more):
        return self.run_program(cases.BAUDOT, 'limits', self.file, *more)

    def rows(self):
        """Of the account, and of each chat that has any."""
        done = self.limits('--json')
        self.assertEqual(done.code, 0, done.err)
        return {each['chat']: each for each in map(json.loads, done.out.splitlines())}

    def relay_one(self, text):
        before = len(self.world.texts(self.destination))
        self.world.post(self.source, text)
        until('the copy', lambda: len(self.world.texts(self.destination)) > before)

    def test_a_refusal_of_a_chat_is_shown_and_known_after_a_kill(self):
        node = self.start()
        self.relay_one('the first')
        self.assertEqual(list(self.rows()), [None])  # of the account: it begins with the advice
        self.assertAlmostEqual(self.rows()[None]['rate'], 30)

        self.world.call('faults', {'kind': 'flood', 'times': 1, 'retry_after': WAIT_S,
                                   'method': 'copyMessage', 'chat': self.destination})
        self.relay_one('the second')
        told = self.rows()[self.destination]
        self.assertEqual((told['account'], told['methods']), (7001, 'any'))
        self.assertGreaterEqual(told['refusal_cost'], WAIT_S)
        self.assertLess(told['refusals_left'], 30)
        table = self.limits().out
        self.assertIn(f'chat {self.destination}', table)
        self.assertEqual(len(table.splitlines()), 3, table)
        first = self.limits('--most', '1').out
        self.assertNotIn(f'chat {self.destination}', first)
        self.assertIn('--most', first)

        node.kill()
        self.start()
        self.relay_one('the third')
        known = self.rows()[self.destination]
        self.assertEqual([known[key] for key in ('rate', 'refusal_cost')],
                         [told[key] for key in ('rate', 'refusal_cost')])
        self.assertEqual(self.world.texts(self.destination),
                         ['the first', 'the second', 'the third'])

    def test_who_asks_wrongly_or_of_none_is_told_so(self):
        done = self.limits()
        self.assertEqual((done.code, done.out), (1, ''))
        self.assertIn('no Baudot runs on this data directory', done.err)
        for wrong in ('0', '-3', 'many'):
            done = self.limits('--most', wrong)
            self.assertEqual(done.code, 2, wrong)
            self.assertIn('--most', done.err)


if __name__ == '__main__':
    unittest.main()
