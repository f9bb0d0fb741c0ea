#!/usr/bin/env python3
"""Baudot with a webhook: Telegram posts, and what is answered with 200 is never lost.

The posts are those of a telegram-sim channel; a poster of the test's own brings them, as unkindly
as it likes.
"""
import concurrent.futures
import json
import random
import unittest
import urllib.error
import urllib.request

import cases
import misbehaving
from cases import SECRET, until

PATH = '/telegram/bot'
URL = 'https://relay.example.com' + PATH
FIRST_UPDATE = 500_000


class posting(cases.case):
    def setUp(self):
        super().setUp()
        self.world, self.source, self.destination = self.small_world()
        self.between = misbehaving.server(
            self.world.url, setWebhook=misbehaving.result(self.set),
            deleteWebhook=misbehaving.result(self.delete),
            getWebhookInfo=misbehaving.result(lambda _: self.info))
        self.addCleanup(self.between.end)
        self.info = {'url': '', 'has_custom_certificate': False, 'pending_update_count': 0}
        self.settings = {}
        self.deleted = 0

    def set(self, settings):
        self.settings = settings
        self.info['url'] = settings['url']
        return True

    def delete(self, _):
        self.deleted += 1
        self.info['url'] = ''
        return True

    def configure(self, webhook=None, **more):
        """`webhook`: of the account; without it the account is polled."""
        path = self.config(self.between.url, [self.source], self.destination, **more)
        made = json.loads(path.read_text())
        if webhook is not None:
            made['accounts'][0]['webhook'] = {'url': URL, **webhook}
            made['webhook'] = {'port': 0}
        path.write_text(json.dumps(made))
        return path

    def start(self, **webhook):
        self.node = self.relay(self.configure(webhook))
        self.port = self.node.says('webhooks are served')['port']
        self.node.says('updates are posted to the webhook')
        return self.node

    def update(self, text):
        """A new post of the channel, as Telegram posts it."""
        message = self.world.post(self.source, text)
        return {'update_id': FIRST_UPDATE + message, 'channel_post': {
            'message_id': message, 'date': 1_700_000_000, 'text': text,
            'chat': {'id': self.source, 'type': 'channel', 'title': 'source'}}}

    def post(self, what, secret=None, path=PATH, method='POST'):
        """(status, body, headers); (0, ...) when nobody answers."""
        secret = self.settings.get('secret_token') if secret is None else secret
        body = what if isinstance(what, bytes) else json.dumps(what).encode()
        request = urllib.request.Request(
            f'http://127.0.0.1:{self.port}{path}', data=body, method=method,
            headers={'X-Telegram-Bot-Api-Secret-Token': secret, 'Content-Type': 'application/json'})
        try:
            with urllib.request.urlopen(request, timeout=cases.PATIENCE_S) as good:
                return good.status, good.read(), good.headers
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.read(), refused.headers
        except OSError:
            return 0, b'', {}

    def texts(self):
        return self.world.texts(self.destination)


