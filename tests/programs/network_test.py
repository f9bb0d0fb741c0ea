#!/usr/bin/env python3
"""What stands between Baudot and Telegram misbehaves: HTML, cut connections, silence, no network.

Every case begins with the trouble, sees it said, takes it away, and finds every post delivered
once and in order.
"""
import socket
import unittest

import cases
import misbehaving
from cases import until

POSTS = [f'post {number}' for number in range(6)]


class trouble(cases.case):
    def setUp(self):
        super().setUp()
        self.world, self.source, self.destination = self.small_world()
        self.between = misbehaving.server(self.world.url)
        self.addCleanup(self.between.end)
        self.node_config = self.config(self.between.url, [self.source], self.destination)

    def at_the_start(self, method, misbehave, asked):
        """The first calls fail; it says what it waits for and comes up when they work again."""
        self.between.rules[method] = misbehave
        node = self.relay(self.node_config)
        said = node.says('no answer yet')
        self.assertEqual(said['account'], 'bot')
        self.assertIn(asked, said['message'])
        self.assertIsNone(node.find('running'))
        self.between.rules.clear()
        node.says('running')
        self.deliver(node)

    def polling(self, misbehave):
        self.between.rules['getUpdates'] = misbehave
        node = self.relay(self.node_config)
        node.says('no updates can be fetched', account='bot')
        self.between.rules.clear()
        self.deliver(node)
        node.says('updates arrive again', account='bot')

    def sending(self, misbehave):
        node = self.relay(self.node_config)
        node.says('running')
        self.between.rules['copyMessage'] = misbehave
        for text in POSTS:
            self.world.post(self.source, text)
        until('a send', lambda: 'copyMessage' in self.between.seen)
        until('another try', lambda: self.between.seen.count('copyMessage') > 1)
        self.between.rules.clear()
        self.delivered(node)

    def deliver(self, node):
        for text in POSTS:
            self.world.post(self.source, text)
        self.delivered(node)

    def delivered(self, node):
        until('the copies', lambda: self.world.texts(self.destination)[-1:] == POSTS[-1:])
        self.assertEqual(self.world.texts(self.destination), POSTS)
        self.assertEqual(node.stop(), 0)

    def test_a_page_instead_of_get_me_is_waited_out(self):
        self.at_the_start('getMe', misbehaving.html(502), 'getMe')

    def test_a_page_with_200_instead_of_get_me_is_waited_out(self):
        self.at_the_start('getMe', misbehaving.html(200), 'getMe')

    def test_a_page_with_404_instead_of_get_me_is_waited_out(self):
        self.at_the_start('getMe', misbehaving.html(404), 'getMe')

    def test_a_page_instead_of_updates_is_waited_out(self):
        self.polling(misbehaving.html(502))

    def test_a_page_with_200_instead_of_updates_is_waited_out(self):
        self.polling(misbehaving.html(200))

    def test_a_page_instead_of_a_send_is_tried_again_in_order(self):
        self.sending(misbehaving.html(502))

    def test_a_connection_that_ends_without_an_answer_is_waited_out(self):
        self.at_the_start('getMe', misbehaving.close, 'getMe')

    def test_an_answer_that_is_cut_is_waited_out(self):
        self.polling(misbehaving.cut)

    def test_sends_whose_connection_ends_are_tried_again_in_order(self):
        self.sending(misbehaving.close)

    def test_no_network_is_said_and_waited_out(self):
        with socket.socket() as closed:  # bound and not listening: nobody answers there
            closed.bind(('127.0.0.1', 0))
            port = closed.getsockname()[1]
            config = self.config(f'http://127.0.0.1:{port}', [self.source], self.destination)
            node = self.relay(config)
            said = node.says('no answer yet')
            self.assertIn(f'127.0.0.1:{port}', said['message'])
            self.assertIn('refused', said['message'].lower())
        self.assertEqual(node.stop(), 0)

    def test_a_name_that_does_not_resolve_is_named(self):
        node = self.relay(self.config('http://nowhere.invalid', [self.source], self.destination))
        said = node.says('no answer yet')
        self.assertIn('nowhere.invalid', said['message'])
        self.assertEqual(node.stop(), 0)

    def test_a_server_that_speaks_no_http_or_no_tls_is_said(self):
        with socket.create_server(('127.0.0.1', 0)) as mute:
            port = mute.getsockname()[1]
            node = self.relay(self.config(f'https://127.0.0.1:{port}', [self.source],
                                          self.destination))
            mute.settimeout(cases.PATIENCE_S)
            connection, _ = mute.accept()
            with connection:
                connection.recv(1)
                connection.sendall(b'SSH-2.0-OpenSSH_9.2\r\n')
                said = node.says('no answer yet')
                self.assertIn('TLS with 127.0.0.1 failed', said['message'])
            self.assertEqual(node.stop(), 0)

    def test_a_stop_while_nobody_answers_takes_no_time(self):
        for misbehave in (misbehaving.silent, misbehaving.drip):
            with self.subTest(misbehave=misbehave.__name__):
                self.between.seen.clear()
                self.between.rules['getMe'] = misbehave
                node = self.relay(self.node_config)
                until('the question', lambda: 'getMe' in self.between.seen)
                self.assertEqual(node.stop(patience_s=10), 0)

    def test_silence_is_bounded_by_a_deadline(self):
        self.at_the_start('getMe', misbehaving.silent, 'getMe')

    def test_dripping_is_bounded_by_a_deadline(self):
        self.at_the_start('getMe', misbehaving.drip, 'getMe')


if __name__ == '__main__':
    unittest.main()
