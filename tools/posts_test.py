#!/usr/bin/env python3
"""The generated stream is what it says: a valid, repeatable, varied stream of Bot API updates."""
import collections
import json
import pathlib
import subprocess
import sys
import unicodedata
import unittest

import posts

TOOL = pathlib.Path(posts.__file__)
ZWJ = '\u200d'
MANY = list(posts.generate(4000, seed=11, media=.3))
MEDIA = ('animation', 'photo', 'video', 'document', 'audio', 'voice')


def body(update):
    """Text or caption, and its entities."""
    post = update['channel_post']
    return (post.get('text', post.get('caption', '')),
            post.get('entities', post.get('caption_entities', [])))


def bodies():
    return (body(update) for update in MANY)


def continues_a_character(text, at):
    """True when what stands at `at` belongs to the character before it."""
    if not 0 < at < len(text):
        return False
    here, before = text[at], text[at - 1]
    return (unicodedata.category(here) in ('Mn', 'Mc', 'Me') or ZWJ in (here, before) or
            '\U0001F3FB' <= here <= '\U0001F3FF' or '\U000E0020' <= here <= '\U000E007F')


class entities(unittest.TestCase):
    def test_they_lie_in_the_text_and_begin_and_end_between_characters(self):
        for text, marked in bodies():
            units = text.encode('utf-16-le')
            for each in marked:
                begin, end = each['offset'] * 2, (each['offset'] + each['length']) * 2
                self.assertTrue(0 <= begin < end <= len(units), each)
                # Half of a surrogate pair does not decode.
                start = len(units[:begin].decode('utf-16-le'))
                stop = len(units[:end].decode('utf-16-le'))
                self.assertFalse(continues_a_character(text, start), (each, text))
                self.assertFalse(continues_a_character(text, stop), (each, text))
                marked_text = text[start:stop]
                self.assertEqual(marked_text, marked_text.strip(), each)

    def test_what_they_mark_is_what_they_say(self):
        begins = {'url': 'http', 'hashtag': '#', 'mention': '@'}
        for text, marked in bodies():
            units = text.encode('utf-16-le')
            for each in marked:
                shown = units[each['offset'] * 2:][:each['length'] * 2].decode('utf-16-le')
                self.assertTrue(shown.startswith(begins.get(each['type'], '')), (each, shown))
                self.assertEqual('url' in each, each['type'] == 'text_link')

    def test_of_two_that_share_text_one_holds_the_other_and_stands_first(self):
        for _, marked in bodies():
            for at, outer in enumerate(marked):
                for inner in marked[at + 1:]:
                    self.assertGreaterEqual(inner['offset'], outer['offset'])
                    end = outer['offset'] + outer['length']
                    if inner['offset'] < end:
                        self.assertLessEqual(inner['offset'] + inner['length'], end)
                        self.assertNotIn(outer['type'], ('code', 'pre'))

    def test_there_are_all_kinds(self):
        found = {each['type'] for _, marked in bodies() for each in marked}
        self.assertEqual(found, {
            'bold', 'italic', 'underline', 'strikethrough', 'spoiler', 'code', 'pre', 'text_link',
            'url', 'hashtag', 'mention', 'blockquote'})


class texts(unittest.TestCase):
    def test_each_is_as_telegram_would_deliver_it(self):
        for update in MANY:
            post = update['channel_post']
            text, _ = body(update)
            self.assertEqual(text, text.strip())
            # Telegram turns control characters into spaces and drops line separators.
            self.assertNotRegex(text, '[\x00-\x09\x0b-\x1f\u2028-\u202e]')
            self.assertLessEqual(len(text), 1024 if 'caption' in post else 4096)
            self.assertTrue(text or set(post) & set(MEDIA))

    def test_their_lengths_are_those_of_real_posts(self):
        lengths = sorted(len(update['channel_post']['text'])
                         for update in posts.generate(4000, seed=3))
        for part, real in ((.1, 101), (.5, 271), (.9, 711), (.99, 1549)):
            made = lengths[int(part * len(lengths))]
            self.assertTrue(.75 * real < made < 1.35 * real, (part, real, made))

    def test_they_are_of_many_scripts(self):
        found = {unicodedata.name(c, 'CONTROL').split()[0] for text, _ in bodies() for c in text}
        self.assertLessEqual({'LATIN', 'CYRILLIC', 'ARABIC', 'DEVANAGARI', 'CJK', 'HIRAGANA',
                              'HANGUL', 'HEBREW', 'THAI', 'REGIONAL', 'ZERO', 'EMOJI'}, found)

    def test_some_are_posted_by_several_channels(self):
        where = collections.defaultdict(set)
        for update in MANY:
            if body(update)[0]:
                where[body(update)[0]].add(update['channel_post']['chat']['id'])
        self.assertGreater(sum(len(each) > 1 for each in where.values()), 50)