class webhook(posting):
    def test_takes_what_telegram_posts_and_nothing_from_anybody_else(self):
        self.environment['SECRET_TOKEN'] = SECRET
        node = self.start(secret='${SECRET_TOKEN}', connections=5)
        self.assertEqual(self.settings, {
            'url': URL, 'secret_token': SECRET, 'max_connections': 5,
            'allowed_updates': ['message', 'edited_message', 'channel_post', 'edited_channel_post',
                                'my_chat_member']})
        one = self.update('one')
        for secret in ('', 'wrong', SECRET[:-1], SECRET + 'x'):
            self.assertEqual(self.post(one, secret)[:2], (401, b''))
        for path in ('/', PATH + '/', '/telegram/other'):
            self.assertEqual(self.post(one, path=path)[:2], (404, b''))
        self.assertEqual(self.post(b'', method='GET')[:2], (404, b''))
        self.assertEqual(self.post(b'{"update_id":')[:2], (400, b''))
        self.assertEqual(self.post(b' ' * (2 << 20))[0], 413)
        self.assertEqual(self.texts(), [])
        self.assertEqual(self.post(one)[:2], (200, b''))
        self.assertEqual(self.post(one)[0], 200, 'a double is done, too')
        self.assertEqual(self.post(self.update('two'))[0], 200)
        until('both', lambda: self.texts() == ['one', 'two'])
        self.assertEqual(node.stop(), 0)
        self.assertEqual(self.texts(), ['one', 'two'])
        self.assertNotIn('getUpdates', self.between.seen)
        self.assertEqual(self.info['url'], URL, 'Telegram keeps what comes until the next start')

    def test_makes_a_secret_of_its_own_at_each_start(self):
        secrets = []
        for _ in range(2):
            self.assertEqual(self.start().stop(), 0)
            secrets.append(self.settings['secret_token'])
            self.assertGreaterEqual(len(secrets[-1]), 32)
            self.assertNotIn(secrets[-1], self.node.text())
        self.assertNotEqual(*secrets)

    def test_killed_by_9_loses_nothing_and_doubles_only_what_it_names(self):
        chance = random.Random(5)
        updates = [self.update(f'post {number}') for number in range(200)]
        answered = 0
        for _ in range(5):
            self.start()
            goal = min(len(updates), answered + chance.randint(10, 40))
            # As Telegram: the next post of a chat after the 200 of the one before.
            while answered < goal and self.post(updates[answered])[0] == 200:
                answered += 1
            self.node.kill()
            answered = max(0, answered - chance.randint(0, 3))  # the 200 was lost on its way
        self.start()
        for each in updates[answered:]:
            self.assertEqual(self.post(each)[0], 200)
        wanted = [each['channel_post']['text'] for each in updates]
        until('all', lambda: set(self.texts()) == set(wanted))
        self.assertEqual(self.node.stop(), 0)
        self.assertEqual(list(dict.fromkeys(self.texts())), wanted)
        named = sum(each.read_text(errors='replace').count('started before an unclean stop')
                    for each in self.folder.glob('baudot.*.log'))
        self.assertLessEqual(len(self.texts()) - len(wanted), named)

    def test_takes_posts_of_many_connections_side_by_side(self):
        self.start(connections=40)
        updates = [self.update(f'post {number}') for number in range(300)]
        with concurrent.futures.ThreadPoolExecutor(40) as pool:
            self.assertEqual({each[0] for each in pool.map(self.post, updates)}, {200})
        until('all', lambda: len(self.texts()) == len(updates))
        self.assertEqual(self.node.stop(), 0)
        self.assertEqual(len(set(self.texts())), len(updates))

    def test_that_is_told_to_stop_takes_no_more_and_finishes_what_it_has_taken(self):
        self.world.call('faults', {'kind': 'hold', 'method': 'copyMessage', 'wait_ms': 1500,
                                   'times': 1})
        node = self.start()
        late = self.update('late')
        self.assertEqual(self.post(self.update('taken'))[0], 200)
        node.terminate()
        node.says('stopping')
        status, body, headers = self.post(late)
        self.assertIn(status, (0, 503))
        if status:
            self.assertEqual((body, headers['Retry-After']), (b'', '5'))
        self.assertEqual(node.wait(), 0)
        self.assertEqual(self.texts(), ['taken'])

    def test_that_is_polled_again_takes_its_webhook_away_and_loses_nothing_that_waits(self):
        node = self.start()
        # The id of what has come says nothing about lower ones that wait.
        first, second = self.update('first'), self.update('second')
        second['update_id'] = 2_000_000_000
        self.assertEqual(self.post(second)[0], 200)
        until('it', lambda: self.texts() == ['second'])
        self.assertEqual(node.stop(), 0)
        self.assertEqual(self.deleted, 0)
        node = self.relay(self.configure())
        node.says('the webhook of an account is taken away')
        until('what waited', lambda: self.texts() == ['second', 'first'])
        self.assertEqual(self.deleted, 1)
        self.assertEqual(node.stop(), 0)
        self.info['url'] = URL  # of another program, from now on
        node = self.relay(self.configure())
        node.says('running')
        self.assertEqual(node.stop(), 0)
        self.assertEqual(self.deleted, 1)
        self.assertTrue(first)

    def test_says_what_telegram_has_to_complain_about_and_is_known_to_check(self):
        self.info |= {'last_error_date': 1_700_000_000,
                      'last_error_message': 'Wrong response from the webhook: 502 Bad Gateway'}
        node = self.start()
        said = node.says('Telegram could not post to the webhook', account='bot')
        self.assertIn('502 Bad Gateway', said['telegram_said'])
        checked = self.run_program(cases.BAUDOT, 'check', '--online', node.config)
        self.assertEqual(checked.code, 0, checked.err)
        self.assertIn('502 Bad Gateway', checked.err)
        self.assertEqual(node.stop(), 0)
        self.info['url'] = 'https://other.example.com/of-somebody'
        checked = self.run_program(cases.BAUDOT, 'check', '--online', node.config)
        self.assertIn('another webhook (other.example.com)', checked.err)
        self.assertNotIn('of-somebody', checked.err + checked.out)


class webhook_on_a_full_disk(posting, cases.small_disk):
    def test_takes_nothing_until_there_is_room_and_then_all(self):
        self.node = self.relay(self.configure({}, data=str(self.small / 'data')))
        self.port = self.node.says('webhooks are served')['port']
        self.node.says('updates are posted to the webhook')
        updates = [self.update(f'post {number} ' + 'x' * 3000) for number in range(60)]
        self.assertEqual(self.post(updates[0])[0], 200)
        until('the first copy', lambda: len(self.texts()) == 1)
        filler = self.fill()
        # The first that find no room wait for it; what comes behind them is told to come again.
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            early = [pool.submit(self.post, each) for each in updates[1:9]]
            self.node.says('the disk is full')
            status, body, headers = self.post(updates[9])
            self.assertEqual((status, body, headers['Retry-After']), (503, b'', '5'))
            filler.unlink()
            self.assertLessEqual({each.result()[0] for each in early}, {200, 503})
        for each in updates:
            until('an end', lambda what=each: self.post(what)[0] == 200)
        until('all', lambda: len(self.texts()) >= len(updates))
        self.assertEqual(self.node.stop(), 0)
        self.assertEqual(len(set(self.texts())), len(updates))
        self.assertEqual(len(self.texts()), len(updates))


if __name__ == '__main__':
    unittest.main()
