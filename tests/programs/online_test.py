#!/usr/bin/env python3
"""What Baudot asks Telegram about a configuration: check --online and chats."""
import json
import unittest

import cases


class check_online(cases.case):
    def online(self, config, *more):
        return self.run_program(cases.BAUDOT, 'check', '--online', '--timeout', '30', *more, config)

    def test_a_good_configuration_says_how_each_destination_is_reached(self):
        world, source, destination = self.small_world()
        config = self.config(world.url, [source], destination)
        done = self.online(config)
        self.assertEqual((done.code, done.err), (0, ''))
        self.assertIn(f'all: {source} -> {destination}: copyMessage by bot', done.out)
        found = json.loads(self.online(config, '--json').out)
        self.assertTrue(found['good'])
        self.assertEqual(found['passages'][0]['media'], 'copyMessage by bot')
        self.assertEqual(world.requests('sendMessage') + world.requests('getUpdates'), 0)

    def test_it_disturbs_no_running_baudot(self):
        world, source, destination = self.small_world()
        config = self.config(world.url, [source], destination)
        node = self.relay(config)
        node.says('running')
        self.assertEqual(self.online(config).code, 0)
        world.post(source, 'after the check')
        cases.until('the copy', lambda: world.texts(destination) == ['after the check'])
        self.assertEqual(node.stop(), 0)
        self.assertEqual(world.requests('getUpdates', 'rejected'), 0)

    def test_a_wrong_token_a_kicked_bot_and_an_unknown_chat_are_named_by_place(self):
        world, source, destination = self.small_world()
        world.call(f'chats/{destination}/members', {'user': 'relay_bot', 'status': 'kicked'}, 'PUT')
        config = self.config(world.url, [source, -1009999999999], destination,
                             [('bot', 7001), ('wrong', 7999)])
        done = self.online(config)
        self.assertEqual(done.code, 1)
        lines = {number: text for number, text in enumerate(config.read_text().splitlines(), 1)}
        wanted = {'Telegram refuses the token of account wrong': 'TOKEN_OF_wrong',
                  'no account can post to': str(destination),
                  'no account receives the posts of': '-1009999999999'}
        for message, at in wanted.items():
            said = next((line for line in done.err.splitlines() if message in line), '')
            self.assertTrue(said, f'{message} in {done.err}')
            _, line, column, _ = said.split(':', 3)
            self.assertIn(at, lines[int(line)][int(column) - 1:], said)

    def test_a_group_that_was_upgraded_is_told_with_its_new_id(self):
        world, source, _ = self.small_world()
        group = world.channel('basic', ['relay_bot'], type='group')
        upgraded = world.call(f'chats/{group}/upgrade', {})['id']
        done = self.online(self.config(world.url, [source], group))
        self.assertEqual(done.code, 1)
        self.assertIn(f'its id is {upgraded} now', done.err)

    def test_a_telegram_that_is_away_is_not_waited_for_without_end(self):
        done = self.run_program(cases.BAUDOT, 'check', '--online', '--timeout', '2',
                                self.config('http://127.0.0.1:1', [-1001], -1002))
        self.assertEqual(done.code, 1)
        self.assertIn('account bot could not be asked', done.err)


class chats(cases.case):
    def chats(self, config, *more):
        done = self.run_program(cases.BAUDOT, 'chats', '--json', *more, config)
        return {each['id']: each for each in json.loads(done.out)}, done

    def test_a_chat_that_nobody_wrote_down_is_found_among_what_waits_and_stays_unconfirmed(self):
        world, source, destination = self.small_world()
        unknown = world.channel('not in the file', ['relay_bot'])
        world.post(unknown, 'here I am')
        config = self.config(world.url, [source], destination)
        found, done = self.chats(config)
        self.assertEqual(done.code, 0)
        self.assertEqual(set(found), {source, destination, unknown})
        self.assertEqual(found[unknown]['kind'], 'channel')
        self.assertTrue(found[unknown]['reads'] and found[unknown]['posts'])
        self.assertNotIn(unknown, self.chats(config, '--no-peek')[0])
        node = self.relay(self.config(world.url, [unknown], destination))
        cases.until('the copy', lambda: world.texts(destination) == ['here I am'])
        self.assertEqual(node.stop(), 0)

    def test_the_table_shows_ids_and_no_title_steers_the_terminal(self):
        world, source, destination = self.small_world()
        unknown = world.channel('not\x1b in the file', ['relay_bot'])
        world.post(unknown, 'here I am')
        shown = self.run_program(cases.BAUDOT, 'chats', self.config(world.url, [source],
                                                                   destination))
        self.assertEqual(shown.code, 0, shown.err)
        self.assertIn(str(unknown), shown.out)
        self.assertNotIn('\x1b', shown.out)

    def test_while_baudot_runs_the_journal_tells_and_the_poller_is_left_alone(self):
        world, source, destination = self.small_world()
        unknown = world.channel('not in the file', ['relay_bot'])
        config = self.config(world.url, [source], destination)
        node = self.relay(config)
        node.says('running')
        world.post(unknown, 'here I am')
        world.post(source, 'and here')
        cases.until('the copy', lambda: world.texts(destination) == ['and here'])
        found, done = self.chats(config)
        self.assertIn('Baudot runs on', done.err)
        self.assertIn(unknown, found)
        self.assertEqual(node.stop(), 0)
        self.assertEqual(world.requests('getUpdates', 'rejected'), 0)

    def test_where_nothing_is_known_it_says_what_to_do(self):
        world = self.telegram()
        world.bot('relay_bot', 7001)
        found, done = self.chats(self.config(world.url, [-1009999999999], -1009999999998))
        self.assertEqual(found, {})
        self.assertIn('administrator', done.err)


if __name__ == '__main__':
    unittest.main()
