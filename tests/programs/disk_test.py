#!/usr/bin/env python3
"""The data directory is in use, full, damaged, from the future, or not ours."""
import os
import pathlib
import random
import struct
import subprocess
import unittest

import cases
from cases import BAUDOT, NOBODY, signal, until

MIB = 1 << 20


class data_directory(cases.case):
    """What stands there and cannot be used is named, and the program ends with the right code."""

    def setUp(self):
        super().setUp()
        self.world, self.source, self.destination = self.small_world()
        self.node_config = self.config(self.world.url, [self.source], self.destination)
        self.data = self.folder / 'data'
        self.journal = self.data / 'journal'

    def refused(self, code, *said, **how):
        """It does not start, and says so in its last line; nobody at Telegram was asked."""
        asked = self.world.call('stats')['requests']
        node = self.relay(self.node_config, **how)
        self.assertEqual(node.wait(), code, node.text())
        last = node.text().splitlines()[-1]
        self.assertIn('stopped by an error', last)
        for words in said:
            self.assertIn(words, last)
        self.assertEqual(self.world.call('stats')['requests'], asked)

    def relay_some(self, first, last):
        """One run that delivers posts `first` to `last`, and ends in order."""
        node = self.relay(self.node_config)
        node.says('running')
        for number in range(first, last):
            self.world.post(self.source, f'post {number}')
        until('the copies', lambda: len(self.world.texts(self.destination)) == last)
        return node

    def segment(self):
        return sorted(self.journal.glob('*.journal'))[-1]

    def test_that_is_in_use_names_the_process_that_has_it(self):
        first = self.relay_some(0, 3)
        self.refused(3, 'in use by process', str(first.process.pid), 'stop it first')
        self.world.post(self.source, 'post 3')
        until('the first goes on', lambda: len(self.world.texts(self.destination)) == 4)
        self.assertEqual(first.stop(), 0)

    def test_that_is_a_file_or_beside_one_is_refused(self):
        self.data.write_text('mine')
        self.refused(1, str(self.data), 'a directory')
        self.assertEqual(self.data.read_text(), 'mine')

    def test_without_permission_is_named(self):
        closed = self.folder / 'closed'
        closed.mkdir(mode=0o500)
        self.data = closed / 'data'
        self.node_config = self.config(self.world.url, [self.source], self.destination,
                                       data=str(self.data))
        self.refused(1, str(self.data), 'Permission denied', **NOBODY)

    def test_that_belongs_to_another_user_is_named_and_left_as_it_is(self):
        if not NOBODY:
            self.skipTest('only root can make a directory of another user')
        self.assertEqual(self.relay_some(0, 1).stop(), 0)
        self.data.chmod(0o755)
        self.refused(1, str(self.data), 'Permission denied', **NOBODY)
        self.assertEqual(self.relay_some(1, 2).stop(), 0)

    def test_whose_segment_is_corrupt_in_the_middle_names_file_and_byte(self):
        self.assertEqual(self.relay_some(0, 20).stop(), 0)
        segment = self.segment()
        good = segment.read_bytes()
        at = frames(good)[5]
        damage(segment, at + 40)
        self.refused(4, segment.name, f'byte {at}', 'corrupt')
        self.assertEqual(len(segment.read_bytes()), len(good), 'nothing is cut')
        verified = self.run_program(BAUDOT, 'journal', 'verify', self.journal)
        self.assertEqual(verified.code, 1)
        self.assertIn(segment.name, verified.out + verified.err)
        self.assertIn(str(at), verified.out + verified.err)
        segment.write_bytes(good)  # as from a backup
        self.assertEqual(self.relay_some(20, 21).stop(), 0)

    def test_whose_tail_is_torn_loses_the_torn_part_only_and_says_what(self):
        node = self.relay_some(0, 20)
        node.process.send_signal(signal.SIGKILL)
        node.wait()
        segment = self.segment()
        # A frame that was being written when the power went: its beginning, and nothing more.
        whole = segment.read_bytes()
        end = end_of_frames(whole)
        last = frames(whole)[-1]
        with open(segment, 'r+b') as torn:
            torn.seek(end)
            torn.write(whole[last:last + 21])
        node = self.relay(self.node_config)
        said = node.says('the end of the journal was torn')
        self.assertIn(segment.name, said['file'])
        self.assertEqual(said['offset'], end)
        self.assertGreater(said['bytes'], 12)  # up to the last that is not zero
        node.says('running')
        self.world.post(self.source, 'after')
        until('the rest', lambda: self.world.texts(self.destination)[-1] == 'after')
        self.assertEqual(node.stop(), 0)
        copied = self.world.texts(self.destination)
        self.assertEqual(list(dict.fromkeys(copied)), [f'post {n}' for n in range(20)] + ['after'])

    def test_from_a_newer_version_is_refused_and_left_as_it_is(self):
        self.assertEqual(self.relay_some(0, 3).stop(), 0)
        segment = self.segment()
        good = segment.read_bytes()
        newer = bytearray(good)
        newer[8] = 2  # docs/formats.md: the version of the segment
        segment.write_bytes(newer)
        self.refused(4, segment.name, 'version 2', 'newer')
        self.assertEqual(segment.read_bytes(), newer)
        segment.write_bytes(good)
        self.assertEqual(self.relay_some(3, 4).stop(), 0)

    def test_of_a_store_that_is_damaged_names_the_place(self):
        self.assertEqual(self.relay_some(0, 3).stop(), 0)
        manifest = next((self.data / 'store').glob('MANIFEST-*'))
        damage(manifest, 20)
        self.refused(4, str(self.data / 'store'))


