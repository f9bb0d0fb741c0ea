#!/usr/bin/env python3
"""baudot rules diff: two configurations over the journal of a Baudot, and over a file of posts,
against what replay says of each of them."""
import collections
import json
import unittest

import cases
import scenario
from cases import until


class rules_diff(cases.case):
    def write_rules(self, name, routes, data='data', url='https://api.telegram.org'):
        self.environment['TOKEN'] = cases.token(7001)
        return self.write(name, json.dumps({
            'data': str(self.folder / data), 'routes': routes,
            'accounts': [{'name': 'bot', 'token': '${TOKEN}', 'api': url}]}))

    def diff(self, before, after, *more, code):
        done = self.run_program(cases.BAUDOT, 'rules', 'diff', before, after, *more)
        self.assertEqual(done.code, code, done.err + done.out)
        return done

    def copies(self, file, posts):
        """By route and chat, the posts that replay would bring there."""
        done = self.run_program(cases.BAUDOT, 'replay', file, posts, '--dry-run', '--json')
        self.assertEqual(done.code, 0, done.err)
        found = collections.defaultdict(set)
        for line in done.out.splitlines():
            post = json.loads(line)
            for route in post['routes']:
                for chat in route.get('copies', route.get('reviews')):
                    found[route['route'], chat].add((post['chat'], post['message']))
        return found

    def test_of_real_posts_it_says_what_two_replays_say(self):
        updates = scenario.load()
        of = scenario.scenario(updates)
        routes = [each.configuration('repeat') for each in of.routes]
        before = self.write_rules('old.yaml', routes)
        changed = [dict(each) for each in routes[1:]]
        changed[0]['exclude'] = ['(?i)a']
        changed[1]['to'] = routes[0]['to']
        changed[2]['include'] = []
        after = self.write_rules('new.yaml', changed)
        posts = self.write('posts.jsonl', '\n'.join(map(json.dumps, updates)))
        self.assertIn('no difference', self.diff(before, before, '--posts', posts, code=0).out)
        told = json.loads(self.diff(before, after, '--posts', posts, '--json', '--examples', '0',
                                    code=1).out)
        rows = {(each['route'], each['to']): each for each in told['rows']}
        one, other = self.copies(before, posts), self.copies(after, posts)
        differ = set()
        for key in one.keys() | other.keys():
            gained, lost = other[key] - one[key], one[key] - other[key]
            row = rows.pop(key, {'gained': 0, 'lost': 0, 'examples': []})
            examples = {how: {(each['chat'], each['message']) for each in row['examples']
                              if each['how'] == how} for how in ('gained', 'lost')}
            self.assertEqual((row['gained'], row['lost']), (len(gained), len(lost)), key)
            self.assertEqual(examples, {'gained': gained, 'lost': lost}, key)
            differ |= gained | lost
        self.assertEqual(rows, {})
        self.assertGreater(len(differ), 10)
        self.assertEqual(told['differ'], len(differ))
        self.assertEqual([each['how'] for each in told['changed']][-1], 'removed')

    def test_the_journal_of_a_running_baudot_is_read_and_each_post_counts_once(self):
        world, source, destination = self.small_world()
        world.bot('second_bot', 7002)
        world.call(f'chats/{source}/members', {'user': 'second_bot', 'status': 'administrator'},
                   'PUT')
        route = {'name': 'all', 'from': source, 'to': destination, 'include': 'news'}
        self.file = self.config(world.url, [], [], (('bot', 7001), ('second', 7002)),
                                routes=[route])
        node = self.relay(self.file)
        node.says('running')
        for text in ('news of today', 'rain', 'news of rain'):
            world.post(source, text)
        until('the copies', lambda: len(world.texts(destination)) == 2)
        after = self.write('new.yaml', self.file.read_text().replace('"news"', '"rain"'))
        table = self.diff(self.file, after, code=1)
        self.assertIn('route all changed: include\n', table.out)
        self.assertIn(['all', str(destination), '1', '1', '0', '1'],
                      [line.split() for line in table.out.splitlines()])
        self.assertIn(f'  - https://t.me/c/{-source - 10**12}/1  news of today', table.out)
        self.assertIn('2 of 3 posts differ', table.out)
        self.diff(self.file, self.file, code=0)
        self.assertEqual(node.stop(), 0)

    def test_trouble_is_told_apart_from_a_difference(self):
        route = [{'name': 'all', 'from': -1001000000001, 'to': -1002000000001}]
        good = self.write_rules('old.yaml', route)
        self.assertIn('journal', self.diff(good, good, code=2).err)
        bad = self.write('bad.yaml', 'data: 1\n')
        self.diff(good, bad, code=2)
        self.assertIn('none.jsonl', self.diff(good, good, '--posts', 'none.jsonl', code=2).err)
        torn = self.write('posts.jsonl', '{"torn": \n')
        self.assertIn('no update', self.diff(good, good, '--posts', torn, code=2).err)
        self.diff(good, good, '--examples', 'some', code=2)


if __name__ == '__main__':
    unittest.main()
