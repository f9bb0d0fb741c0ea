#!/usr/bin/env python3
"""The demo as a person and as a script see it, with the real programs, and with broken ones.

    demo_test.py BIN_FOLDER
"""
import os
import pathlib
import pty
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import stage

DEMO = pathlib.Path(__file__).resolve().parent / 'demo.py'
BIN = pathlib.Path(sys.argv.pop(1)) if len(sys.argv) > 1 else pathlib.Path('build/release/bin')
BIN = BIN.resolve()
PATIENCE_S = 120  # of one wait; a bound, not a pace


class a_demo(unittest.TestCase):
    def setUp(self):
        # All news that the demo makes is in here.
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.environment = {**os.environ, 'TMPDIR': str(self.folder), 'TERM': 'xterm',
                            'NO_COLOR': ''}

    def run_demo(self, *arguments, **options):
        return subprocess.run([sys.executable, DEMO, '--bin', BIN, *arguments],
                              capture_output=True, text=True, timeout=PATIENCE_S,
                              stdin=subprocess.DEVNULL, env=self.environment, **options)

    def run_on_a_terminal(self, *arguments, **environment):
        ours, theirs = pty.openpty()
        with subprocess.Popen([sys.executable, DEMO, '--bin', BIN, *arguments], stdout=theirs,
                              stderr=theirs, env={**self.environment, **environment}) as running:
            os.close(theirs)
            shown = b''
            try:
                while part := os.read(ours, 4096):
                    shown += part
            except OSError:  # Linux says so at the end of a terminal
                pass
            os.close(ours)
        return running.returncode, shown.decode()

    def broken_baudot(self, script):
        """A folder of programs whose Baudot is this shell script; $real is the true one."""
        broken = self.folder / 'bin'
        broken.mkdir()
        (broken / 'telegram-sim').symlink_to(BIN / 'telegram-sim')
        (broken / 'baudot').write_text(f'#!/bin/bash\nreal={BIN}/baudot\n{script}\n')
        (broken / 'baudot').chmod(0o755)
        return broken

    def left_behind(self):
        return [each.name for each in self.folder.iterdir() if each.name != 'bin']

    def test_ends_with_0_and_leaves_nothing_when_every_copy_is_right(self):
        done = self.run_demo('--seconds', '4')
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for line in ('Perfect: ', 'SIGTERM: Baudot ended with 0', 'Next: a real bot', '@BotFather'):
            self.assertIn(line, done.stdout)
        for method in ('copyMessage', 'forwardMessage', 'sendMessage'):
            self.assertRegex(done.stdout, rf'{method}: [1-9]')
        self.assertEqual(done.stderr, '')
        wide = [line for line in done.stdout.splitlines() if len(line) > 80]
        self.assertEqual([line for line in wide if str(self.folder) not in line], [])
        self.assertNotIn('\x1b', done.stdout)
        self.assertNotIn('\r', done.stdout)
        self.assertEqual(self.left_behind(), [])

    def test_on_a_terminal_one_line_moves_and_colour_is_there_unless_it_is_not_wanted(self):
        for unwanted in ('', '1'):
            code, shown = self.run_on_a_terminal('--seconds', '1', NO_COLOR=unwanted)
            self.assertEqual(code, 0, shown)
            self.assertGreater(shown.count('\r    '), 3)
            self.assertEqual('\x1b' in shown, not unwanted)

    def test_ends_with_1_when_copies_are_not_what_the_routes_say(self):
        wrong = self.broken_baudot('sed -i "s/mode: forward/mode: copy/" "$2"; exec "$real" "$@"')
        done = self.run_demo('--seconds', '1', '--bin', wrong)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn('wrong content: message', done.stdout)
        self.assertIn('Not perfect.', done.stdout)
        self.assertNotIn('Next: a real bot', done.stdout)

    def test_ends_with_1_when_baudot_does_not_end_in_order(self):
        wrong = self.broken_baudot('trap "kill $!; wait $!; exit 7" TERM; '
                                   '"$real" "$@" & trap "kill $!; wait $!; exit 7" TERM; wait')
        done = self.run_demo('--seconds', '1', '--bin', wrong)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn('The copies are right, but Baudot ended with 7, not 0.', done.stdout)

    def test_shows_the_end_of_the_log_and_keeps_the_files_when_baudot_dies(self):
        wrong = self.broken_baudot('echo "the disk has melted" >&2; exit 9')
        done = self.run_demo('--seconds', '1', '--bin', wrong)
        self.assertEqual(done.returncode, 1)
        self.assertIn('baudot ended with 9', done.stderr)
        self.assertIn('    the disk has melted', done.stderr)
        self.assertEqual(len(self.left_behind()), 1)
        self.assertIn(self.left_behind()[0], done.stdout)

    def test_an_interrupt_ends_both_programs_and_leaves_nothing(self):
        with subprocess.Popen([sys.executable, DEMO, '--bin', BIN], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=self.environment) as running:
            children = f'/proc/{running.pid}/task/{running.pid}/children'
            until(lambda: len(pathlib.Path(children).read_text().split()) == 2)
            programs = pathlib.Path(children).read_text().split()
            running.send_signal(signal.SIGINT)
            _, told = running.communicate(timeout=PATIENCE_S)
        self.assertEqual(running.returncode, 130, told)
        self.assertEqual(told, 'demo: interrupted; both programs are ended\n')
        self.assertEqual([each for each in programs if pathlib.Path('/proc', each).exists()], [])
        self.assertEqual(self.left_behind(), [])

    def test_programs_that_are_not_built_are_named_with_the_command_that_builds_them(self):
        done = self.run_demo('--bin', self.folder)
        self.assertEqual(done.returncode, 1)
        self.assertIn('telegram-sim is not there: ./dev build release', done.stderr)

    def test_a_wrong_call_ends_with_2(self):
        for wrong in (['--seconds', '0'], ['--seconds', 'x'], ['--nonsense']):
            done = self.run_demo(*wrong)
            self.assertEqual((done.returncode, done.stdout), (2, ''), wrong)


