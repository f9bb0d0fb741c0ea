#!/usr/bin/env python3
"""One post to 2,000 channels through one bot: Baudot beside what grammY recommends for a broadcast.

In real time and all at once, each against a telegram-sim of its own with the realistic profile: its
limits, its accidents in the same order. Half an hour, because grammY waits 500 s for an answer that
never comes; --chats 200 --patience 60 takes a minute and a half. Every figure is telegram-sim's.
"""
import contextlib
import json
import os
import pathlib
import sys
import time

import lib
import lib_programs

SOURCE, FIRST_DESTINATION = -1001000000001, -1002000000001
POST = 10  # its message id
BOT = 1000
TOKEN = f'{BOT}:{"a" * 35}'
TEXT = 'A post of the length that posts have: two sentences, some of them with a link. ' * 3
LOOK_EVERY_S = 0.25
CLIENTS = lib.ROOT / 'tests' / 'clients'
PROGRAM = pathlib.Path(__file__).parent / 'broadcast.mjs'


def more_arguments(parser):
    parser.add_argument('--chats', type=int, default=2_000, help='destinations (default 2000)')
    parser.add_argument('--seed', type=int, default=1, help="of telegram-sim's accidents")
    parser.add_argument('--only', metavar='TEXT', default='', help='those with it in their name')
    parser.add_argument('--patience', type=float, default=3_600,
                        help='seconds after which whoever is not done is ended (default 3600)')


class contestant:
    """A client with a Telegram of its own."""

    def __init__(self, name, options):
        self.name = name
        self.options = options
        self.chats = [FIRST_DESTINATION - n for n in range(options.chats)]
        self.done_after = None  # seconds from the post

    def __enter__(self):
        world = {'bots': [{'id': BOT, 'username': 'bench_bot', 'token': TOKEN}],
                 'chats': [{'id': chat, 'title': f'channel {chat}', 'admins': ['bench_bot']}
                           for chat in [SOURCE, *self.chats]]}
        expected = [{'from': SOURCE, 'message': POST, 'to': chat} for chat in self.chats]
        with contextlib.ExitStack() as programs:
            self.telegram = programs.enter_context(
                lib_programs.local_telegram(self.options.folder, world, self.options.seed))
            self.telegram.call('expectation', '\n'.join(map(json.dumps, expected)).encode(), 'PUT')
            self.client = programs.enter_context(self.program())
            lib_programs.until(f'{self.name} to poll', self.is_polling)
            # From here on: an accident while somebody starts would say nothing of a broadcast.
            self.telegram.call('profile', b'{"name":"realistic"}', 'PUT')
            self.programs = programs.pop_all()
        return self

    def __exit__(self, *_):
        self.programs.close()

    def is_polling(self):
        return self.telegram.call('bots')[0]['polling']

    def post(self):
        self.telegram.call(f'chats/{SOURCE}/messages',
                           json.dumps({'text': TEXT, 'message_id': POST}).encode())

    def sent(self):
        return self.telegram.call('stats')['messages'] - 1

    def figures(self):
        """What telegram-sim saw."""
        posted = self.history(SOURCE)[0]['unix_us']
        first = [copies[0]['unix_us'] for copies in map(self.history, self.chats) if copies]
        delays = [(each - posted) / 1e6 for each in first]
        calls, score = self.telegram.call('stats'), self.telegram.call('score')
        copies = calls['methods'].get('copyMessage', {})
        at = {f'{name}_s': lib.quantile(delays, share) if delays else None
              for name, share in (('half', .5), ('p99', .99), ('last', 1))}
        return {**at, 'done_s': self.done_after,
                'refused': copies.get('refused', 0),
                'before_wait_over': calls['before_wait_over'],
                'lost': score['lost'], 'doubled': score['doubled'],
                'wrong': score['wrong_content'] + score['unexpected'] + score['out_of_order']}

    def history(self, chat):
        return self.telegram.call(f'chats/{chat}/messages')


class baudot(contestant):
    def __init__(self, name, options, on_uncertain):
        super().__init__(name, options)
        self.on_uncertain = on_uncertain

    def program(self):
        return lib_programs.baudot(
            self.options.folder,
            {'accounts': [{'name': 'bot', 'token': '${BOT_TOKEN}', 'api': self.telegram.url}],
             'routes': [{'name': 'broadcast', 'class': 'broadcast', 'from': [SOURCE],
                         'to': self.chats, 'on_uncertain': self.on_uncertain}]},
            {'BOT_TOKEN': TOKEN})

    def is_done(self):
        return (self.sent() > 0 and self.client.figure('baudot_deliveries_pending') == 0
                and self.client.figure('baudot_requests_in_flight') == 0)


class peer_program(lib_programs.program):
    def __init__(self, folder, url, chats, how):
        super().__init__(folder)
        self.url, self.chats, self.how = url, chats, how

    def begin(self):
        file = self.folder / 'chats.json'
        file.write_text(json.dumps(self.chats))
        self.start(['node', PROGRAM, file, self.how],
                   env={**os.environ, 'API_ROOT': self.url, 'BOT_TOKEN': TOKEN})


class peer(contestant):
    def __init__(self, name, options, how):
        super().__init__(name, options)
        self.how = how

    def program(self):
        return peer_program(self.options.folder, self.telegram.url, self.chats, self.how)

    def is_done(self):
        return self.client.process.poll() is not None


def contestants(options):
    everyone = [baudot('baudot', options, 'repeat'),
                baudot('baudot, on_uncertain: skip', options, 'skip'),
                peer('grammY, throttler + auto-retry', options, 'throttler'),
                peer('grammY, auto-retry, one by one', options, '1'),
                peer('grammY, auto-retry, three at a time', options, '3')]
    return [each for each in everyone if options.only in each.name]


def run(sides, options):
    """Posts and waits until each is done, or patience is over."""
    begin = time.monotonic()
    for side in sides:
        side.post()
    while waiting := [side for side in sides if side.done_after is None]:
        elapsed = time.monotonic() - begin
        for side in waiting:
            if side.is_done():
                side.done_after = elapsed
                tell(f'{elapsed:6.0f} s: {side.name} is done')
        if elapsed > options.patience:
            break
        lib.progress(f'{elapsed:.0f} s  ' + ', '.join(
            f'{side.name}: {side.sent()}' for side in waiting))
        time.sleep(LOOK_EVERY_S)
    lib.progress('')


def tell(line):
    lib.progress('')
    print(line, file=sys.stderr, flush=True)


def cell(value):
    return '-' if value is None else f'{value:.1f}' if isinstance(value, float) else str(value)


def main():
    options = lib.arguments(__doc__, more_arguments)
    if not (CLIENTS / 'node_modules' / 'grammy').exists():
        sys.exit('bench: grammY is missing: ./dev setup')
    with contextlib.ExitStack() as programs:
        sides = []
        for side in contestants(options):
            tell(f'starting: {side.name}')
            sides.append(programs.enter_context(side))
        run(sides, options)
        found = {side.name: side.figures() for side in sides}
    lib.table(f'peers-limits: one post to {options.chats:,} chats, realistic profile, seed '
              f'{options.seed}', [('client', *next(iter(found.values())))] +
              [(name, *map(cell, of.values())) for name, of in found.items()])
    if options.json:
        for name, of in found.items():
            print(json.dumps({'bench': 'peers-limits', 'client': name, 'chats': options.chats,
                              'seed': options.seed, **of}), flush=True)


if __name__ == '__main__':
    main()
