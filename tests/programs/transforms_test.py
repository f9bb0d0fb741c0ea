#!/usr/bin/env python3
"""Transforms of routes between chats of every kind, as budva43's scenarios S03, S08, S09 and S10
state them: four sources, four destinations each. And what becomes of texts that are too long, and
of links, over a restart under other rules.
"""
import json
import unittest

import cases
from cases import until
from filters_test import EXCLUDE, KINDS, scenario

FRAGMENTS = {'replace': [{'from': 'hello', 'to': '12345'}, {'from': 'world', 'to': '67890'}]}
SIGN = {'footer': '<b>Sign</b>'}
LINK = {'footer': '<a href="{link}">🔗<b>Link</b></a>'}


def units(text):
    return len(text.encode('utf-16-le')) // 2


class of_texts(scenario):
    def relayed(self, transform, text, entities=()):
        """Posts the text in each source; for each its id there and what stands in every chat."""
        self.begin('copy', {'transform': transform})
        sent = []
        for number, source in enumerate(self.sources):
            tagged = f'source {number}\n\n{text}'
            by = {} if source in self.sources[:2] else {'from': 'ann'}
            more = [{**each, 'offset': each['offset'] + units(f'source {number}\n\n')}
                    for each in entities]
            posted = self.world.call(f'chats/{source}/messages',
                                     {'text': tagged, 'entities': more, **by})
            sent.append((posted['message_id'], tagged))
        for chat in self.destinations:
            until('the copies', lambda at=chat: len(self.copies(at)) >= len(sent))
        self.assertEqual(self.node.stop(), 0)
        found = []
        for number, (message, tagged) in enumerate(sent):
            tag = tagged.partition('\n')[0]
            copies = [each for chat in self.destinations for each in self.copies(chat)
                      if each['text'].startswith(tag)]
            self.assertEqual(len(copies), len(self.destinations))
            for each in copies:
                self.assertNotIn('forward_origin', each)
            found.append((message, tagged, copies))
        return found

    @staticmethod
    def styles(of, kinds=('bold', 'text_link')):
        """Kind, covered text and address of the entities."""
        raw = of['text'].encode('utf-16-le')
        return [(each['type'], raw[2 * each['offset']:2 * (each['offset'] + each['length'])]
                 .decode('utf-16-le'), each.get('url', ''))
                for each in of.get('entities', []) if each['type'] in kinds]


class s08_replace_fragments(of_texts):
    def test_s08_fragments_are_replaced_in_all_chats_and_keep_their_style(self):
        bold = {'type': 'bold', 'offset': 3, 'length': 7}  # "llo" of hello, "worl" of world
        for _, tagged, copies in self.relayed([FRAGMENTS], '🚀helloworld', [bold]):
            for each in copies:
                self.assertEqual(each['text'], tagged.replace('helloworld', '1234567890'))
                self.assertEqual(self.styles(each), [('bold', '67890', '')])


class s09_link_to_the_source(of_texts):
    def test_s09_every_text_ends_with_a_link_to_its_post_where_posts_have_one(self):
        for kind, (message, tagged, copies) in zip(KINDS, self.relayed([LINK], 'a text')):
            number = KINDS.index(kind)
            chat = str(self.sources[number]).removeprefix('-100')
            address = {'public': f'https://t.me/source_{number}/{message}',
                       'private': f'https://t.me/c/{chat}/{message}'}[kind.split()[0]]
            for each in copies:
                if kind == 'private group':  # a basic one: no message there has an address
                    self.assertEqual(each['text'], tagged)
                    continue
                self.assertEqual(each['text'], f'{tagged}\n\n🔗Link')
                self.assertEqual(self.styles(each), [('text_link', '🔗Link', address),
                                                     ('bold', 'Link', '')])


class s10_sign(of_texts):
    def test_s10_the_sign_stands_behind_a_blank_line_in_bold_before_the_link(self):
        for kind, (_, tagged, copies) in zip(KINDS, self.relayed([SIGN, LINK], 'a text')):
            for each in copies:
                self.assertTrue(each['text'].startswith(f'{tagged}\n\nSign'), each['text'])
                self.assertIn(('bold', 'Sign', ''), self.styles(each))
                self.assertEqual(each['text'].endswith('\n\n🔗Link'), kind != 'private group')


