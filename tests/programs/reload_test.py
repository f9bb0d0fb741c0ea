#!/usr/bin/env python3
"""Rules that change while Baudot runs: by SIGHUP and by `baudot reload`, as a whole or not at all.

Each configuration signs its copies with a number and sends them to one of two chats in turn, so
that a copy says by which rules it was planned.
"""
import json
import re
import threading
import unittest
import urllib.request

import cases
from cases import answer, signal, until

SWAPS = 25
WAIT_S = 3
OFF_TEXT = re.compile(r'post (\d+)\n\nrules (\d+)')


class reloads(cases.case):
    def setUp(self):
        super().setUp()
        self.world, self.source, first = self.small_world()
        self.chats = [first, self.world.channel('second', ['relay_bot'])]
        self.posted = []  # of each post, the rules that must be in effect when it comes
        self.number = 0   # of the rules that were taken last
        self.flow_is_over = threading.Event()

    def rules(self, number, *more, **others):
        """Writes the configuration with these rules."""
        route = {'name': 'all', 'from': self.source, 'to': self.chats[number % 2],
                 'transform': [{'footer': f'rules {number}'}]}
        self.file = self.config(self.world.url, None, None, http={'port': 0},
                                routes=[route, *more], **others)

    def start(self):
        self.node = self.relay(self.file)
        self.port = self.node.says('status is served')['port']
        self.node.says('running')

    def reload(self, *options, place=None):
        return self.run_program(cases.BAUDOT, 'reload', place or self.file, *options)

    def take(self, number):
        self.rules(number)
        done = self.reload()
        self.assertEqual((done.code, done.err), (0, ''))
        self.number = number
        return done

    def post(self):
        self.posted.append(self.number)
        self.world.post(self.source, f'post {len(self.posted) - 1}')

    def flow(self):
        """Posts, one after the other, until told to stop."""
        while not self.flow_is_over.is_set():
            self.post()

    def copies(self):
        """Of all copies: post, rules and chat, in the order of each chat."""
        found = []
        for place, chat in enumerate(self.chats):
            for text in self.world.texts(chat):
                post, rules = OFF_TEXT.fullmatch(text).groups()
                found.append((int(post), int(rules), place))
        return found

    def judge(self):
        """Each post is there once, by one set of rules: never older than those of the post before
        it, nor than those that were in effect when it came."""
        until('all copies', lambda: len(self.copies()) >= len(self.posted))
        copies = self.copies()
        for place in range(2):
            of_chat = [post for post, _, chat in copies if chat == place]
            self.assertEqual(of_chat, sorted(of_chat))
        copies.sort()
        self.assertEqual([post for post, _, _ in copies], list(range(len(self.posted))))
        newest = 0
        for post, rules, place in copies:
            self.assertEqual(rules % 2, place, post)
            self.assertGreaterEqual(rules, newest, post)
            self.assertGreaterEqual(rules, self.posted[post], post)
            newest = rules
        return [rules for _, rules, _ in copies]

    def get(self, path):
        return answer(urllib.request.Request(f'http://127.0.0.1:{self.port}/{path}'))[1].decode()

    def status(self):
        return json.loads(self.get('config'))

    def figure(self, name):
        return float(re.search(rf'^{re.escape(name)} (\S+)$', self.get('metrics'), re.M).group(1))

    def place_of(self, text):
        before = self.file.read_text().partition(text)[0]
        return f'{self.file}:{before.count(chr(10)) + 1}:'