def frames(segment):
    """Where each frame of a segment begins (docs/formats.md)."""
    found, at = [], segment.find(b'\xbaJF\n')
    while segment[at:at + 4] == b'\xbaJF\n':
        found.append(at)
        at += 32 + struct.unpack_from('<I', segment, at + 12)[0]
    return found


def end_of_frames(segment):
    last = frames(segment)[-1]
    return last + 32 + struct.unpack_from('<I', segment, last + 12)[0]


def damage(path, at):
    with open(path, 'r+b') as file:
        file.seek(at)
        old = file.read(1)
        file.seek(at)
        file.write(bytes([old[0] ^ 0xff]))


class full_disk(cases.small_disk):
    def test_in_mid_run_it_pauses_says_so_and_goes_on_when_there_is_room(self):
        world, source, destination = self.small_world()
        config = self.config(world.url, [source], destination, data=str(self.small / 'data'))
        node = self.relay(config)
        node.says('running')
        texts = [f'post {number} ' + 'x' * 3000 for number in range(400)]
        world.post(source, texts[0])
        until('the first copy', lambda: world.texts(destination) == texts[:1])
        filler = self.fill()
        for text in texts[1:]:
            world.post(source, text)
        said = node.says('the disk is full')
        self.assertIn(str(self.small / 'data'), said['message'])
        self.assertIn('nothing is accepted or sent', said['event'])
        # The checkpoint, every 30 s, does without its flush.
        said = node.says('the state cannot be made durable', code='no_space')
        self.assertIn(str(self.small / 'data'), said['message'])
        filler.unlink()
        until('all copies', lambda: len(world.texts(destination)) >= len(texts))
        self.assertEqual(world.texts(destination), texts)
        self.assertEqual(node.stop(), 0)

    def test_again_and_again_under_load_it_loses_nothing(self):
        world, source, destination = self.small_world()
        config = self.config(world.url, [source], destination, data=str(self.small / 'data'))
        node = self.relay(config)
        node.says('running')
        chance = random.Random(7)
        texts = [f'post {number} ' + 'x' * chance.randrange(1, 3000) for number in range(1200)]
        pauses = 0
        for begin in range(0, len(texts), 200):
            filler = self.fill()
            for text in texts[begin:begin + 200]:
                world.post(source, text)
            pauses += 1
            until('a pause', lambda: len(list(node.records('the disk is full'))) >= pauses)
            filler.unlink()
            goal = begin + chance.randrange(200)
            until('copies', lambda: len(world.texts(destination)) >= goal)
        until('all copies', lambda: len(world.texts(destination)) >= len(texts))
        self.assertEqual(world.texts(destination), texts)
        self.assertEqual(node.stop(), 0)

    def test_a_kill_while_it_is_full_loses_nothing(self):
        world, source, destination = self.small_world()
        config = self.config(world.url, [source], destination, data=str(self.small / 'data'))
        node = self.relay(config)
        node.says('running')
        texts = [f'post {number} ' + 'x' * 3000 for number in range(400)]
        world.post(source, texts[0])
        until('the first copy', lambda: world.texts(destination) == texts[:1])
        filler = self.fill()
        for text in texts[1:]:
            world.post(source, text)
        node.says('the disk is full')
        self.assertEqual(node.kill(), -signal.SIGKILL)
        filler.unlink()
        node = self.relay(config)
        node.says('running')
        until('all copies', lambda: set(world.texts(destination)) == set(texts))
        self.assertEqual(list(dict.fromkeys(world.texts(destination))), texts)
        self.assertEqual(node.stop(), 0)

    def test_at_the_start_it_says_so_and_ends_and_starts_when_there_is_room(self):
        world, source, destination = self.small_world()
        config = self.config(world.url, [source], destination, data=str(self.small / 'data'))
        filler = self.fill()
        node = self.relay(config)
        self.assertEqual(node.wait(), 1, node.text())
        self.assertIn('o space left', node.text().splitlines()[-1])
        self.assertIn(str(self.small / 'data'), node.text())
        filler.unlink()
        node = self.relay(config)
        node.says('running')
        self.assertEqual(node.stop(), 0)


