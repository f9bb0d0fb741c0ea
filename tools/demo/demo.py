#!/usr/bin/env python3
"""Baudot in a minute: a local Telegram, Baudot between its channels, a stream of posts, a score.

Nothing leaves this machine. Exit codes: 0 every copy is there, once, in order and right, and
Baudot ended in order; 1 something is not; 2 wrong usage; 130 interrupted.
"""
import argparse
import contextlib
import json
import pathlib
import shutil
import signal
import sys
import tempfile
import textwrap
import time

import stage
from programs import ENDINGS, program, trouble, uninterrupted
from screen import screen
from world import progress, world

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOOK_EVERY_S = .25
STALLED_S = 60  # without one new copy: then the score says what is missing

# The profile "gentle" of telegram-sim, for one channel: docs/telegram-sim.md.
BURST, PER_SECOND = 20, 1
FLOOD_WAIT_S = 2  # how long the refusal lasts that the demo arranges


class demo:
    def __init__(self, given, folder):
        self.given = given
        self.folder = folder
        self.screen = screen()

    def run(self):
        """True when the score is perfect."""
        self.screen.say(self.screen.bold('Baudot relays posts between Telegram channels.') +
                        ' Here on a local Telegram: a')
        self.screen.say('program with the same interface, limits and moods. Nothing leaves this '
                        'machine.')
        with contextlib.ExitStack() as self.ends:
            telegram = self.start_telegram()
            self.build_world()
            self.show_world()
            baudot = self.start_baudot()
            self.play(telegram, baudot)
            self.finish(telegram, baudot)
            return self.judge(self.stop(baudot))

    # ---- the stage ----

    def start(self, name, arguments, **environment):
        path = self.given.bin / name
        if not path.is_file():
            raise trouble(f'{path} is not there: ./dev build release makes it')
        with uninterrupted():
            return self.ends.enter_context(
                program([path, *arguments], self.folder / f'{name}.log', **environment))

    def start_telegram(self):
        port = self.folder / 'telegram-sim.port'
        started = self.start('telegram-sim', ['--listen', '127.0.0.1:0', '--port-file', port,
                                              '--profile', 'gentle',
                                              '--seed', str(self.given.seed)])
        started.until('telegram-sim to listen', port.exists)
        self.telegram = world(f'http://127.0.0.1:{port.read_text().strip()}')
        return started

    def build_world(self):
        self.tokens = {name: self.telegram.ask('bots', {'username': name})['token']
                       for name in (stage.READER, stage.POSTER)}
        admins = {**dict.fromkeys(stage.SOURCES, stage.READER), **stage.POSTERS}
        self.ids = {title: self.telegram.ask('chats', {'title': title, 'admins': [bot]})['id']
                    for title, bot in admins.items()}
        capacity = .9 * (BURST + PER_SECOND * self.given.seconds)
        self.updates, self.copies = stage.make_stream(self.ids, capacity, self.given.seed)
        self.expected = [each for copies in self.copies for each in copies]
        for to in stage.DESTINATIONS:
            if not any(each['to'] == self.ids[to] for each in self.expected):
                raise trouble(f'this stream brings nothing to {to}: more --seconds, or another '
                              f'--seed')
        self.write_lines('posts.jsonl', self.updates)
        self.write_lines('expectation.jsonl', self.expected)
        self.config = self.folder / 'baudot.yaml'
        self.config.write_text(stage.configuration(self.ids, self.telegram.url,
                                                   self.folder / 'data'), encoding='utf-8')

    def write_lines(self, name, values):
        with open(self.folder / name, 'w', encoding='utf-8') as file:
            for each in values:
                file.write(json.dumps(each, ensure_ascii=False) + '\n')

    def show_world(self):
        say, dim = self.screen.say, self.screen.dim
        self.screen.title('The stage')
        say(f'  local Telegram    {self.telegram.url}, limits "gentle": a channel takes')
        say(f'                    {BURST} posts at once, then {PER_SECOND} a second')
        say(f'  @{stage.READER}  administrator of the 6 sources and of 3 destinations')
        say(f'  @{stage.POSTER}  administrator of the 4th destination only')
        self.screen.title('The routes')
        for each in stage.ROUTES:
            say(f'  {each.name:<11} {", ".join(each.sources)} -> {", ".join(each.destinations)}')
            say('              ' + dim(each.shows))
        self.screen.title(f'The files, in {self.folder} (--keep keeps them)')
        for name, what in (('baudot.yaml', 'the configuration, as for a real bot'),
                           ('baudot.log', 'what Baudot says while it runs'),
                           ('data/', 'its journal: each fact is there before it is acted on'),
                           ('posts.jsonl', 'what is posted'),
                           ('expectation.jsonl', 'what must come of it; Baudot never sees it')):
            say(f'  {name:<18} {dim(what)}')

    # ---- the run ----

    def start_baudot(self):
        started = self.start('baudot', ['run', self.config],
                             READER_TOKEN=self.tokens[stage.READER],
                             POSTER_TOKEN=self.tokens[stage.POSTER])
        started.until('Baudot to listen', lambda: all(
            bot['polling'] for bot in self.telegram.ask('bots')))
        return started

    def look(self, *running):
        for each in running:
            each.must_run()
        self.progress.look()
        self.posted = self.telegram.ask(f'replays/{self.replay}')
        methods = self.telegram.ask('stats')['methods'].values()
        self.refused = sum(each['refused'] for each in methods)
        self.screen.status(self.figures())

    def figures(self):
        posted = self.posted['posted']
        owed = sum(len(each) for each in self.copies[:posted])

        def delay(share):
            seconds = self.progress.delay(share)
            if seconds is None:
                return '-'
            return f'{seconds * 1000:.0f} ms' if seconds < 1 else f'{seconds:.1f} s'
        return (f'  {time.monotonic() - self.begun:3.0f} s  posts {posted:3}  '
                f'delivered {self.progress.delivered:3}  '
                f'waiting {max(0, owed - self.progress.delivered):2}  '
                f'refused {self.refused}  p50 {delay(.5)}  p99 {delay(.99)}')

    def play(self, *running):
        """Posts the stream within the given seconds."""
        span = self.updates[-1]['channel_post']['date'] - self.updates[0]['channel_post']['date']
        self.progress = progress(self.telegram, [self.ids[each] for each in stage.SOURCES],
                                 [self.ids[each] for each in stage.DESTINATIONS], self.expected)
        media = sum('text' not in each['channel_post'] for each in self.updates)
        self.screen.title(f'{len(self.updates)} posts in {self.given.seconds} s, {media} of them '
                          f'photos, videos, documents...; {len(self.expected)} copies are owed')
        lines = (self.folder / 'posts.jsonl').read_bytes()
        self.begun = time.monotonic()
        self.replay = self.telegram.ask(f'replays?speed={span / self.given.seconds}', lines)['id']
        is_refusing = False
        while True:
            self.look(*running)
            if self.posted['done']:
                break
            if not is_refusing and time.monotonic() > self.begun + self.given.seconds / 3:
                is_refusing = True
                self.refuse_once()
            time.sleep(LOOK_EVERY_S)
        if self.posted['skipped']:
            raise trouble(f'telegram-sim skipped posts: {self.posted["last_trouble"]}')

    def refuse_once(self):
        """Telegram does this at times, for no reason that it tells."""
        self.telegram.ask('faults', {'kind': 'flood', 'times': 1, 'retry_after': FLOOD_WAIT_S,
                                     'chat': self.ids['All news']})
        self.screen.say(self.screen.dim(
            f'         Now Telegram refuses the next copy to All news: 429, retry after '
            f'{FLOOD_WAIT_S} s.\n         Baudot must wait that long there, and nowhere else.'))

    def finish(self, *running):
        """Waits for the copies that are still owed."""
        stalled = time.monotonic() + STALLED_S
        while self.progress.missing and time.monotonic() < stalled:
            before = self.progress.delivered
            time.sleep(LOOK_EVERY_S)
            self.look(*running)
            if self.progress.delivered > before:
                stalled = time.monotonic() + STALLED_S
        self.screen.keep_status()
        methods = self.telegram.ask('stats')['methods']
        self.screen.say('         Sent by ' + ', '.join(
            f'{name}: {methods[name]["ok"]}' for name in
            ('copyMessage', 'forwardMessage', 'sendMessage') if name in methods))

    def stop(self, baudot):
        begun = time.monotonic()
        code = baudot.stop()
        self.screen.say(f'         SIGTERM: Baudot ended with {code} after '
                        f'{time.monotonic() - begun:.1f} s')
        self.show_figures()
        return code

    def show_figures(self):
        self.screen.title('What the figures mean')
        for name, what in (
                ('posts', 'in the sources: text in many scripts, and single media'),
                ('delivered', 'copies in the destinations that the routes ask for'),
                ('waiting', 'copies of what was posted that are not there yet'),
                ('refused', 'answers 429; nothing goes to that channel before its wait is over'),
                ('p50, p99', 'half of the copies, and 99 of 100, were there so soon after their'),
                ('', 'posts; 25 ms is the network that the local Telegram plays, and the'),
                ('', f'{FLOOD_WAIT_S} s that it demanded count, too')):
            self.screen.say(f'  {name:<10} {self.screen.dim(what)}')

    # ---- the verdict ----

    def judge(self, code):
        self.telegram.call('expectation', (self.folder / 'expectation.jsonl').read_bytes(), 'PUT')
        score = self.telegram.ask('score')
        table = self.telegram.call('score?format=table')
        for title in stage.DESTINATIONS:  # the column of the chat is 18 wide
            table = table.replace(f'{self.ids[title]:>18} ', f'{title:>18} ')
        self.screen.title('The score, by the local Telegram')
        *rows, verdict = table.splitlines()
        self.screen.say(textwrap.dedent('\n'.join(rows)))
        self.screen.say(self.screen.dim(
            '  disorder: after a later post of its source; wrong: other text, format or file;\n'
            '  unexpected: no route asks for it; early: requests before a wait was over'))
        right = score['perfect'] and score['expected'] == len(self.expected)
        good = right and code == 0
        told = (f'{verdict.capitalize()}.' if not right else
                f'The copies are right, but Baudot ended with {code}, not 0.' if code != 0 else
                f'Perfect: {score["matched"]} of {score["expected"]} copies are there, each once, '
                f'in order and right.')
        self.screen.say()
        self.screen.say(self.screen.good(told) if good else self.screen.bad(told))
        return good


