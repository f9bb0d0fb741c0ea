#!/usr/bin/env python3
"""Telegram refuses: a wrong token, a bot that is kicked, a chat that migrates, a second poller."""
import threading
import unittest
import urllib.request

import cases
from cases import answer, token, until


def is_there(world, chat, texts):
    """The texts of the copies, in order and once each, when the last of them has come."""
    found = world.texts(chat)
    return found if found and found[-1] == texts[-1] else None


class refused_token(cases.case):
    def test_the_only_account_ends_it_with_5_and_is_named(self):
        world, source, destination = self.small_world()
        node = self.relay(self.config(world.url, [source], destination, [('wrong', 7999)]))
        self.assertEqual(node.wait(), 5)
        said = node.text()
        self.assertIn('wrong', said)
        self.assertIn('Unauthorized', said)

    def test_one_of_two_is_named_and_the_other_relays(self):
        world, source, destination = self.small_world()
        node = self.relay(self.config(world.url, [source], destination,
                                      [('wrong', 7999), ('bot', 7001)]))
        node.says('running')
        self.assertIn('wrong', node.text())
        world.post(source, 'still here')
        until('the copy', lambda: world.texts(destination) == ['still here'])
        self.assertEqual(node.stop(), 0)

    def test_a_token_that_is_revoked_in_mid_run_is_named_and_the_other_goes_on(self):
        world, source, destination = self.small_world()
        world.bot('second_bot', 7002)
        other = world.channel('other', ['second_bot'])
        config = self.config(world.url, [source, other], destination,
                             [('bot', 7001), ('second', 7002)])
        node = self.relay(config)
        node.says('running')
        world.call('bots/second_bot', method='DELETE')
        said = node.says('the token of this account was refused', account='second')
        self.assertIn('mended and Baudot restarted', said['event'])
        world.post(source, 'from the first')
        until('the copy', lambda: world.texts(destination) == ['from the first'])
        self.assertEqual(node.stop(), 0)


class kicked(cases.case):
    def test_at_the_start_it_is_said_which_chat_has_nobody_to_post(self):
        world, source, destination = self.small_world()
        world.call(f'chats/{destination}/members', {'user': 'relay_bot', 'status': 'kicked'}, 'PUT')
        node = self.relay(self.config(world.url, [source], destination))
        said = node.says('no account can post to this chat', chat=destination)
        self.assertEqual(said['route'], 'all')
        self.assertIn('administrator', said['event'])
        node.says('running')
        world.post(source, 'nobody can post this')
        lost = node.says('a post was not delivered', destination=destination)
        self.assertEqual((lost['source'], lost['route']), (source, 'all'))
        self.assertEqual(node.stop(), 0)

    def test_in_mid_run_the_post_chat_and_reason_are_named_and_other_chats_go_on(self):
        world, source, destination = self.small_world()
        second = world.channel('second', ['relay_bot'])
        node = self.relay(self.config(world.url, [source], [destination, second]))
        node.says('running')
        world.call(f'chats/{destination}/members', {'user': 'relay_bot', 'status': 'kicked'}, 'PUT')
        message = world.post(source, 'one')
        said = node.says('a post was not delivered', destination=destination)
        self.assertEqual((said['source'], said['message'], said['why']),
                         (source, message, 'forbidden'))
        self.assertIn('bot was kicked from the channel chat', said['telegram_said'])
        world.post(source, 'two')
        until('the other chat', lambda: world.texts(second) == ['one', 'two'])
        self.assertEqual(node.stop(), 0)


class migrated(cases.case):
    def test_posts_go_to_the_new_chat_in_order_and_none_is_lost(self):
        world = self.telegram()
        world.bot('relay_bot', 7001)
        source = world.channel('source', ['relay_bot'])
        group = world.channel('basic', ['relay_bot'], type='group')
        node = self.relay(self.config(world.url, [source], group))
        node.says('running')
        texts = [f'post {number}' for number in range(60)]
        for text in texts[:20]:
            world.post(source, text)
        until('the first copies', lambda: len(world.texts(group)) >= 5)
        new = world.call(f'chats/{group}/upgrade', {})['id']
        for text in texts[20:]:
            world.post(source, text)
        until('the last copy', lambda: is_there(world, new, texts))
        self.assertEqual(world.texts(group) + world.texts(new), texts)
        self.assertEqual(node.stop(), 0)
        # The next start knows it without being told again.
        refused = world.requests('copyMessage', 'rejected')
        node = self.relay(node.config)
        node.says('running')
        world.post(source, 'after a restart')
        until('it', lambda: is_there(world, new, ['after a restart']))
        self.assertEqual(world.requests('copyMessage', 'rejected'), refused)
        self.assertEqual(node.stop(), 0)


class second_poller(cases.case):
    def test_it_says_so_and_goes_on_when_the_other_has_gone(self):
        world, source, destination = self.small_world()
        node = self.relay(self.config(world.url, [source], destination, http={'port': 0}))
        port = node.says('status is served')['port']
        node.says('running')
        over = threading.Event()

        def poll():
            while not over.is_set():
                answer(urllib.request.Request(
                    f'{world.url}/bot{token(7001)}/getUpdates?timeout=1&offset=0'))

        other = threading.Thread(target=poll)
        other.start()
        try:
            node.says('the updates of this bot are being fetched elsewhere', account='bot')
            # For those who watch over it; an error is logged when it lasts for a minute.
            until('readiness', lambda: answer(f'http://127.0.0.1:{port}/ready') == (
                503, b'account bot: another program fetches its updates\n'))
        finally:
            over.set()
            other.join()
        world.post(source, 'after the conflict')
        node.says('updates arrive again', account='bot')
        until('the copy', lambda: world.texts(destination) == ['after the conflict'])
        self.assertEqual(node.stop(), 0)


if __name__ == '__main__':
    unittest.main()
