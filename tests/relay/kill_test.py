#!/usr/bin/env python3
"""The real programs: Baudot relays from a local Telegram and is killed by -9 again and again.

    kill_test.py BIN_FOLDER [--kills N]

Afterwards every post is in every destination, in the order of its source, and what is there twice
is among the deliveries that Baudot named as uncertain at its restarts.
"""
import argparse
import collections
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

PATIENCE_S = 120  # of one wait; a bound, not a pace


def until(what, holds):
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > deadline:
            sys.exit(f'kill_test: waited {PATIENCE_S} s in vain for {what}')
        time.sleep(0.02)


class telegram:
    def __init__(self, binary, folder):
        port_file = folder / 'port'
        self.process = subprocess.Popen(
            [binary, '--listen', '127.0.0.1:0', '--port-file', port_file, '--log-level', 'error'],
            stdout=subprocess.DEVNULL)
        until('telegram-sim', lambda: port_file.exists() and port_file.read_text().strip())
        self.url = f'http://127.0.0.1:{port_file.read_text().strip()}'

    def call(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f'{self.url}/sim/v1/{path}', data=data)
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return json.load(answer)

    def copies(self, chat):
        return [(m['cause']['from_chat'], m['cause']['from_message'])
                for m in self.call(f'chats/{chat}/messages') if m['cause']['kind'] == 'bot_copy']


class baudot:
    def __init__(self, binary, config, log, token):
        self.log = open(log, 'ab')
        self.process = subprocess.Popen([binary, 'run', '--log-json', config], stderr=self.log,
                                        env={**os.environ, 'BAUDOT_TEST_TOKEN': token})

    def end(self, signal):
        self.process.send_signal(signal)
        code = self.process.wait(PATIENCE_S)
        self.log.close()
        return code


def uncertain_of(log):
    named = set()
    for line in log.read_text().splitlines():
        record = json.loads(line)
        if record['event'].startswith('started before an unclean stop'):
            named.add((record['source'], record['message'], record['destination']))
    return named


def judge(sources, posted, copies, uncertain):
    """Everything that is wrong, a line each."""
    for destination, found in copies.items():
        count = collections.Counter(found)
        for post in posted:
            if count[post] == 0:
                yield f'lost: {post} in {destination}'
            if count[post] > 1 and (*post, destination) not in uncertain:
                yield f'doubled and not named: {post} in {destination}'
        for source in sources:
            first = [m for s, m in dict.fromkeys(found) if s == source]
            if first != sorted(first):
                yield f'out of order: {source} in {destination}'


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('bin', type=pathlib.Path)
    parser.add_argument('--kills', type=int, default=20)
    options = parser.parse_args()
    chance = random.Random(int(os.environ.get('BAUDOT_SEED', '1')))

    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        world = telegram(options.bin / 'telegram-sim', folder)
        try:
            wrong = campaign(options, chance, folder, world)
        finally:
            world.process.kill()
            world.process.wait()
    for line in wrong:
        print(line)
    return 1 if wrong else 0


def campaign(options, chance, folder, world):
    bot = world.call('bots', {'username': 'relay_bot'})

    def channel(title):
        return world.call('chats', {'title': title, 'admins': ['relay_bot']})['id']

    sources = [channel(f'source {n}') for n in range(3)]
    destinations = [channel(f'destination {n}') for n in range(3)]
    config = folder / 'baudot.yaml'
    config.write_text(json.dumps({
        'data': str(folder / 'data'),
        'accounts': [{'name': 'bot', 'token': '${BAUDOT_TEST_TOKEN}', 'api': world.url}],
        'routes': [{'name': 'all', 'from': sources, 'to': destinations}], 'pace': 'off'}))
    log = folder / 'log'
    posted = []

    def post(count):
        for _ in range(count):
            source = chance.choice(sources)
            sent = world.call(f'chats/{source}/messages', {'text': f'post {len(posted)} 😀'})
            posted.append((source, sent['message_id']))

    def there():
        return sum(len(world.copies(each)) for each in destinations)

    for _ in range(options.kills):
        node = baudot(options.bin / 'baudot', config, log, bot['token'])
        before = there()
        post(chance.randint(5, 15))
        # A kill in mid-work: some of the copies are there and more are owed.
        goal = before + chance.randint(1, 10)
        until('copies', lambda goal=goal: there() >= goal)
        node.end(9)
    node = baudot(options.bin / 'baudot', config, log, bot['token'])
    wanted = {(post, each) for post in posted for each in destinations}
    until('the rest', lambda: wanted <= {(c, d) for d in destinations for c in world.copies(d)})
    code = node.end(15)
    uncertain = uncertain_of(log)
    copies = {each: world.copies(each) for each in destinations}
    wrong = list(judge(sources, posted, copies, uncertain))
    if code != 0:
        wrong.append(f'SIGTERM ended it with {code}')
    if bot['token'].split(':')[1] in log.read_text():
        wrong.append('the token is in the log')
    total = sum(len(found) for found in copies.values())
    print(f'{options.kills} kills, {len(posted)} posts, {total} copies, '
          f'{len(uncertain)} uncertain, {total - len(wanted)} doubled, {len(wrong)} wrong',
          file=sys.stderr)
    return wrong


if __name__ == '__main__':
    sys.exit(main())
