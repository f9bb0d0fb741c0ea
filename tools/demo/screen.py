"""What a person sees: lines, and on a terminal one more that moves."""
import os
import shutil
import sys
import time

PLAIN_EVERY_S = 5  # without a terminal


class screen:
    def __init__(self, out=sys.stdout):
        self.out = out
        self.is_live = out.isatty() and os.environ.get('TERM', 'dumb') != 'dumb'
        self.has_colour = self.is_live and not os.environ.get('NO_COLOR')
        self.whole = ''  # the last status that does not stand in a line of its own
        self.shown = ''  # the moving line, as it stands there
        self.next_plain = 0.0

    def paint(self, code, text):
        return f'\x1b[{code}m{text}\x1b[0m' if self.has_colour else text

    def bold(self, text):
        return self.paint(1, text)

    def dim(self, text):
        return self.paint(2, text)

    def good(self, text):
        return self.paint('1;32', text)

    def bad(self, text):
        return self.paint('1;31', text)

    def say(self, text=''):
        if self.shown:
            self.out.write('\r' + ' ' * len(self.shown) + '\r')
        print(text, file=self.out)
        self.out.write(self.shown)
        self.out.flush()

    def title(self, text):
        self.say()
        self.say(self.bold(text))

    def status(self, text):
        """One line over the one before; every few seconds a line of its own without a terminal."""
        self.whole = text
        if not self.is_live:
            if time.monotonic() >= self.next_plain:
                self.next_plain = time.monotonic() + PLAIN_EVERY_S
                self.keep_status()
            return
        text = text[:shutil.get_terminal_size().columns - 1]
        self.out.write('\r' + text.ljust(len(self.shown)))
        self.out.flush()
        self.shown = text

    def keep_status(self):
        """What status() was told last stays, whole, and nothing moves any more."""
        if self.whole:
            self.out.write(('\r' if self.shown else '') + self.whole.ljust(len(self.shown)) + '\n')
            self.out.flush()
        self.whole = self.shown = ''
