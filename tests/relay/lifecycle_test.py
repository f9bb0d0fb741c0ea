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
        bot = self.world.call('bots', {'username': 'relay_bot'})
        self.source, self.destination = (
            self.world.call('chats', {'title': title, 'admins': ['relay_bot']})['id']
            for title in ('source', 'destination'))
        config = self.folder / 'baudot.yaml'
        config.write_text(json.dumps({
            'data': str(self.folder / 'data'),
            'accounts': [{'name': 'bot', 'token': '${BOT}', 'api': self.world.url}],
            'routes': [{'name': 'all', 'from': [self.source], 'to': [self.destination]}],
            'pace': 'off'}))
        self.node = self.enterContext(contextlib.closing(programs.baudot(
            BIN / 'baudot', config, self.folder, {'BOT': bot['token']})))

    def post(self, count=1):
        for number in range(count):
            self.world.call(f'chats/{self.source}/messages', {'text': f'post {number}'})

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


if __name__ == '__main__':
    unittest.main()
