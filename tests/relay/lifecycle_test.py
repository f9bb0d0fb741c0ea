#!/usr/bin/env python3
"""How a run of Baudot begins and ends, beside a local Telegram.

    lifecycle_test.py [BIN_FOLDER]
"""
import contextlib
import json
import pathlib
import sys
import unittest

import programs

BIN = pathlib.Path(sys.argv.pop(1)) if len(sys.argv) > 1 else pathlib.Path('build/release/bin')
PROMPT_S = 10  # far more than an end needs, far less than any timeout of a connection


class a_run(unittest.TestCase):
    def setUp(self):
        self.world, self.folder = self.enterContext(programs.running_telegram(BIN))
        tokens = {name.upper(): self.world.call('bots', {'username': f'{name}_bot'})['token']
                  for name in ('relay', 'other')}
        self.source, self.destination = (self.channel(title, 'relay_bot')
                                         for title in ('source', 'destination'))
        self.config = self.folder / 'baudot.yaml'
        self.configure(['relay'], [self.destination])
        self.node = self.enterContext(contextlib.closing(programs.baudot(
            BIN / 'baudot', self.config, self.folder, tokens)))

    def channel(self, title, *admins):
        return self.world.call('chats', {'title': title, 'admins': admins})['id']

    def configure(self, accounts, destinations):
        self.config.write_text(json.dumps({
            'data': str(self.folder / 'data'),
            'accounts': [{'name': name, 'token': f'${{{name.upper()}}}', 'api': self.world.url}
                         for name in accounts],
            'routes': [{'name': 'all', 'from': [self.source], 'to': destinations}],
            'pace': 'off'}))

    def post(self, count=1):
        for number in range(count):
            self.world.call(f'chats/{self.source}/messages', {'text': f'post {number}'})

    def posts(self):
        return [each for each in self.world.history(self.source) if 'service' not in each]

    def copied(self):
        return [each for each in self.world.history(self.destination)
                if each['cause']['kind'] == 'bot_copy']

    def test_ends_at_once_when_it_is_told_to_and_nothing_is_owed(self):
        self.node.start()
        self.post(3)
        programs.until('copies', lambda: len(self.copied()) == 3)
        self.assertEqual(self.node.stop(PROMPT_S), 0)

    def test_that_is_told_to_end_before_it_runs_ends_in_order(self):
        self.node.start()
        programs.until('its journal', (self.folder / 'data').exists)
        self.assertEqual(self.node.stop(PROMPT_S), 0)

    def test_that_is_told_to_end_in_mid_burst_leaves_the_rest_to_the_next(self):
        self.node.start('--grace', '0')
        self.post(300)
        programs.until('some copies', self.copied)
        self.assertEqual(self.node.stop(PROMPT_S), 0)
        left = next(self.node.records('stopped'))['left_for_the_next_start']
        there = len(self.copied())
        self.assertGreater(300, there)
        self.node.start()
        programs.until('all copies', lambda: len(self.copied()) >= 300)
        self.assertEqual(self.node.stop(PROMPT_S), 0)
        self.assertEqual([each['cause']['from_message'] for each in self.copied()],
                         [each['message_id'] for each in self.posts()])
        self.assertEqual(list(self.node.records('started before an unclean stop')), [])
        self.assertGreaterEqual(300 - there, left)

    def test_that_is_told_twice_to_end_waits_for_nothing_and_names_what_it_leaves(self):
        self.world.call('faults', {'kind': 'answer_lost', 'method': 'copyMessage', 'times': 1})
        self.node.start()
        self.post()
        programs.until('a send in flight', self.copied)
        self.node.terminate()
        programs.until('its note', lambda: self.node.has_said('stopping'))
        self.assertEqual(self.node.stop(PROMPT_S), 1)
        self.node.start()
        programs.until('the second copy', lambda: len(self.copied()) == 2)
        self.assertEqual(self.node.stop(PROMPT_S), 0)
        named = [each['message'] for each in self.node.records('started before an unclean stop')]
        self.assertEqual(named, [each['message_id'] for each in self.posts()])

    def test_without_an_account_says_what_that_account_still_owes(self):
        other = self.channel('of the other', 'other_bot')
        self.configure(['relay', 'other'], [other, self.destination])
        self.world.call('faults', {'kind': 'hold', 'chat': other, 'method': 'sendMessage',
                                   'wait_ms': 600_000})
        self.node.start()
        self.post(3)
        programs.until('copies', lambda: len(self.copied()) == 3)
        self.node.kill()
        self.configure(['relay'], [self.destination])
        self.node.start()
        said = programs.until('a word', lambda: list(self.node.records('what an account owes')))
        self.assertEqual(([each['account'] for each in said], [each['owed'] for each in said]),
                         ([self.world.call('bots')[1]['id']], [3]))
        self.node.kill()


if __name__ == '__main__':
    unittest.main()
