#!/usr/bin/env python3
"""backup and restore: beside a running Baudot, without one, damaged, and where they may not go."""
import itertools
import os
import resource
import shutil
import socket
import stat
import unittest

import cases
from cases import until


class backup(cases.case):
    def setUp(self):
        super().setUp()
        self.world, self.source, self.destination = self.small_world()
        self.file = self.config(self.world.url, [self.source], self.destination)
        self.data = self.folder / 'data'
        self.kept = self.folder / 'kept'

    def baudot(self, command, directory=None):
        return self.run_program(cases.BAUDOT, command, self.file, directory or self.kept)

    def copied(self):
        return self.world.texts(self.destination)

    def post(self, numbers):
        for number in numbers:
            self.world.post(self.source, f'post {number}')

    def texts(self, numbers):
        return [f'post {number}' for number in numbers]

    def run_until_copied(self, count):
        node = self.relay(self.file)
        until('the copies', lambda: len(self.copied()) >= count)
        self.assertEqual(node.stop(), 0)

    def test_made_in_mid_load_it_goes_on_and_doubles_nothing_that_was_settled_before(self):
        node = self.relay(self.file)
        node.says('running')
        self.post(range(30))
        until('settled copies', lambda: len(self.copied()) == 30)
        # One hold keeps what follows owed while the backup is made.
        self.world.call('faults', {'kind': 'flood', 'method': 'copyMessage', 'times': 1,
                                   'retry_after': 5})
        self.post(range(30, 60))
        made = self.baudot('backup')
        self.assertEqual(made.code, 0, made.err)
        self.assertIn('verified', made.out)
        until('the rest', lambda: len(self.copied()) == 60)
        self.assertEqual(node.stop(), 0)

        shutil.move(self.data, self.folder / 'lost')
        self.assertEqual(self.baudot('restore').code, 0)
        self.post(range(60, 70))
        node = self.relay(self.file)
        until('the new', lambda: 'post 69' in self.copied())
        self.assertEqual(node.stop(), 0)
        found = self.copied()
        for each in self.texts(range(30)) + self.texts(range(60, 70)):
            self.assertEqual(found.count(each), 1, each)
        for each in self.texts(range(30, 60)):
            self.assertIn(found.count(each), (1, 2), each)

    def test_of_a_stopped_baudot_it_is_whole_and_for_its_owner_only(self):
        self.post(range(5))
        self.run_until_copied(5)
        self.assertEqual(self.baudot('backup').code, 0)
        for each in self.kept.rglob('*'):
            self.assertEqual(stat.S_IMODE(each.stat().st_mode) & 0o077, 0, each)
        journal = self.run_program(cases.BAUDOT, 'journal', 'verify', self.kept / 'journal')
        self.assertEqual(journal.code, 0, journal.err)
        shutil.rmtree(self.data)
        self.assertEqual(self.baudot('restore').code, 0)
        self.post(range(5, 8))
        self.run_until_copied(8)
        self.assertEqual(self.copied(), self.texts(range(8)))

    def test_a_socket_of_a_run_that_was_killed_stands_in_nobodys_way(self):
        node = self.relay(self.file)
        node.says('running')
        self.assertEqual(stat.S_IMODE((self.data / 'control.sock').stat().st_mode), 0o600)
        node.kill()
        self.assertTrue((self.data / 'control.sock').exists())
        self.assertEqual(self.baudot('backup').code, 0)
        node.start()
        node.says('running')
        self.assertEqual(self.baudot('backup', self.folder / 'second').code, 0)
        self.assertEqual(node.stop(), 0)

    def test_neither_goes_where_something_is(self):
        self.post(range(1))
        self.run_until_copied(1)
        self.kept.mkdir()
        (self.kept / 'mine').write_text('x')
        refused = self.baudot('backup')
        self.assertEqual(refused.code, 1)
        self.assertIn('holds something', refused.err)
        self.assertEqual([each.name for each in self.kept.iterdir()], ['mine'])
        (self.kept / 'mine').unlink()
        self.assertEqual(self.baudot('backup').code, 0)
        refused = self.baudot('restore')
        self.assertEqual(refused.code, 1)
        self.assertIn('is not empty', refused.err)

    def test_where_it_may_not_lie_it_is_refused_and_nothing_is_made(self):
        node = self.relay(self.file)
        node.says('running')
        for inside in (self.data, self.data / 'kept', self.data / 'store' / 'kept'):
            refused = self.baudot('backup', inside)
            self.assertEqual(refused.code, 1)
            self.assertIn('lies in the data directory', refused.err)
        self.assertFalse((self.data / 'kept').exists())
        wrong = self.run_program(cases.BAUDOT, 'backup', self.file, f'{self.kept}\nmore')
        self.assertEqual(wrong.code, 2)
        self.assertFalse(self.kept.exists())
        self.assertEqual(self.run_program(cases.BAUDOT, 'backup', self.file, '').code, 2)
        self.assertEqual(node.stop(), 0)

    def test_each_file_of_it_that_is_damaged_or_missing_is_named_and_nothing_is_left(self):
        self.post(range(3))
        self.run_until_copied(3)
        self.assertEqual(self.baudot('backup').code, 0)
        shutil.rmtree(self.data)
        manifest = self.kept / 'manifest.json'
        files = [each for each in self.kept.rglob('*') if each.is_file() and each != manifest]
        self.assertGreater(len(files), 5)
        for path in files:
            good = path.read_bytes()
            path.write_bytes(flipped(good, len(good) // 2))
            self.refuses(path)
            path.unlink()
            self.refuses(path)
            path.write_bytes(good)
        good = manifest.read_bytes()
        for at in range(0, len(good), 31):
            manifest.write_bytes(flipped(good, at))
            self.refuses(manifest)
        manifest.unlink()
        self.assertEqual(self.baudot('restore').code, 1)
        manifest.write_bytes(good)
        self.assertEqual(self.baudot('restore').code, 0)

    def refuses(self, damaged):
        refused = self.baudot('restore')
        self.assertEqual(refused.code, 4, f'{damaged}: {refused.err}')
        self.assertIn(str(damaged), refused.err)
        self.assertEqual(list(self.folder.glob('data*')), [])

    def test_a_data_directory_behind_a_link_is_restored_where_the_link_leads(self):
        self.post(range(1))
        self.run_until_copied(1)
        self.assertEqual(self.baudot('backup').code, 0)
        shutil.rmtree(self.data)
        (self.folder / 'disk' / 'real').mkdir(parents=True)
        self.data.symlink_to(self.folder / 'disk' / 'real')
        restored = self.baudot('restore')
        self.assertEqual(restored.code, 0, restored.err)
        self.assertTrue(self.data.is_symlink())
        self.post(range(1, 2))
        self.run_until_copied(2)
        self.assertEqual(self.copied(), self.texts(range(2)))

    def test_a_data_directory_with_a_slash_at_its_end_is_restored_as_without(self):
        self.post(range(1))
        self.run_until_copied(1)
        self.assertEqual(self.baudot('backup').code, 0)
        shutil.rmtree(self.data)
        self.file = self.config(self.world.url, [self.source], self.destination,
                                data=f'{self.data}/')
        restored = self.baudot('restore')
        self.assertEqual(restored.code, 0, restored.err)
        self.assertTrue((self.data / 'store').is_dir())

    def test_damage_that_a_running_baudot_finds_has_the_code_of_damage(self):
        self.post(range(5))
        node = self.relay(self.file)
        until('the copies', lambda: len(self.copied()) == 5)
        segment = next((self.data / 'journal').glob('*.journal'))
        with open(segment, 'r+b') as file:
            file.seek(300)
            byte = file.read(1)
            file.seek(300)
            file.write(flipped(byte, 0))
        refused = self.baudot('backup')
        self.assertEqual(refused.code, 4, refused.err)
        self.assertIn('baudot: ', refused.err)
        self.assertIn(segment.name, refused.err)
        node.kill()

    def test_a_data_directory_in_use_names_the_process_that_holds_it(self):
        node = self.relay(self.file)
        node.says('running')
        (self.data / 'control.sock').unlink()
        for command in (('run', self.file), ('backup', self.file, self.kept)):
            refused = self.run_program(cases.BAUDOT, *command)
            self.assertEqual(refused.code, 3, refused.err)
            self.assertIn(f'process {node.process.pid};', refused.err)
        self.assertEqual(node.stop(), 0)

    def test_a_call_while_there_is_no_free_descriptor_ends_nothing_and_is_answered_later(self):
        node = self.relay(self.file)
        self.post(range(1))
        until('a first copy', lambda: len(self.copied()) == 1)  # its connections are open now
        pid = node.process.pid
        before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        used = {int(each) for each in os.listdir(f'/proc/{pid}/fd')}
        free = next(each for each in itertools.count() if each not in used)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (free, before[1]))
        with socket.socket(socket.AF_UNIX) as caller:
            caller.connect(str(self.data / 'control.sock'))
            caller.sendall(b'what?\n')
            self.post(range(1, 2))  # whose copy comes after the call
            until('a copy', lambda: len(self.copied()) == 2 or not node.is_alive())
            resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
            caller.settimeout(cases.PATIENCE_S)
            self.assertIn(b'there is only', caller.recv(1000))
        self.assertEqual(node.stop(), 0)


def flipped(content, at):
    """With one bit changed there; what is empty gets a byte."""
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1:] if content else b'x'


if __name__ == '__main__':
    unittest.main()
