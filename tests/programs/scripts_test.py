#!/usr/bin/env python3
"""Scripts of users that never end, or fail, beside routes that have none."""
import json
import unittest

import cases
from cases import until

POSTS = 20
WORDS = 'words of the post'


class of_users(cases.case):
    def setUp(self):
        super().setUp()
        self.world = self.telegram()
        self.world.bot('relay_bot', 7001)
        self.environment['TOKEN'] = cases.token(7001)
        self.source = self.world.channel('source', ['relay_bot'])

    def begin(self, *routes):
        """Routes of the source, each to a chat of its own."""
        self.chats = [self.world.channel(f'copy {at}', ['relay_bot'])
                      for at in range(len(routes))]
        config = self.write('baudot.yaml', json.dumps({
            'data': str(self.folder / 'data'), 'pace': 'off',
            'accounts': [{'name': 'bot', 'token': '${TOKEN}', 'api': self.world.url}],
            'routes': [{'name': f'route {at}', 'from': self.source, 'to': chat, **rules}
                       for at, (chat, rules) in enumerate(zip(self.chats, routes))]}))
        self.node = self.relay(config)
        self.node.says('running')

    def post_all(self, last):
        """Until all copies are in the last chat, which are planned behind all others."""
        for number in range(POSTS):
            self.world.post(self.source, f'{WORDS} {number}')
        until('the copies', lambda: len(self.world.texts(self.chats[last])) == POSTS)

    def test_a_filter_that_never_ends_harms_its_route_alone_and_says_so(self):
        grows = 'local all = "" repeat all = all .. "x" until false'
        self.begin({'filter': {'script': 'while true do end'}},
                   {'filter': {'not': {'script': grows}}},
                   {'filter': {'script': 'error(post.text)'}}, {})
        self.post_all(last=3)
        self.assertEqual(self.node.stop(), 0)
        for chat in self.chats[:3]:
            self.assertEqual(self.world.texts(chat), [])
        for route in range(3):
            said = list(self.node.records('a script failed'))
            of_route = [each for each in said if each['route'] == f'route {route}']
            self.assertEqual(len(of_route), 3, 'it says so three times a minute')
            self.assertEqual(of_route[0]['source'], self.source)
        self.assertIn('stopped after', self.node.find('a script failed', route='route 0')['what'])

    def test_a_transform_that_fails_does_as_its_step_says(self):
        failing = 'if post.text:find("[05]$") then return post.nothing.there end return "other"'
        self.begin({'transform': [{'script': {'code': failing, 'on_failure': 'pass'}}]},
                   {'transform': [{'script': failing}]}, {})
        self.post_all(last=2)
        self.assertEqual(self.node.stop(), 0)
        failed = [f'{WORDS} {number}' for number in range(0, POSTS, 5)]
        texts = self.world.texts(self.chats[0])
        self.assertEqual([each for each in texts if each != 'other'], failed)
        self.assertEqual(len(texts), POSTS)
        self.assertEqual(self.world.texts(self.chats[1]), ['other'] * (POSTS - len(failed)))
        letters = list(self.node.records('a post was not delivered'))
        self.assertEqual([each['why'] for each in letters], ['transform_failed'] * len(failed))
        what = self.node.find('a script failed', route='route 1')['what']
        self.assertIn("script:1: attempt to index field 'nothing'", what)


if __name__ == '__main__':
    unittest.main()