class s11_auto_answers(scenario):
    """As far as bots can: they cannot press buttons, and whoever asks for it is told where."""

    def test_s11_what_no_bot_can_do_is_refused_with_its_place(self):
        file = """data: d
accounts: [{name: bot, token: "${TOKEN}"}]
routes:
  - name: news
    from: -1001111111111
    to: -1002222222222
    transform:
      - auto_answer: true
"""
        for done in (self.check(file), self.run_program(cases.BAUDOT, 'run', 'baudot.yaml')):
            self.assertNotEqual(done.code, 0)
            self.assertIn('baudot.yaml:8:22: error: no account of this file can press the buttons',
                          done.err)


class s03_own_links(scenario):
    """Posts in the sources with links, and none of a basic group, whose posts have no links."""
    STRIKE = [{'own_links': {'without_copy': 'strike'}}]

    def linked(self, first, wait):
        """`first` in each source, then a post with links to it: what is last in each chat, and
        whose number is `first` there."""
        self.begin('copy', {'transform': self.STRIKE, **EXCLUDE})
        sources = [each for each, kind in zip(self.sources, KINDS) if kind != 'private group']
        for at, source in enumerate(sources):
            by = {'from': 'ann'} if KINDS[at].endswith('group') else {}
            before = self.world.call(f'chats/{source}/messages',
                                     {'text': first, **by})['message_id']
            if wait:
                until('the copies', lambda n=at: all(
                    len(self.copies(chat)) > 2 * n for chat in self.destinations))
            name = {0: 'source_0', 2: 'source_2'}.get(at, f'c/{-source - 10 ** 12}')
            address = f'https://t.me/{name}/{before}'
            text = f'see PrevMessage at {address}'
            self.world.call(f'chats/{source}/messages', {
                'text': text, **by, 'entities': [
                    {'type': 'text_link', 'offset': 4, 'length': 11, 'url': address},
                    {'type': 'url', 'offset': 19, 'length': len(address)}]})
        return len(sources)

    def address_of(self, kind, chat, message):
        name = f'copy_{KINDS.index(kind)}' if kind.startswith('public') \
            else f'c/{-chat - 10 ** 12}'
        return f'https://t.me/{name}/{message}'

    def prove_all_lead_to_copies(self, wait):
        pairs = self.linked('first', wait)
        for kind, chat in zip(KINDS, self.destinations):
            until('the copies', lambda at=chat: len(self.copies(at)) >= 2 * pairs)
        self.assertEqual(self.node.stop(), 0)
        for kind, chat in zip(KINDS, self.destinations):
            copies = self.copies(chat)
            of = {each['message_id']: each for each in copies}
            firsts = [each['message_id'] for each in copies if each['text'] == 'first']
            led = []
            for each in copies:
                if each['text'] == 'first':
                    continue
                if kind == 'private group':  # a basic one: no link leads to its messages
                    self.assertEqual(each['text'], 'see PrevMessage at')
                    self.assertEqual(of_texts.styles(each, ('text_link', 'strikethrough', 'url')),
                                     [('strikethrough', 'PrevMessage', '')])
                    continue
                address, = [one['url'] for one in each['entities'] if one['type'] == 'text_link']
                self.assertEqual(each['text'], f'see PrevMessage at {address}')
                led.append(int(address.rpartition('/')[2]))
                self.assertEqual(address, self.address_of(kind, chat, led[-1]))
                self.assertIn(led[-1], of)
            if led:
                self.assertEqual(sorted(led), sorted(firsts), 'each to the copy of its own')

    def test_s03a_a_link_to_a_post_of_the_source_leads_to_its_copy(self):
        self.prove_all_lead_to_copies(True)

    def test_s03a_also_when_the_post_came_just_before(self):
        self.prove_all_lead_to_copies(False)

    def test_s03b_a_link_to_a_post_that_was_not_relayed_is_struck_through(self):
        pairs = self.linked('EXCLUDE', False)
        for chat in self.destinations:
            until('the copies', lambda at=chat: len(self.copies(at)) >= pairs)
        self.assertEqual(self.node.stop(), 0)
        for chat in self.destinations:
            copies = self.copies(chat)
            self.assertEqual([each['text'] for each in copies], ['see PrevMessage at'] * pairs)
            for each in copies:
                self.assertEqual(of_texts.styles(each, ('text_link', 'strikethrough', 'url')),
                                 [('strikethrough', 'PrevMessage', '')])


