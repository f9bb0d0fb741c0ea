"""The two programs that the demo runs. They end with it, however it ends."""
import contextlib
import ctypes
import os
import pathlib
import signal
import subprocess
import time

PATIENCE_S = 60  # for a start or an end; a bound, not a pace
SHOWN_LINES = 12
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


class trouble(Exception):
    """What a person is told; the demo ends with 1."""


@contextlib.contextmanager
def uninterrupted():
    """Ctrl-C and the like wait: what is started in here has an owner before they are heard."""
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDINGS)


def die_with_the_demo():
    """In the child: even a demo that is killed leaves nothing running."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDINGS)
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class program:
    """Runs with its output in a file. Use it in a `with`: it is killed at the end of that."""

    def __init__(self, arguments, log, **environment):
        self.name = pathlib.Path(arguments[0]).name
        self.log = log
        with open(log, 'wb') as out:
            # In a session of its own: Ctrl-C is for the demo, which ends the programs in order.
            self.process = subprocess.Popen(
                arguments, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                start_new_session=True, preexec_fn=die_with_the_demo,
                env={**os.environ, **environment})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def end_of_log(self):
        lines = self.log.read_text(errors='replace').splitlines()[-SHOWN_LINES:]
        return '\n'.join(f'    {line}' for line in lines)

    def must_run(self):
        code = self.process.poll()
        if code is not None:
            raise trouble(f'{self.name} ended with {code}. The end of {self.log}:\n'
                          f'{self.end_of_log()}')

    def until(self, what, holds):
        """Waits for it while the program runs."""
        deadline = time.monotonic() + PATIENCE_S
        while not holds():
            self.must_run()
            if time.monotonic() > deadline:
                raise trouble(f'waited {PATIENCE_S} s in vain for {what}. The end of {self.log}:\n'
                              f'{self.end_of_log()}')
            time.sleep(.02)

    def stop(self):
        """SIGTERM; the exit code."""
        self.process.terminate()
        try:
            return self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            raise trouble(f'{self.name} did not end within {PATIENCE_S} s of SIGTERM. The end of '
                          f'{self.log}:\n{self.end_of_log()}') from None
