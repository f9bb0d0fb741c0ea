#!/usr/bin/env python3
"""baudot explain through the real programs: what the journal and the rules say of a post, beside a
running Baudot and without one."""
import json
import unittest

import cases
from cases import until


class explain(cases.case):
    def setUp(self):
        super().setUp()
        self.world, self.source, self.destination = self.small_world()
        self.second = self.world.channel('second', ['relay_bot'])
        self.configure([{'name': 'news', 'from': [self.source], 'to': self.destination,
                         'filter': {'words': 'rain', 'not': {'has': 'link'}},
                         'transform': [{'replace': {'from': 'rain', 'to': 'sun'}},
                                       {'hashtags': 'remove'}]},
                        {'name': 'all', 'from': [self.source],
                         'to': [self.destination, self.second],
                         'per_destination': 'first', 'exclude': 'advert'}])

    def configure(self, routes):
        self.file = self.config(self.world.url, [], [], routes=routes)

    def start(self):
        node = self.relay(self.file)
        node.says('running')
        return node

    def explain(self, post, *more, code=0):
        done = self.run_program(cases.BAUDOT, 'explain', self.file, post, *more)
        self.assertEqual(done.code, code, done.err + done.out)
        return done

    def json_of(self, message, *more):
        return json.loads(self.explain(f'{self.source}/{message}', '--json', *more).out)

    def post(self, text, copies):
        before = len(self.world.texts(self.second))
        number = self.world.post(self.source, text)
        until('the copies', lambda: len(self.world.texts(self.second)) == before + copies)
        return number

    def test_a_post_is_followed_from_its_update_to_its_copies(self):
        node = self.start()
        number = self.post('rain today', 1)
        until('it is journaled', lambda: all(
            each['state'] == 'delivered' for each in self.json_of(number)['journal']['deliveries']))
        told = self.json_of(number)
        self.assertEqual(told['post']['chat'], self.source)
        self.assertEqual(told['post']['text'], 'rain today')
        came, = told['journal']['came']
        self.assertEqual((came['what'], came['account'], came['account_name']),
                         ('post', 7001, 'bot'))
        self.assertEqual(came['not_before'], came['not_after'])
        news, rest = told['journal']['deliveries']
        self.assertEqual((news['route'], news['destination'], news['operation']['text']),
                         ('news', self.destination, 'sun today'))
        self.assertEqual((rest['route'], rest['destination']), ('all', self.second))
        steps = [each['what'] for each in news['steps']]
        self.assertEqual(steps, ['planned', 'started', 'delivered'])
        copy = news['copy']
        self.assertEqual(copy['link'],
                         f'https://t.me/c/{-self.destination - 10**12}/{copy["message"]}')
        self.assertEqual(told['journal']['rules']['changes_since'], 0)

        rules = told['rules']
        self.assertEqual(rules['changed'], [])
        first, second = rules['routes']
        self.assertEqual((first['route'], first['said']), ('news', 'taken'))
        clause, = first['clauses']
        self.assertEqual((clause['clause'], clause['is']), ('filter', 'yes'))
        words, no_link = clause['all']
        self.assertEqual((words['is'], words['value'], words['post']), ('yes', 'rain', ['rain']))
        self.assertEqual((no_link['is'], no_link['not']['is']), ('yes', 'no'))
        self.assertEqual([each['changed'] for each in first['transform']], [True, False])
        self.assertEqual(first['targets'][0]['messages'][0]['text'], 'sun today')
        self.assertEqual([(each['chat'], each['left_to']) for each in second['targets']],
                         [(self.destination, 'news'), (self.second, None)])

        one = self.json_of(number, '--destination', str(self.second))
        self.assertEqual([each['route'] for each in one['journal']['deliveries']], ['all'])
        of_copy = self.explain(copy['link'], '--json')
        self.assertEqual(json.loads(of_copy.out)['post'], told['post'])
        self.assertIn('a copy', of_copy.err)
        self.assertEqual(node.stop(), 0)
        self.assertEqual(self.json_of(number), told)

    def test_a_post_that_no_route_takes_says_why(self):
        node = self.start()
        self.post('the first', 1)
        number = self.post('an advert for rain https://example.com', 0)
        self.post('the third', 1)
        node.stop()
        told = self.json_of(number)
        self.assertEqual(told['journal']['deliveries'], [])
        first, second = told['rules']['routes']
        self.assertEqual((first['said'], second['said']), ('passed over', 'refused'))
        filtered, = first['clauses']
        words, no_link = filtered['all']
        self.assertEqual((filtered['is'], words['is'], no_link['is']), ('no', 'yes', 'no'))
        self.assertEqual(no_link['not']['value'], 'link')
        exclude, = second['clauses']
        self.assertEqual((exclude['clause'], exclude['is'], exclude['value'], exclude['post']),
                         ('exclude', 'yes', 'advert', ['advert']))
        lines = self.explain(f'{self.source}/{number}').out.splitlines()
        for wanted in ('    nothing of it was planned', '  ✗ news  passed over',
                       '    └ ✗ filter: all', '      ├ ✓ words "rain"  ← "rain"',
                       '      └ ✗ not', '        └ ✓ has "link"  ← "link"',
                       '    └ ✓ exclude: "advert"  ← "advert"'):
            self.assertIn(wanted, lines)

    def test_what_has_changed_in_the_rules_since_is_named(self):
        node = self.start()
        number = self.post('rain today', 1)
        node.stop()
        self.configure([{'name': 'news', 'from': [self.source], 'to': self.destination,
                         'filter': {'words': 'snow'}},
                        {'name': 'new', 'from': [self.source], 'to': self.second}])
        told = self.json_of(number)
        self.assertEqual(told['rules']['changed'], [
            {'route': 'news', 'how': 'changed', 'keys': ['filter', 'transform']},
            {'route': 'new', 'how': 'added', 'keys': []},
            {'route': 'all', 'how': 'removed', 'keys': []}])
        self.assertEqual([each['said'] for each in told['rules']['routes']],
                         ['passed over', 'taken'])
        self.assertEqual([each['state'] for each in told['journal']['deliveries']],
                         ['delivered', 'delivered'])
        out = self.explain(f'{self.source}/{number}').out
        self.assertIn('not the same as then: news changed (filter, transform); new added', out)

    def test_a_wait_a_rejection_and_a_retry_are_in_their_order(self):
        node = self.start()
        self.world.call('faults', {'kind': 'flood', 'method': 'copyMessage', 'times': 1,
                                   'retry_after': 1})
        number = self.post('snow', 1)
        until('it is settled', lambda: all(
            each['state'] == 'delivered' for each in self.json_of(number)['journal']['deliveries']))
        steps = [[step['what'] for step in each['steps']]
                 for each in self.json_of(number)['journal']['deliveries']]
        self.assertIn('refused', sum(steps, []))
        self.assertIn('held', sum(steps, []))
        self.assertIn('has to wait until', self.explain(f'{self.source}/{number}').out)
        self.world.call(f'chats/{self.second}/members', {'user': 'relay_bot', 'status': 'kicked'},
                        'PUT')
        dead = self.world.post(self.source, 'hail')
        node.says('a post was not delivered', why='forbidden')
        told = self.json_of(dead, '--destination', str(self.second))['journal']
        rejected, = told['deliveries']
        self.assertEqual((rejected['state'], rejected['why'], rejected['letter']),
                         ('rejected', 'forbidden', rejected['delivery']))
        self.assertIn('administrator', rejected['help'])
        out = self.explain(f'{self.source}/{dead}').out
        self.assertIn(f'baudot dead show FILE {rejected["letter"]}', out)
        self.world.call(f'chats/{self.second}/members',
                        {'user': 'relay_bot', 'status': 'administrator'}, 'PUT')
        self.assertEqual(self.run_program(cases.BAUDOT, 'dead', 'retry', self.file,
                                          rejected['letter']).code, 0)
        until('the copy', lambda: 'hail' in self.world.texts(self.second))
        node.stop()
        before, again = self.json_of(dead, '--destination', str(self.second))['journal'][
            'deliveries']
        self.assertEqual((before['state'], before['steps'][-1]['as']),
                         ('retried', again['delivery']))
        self.assertEqual((again['state'], again['retry_of'], again['id']),
                         ('delivered', before['delivery'], before['id']))

    def test_what_is_not_there_and_what_is_no_post_are_told_apart(self):
        nothing = self.explain(f'{self.source}/1', code=1)
        self.assertIn('journal', nothing.err)
        node = self.start()
        self.post('rain', 1)
        node.stop()
        missing = self.explain(f'{self.source}/999', code=6)
        self.assertIn('the journal knows no post', missing.err)
        for wrong in ('nonsense', '5', '@name/', 'https://example.com/name/5', f'{self.source}/-1'):
            self.assertIn('names no post', self.explain(wrong, code=2).err)
        self.explain(f'{self.source}/1', '--destination', '@nobody_knows', code=1)
        self.assertEqual(missing.out, '')

    def test_a_damaged_journal_is_said_to_be(self):
        node = self.start()
        self.post('rain', 1)
        self.post('snow', 1)
        node.stop()
        for segment in (self.folder / 'data' / 'journal').glob('*'):
            segment.write_bytes(segment.read_bytes().replace(b'rain', b'ruin', 1))
        self.explain(f'{self.source}/1', code=4)


if __name__ == '__main__':
    unittest.main()
