#!/usr/bin/env python3
"""Texts from external APIs, through the real programs: budva43's scenario S14, and what an API
that is slow, dead, wrong or hostile does to its route and to those beside it.
"""
import unittest

import cases
from cases import until
from filters_test import scenario
from text_apis import text_apis

KEY = 'key-of_an_api-0123456789'
RUSSIAN = {'awesome message': 'отличное сообщение'}


class s14_translate(scenario):
    def test_s14_a_text_is_translated_in_all_chats(self):
        apis = text_apis(RUSSIAN)
        self.addCleanup(apis.close)
        self.begin('copy', {'transform': [{'translate': {'api': 'libre', 'to': 'ru'}}]},
                   apis=apis.settings()[:1])
        for number, source in enumerate(self.sources):
            self.post(source, f'source {number}\n\nawesome message')
        for chat in self.destinations:
            until('the copies', lambda at=chat: len(self.copies(at)) == len(self.sources))
            self.assertEqual(sorted(each['text'] for each in self.copies(chat)),
                             [f'source {number}\n\nотличное сообщение'
                              for number in range(len(self.sources))])
        self.assertEqual({body['target'] for _, body in apis.asked}, {'ru'})
        self.assertEqual(self.node.stop(), 0)


class apis_in_trouble(cases.case):
    """A route that translates, and one beside it from the same source."""

    def begin(self, trouble=None, **step):
        self.apis = text_apis(RUSSIAN)
        self.addCleanup(self.apis.close)
        self.apis.trouble = trouble
        self.world, self.source, self.translated = self.small_world()
        self.plain = self.world.channel('plain', ['relay_bot'])
        self.environment['API_KEY'] = KEY
        translate = {'api': 'libre', 'to': 'ru', **step}
        self.file = self.config(
            self.world.url, [], [],
            apis=self.apis.settings(timeout='300ms', key='${API_KEY}')[:1],
            http={'port': 0},
            routes=[{'name': 'translated', 'from': [self.source], 'to': [self.translated],
                     'transform': [{'translate': translate}, {'footer': 'end'}]},
                    {'name': 'plain', 'from': [self.source], 'to': [self.plain]}])
        self.node = self.relay(self.file)
        self.node.says('running')

    def post(self, *texts):
        for text in texts:
            self.world.post(self.source, text)

    def arrive(self, chat, *texts):
        until('the copies', lambda: len(self.world.texts(chat)) >= len(texts))
        self.assertEqual(self.world.texts(chat), list(texts))

    def find_secrets(self):
        super().find_secrets()
        self.assertNotIn(KEY, self.outputs, 'a key is in an output')

    def passes(self, trouble):
        self.begin(trouble, on_failure='pass')
        self.post('one awesome message', 'two')
        self.arrive(self.plain, 'one awesome message', 'two')
        self.arrive(self.translated, 'one awesome message\n\nend', 'two\n\nend')
        self.node.says('a text goes as it is', api='libre', route='translated')
        self.assertEqual({path for path, _ in self.apis.asked}, {'/translate'})
        self.assertEqual(self.node.stop(), 0)

    def test_a_post_passes_an_api_that_is_dead(self):
        self.passes('dead')

    def test_a_post_passes_an_api_that_hangs(self):
        self.passes('hangs')

    def test_a_post_passes_an_api_that_drips(self):
        self.passes('drips')

    def test_a_post_passes_an_api_that_sends_garbage(self):
        self.passes('garbage')

    def test_a_post_passes_an_api_that_leads_elsewhere(self):
        self.passes('redirects')

    def test_a_post_passes_an_api_that_sends_too_much(self):
        self.passes('huge')

    def test_a_post_that_is_skipped_is_a_dead_letter_that_says_why(self):
        self.begin('garbage', on_failure='skip')
        self.post('one awesome message')
        self.arrive(self.plain, 'one awesome message')
        self.node.says('a post does not go', api='libre', route='translated')
        self.assertEqual(self.node.stop(), 0)
        self.assertEqual(self.world.texts(self.translated), [])
        letters = self.run_program(cases.BAUDOT, 'dead', 'list', self.file.name)
        self.assertEqual(letters.code, 0, letters.err)
        self.assertIn('transform_failed', letters.out)

    def test_posts_wait_in_their_order_until_the_api_is_back_and_others_do_not(self):
        self.begin('dead')
        texts = [f'{number} awesome message' for number in range(5)]
        self.post(*texts)
        self.arrive(self.plain, *texts)
        self.assertEqual(self.world.texts(self.translated), [])
        self.apis.trouble = None
        self.arrive(self.translated,
                    *[f'{number} отличное сообщение\n\nend' for number in range(5)])
        self.assertEqual(self.node.stop(), 0)

    def test_what_waits_survives_a_kill(self):
        self.begin('dead')
        texts = [f'{number} awesome message' for number in range(5)]
        self.post(*texts)
        self.arrive(self.plain, *texts)
        self.node.kill()
        self.apis.trouble = None
        self.node = self.relay(self.file)
        self.arrive(self.translated,
                    *[f'{number} отличное сообщение\n\nend' for number in range(5)])
        self.post('more')
        self.arrive(self.plain, *texts, 'more')
        self.assertEqual(self.node.stop(), 0)

    def test_what_waits_for_a_step_that_the_route_has_no_more_goes_without(self):
        self.begin('dead')
        self.post('one awesome message')
        self.arrive(self.plain, 'one awesome message')
        self.assertEqual(self.node.stop(), 0)
        self.file = self.config(
            self.world.url, [self.source], [self.translated],
            routes=[{'name': 'translated', 'from': [self.source], 'to': [self.translated]}])
        self.node = self.relay(self.file)
        self.arrive(self.translated, 'one awesome message')
        self.assertEqual(self.node.stop(), 0)


if __name__ == '__main__':
    unittest.main()