class failing_disk(cases.case):
    """On an ext4 of its own that becomes read-only, as the kernel does it when a disk fails."""

    def setUp(self):
        super().setUp()
        self.small = self.folder / 'small'
        self.small.mkdir()
        image = self.folder / 'image'
        image.touch()
        os.truncate(image, 96 * MIB)
        self.command = ['mount', '-o', 'loop,errors=remount-ro', image, self.small]
        for command in (['mkfs.ext4', '-q', image], self.command):
            done = subprocess.run(command, capture_output=True, check=False)
            if done.returncode != 0:
                self.skipTest('this machine lets nobody mount a file: '
                              + done.stderr.decode().strip())
        self.addCleanup(subprocess.run, ['umount', '-l', self.small], check=True)

    def fail_disk(self):
        device = subprocess.run(['findmnt', '-no', 'SOURCE', self.small], capture_output=True,
                                check=True, text=True).stdout.strip()
        pathlib.Path('/sys/fs/ext4', pathlib.Path(device).name, 'trigger_fs_error').write_text('x')

    def test_that_becomes_read_only_ends_the_run_and_the_next_one_loses_nothing(self):
        world, source, destination = self.small_world()
        config = self.config(world.url, [source], destination, data=str(self.small / 'data'))
        node = self.relay(config)
        node.says('running')
        texts = [f'post {number}' for number in range(600)]
        for text in texts[:300]:
            world.post(source, text)
        until('some copies', lambda: len(world.texts(destination)) > 100)
        self.fail_disk()
        for text in texts[300:]:
            world.post(source, text)
        self.assertEqual(node.wait(), 1, node.text())
        last = node.text().splitlines()[-1]
        self.assertIn('stopped by an error', last)
        # Which of the two depends on the call that met it first.
        self.assertRegex(last, 'Read-only file system|Input/output error')
        self.assertIn(str(self.small / 'data'), last)
        node = self.relay(config)
        self.assertEqual(node.wait(), 1, node.text())
        self.assertIn('Read-only file system', node.text().splitlines()[-1])
        subprocess.run(['umount', self.small], check=True)
        subprocess.run(self.command, check=True)
        node = self.relay(config)
        node.says('running')
        until('all copies', lambda: set(world.texts(destination)) == set(texts))
        self.assertEqual(node.stop(), 0)
        self.assertEqual(list(dict.fromkeys(world.texts(destination))), texts)
        doubled = len(world.texts(destination)) - len(texts)
        self.assertLessEqual(doubled, len(list(node.records('started before an unclean stop'))))


if __name__ == '__main__':
    unittest.main()
