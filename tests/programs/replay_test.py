#!/usr/bin/env python3
"""baudot replay --dry-run: every post of twelve routes against a slow reading of the same rules,
and what it says of lines that are no updates.
"""
import collections
import json
import os
import subprocess
import unittest

import cases
import reference
import scenario

RULES = [{'name': 'news', 'from': [-1001000000001], 'to': [-1002000000001], 'include': ['news'],
          'exclude': ['advert'], 'check': -1002000000009}]


class replay(cases.case):
    def configure(self, routes):
        self.environment['TOKEN'] = cases.token(7001)
        return self.write('baudot.yaml', json.dumps({
            'data': str(self.folder / 'data'), 'routes': routes,
            'accounts': [{'name': 'bot', 'token': '${TOKEN}'}]}))

    def posts(self, *texts):
        lines = [json.dumps({'update_id': number + 1, 'channel_post': {
            'message_id': number + 1, 'date': 1, 'text': text,
            'chat': {'id': -1001000000001, 'type': 'channel', 'title': 'a'}}})
            for number, text in enumerate(texts)]
        return self.write('posts.jsonl', '\n'.join(lines) + '\n')

    def replay(self, file, posts, *more):
        return self.run_program(cases.BAUDOT, 'replay', file, posts, '--dry-run', *more)

    def test_says_of_every_post_what_a_slow_reading_says(self):
        updates = scenario.load()
        of = scenario.scenario(updates)
        file = self.configure([each.configuration('repeat') for each in of.routes])
        posts = self.write('posts.jsonl', '\n'.join(map(json.dumps, updates)))
        done = self.replay(file, posts, '--json')
        self.assertEqual(done.code, 0, done.err)
        said = collections.defaultdict(list)
        for line in done.out.splitlines():
            post = json.loads(line)
            for route in post['routes']:
                self.assertEqual(route['said'] == 'taken', 'copies' in route)
                for chat in route.get('copies', []):
                    said[int(chat)].append(reference.copy(post['chat'], post['message'],
                                                          of.modes[route['route']]))
        wanted = reference.expected_copies(of.posts, of.routes, of.destinations)
        self.assertEqual(dict(said), wanted)
        copies = sum(map(len, wanted.values()))
        self.assertGreater(copies, len(updates))
        self.assertIn(f'{copies} copies', done.err)

    def test_prints_a_table_and_with_posts_a_line_each(self):
        file = self.configure(RULES)
        posts = self.posts('news', 'news, advert', 'weather')
        done = self.replay(file, posts, '--posts')
        self.assertEqual(done.code, 0, done.err)
        lines = done.out.splitlines()
        self.assertEqual(lines[:3], [
            '-1001000000001/1  news: taken -> -1002000000001',
            '-1001000000001/2  news: refused -> -1002000000009',
            '-1001000000001/3  news: passed over'])
        self.assertEqual(lines[4].split(), ['news', '1', '1', '1', '1', '1'])

    def test_names_the_lines_that_are_no_updates_and_goes_on(self):
        file = self.configure(RULES)
        posts = self.posts('news')
        posts.write_text('{"torn": \n' + posts.read_text() + '{}\n')
        done = self.replay(file, posts)
        self.assertEqual(done.code, 1)
        self.assertIn(f'{posts}:1: no update', done.err)
        self.assertIn(f'{posts}:3: no update', done.err)
        self.assertIn('1 posts, 1 of them relayed', done.err)

    def test_never_sends_unasked(self):
        done = self.run_program(cases.BAUDOT, 'replay', self.configure(RULES), self.posts('news'))
        self.assertEqual(done.code, 2)
        self.assertIn('--dry-run', done.err)

    def test_whose_output_has_no_room_says_so(self):
        file, posts = self.configure(RULES), self.posts('news')
        with open('/dev/full', 'w') as full:
            done = subprocess.run([cases.BAUDOT, 'replay', file, posts, '--dry-run'], stdout=full,
                                  stderr=subprocess.PIPE, check=False, text=True,
                                  env={**os.environ, **self.environment})
        self.assertEqual(done.returncode, 1)
        self.assertIn('cannot be written', done.stderr)

    def test_of_a_file_that_is_not_there_names_it(self):
        done = self.replay(self.configure(RULES), self.folder / 'none.jsonl')
        self.assertEqual(done.code, 1)
        self.assertIn('none.jsonl', done.err)


if __name__ == '__main__':
    unittest.main()