class swaps(reloads):
    def test_posts_that_flow_go_by_one_set_of_rules_each_however_often_they_change(self):
        self.rules(0)
        self.start()
        flow = threading.Thread(target=self.flow)
        flow.start()
        try:
            for number in range(1, SWAPS + 1):
                if number % 5 == 0:  # the other way
                    self.rules(number)
                    self.node.process.send_signal(signal.SIGHUP)
                    until('it', lambda at=number: self.status()['generation'] == at + 1)
                    self.number = number
                else:
                    done = self.take(number)
                    self.assertIn('reloaded: changed all (to, transform)', done.out)
                seen = len(self.posted)
                until('a post more', lambda at=seen: len(self.posted) > at)
        finally:
            self.flow_is_over.set()
            flow.join()
        used = self.judge()
        self.assertGreater(len(set(used)), SWAPS // 2)
        self.assertEqual(self.figure('baudot_config_reloads_total{result="applied"}'), SWAPS)
        self.assertEqual(self.figure('baudot_config_generation'), SWAPS + 1)
        self.assertEqual(self.node.stop(), 0)

    def test_while_a_chat_has_to_wait_what_was_planned_for_it_stays_and_the_rest_goes_on(self):
        self.rules(0)
        self.start()
        self.world.call('faults', {'kind': 'flood', 'times': 1, 'retry_after': WAIT_S,
                                   'chat': self.chats[0]})
        for _ in range(5):
            self.post()
        until('the refusal', lambda: self.world.requests('sendMessage', 'refused') > 0)
        until('the plans', lambda: self.figure('baudot_deliveries_pending') == 5)
        self.take(1)
        for _ in range(5):
            self.post()
        until('those of the new rules', lambda: len(self.world.texts(self.chats[1])) == 5)
        self.assertEqual(self.world.texts(self.chats[0]), [], 'it waits')
        self.assertEqual(self.judge(), [0] * 5 + [1] * 5)
        self.assertEqual(self.node.stop(), 0)

    def test_a_kill_right_after_it_changes_nothing(self):
        self.rules(0)
        self.start()
        for number in range(1, 6):
            for _ in range(3):
                self.post()
            until('the copies', lambda: len(self.copies()) == len(self.posted))
            self.take(number)
            self.node.kill()
            self.post()
            self.start()
            self.assertEqual(self.status()['generation'], 1)
        self.judge()
        self.assertEqual(self.node.stop(), 0)


class refusals(reloads):
    def setUp(self):
        super().setUp()
        self.rules(0)
        self.start()
        self.before = self.status()

    def is_as_before(self, refused):
        now = self.status()
        self.assertEqual(now, {**self.before, 'last_reload_successful': False})
        self.assertEqual(self.figure('baudot_config_reloads_total{result="refused"}'), refused)
        self.assertEqual(self.figure('baudot_config_last_reload_successful'), 0)
        self.number = 0
        self.post()
        self.judge()

    def refuse(self, place, what):
        done = self.reload()
        self.assertEqual((done.code, done.out), (1, ''))
        self.assertIn(place, done.err)
        self.assertIn(what, done.err)
        self.assertIn('nothing is reloaded', done.err)

    def test_what_is_wrong_is_named_by_place_and_the_rules_go_on(self):
        self.rules(1, {'name': 'bad', 'from': self.source, 'to': -5, 'include': '(open'})
        self.refuse(self.place_of('"(open"'), 'missing )')
        self.is_as_before(1)

        self.file.write_text('data: [')
        # The command cannot know where Baudot runs; SIGHUP and the data directory can.
        done = self.reload()
        self.assertEqual(done.code, 1)
        self.assertIn('baudot.yaml:1:', done.err)
        done = self.reload(place=self.folder / 'data')
        self.assertEqual(done.code, 1)
        self.assertIn('baudot.yaml:1:', done.err)
        self.node.process.send_signal(signal.SIGHUP)
        until('the log', lambda: self.node.has_said('nothing is reloaded') and len(
            list(self.node.records('nothing is reloaded'))) == 3)
        self.assertIn('baudot.yaml:1:',
                      list(self.node.records('the configuration is not taken'))[-1]['problem'])
        self.is_as_before(3)
        self.rules(0)
        done = self.reload()
        self.assertEqual((done.code, done.err), (0, ''))
        self.assertIn('unchanged: nothing (1 routes, generation 1)', done.out)
        self.assertTrue(self.status()['last_reload_successful'])
        self.assertEqual(self.node.stop(), 0)

    def test_what_needs_a_restart_is_named_and_nothing_else_is_taken_either(self):
        self.rules(1, pace='documented', journal={'keep': '2d'})
        self.refuse(self.place_of('"documented"'), '"pace" has changed: that needs a restart')
        self.refuse(self.place_of('"journal"'), '"journal.keep" has changed')
        self.is_as_before(2)
        self.assertEqual(self.node.stop(), 0)

    def test_a_chat_that_no_account_knows_is_refused_and_one_without_rights_is_a_warning(self):
        self.rules(1, {'name': 'new', 'from': self.source, 'to': '@nobody_there'})
        self.refuse(self.place_of('"@nobody_there"'), 'no account can see @nobody_there')
        self.is_as_before(1)

        poor = self.world.channel('poor', [], username='poor_chat')
        self.rules(1, {'name': 'new', 'from': self.source, 'to': '@poor_chat'})
        done = self.reload()
        self.assertEqual(done.code, 0)
        self.assertIn(self.place_of('"@poor_chat"'), done.err)
        self.assertIn('no account can post to @poor_chat', done.err)
        self.assertIn('added new; changed all', done.out)
        self.number = 1
        # Mended, without a restart.
        self.world.call(f'chats/{poor}/members',
                        {'user': 'relay_bot', 'status': 'administrator'}, 'PUT')
        done = self.reload()
        self.assertEqual((done.code, done.err), (0, ''))
        self.post()
        until('the copy', lambda: self.world.texts(poor) == [f'post {len(self.posted) - 1}'])
        self.judge()
        self.assertEqual(self.node.stop(), 0)

    def test_who_asks_wrongly_is_told_so(self):
        other = self.write('other.yaml', self.file.read_text())
        done = self.reload(place=other)
        self.assertEqual((done.code, done.out), (1, ''))
        self.assertIn(f'it runs {self.file}, not {other}', done.err)
        del self.environment['TOKEN_OF_bot']  # the command needs none of it
        done = self.reload('--json')
        self.assertEqual((done.code, done.err), (0, ''))
        self.assertEqual(json.loads(done.out)['result'], 'unchanged')
        self.assertEqual(self.node.stop(), 0)
        done = self.reload()
        self.assertEqual((done.code, done.out), (1, ''))
        self.assertIn('no Baudot runs on', done.err)


if __name__ == '__main__':
    unittest.main()
