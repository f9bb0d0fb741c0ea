#!/usr/bin/env python3
"""Filters of routes between chats of every kind, as budva43's scenarios S04 and S07 state them:
four sources, four destinations each, every post in all of them or in none.
"""
import json
import unittest

import cases
from cases import until

KINDS = ('public channel', 'private channel', 'public group', 'private group')
SUBMATCH = {'match': {'pattern': r'(^|[^A-Z])\$([A-Z]+)', 'group': 2, 'in': ['TSLA']}}
EXCLUDE = {'exclude': ['(?i)EXCLUDE']}
INCLUDE = {'filter': {'any': [{'text': 'INCLUDE', 'case': 'ignore'}, SUBMATCH]}}


class scenario(cases.case):
    """Four sources with one route to four destinations."""

    def setUp(self):
        super().setUp()
        self.world = self.telegram()
        self.world.bot('relay_bot', 7001)
        self.world.call('users', {'name': 'Ann', 'username': 'ann', 'id': 501})
        self.environment['TOKEN'] = cases.token(7001)

    def chat(self, kind, label):
        more = {'admins': ['relay_bot'], 'members': ['ann']}
        if kind.startswith('public'):
            more['username'] = label
        if kind.endswith('group'):
            more['type'] = 'supergroup' if kind.startswith('public') else 'group'
        return self.world.call('chats', {'title': f'{kind} {label}', **more})['id']

    def begin(self, mode, rules, **more):
        self.sources = [self.chat(each, f'source_{at}') for at, each in enumerate(KINDS)]
        self.destinations = [self.chat(each, f'copy_{at}') for at, each in enumerate(KINDS)]
        config = self.write('baudot.yaml', json.dumps({
            'data': str(self.folder / 'data'), 'pace': 'off',
            'accounts': [{'name': 'bot', 'token': '${TOKEN}', 'api': self.world.url}],
            'routes': [{'name': 'news', 'mode': mode, 'from': self.sources,
                        'to': self.destinations, **rules}], **more}, ensure_ascii=False))
        self.node = self.relay(config)
        self.node.says('running')

    def post(self, source, text):
        """By the channel, or by a person in a group."""
        by = {} if source in self.sources[:2] else {'from': 'ann'}
        self.world.call(f'chats/{source}/messages', {'text': text, **by})

    def play(self, mode, rules, posts):
        """`posts`: (text, whether it arrives). The last one does, so all were judged then."""
        self.begin(mode, rules)
        wanted = []
        for number, source in enumerate(self.sources):
            for text, arrives in posts:
                tagged = f'source {number}\n\n{text}'
                self.post(source, tagged)
                wanted += [tagged] if arrives else []
        for chat in self.destinations:
            until('the copies', lambda at=chat: len(self.copies(at)) >= len(wanted))
        self.assertEqual(self.node.stop(), 0)
        for chat in self.destinations:
            found = self.copies(chat)
            self.assertEqual(sorted(each['text'] for each in found), sorted(wanted))
            for each in found:
                self.assertEqual(each['cause']['kind'], f'bot_{mode}')

    def copies(self, chat):
        return [each for each in self.world.history(chat) if 'service' not in each]


class s04_filters(scenario):
    NEUTRAL = (('neutral', True), ('EXCLUDE other', False), ('exclude other', False),
               ('neutral again', True))
    CHOSEN = (('nothing of it', False), ('INCLUDE other', True), ('', False), ('include', True))

    def test_s04a_a_copy_route_passes_what_is_neutral_and_nothing_excluded(self):
        self.play('copy', EXCLUDE, self.NEUTRAL)

    def test_s04b_a_forward_route_passes_what_is_neutral_and_nothing_excluded(self):
        self.play('forward', EXCLUDE, self.NEUTRAL)

    def test_s04c_a_copy_route_passes_what_is_included(self):
        self.play('copy', INCLUDE, self.CHOSEN)

    def test_s04d_a_forward_route_passes_what_is_included(self):
        self.play('forward', INCLUDE, self.CHOSEN)


class s07_submatches(scenario):
    TICKERS = (('$MSFT other', False), ('$TSLA other', True), ('A$TSLA', False),
               ('$MSFT, then $TSLA', True), ('$tsla', False), ('last $TSLA', True))

    def test_s07a_a_copy_route_passes_a_group_that_is_listed(self):
        self.play('copy', INCLUDE, self.TICKERS)

    def test_s07b_a_forward_route_passes_a_group_that_is_listed(self):
        self.play('forward', INCLUDE, self.TICKERS)


if __name__ == '__main__':
    unittest.main()