class updates(unittest.TestCase):
    def test_message_ids_of_a_channel_grow_with_gaps_and_time_does_not_go_back(self):
        last, date, gaps = {}, 0, 0
        for number, update in enumerate(MANY):
            self.assertEqual(update['update_id'], MANY[0]['update_id'] + number)
            post = update['channel_post']
            self.assertEqual(post['chat'], post['sender_chat'])
            before = last.get(post['chat']['id'], 0)
            self.assertGreater(post['message_id'], before)
            gaps += before > 0 and post['message_id'] > before + 1
            last[post['chat']['id']] = post['message_id']
            self.assertGreaterEqual(post['date'], date)
            date = post['date']
        self.assertEqual(len(last), 20)
        self.assertGreater(gaps, 0)

    def test_media_are_of_six_kinds_one_a_post_in_the_share_asked_for(self):
        kinds = collections.Counter()
        for update in MANY:
            post = update['channel_post']
            found = [kind for kind in MEDIA if kind in post]
            if found == ['animation', 'document']:  # as Telegram gives them
                found = ['animation']
            self.assertLessEqual(len(found), 1)
            self.assertEqual(bool(found), 'text' not in post)
            kinds.update(found)
        self.assertEqual(set(kinds), set(MEDIA))
        self.assertTrue(.25 < kinds.total() / len(MANY) < .35)

    def test_the_channels_may_be_given(self):
        places = [(-1001, 'One'), (-1002, 'Two')]
        found = {(post['chat']['id'], post['chat']['title']) for post in
                 (update['channel_post'] for update in posts.generate(50, channels=places))}
        self.assertEqual(found, set(places))

    def test_each_channel_may_have_its_own_share_of_media(self):
        found = collections.defaultdict(set)
        for update in posts.generate(60, channels=[(-1001, 'One'), (-1002, 'Two')], media=[0, 1]):
            found[update['channel_post']['chat']['id']].add('text' in update['channel_post'])
        self.assertEqual(found, {-1001: {True}, -1002: {False}})


class program(unittest.TestCase):
    def run_tool(self, *arguments):
        return subprocess.run([sys.executable, TOOL, *arguments], capture_output=True)

    def test_a_seed_gives_the_same_bytes_again_and_another_seed_others(self):
        first = self.run_tool('--posts', '200', '--media', '.3', '--seed', '5')
        again = self.run_tool('--posts', '200', '--media', '.3', '--seed', '5')
        other = self.run_tool('--posts', '200', '--media', '.3', '--seed', '6')
        self.assertEqual(first.stdout, again.stdout)
        self.assertNotEqual(first.stdout, other.stdout)
        self.assertEqual((first.returncode, first.stderr), (0, b''))

    def test_it_prints_what_the_module_generates(self):
        lines = self.run_tool('--posts', '30', '--seed', '5').stdout.decode().splitlines()
        self.assertEqual([json.loads(each) for each in lines], list(posts.generate(30, seed=5)))

    def test_a_wrong_call_ends_with_2_and_prints_nothing_on_stdout(self):
        for wrong in (['--posts', '0'], ['--media', '1.5'], ['--gap', '-1'], ['--nonsense']):
            done = self.run_tool(*wrong)
            self.assertEqual((done.returncode, done.stdout), (2, b''), wrong)


if __name__ == '__main__':
    unittest.main()