class own_links_over_a_restart(cases.case):
    def test_what_was_planned_leads_to_the_copy_after_a_restart_under_other_rules(self):
        world, source, destination = self.small_world()
        chat = f'https://t.me/c/{-source - 10 ** 12}'

        def start(transform):
            node = self.relay(self.config(world.url, [source], [destination], routes=[
                {'name': 'news', 'from': source, 'to': destination, 'transform': transform}]))
            node.says('running')
            return node

        def post(text):
            return world.call(f'chats/{source}/messages',
                              {'text': text, 'find_entities': True})['message_id']

        node = start([{'own_links': 'to_copies'}])
        first = post('first')
        until('the first copy', lambda: world.texts(destination))
        world.call('faults', {'method': 'sendMessage', 'kind': 'flood', 'retry_after': 3,
                              'times': 1})
        post(f'second after {chat}/{first}')
        until('the refusal', lambda: world.requests('sendMessage') >= 1)
        node.kill()
        node = start([])
        post(f'third after {chat}/{first}')
        until('all copies', lambda: len(world.texts(destination)) >= 3)
        self.assertEqual(node.stop(), 0)
        copy = next(each['message_id'] for each in world.history(destination)
                    if each.get('text') == 'first')
        there = f'https://t.me/c/{-destination - 10 ** 12}'
        self.assertEqual(world.texts(destination),
                         ['first', f'second after {there}/{copy}', f'third after {chat}/{first}'])


class too_long(cases.case):
    def setUp(self):
        super().setUp()
        self.world = self.telegram()
        self.world.bot('relay_bot', 7001)
        self.environment['TOKEN'] = cases.token(7001)
        self.source = self.world.channel('source', ['relay_bot'])
        self.destination = self.world.channel('copies', ['relay_bot'])

    def config(self, transform):
        return self.write('baudot.yaml', json.dumps({
            'data': str(self.folder / 'data'), 'pace': 'off',
            'accounts': [{'name': 'bot', 'token': '${TOKEN}', 'api': self.world.url}],
            'routes': [{'name': 'news', 'from': self.source, 'to': self.destination,
                        'transform': transform}]}))

    def test_a_split_text_arrives_in_order_and_nothing_of_it_is_lost(self):
        node = self.relay(self.config([{'footer': 'the end'}]))
        node.says('running')
        words = [f'word{number}' for number in range(525)]
        text = ' '.join(words)  # 4,089 units: the footer is too much
        self.assertLess(4080, units(text))
        self.world.call(f'chats/{self.source}/messages', {
            'text': text, 'entities': [{'type': 'bold', 'offset': 0, 'length': units(text)}]})
        self.world.post(self.source, 'next')
        until('three copies', lambda: len(self.world.texts(self.destination)) >= 3)
        self.assertEqual(node.stop(), 0)
        first, second, third = [each for each in self.world.history(self.destination)
                                if 'service' not in each]
        self.assertEqual(third['text'], 'next\n\nthe end')
        self.assertEqual(f'{first["text"]} {second["text"]}'.split(), words + ['the', 'end'])
        bold = first['entities'][0]
        self.assertEqual((bold['type'], bold['length']), ('bold', units(first['text'])))

    def test_what_was_planned_is_sent_as_it_was_planned_under_other_rules(self):
        node = self.relay(self.config([{'footer': 'old'}]))
        node.says('running')
        self.world.post(self.source, 'first')
        until('the first copy', lambda: self.world.texts(self.destination))
        # The chat refuses: what is planned now waits, over the restart.
        self.world.call('faults', {'method': 'sendMessage', 'kind': 'flood', 'retry_after': 3,
                                    'times': 1})
        self.world.post(self.source, 'second')
        until('the refusal', lambda: self.world.requests('sendMessage') >= 2)
        node.kill()
        node = self.relay(self.config([{'footer': 'new'}]))
        node.says('running')
        self.world.post(self.source, 'third')
        until('all copies', lambda: len(self.world.texts(self.destination)) >= 3)
        self.assertEqual(node.stop(), 0)
        self.assertEqual(self.world.texts(self.destination),
                         ['first\n\nold', 'second\n\nold', 'third\n\nnew'])


if __name__ == '__main__':
    unittest.main()
