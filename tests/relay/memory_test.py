#!/usr/bin/env python3
"""P8 as a fact: the real Baudot under 256 MiB, with more to do than it may hold in memory.

    memory_test.py [BIN_FOLDER]

With BAUDOT_LONG=1 in full size, where the time of a first send is judged, too: 2 million posts
while every destination is held; 4 million deliveries in a million chats at a restart.
"""
import contextlib
import json
import os
import pathlib
import subprocess
import sys
import time
import unittest

import programs
from memory_limit import memory_limit, resident_bytes

BIN = pathlib.Path(sys.argv.pop(1)) if len(sys.argv) > 1 else pathlib.Path('build/release/bin')
LONG = os.environ.get('BAUDOT_LONG') == '1'
MIB = 1 << 20
LIMIT = 256 * MIB
POSTS = 2_000_000 if LONG else 30_000
DELIVERIES, CHATS = (4_000_000, 1_000_000) if LONG else (200_000, 50_000)
FAN_OUT = 50
PIECE = 20_000  # posts in one replay
PATIENCE_S = 3600 if LONG else 300
FIRST_SOURCE, FIRST_DESTINATION = -1001000000001, -1002000000001  # as memory_bench has them


class memory(unittest.TestCase):
    def setUp(self):
        self.world, self.folder = self.enterContext(programs.running_telegram(BIN))
        bot = self.world.call('bots', {'username': 'relay_bot'})
        self.bot, self.token = bot['id'], bot['token']
        self.limit = self.enterContext(contextlib.closing(memory_limit(LIMIT)))
        self.channel(FIRST_SOURCE)
        # The one that memory_bench fills last has the lowest id: it stands first in line.
        self.destination = FIRST_DESTINATION - (CHATS - 1)
        self.channel(self.destination)
        config = self.folder / 'baudot.yaml'
        config.write_text(json.dumps({
            'data': str(self.folder / 'data'), 'pace': 'off',
            'accounts': [{'name': 'relay', 'token': '${TOKEN}', 'api': self.world.url}],
            'routes': [{'name': 'all', 'from': [FIRST_SOURCE], 'to': [self.destination]}]}))
        self.node = self.enterContext(contextlib.closing(programs.baudot(
            BIN / 'baudot', config, self.folder, {'TOKEN': self.token})))

    def channel(self, number):
        self.world.call('chats', {'id': number, 'title': 'channel', 'admins': ['relay_bot']})

    def memory(self):
        self.assertTrue(self.node.is_alive(), self.node.text()[-2000:])
        return resident_bytes(self.node.process.pid)

    def sends(self):
        """Requests to copy a message, whatever became of them."""
        asked = self.world.call('stats')['methods'].get('copyMessage', {'requests': 0})
        return asked['requests']

    def post(self, first, count):
        """Waits until Baudot has acknowledged them."""
        lines = '\n'.join(json.dumps({'channel_post': {
            'message_id': 10 + number, 'date': 1 + number,
            'text': f'Post {number}: two sentences, as posts have them. And this is the second.',
            'chat': {'id': FIRST_SOURCE, 'type': 'channel', 'title': 'x'}}})
            for number in range(first, first + count))
        replay = self.world.call(f'replays?bots={self.bot}&pending_max=2000&speed=0',
                                 lines.encode())['id']
        programs.until('the posts', lambda: self.is_played(replay), PATIENCE_S)

    def is_played(self, replay):
        self.memory()  # alive
        return (self.world.call(f'replays/{replay}')['done'] and
                all(each['pending'] == 0 for each in self.world.call('bots')))

    def test_stays_flat_while_posts_are_journaled_and_every_destination_is_held(self):
        # Sends alone: a start asks for its rights in each chat before it reads any update.
        self.world.call('faults', {'kind': 'flood', 'chat': self.destination,
                                   'method': 'copyMessage', 'retry_after': 86_400})
        self.node.start(**self.limit.how())
        samples = []
        for first in range(0, POSTS, PIECE):
            self.post(first, min(PIECE, POSTS - first))
            samples.append(self.memory())
            if LONG:
                print(f'{first + PIECE:,} posts: {samples[-1] / MIB:.0f} MiB', flush=True)
        self.assertGreater(LIMIT, max(samples))
        if LONG:  # what is owed and every cache is full long before
            self.assertGreater(8 * MIB, max(samples) - max(samples[:len(samples) * 7 // 10]))
        self.assertIn(self.sends(), (1, 2), 'tried, and then held')
        self.node.kill()

    def test_is_bounded_at_a_restart_with_much_to_do(self):
        subprocess.run([BIN / 'memory_bench', 'fill', self.folder / 'data', str(DELIVERIES),
                        str(CHATS), str(FAN_OUT), str(self.bot)], check=True,
                       stdout=subprocess.DEVNULL, timeout=PATIENCE_S)
        before = self.sends()
        start = time.monotonic()
        self.node.start(**self.limit.how())
        programs.until('a send', lambda: self.memory() and self.sends() > before, PATIENCE_S)
        took = time.monotonic() - start
        if LONG:
            print(f'first send after {took:.1f} s with {self.memory() / MIB:.0f} MiB', flush=True)
            self.assertGreater(10, took)
        self.assertGreater(LIMIT, self.memory())
        self.node.kill()


if __name__ == '__main__':
    unittest.main()
