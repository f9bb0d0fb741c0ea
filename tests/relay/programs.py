"""The programs under test: a local Telegram and Baudot, as processes on ports of their own."""
import contextlib
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time
import urllib.request

PATIENCE_S = 120  # of one wait; a bound, not a pace


def until(what, holds, patience_s=PATIENCE_S):
    """Looks again and again until `holds()` is true, and returns what it gave."""
    deadline = time.monotonic() + patience_s
    while not (found := holds()):
        if time.monotonic() > deadline:
            raise AssertionError(f'waited {patience_s} s in vain for {what}')
        time.sleep(0.02)
    return found


def seeds(first, seconds, least=1):
    """Seeds from the first on: `least`, and more as long as there is time for one that takes what
    the last one took."""
    began = time.monotonic()
    for seed in range(first, first + 1000):
        round_began = time.monotonic()
        yield seed
        now = time.monotonic()
        if seed - first + 1 >= least and now + (now - round_began) > began + seconds:
            return


class telegram:
    """A local Telegram on a free port, and its control API."""

    def __init__(self, binary, folder):
        port_file = folder / 'port'
        self.process = subprocess.Popen(
            [binary, '--listen', '127.0.0.1:0', '--port-file', port_file, '--log-level', 'error'],
            stdout=subprocess.DEVNULL)
        until('telegram-sim', lambda: port_file.exists() or self.process.poll() is not None)
        self.url = f'http://127.0.0.1:{port_file.read_text().strip()}'

    def call(self, path, body=None, method=None):
        """One request to /sim/v1; `body` is bytes as they are, or becomes JSON."""
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        request = urllib.request.Request(f'{self.url}/sim/v1/{path}', data=body, method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return json.load(answer)

    def history(self, chat):
        """Every message that ever stood in a chat, oldest first."""
        return self.call(f'chats/{chat}/messages?limit=1000000')

    def size(self, chat):
        return self.call(f'chats/{chat}')['messages']

    @contextlib.contextmanager
    def stands_still(self):
        """As on a machine that hangs: connections stay and nobody answers."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def close(self):
        self.process.kill()
        self.process.wait()


class baudot:
    """One run of Baudot after the other on one configuration, each with a log of its own."""

    def __init__(self, binary, config, folder, tokens):
        self.binary, self.config, self.folder = binary, config, folder
        self.environment = {**os.environ, **tokens}
        self.process = None
        self.logs = []

    def start(self, *options, **how):
        number = sum(1 for _ in self.folder.glob('baudot.*.log'))
        self.logs.append(self.folder / f'baudot.{number}.log')
        with open(self.logs[-1], 'wb') as to:
            self.process = subprocess.Popen(
                [self.binary, 'run', '--log-json', *options, self.config], stdout=to, stderr=to,
                env=self.environment, **how)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        return self.process.wait(PATIENCE_S)

    def terminate(self):
        """SIGTERM: it ends in order. A second one: at once."""
        self.process.send_signal(signal.SIGTERM)

    def stop(self, patience_s=PATIENCE_S):
        """terminate(), and the exit code."""
        self.terminate()
        return self.process.wait(patience_s)

    stands_still = telegram.stands_still

    def is_alive(self):
        return self.process is not None and self.process.poll() is None

    def output(self):
        """All that every run wrote."""
        return ''.join(each.read_text(errors='replace') for each in self.logs)

    def text(self):
        """What the newest run wrote."""
        return self.logs[-1].read_text(errors='replace')

    def records(self, begins, run=-1):
        """The lines of one run whose event begins so. One that a kill cut is not there."""
        for line in self.logs[run].read_text(errors='replace').splitlines():
            if line.startswith('{') and line.endswith('}'):
                record = json.loads(line)
                if record['event'].startswith(begins):
                    yield record

    def has_said(self, event, run=-1):
        return any(self.records(event, run))

    def close(self):
        if self.is_alive():
            self.kill()


class posted_baudot(baudot):
    """With webhooks on a port that the system chooses; `in_front` passes posts on to it."""

    def __init__(self, in_front, *what):
        super().__init__(*what)
        self.in_front = in_front

    def start(self, *options, **how):
        super().start(*options, **how)
        said = until('its port', lambda: next(self.records('webhooks are served'), None)
                     or not self.is_alive())
        if said is not True:
            self.in_front.upstream = said['port']


@contextlib.contextmanager
def running_telegram(binaries):
    """Yields a local Telegram and a folder; both are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix='baudot-relay-') as name:
        folder = pathlib.Path(name)
        with contextlib.closing(telegram(binaries / 'telegram-sim', folder)) as world:
            yield world, folder