NEXT = '''\
  1. In Telegram, write /newbot to @BotFather. It gives you a token, a secret.
  2. Make the bot an administrator of your channels: of the sources, because it
     sees posts only there, and of the destinations, with the right to post.
  3. Write a baudot.yaml; README.md has one. Give the token by the environment:
       export BOT_TOKEN=...
  4. Look before you relay, with build/release/bin/baudot:
       baudot check baudot.yaml            what is wrong, by line and column
       baudot check --online baudot.yaml   asks Telegram: tokens, chats, rights
       baudot chats baudot.yaml            the chats that the bots see, with ids
  5. ./dev run baudot.yaml'''


def read_arguments():
    parser = argparse.ArgumentParser(
        prog='./dev demo', description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--seconds', type=int, default=30, metavar='N',
                        help='how long posts come in, 1 to 600 (default 30)')
    parser.add_argument('--seed', type=int, default=1, help='of the stream (default 1)')
    parser.add_argument('--keep', action='store_true',
                        help='keep the folder; it is kept anyway when something went wrong')
    parser.add_argument('--bin', type=pathlib.Path, default=ROOT / 'build/release/bin',
                        metavar='FOLDER', help='of the two programs (default build/release/bin)')
    given = parser.parse_args()
    if not 1 <= given.seconds <= 600:
        parser.error('--seconds: a number from 1 to 600')
    return given


def interrupted(*_):
    raise KeyboardInterrupt


def main():
    given = read_arguments()
    for ending in ENDINGS:
        signal.signal(ending, interrupted)
    folder = pathlib.Path(tempfile.mkdtemp(prefix='baudot-demo-'))
    this = demo(given, folder)
    good, code = False, 1
    try:
        good = this.run()
        code = 0 if good else 1
    except trouble as why:
        this.screen.keep_status()
        print(f'demo: {why}', file=sys.stderr)
    except KeyboardInterrupt:
        this.screen.keep_status()
        print('demo: interrupted; both programs are ended', file=sys.stderr)
        code = 130
    if given.keep or code == 1:
        this.screen.say(f'Kept: {folder}')
    else:
        shutil.rmtree(folder)
    if good:
        this.screen.title('Next: a real bot')
        this.screen.say(NEXT)
    return code


if __name__ == '__main__':
    sys.exit(main())