class the_expectation(unittest.TestCase):
    IDS = {title: -1000 - number
           for number, title in enumerate([*stage.SOURCES, *stage.DESTINATIONS])}

    def copies_of(self, title, **content):
        chat = {'id': self.IDS[title], 'title': title, 'type': 'channel'}
        titles = {number: name for name, number in self.IDS.items()}
        made = stage.expected_copies(
            self.IDS, {'channel_post': {'chat': chat, 'message_id': 5, **content}})
        return [(titles[each['to']], each['mode'], each['text']) for each in made]

    def test_is_a_copy_for_each_destination_of_each_route_that_selects_the_post(self):
        self.assertEqual(self.copies_of('Rivers', text='hello'), [
            ('Forwards', 'forward', 'hello'), ('Bridges', 'forward', 'hello')])
        self.assertEqual(self.copies_of('Gallery', photo=[]), [('All news', 'copy', '')])

    def test_follows_include_and_exclude_in_text_and_caption(self):
        both = [('All news', 'copy', 'A BRIDGE'), ('Bridges', 'copy', 'A BRIDGE')]
        self.assertEqual(self.copies_of('Harbour', text='A BRIDGE'), both)
        self.assertEqual(self.copies_of('Harbour', caption='A BRIDGE', photo=[]), both)
        self.assertEqual(self.copies_of('Harbour', text='a bridge in winter'),
                         [('All news', 'copy', 'a bridge in winter')])

    def test_gives_every_route_work_and_no_destination_more_than_it_can_carry(self):
        for seed in range(20):
            updates, copies = stage.make_stream(self.IDS, 18.9, seed)
            count = {}
            for each in (each for part in copies for each in part):
                count[each['to']] = count.get(each['to'], 0) + 1
            self.assertEqual(set(count), {self.IDS[to] for to in stage.DESTINATIONS})
            self.assertEqual(max(count.values()), 18)
            self.assertEqual(len(updates), len(copies))


def until(holds):
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError('waited in vain')
        time.sleep(.01)


if __name__ == '__main__':
    unittest.main()
