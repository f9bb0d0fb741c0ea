"""Programs that benchmarks start: the local Telegram, Baudot on it, nginx beside them."""
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import lib

PATIENCE_S = 120  # of one wait; a bound, not a pace


def until(what, holds, pause=0.01, patience_s=PATIENCE_S):
    """Waits for what must come; a clear end when it does not."""
    deadline = time.monotonic() + patience_s
    while not (found := holds()):
        if time.monotonic() > deadline:
            sys.exit(f'bench: waited {patience_s} s in vain for {what}')
        time.sleep(pause)
    return found


def free_port():
    with socket.socket() as taken:
        taken.bind(('127.0.0.1', 0))
        return taken.getsockname()[1]


def get(url, body=None, method=None):
    request = urllib.request.Request(url, data=body, method=method)
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
        return answer.read()


def answers(url):
    """Whether a server is there by now."""
    with contextlib.suppress(OSError):
        return bool(get(url))
    return False


def wrk_rate(url, connections, seconds):
    """Answers per second that one thread of wrk gets."""
    output = lib.run(['wrk', '-t1', f'-c{connections}', f'-d{max(1, round(seconds))}s',
                      url]).output
    if re.search(r'Non-2xx|Socket errors', output):
        sys.exit(f'bench: wrk met errors:\n{output}')
    return float(re.search(r'Requests/sec:\s*([\d.]+)', output)[1])


class program:
    """A child in a folder of its own: begun with the block, ended and cleaned up with it."""

    def __init__(self, folder):
        self.parent = folder

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=self.parent, prefix='run_'))
        self.process = None
        try:
            self.begin()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, command, **popen):
        self.process = subprocess.Popen([str(part) for part in command],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        **popen)

    def cpu(self):
        return lib.cpu_of(self.process.pid)


class local_telegram(program):
    """telegram-sim in the world that is given, at first without limits, faults or latency."""

    def __init__(self, folder, world, seed=1):
        super().__init__(folder)
        self.world, self.seed = world, seed

    def begin(self):
        (self.folder / 'world.json').write_text(json.dumps(self.world))
        port = self.folder / 'port'
        self.start([lib.binary('telegram-sim'), '--listen', '127.0.0.1:0', '--port-file', port,
                    '--profile', 'off', '--seed', self.seed, '--log-level', 'error', '--world',
                    self.folder / 'world.json'])
        until('telegram-sim', port.exists)
        self.url = f'http://127.0.0.1:{port.read_text().strip()}'

    def call(self, path, body=None, method=None):
        return json.loads(get(f'{self.url}/sim/v1/{path}', body, method))

    def bot_call_bytes(self, token, method, arguments):
        """The answer to a bot, as it is on the wire."""
        request = urllib.request.Request(f'{self.url}/bot{token}/{method}',
                                         data=json.dumps(arguments).encode(),
                                         headers={'Content-Type': 'application/json'})
        return get(request)


class baudot(program):
    """`baudot run` with the configuration that is given, without `data` and `http`."""

    def __init__(self, folder, config, environment):
        super().__init__(folder)
        self.config = config
        self.environment = environment

    def begin(self):
        self.port = free_port()
        file = self.folder / 'baudot.yaml'
        file.write_text(json.dumps({**self.config, 'data': str(self.folder / 'data'),
                                    'http': {'port': self.port}}))
        self.log = self.folder / 'log'
        with self.log.open('wb') as log:
            self.start([lib.binary('baudot'), 'run', file], stderr=log,
                       env={**os.environ, **self.environment, 'NO_COLOR': '1'})
        until('baudot', self.is_ready)

    def is_ready(self):
        if self.process.poll() is not None:
            sys.exit(f'bench: baudot ended:\n{self.log.read_text()}')
        with contextlib.suppress(OSError):
            return get(f'http://127.0.0.1:{self.port}/ready')
        return False

    def figure(self, name):
        page = get(f'http://127.0.0.1:{self.port}/metrics').decode()
        return float(re.search(rf'^{name} (.*)$', page, re.MULTILINE)[1])


class nginx(program):
    """One nginx process that answers every request with the bytes that are given."""

    def __init__(self, folder, answer):
        super().__init__(folder)
        self.answer = answer

    def begin(self):
        self.port = free_port()
        (self.folder / 'answer').write_bytes(self.answer)
        (self.folder / 'nginx.conf').write_text(f'''
daemon off;
master_process off;
pid {self.folder}/pid;
error_log stderr crit;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    default_type application/json;
    keepalive_requests 1000000000;
    open_file_cache max=16;
    client_body_temp_path {self.folder}/1;
    proxy_temp_path {self.folder}/2;
    fastcgi_temp_path {self.folder}/3;
    uwsgi_temp_path {self.folder}/4;
    scgi_temp_path {self.folder}/5;
    server {{
        listen 127.0.0.1:{self.port};
        root {self.folder};
    }}
}}
''')
        self.start(['nginx', '-e', 'stderr', '-p', self.folder, '-c', self.folder / 'nginx.conf'])
        self.url = f'http://127.0.0.1:{self.port}/answer'
        until('nginx', lambda: answers(self.url))

    def rate(self, connections, seconds):
        """Answers per second that one thread of wrk gets."""
        return wrk_rate(self.url, connections, seconds)
