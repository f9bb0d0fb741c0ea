#!/usr/bin/env python3
"""telegram-sim given rubbish: a clear refusal each time, and it goes on serving."""
import json
import socket
import unittest
import urllib.parse
import urllib.request

import cases
from cases import TELEGRAM_SIM, answer


class bad_start(cases.case):
    def refuses(self, code, said, *options):
        done = self.run_program(TELEGRAM_SIM, *options)
        self.assertEqual(done.code, code, done.err)
        self.assertIn(said, done.out + done.err)

    def test_a_world_that_is_no_yaml_is_named_by_line_and_column(self):
        self.write('world.yaml', 'users:\n  - name: Ann\n\tusername: ann\n')
        self.refuses(2, 'world.yaml:3:', '--world', 'world.yaml')

    def test_a_world_with_a_mistake_names_its_place(self):
        self.write('world.yaml', 'bots:\n  - username: a_bot\n    nmae: A\n')
        self.refuses(2, 'world.yaml: bots[0]', '--world', 'world.yaml')
        self.write('world.yaml', 'chats:\n  - title: News\n    admins: [nobody]\n')
        self.refuses(2, "there is no person or bot 'nobody'", '--world', 'world.yaml')

    def test_an_address_that_is_none_and_a_port_in_use_are_named(self):
        self.refuses(2, '--listen 127.0.0.1:http', '--listen', '127.0.0.1:http')
        self.refuses(2, '--listen 127.0.0.1:65536', '--listen', '127.0.0.1:65536')
        with socket.create_server(('127.0.0.1', 0)) as taken:
            place = f'127.0.0.1:{taken.getsockname()[1]}'
            self.refuses(1, place, '--listen', place)

    def test_an_unknown_profile_and_a_missing_file_are_wrong_calls(self):
        for options in (('--profile', 'kind'), ('--world', 'nowhere.yaml')):
            done = self.run_program(TELEGRAM_SIM, *options)
            self.assertNotEqual(done.code, 0)
            self.assertIn(options[0], done.err)


class hostile_client(cases.case):
    def setUp(self):
        super().setUp()
        self.world = self.telegram()
        bot = self.world.bot('a_bot', 7001)
        self.base = f'{self.world.url}/bot{bot["token"]}'
        self.chat = self.world.channel('News', ['a_bot'])

    def refused(self, status, said, method, body, kind='application/json'):
        if isinstance(body, dict):
            body = json.dumps(body).encode()
        asked = urllib.request.Request(f'{self.base}/{method}', body, {'Content-Type': kind})
        got, text = answer(asked)
        self.assertEqual(got, status, text[:200])
        self.assertIn(said.encode(), text[:500])

    def sent(self, body):
        """The message, as the bot sees it."""
        status, text = answer(urllib.request.Request(f'{self.base}/sendMessage', body,
                                                     {'Content-Type': 'application/json'}))
        self.assertEqual(status, 200, text[:200])
        return json.loads(text)['result']

    def tearDown(self):
        """Whatever came before: the next request is answered."""
        good, text = answer(f'{self.base}/getMe')
        self.assertEqual((good, json.loads(text)['result']['id']), (200, 7001))
        super().tearDown()

    def test_a_body_that_is_not_what_it_says_is_refused(self):
        self.refused(400, 'Bad Request', 'sendMessage', b'{"chat_id": 1, "text": ')
        self.refused(400, 'Bad Request', 'sendMessage', b'[1, 2]')
        self.refused(400, 'Bad Request', 'sendMessage', b'--x\r\nnothing', 'multipart/form-data')
        self.refused(400, 'Bad Request', 'sendMessage', b'\xff\xfe', 'application/octet-stream')
        self.refused(400, 'Bad Request', 'sendMessage', b'[' * 100_000)

    def test_texts_that_are_no_utf_8_are_refused(self):
        for text in (b'\xff', b'\xed\xa0\x80', b'\xf4\x90\x80\x80', b'\xc0\x80', b'abc\xe2\x82'):
            quoted = urllib.parse.quote(text)
            self.refused(400, 'must be encoded in UTF-8', 'sendMessage',
                         f'chat_id={self.chat}&text={quoted}'.encode(),
                         'application/x-www-form-urlencoded')

    def test_half_a_surrogate_in_json_never_reaches_a_reader(self):
        for half in ('\\ud83d', '\\ude00'):
            made = self.sent(f'{{"chat_id": {self.chat}, "text": "a{half}"}}'.encode())
            self.assertEqual(made['text'], 'a\ufffd')

    def test_entities_never_reach_beyond_the_text(self):
        def with_entity(offset, length):
            return {'chat_id': self.chat, 'text': 'hello',
                    'entities': [{'type': 'bold', 'offset': offset, 'length': length}]}
        for place in ((0, 6), (4, 2), (2**31 - 1, 1), (1, 2**31 - 1)):
            self.refused(400, 'Bad Request: entity', 'sendMessage', with_entity(*place))
        for place in ((-1, 2), (1, 0)):  # as if it were not there
            self.assertNotIn('entities', self.sent(json.dumps(with_entity(*place)).encode()))
        self.assertIn('entities', self.sent(json.dumps(with_entity(0, 5)).encode()))

    def test_numbers_beyond_every_id_are_refused(self):
        for chat in ('9' * 40, '-', '0x10', '1e3', '--1'):
            self.refused(400, 'chat not found', 'sendMessage', {'chat_id': chat, 'text': 'x'})
        self.refused(400, 'Bad Request', 'deleteMessage',
                     {'chat_id': self.chat, 'message_id': 2**70})

    def test_a_client_that_sends_nothing_more_keeps_nobody_waiting(self):
        place = urllib.parse.urlparse(self.world.url)
        slow = [socket.create_connection((place.hostname, place.port)) for _ in range(50)]
        try:
            for each in slow:
                each.sendall(b'POST /bot1:x/sendMessage HTTP/1.1\r\nContent-Length: 1000\r\n')
            self.assertEqual(answer(f'{self.base}/getMe')[0], 200)
        finally:
            for each in slow:
                each.close()

    def test_a_body_without_end_is_refused_before_it_fills_the_memory(self):
        place = urllib.parse.urlparse(self.world.url)
        with socket.create_connection((place.hostname, place.port)) as client:
            client.settimeout(cases.PATIENCE_S)
            client.sendall(f'POST {urllib.parse.urlparse(self.base).path}/sendMessage HTTP/1.1\r\n'
                           'Host: x\r\nContent-Length: 999999999999\r\n\r\n'.encode())
            self.assertIn(b' 413 ', client.recv(4096).split(b'\r\n')[0] + b' ')


if __name__ == '__main__':
    unittest.main()
