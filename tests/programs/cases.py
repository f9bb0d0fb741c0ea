"""Test cases with the real programs, in a folder of their own.

`case` starts baudot and telegram-sim, ends them, and looks through everything that they wrote for
the token. What a test waits for is looked for again and again, within a bound.
"""
import errno
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'relay'))
import programs  # noqa: E402  the path comes first
from programs import until  # noqa: E402, F401

PATIENCE_S = 60  # of one wait: a bound, not a pace
BIN = pathlib.Path(os.environ['BAUDOT_BIN'])
BAUDOT = BIN / 'baudot'
TELEGRAM_SIM = BIN / 'telegram-sim'
SECRET = 'AAsecret-of_these_tests-0123456789abcd'  # of every token; must be in no output
NOBODY = {'user': 65534} if os.getuid() == 0 else {}  # for Popen: root may read and write all


def token(number):
    return f'{number}:{SECRET}'


class telegram(programs.telegram):
    def bot(self, username, number):
        return self.call('bots', {'username': username, 'id': number, 'token': token(number)})

    def channel(self, title, admins, **more):
        return self.call('chats', {'title': title, 'admins': admins, **more})['id']

    def post(self, chat, text):
        return self.call(f'chats/{chat}/messages', {'text': text})['message_id']

    def texts(self, chat):
        return [message['text'] for message in self.history(chat) if 'service' not in message]

    def requests(self, method, count='requests'):
        return self.call('stats')['methods'].get(method, {}).get(count, 0)


class relay(programs.baudot):
    """baudot run, and what a test looks for in what it says."""

    def find(self, event, **fields):
        """The first record since its start whose event begins so and whose fields are these."""
        return next((each for each in self.records(event) if fields.items() <= each.items()), None)

    def says(self, event, **fields):
        """find(), as soon as it is there; a program that ends before never says it."""
        def look():
            ended = not self.is_alive()  # before the look: its last words count
            found = self.find(event, **fields)
            if ended and not found:
                raise AssertionError(f'ended with {self.process.returncode} and never said '
                                     f'"{event}" {fields}:\n{self.text()}')
            return found
        return until(f'"{event}" {fields}', look, PATIENCE_S)

    def wait(self):
        """The exit code, when it ends by itself."""
        return self.process.wait(PATIENCE_S)


class outcome:
    """A program that has ended."""

    def __init__(self, done):
        self.code = done.returncode
        self.out = done.stdout.decode(errors='replace')
        self.err = done.stderr.decode(errors='replace')


class case(unittest.TestCase):
    def setUp(self):
        kept = tempfile.TemporaryDirectory(prefix='baudot-programs-')
        self.addCleanup(kept.cleanup)
        self.folder = pathlib.Path(kept.name)
        self.folder.chmod(0o755)  # a program that is not root reads here, too
        self.outputs = ''  # of programs that have ended
        self.environment = {**os.environ, 'NO_COLOR': '1'}
        self.addCleanup(self.find_secrets)

    def find_secrets(self):
        for log in self.folder.glob('*.log'):
            self.outputs += log.read_text(errors='replace')
        self.assertNotIn(SECRET, self.outputs, 'a token is in an output')

    def run_program(self, *command, **how):
        done = outcome(subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL,
                                      timeout=PATIENCE_S, cwd=self.folder, env=self.environment,
                                      check=False, **how))
        self.outputs += done.out + done.err
        return done

    def write(self, name, text):
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def check(self, text, name='baudot.yaml'):
        self.write(name, text)
        return self.run_program(BAUDOT, 'check', name)

    def telegram(self):
        world = telegram(TELEGRAM_SIM, self.folder)
        self.addCleanup(world.close)
        return world

    def config(self, url, sources, destinations, accounts=(('bot', 7001),), **more):
        """A configuration whose tokens are in the environment; JSON is YAML, too."""
        for name, number in accounts:
            self.environment[f'TOKEN_OF_{name}'] = token(number)
        return self.write('baudot.yaml', json.dumps({
            'data': str(self.folder / 'data'),
            'accounts': [{'name': name, 'token': f'${{TOKEN_OF_{name}}}', 'api': url}
                         for name, _ in accounts],
            'routes': [{'name': 'all', 'from': sources, 'to': destinations}],
            'pace': 'off', **more}, indent=2))

    def relay(self, config, **how):
        started = relay(BAUDOT, config, self.folder, self.environment)
        started.start(**how)
        self.addCleanup(started.close)
        return started

    def small_world(self):
        """A Telegram, one bot in it, a source and a destination."""
        world = self.telegram()
        world.bot('relay_bot', 7001)
        return (world, world.channel('source', ['relay_bot']),
                world.channel('destination', ['relay_bot']))


class small_disk(case):
    """On a small file system of its own: mounted, which not every machine allows."""

    def setUp(self):
        super().setUp()
        self.small = self.folder / 'small'
        self.small.mkdir()
        mounted = subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', self.small],
                                 capture_output=True, check=False)
        if mounted.returncode != 0:
            self.skipTest('this machine lets nobody mount a tmpfs: '
                          + mounted.stderr.decode().strip())
        self.addCleanup(subprocess.run, ['umount', '-l', self.small], check=True)

    def fill(self):
        """Takes all room but a page or two; the file that holds it."""
        filler = self.small / 'filler'
        with open(filler, 'wb') as file:
            def take_what_is_left():
                left = os.statvfs(self.small)
                try:
                    if left.f_bavail:
                        os.posix_fallocate(file.fileno(), 0, left.f_bavail * left.f_frsize)
                except OSError as refused:
                    if refused.errno != errno.ENOSPC:
                        raise
                    return False  # the relay has taken some of it meanwhile
                return True
            until('all room', take_what_is_left)
        return filler


def answer(request):
    """(status, body) of a request, also of a refused one."""
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as good:
            return good.status, good.read()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read()


__all__ = ['BAUDOT', 'NOBODY', 'PATIENCE_S', 'SECRET', 'TELEGRAM_SIM', 'answer', 'case', 'relay',
           'signal', 'small_disk', 'telegram', 'token', 'until']
