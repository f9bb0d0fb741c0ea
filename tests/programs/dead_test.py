#!/usr/bin/env python3
"""Dead letters through the real programs: listed, shown, retried and dropped, beside a running
Baudot and without one, with kills in between."""
import json
import unittest

import cases
from cases import until


class dead(cases.case):
    def setUp(self):
        super().setUp()
        self.world, self.source, self.destination = self.small_world()
        self.file = self.config(self.world.url, [self.source], self.destination)

    def configure(self, **more):
        self.file = self.config(self.world.url, [self.source], self.destination, **more)

    def start(self):
        node = self.relay(self.file)
        node.says('running')
        return node

    def member(self, status):
        self.world.call(f'chats/{self.destination}/members',
                        {'user': 'relay_bot', 'status': status}, 'PUT')

    def copied(self):
        return self.world.texts(self.destination)

    def dead(self, verb, *more):
        return self.run_program(cases.BAUDOT, 'dead', verb, self.file, *more)

    def letters(self, *more, verb='list'):
        """Of a call that is good."""
        done = self.dead(verb, *more, '--json')
        self.assertEqual(done.code, 0, done.err)
        return [json.loads(line) for line in done.out.splitlines()]

    def kill_two(self, node):
        """Two posts that nobody gets: one that Telegram rejects, one for which nobody is left."""
        self.member('kicked')
        self.world.post(self.source, 'the first')
        node.says('a post was not delivered', why='forbidden')
        self.world.post(self.source, 'the second')
        node.says('a post was not delivered', why='no_sender')
        first, second = self.letters()
        return first, second

    def test_what_a_kicked_bot_missed_is_listed_shown_and_sent_once_it_is_back(self):
        node = self.start()
        first, second = self.kill_two(node)
        self.assertEqual((first['class'], first['route'], first['source'], first['destination'],
                          first['account']),
                         ('forbidden', 'all', self.source, self.destination, 7001))
        self.assertIn('bot was kicked from the channel chat', first['description'])
        self.assertEqual((second['class'], second['account']), ('no_sender', 0))
        table = self.dead('list').out
        self.assertEqual(len(table.splitlines()), 3)
        self.assertIn('bot was kicked', table)
        whole = self.letters(first['letter'], second['letter'], verb='show')
        self.assertEqual((whole[0]['payload']['operation'], whole[0]['payload']['message']),
                         ('copy', first['message']))
        self.assertEqual(whole[1]['payload']['text'], 'the second')
        self.assertIn('the second', self.dead('show', second['letter']).out)
        not_yet = self.dead('retry', second['letter'])
        self.assertEqual(not_yet.code, 1)
        self.assertIn('no account is known', not_yet.err)

        self.member('administrator')
        done = self.dead('retry', '--all')
        self.assertEqual(done.code, 0, done.err)
        self.assertIn(f'{first["letter"]} is owed again as ', done.out)
        until('the copies', lambda: len(self.copied()) == 2)
        self.world.post(self.source, 'the third')  # the bot is known to be back
        until('a new post', lambda: len(self.copied()) == 3)
        self.assertEqual(self.copied(), ['the first', 'the second', 'the third'])
        self.assertEqual(self.letters(), [])
        marks = self.letters('--retried')
        self.assertEqual([each['letter'] for each in marks], [first['letter'], second['letter']])
        again = self.dead('retry', first['letter'])
        self.assertEqual(again.code, 1)
        self.assertIn('was retried before', again.err)
        self.assertEqual(node.stop(), 0)

    def test_of_a_stopped_baudot_they_are_read_and_retried_and_kills_change_nothing(self):
        node = self.start()
        first, second = self.kill_two(node)
        node.kill()
        self.assertEqual(self.letters(), [first, second])
        self.member('administrator')
        some = self.dead('retry', '--all', '--json')
        self.assertEqual(some.code, 1, 'without Telegram nobody knows who can send the second')
        told = {each['letter']: each for each in map(json.loads, some.out.splitlines())}
        self.assertIn('retried_as', told[first['letter']])
        self.assertIn('no account is known', told[second['letter']]['refused'])
        again = self.dead('retry', first['letter'])
        self.assertEqual(again.code, 1)
        self.assertIn('owed again already', again.err)
        self.assertEqual(self.copied(), [])
        node.start()
        until('the first', lambda: self.copied() == ['the first'])
        self.letters(second['letter'], verb='retry')
        until('the second', lambda: len(self.copied()) == 2)
        node.kill()
        node.start()
        node.says('running')
        self.world.post(self.source, 'the third')
        until('a new post', lambda: 'the third' in self.copied())
        self.assertEqual(self.copied(), ['the first', 'the second', 'the third'])
        self.assertEqual(node.stop(), 0)

    def test_a_retry_that_waits_is_refused_a_second_time_and_outlives_a_kill(self):
        node = self.start()
        first, _ = self.kill_two(node)
        self.member('administrator')
        self.world.call('faults', {'kind': 'flood', 'method': 'copyMessage', 'times': 1,
                                   'retry_after': 3})
        self.letters(first['letter'], verb='retry')
        again = self.dead('retry', first['letter'])
        self.assertEqual(again.code, 1)
        self.assertIn('owed again already', again.err)
        until('the refusal', lambda: self.world.requests('copyMessage') >= 2)
        node.kill()
        node.start()
        node.says('running')
        self.assertEqual(self.dead('retry', first['letter']).code, 1)
        until('the copy', self.copied)
        self.world.post(self.source, 'the third')
        until('a new post', lambda: 'the third' in self.copied())
        self.assertEqual(self.copied().count('the first'), 1)
        self.assertEqual(node.stop(), 0)

    def test_a_drop_is_for_good_and_filters_choose(self):
        node = self.start()
        first, second = self.kill_two(node)
        for nothing in (('--route', 'other'), ('--to', '-1'), ('--class', 'expired'),
                        ('--until', '1h'), ('--since', '2100-01-01'), ('--account', '5')):
            self.assertEqual(self.letters(*nothing), [], nothing)
        for one in (('--class', 'forbidden'), ('--account', 'bot'), ('--account', '7001')):
            self.assertEqual(self.letters(*one), [first], one)
        self.assertEqual(self.letters('--limit', '1'), [second])
        self.assertEqual(self.letters('--route', 'all', '--to', str(self.destination), '--since',
                                      '1h', '--until', '2100-01-01T00:00'), [first, second])
        dropped = self.dead('drop', '--class', 'forbidden')
        self.assertEqual(dropped.code, 0, dropped.err)
        self.assertEqual(dropped.out, f'{first["letter"]} is gone\n')
        node.kill()
        self.assertEqual(self.letters(), [second])
        for verb in ('show', 'retry', 'drop'):
            gone = self.dead(verb, first['letter'])
            self.assertEqual(gone.code, 1)
            self.assertIn('there is no such letter', gone.err)
        self.assertEqual(self.dead('drop', second['letter']).code, 0)
        node.start()
        node.says('running')
        self.assertEqual(self.letters(), [])
        self.assertEqual(node.stop(), 0)

    def test_a_call_that_is_wrong_changes_nothing_and_says_what_is_right(self):
        node = self.start()
        both = list(self.kill_two(node))
        for wrong in (('retry',), ('drop',), ('drop', '7'), ('list', '--since', 'soon'),
                      ('list', '--class', 'bad'), ('list', '--to', '@name'),
                      ('retry', '--account', 'nobody'), ('show',)):
            refused = self.dead(*wrong)
            self.assertEqual(refused.code, 2, wrong)
            self.assertNotEqual(refused.err, '')
        self.assertEqual(self.letters(), both)
        self.assertEqual(node.stop(), 0)
        self.configure(data=str(self.folder / 'nothing'))
        nothing = self.dead('list')
        self.assertEqual(nothing.code, 1)
        self.assertIn('holds no data', nothing.err)

    def test_what_may_have_been_sent_needs_more_than_a_retry(self):
        self.configure(routes=[{'name': 'all', 'from': [self.source], 'to': self.destination,
                                'on_uncertain': 'skip'}])
        node = self.start()
        self.world.call('faults', {'kind': 'reset_after', 'method': 'copyMessage', 'times': 1})
        self.world.post(self.source, 'once or twice')
        node.says('a post was not delivered', why='copy_unknown')
        self.assertEqual(self.copied(), ['once or twice'])
        letter, = self.letters()
        self.assertTrue(letter['may_double'])
        refused = self.dead('retry', letter['letter'])
        self.assertEqual(refused.code, 1)
        self.assertIn('--may-double', refused.err)
        self.letters(letter['letter'], '--may-double', verb='retry')
        until('the double', lambda: self.copied() == ['once or twice'] * 2)
        self.assertEqual(node.stop(), 0)

    def test_the_newest_are_kept_as_the_configuration_says(self):
        self.configure(dead_letters={'keep': '1h', 'keep_count': 1})
        node = self.start()
        self.member('kicked')
        self.world.post(self.source, 'the first')
        node.says('a post was not delivered', why='forbidden')
        self.world.post(self.source, 'the second')
        node.says('a post was not delivered', why='no_sender')
        left = until('one letter', lambda: [each for each in [self.letters()] if len(each) == 1])
        self.assertEqual(left[0][0]['class'], 'no_sender')
        self.assertEqual(node.stop(), 0)


if __name__ == '__main__':
    unittest.main()
