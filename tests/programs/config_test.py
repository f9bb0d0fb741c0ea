#!/usr/bin/env python3
"""Bad configurations: `baudot check` and `baudot run` name the place, the mistake and the way out.

Nothing here reaches Telegram: a configuration that is wrong is refused before anybody is asked.
"""
import unittest

import cases
from cases import BAUDOT, NOBODY, SECRET

GOOD = '''\
data: data
accounts:
  - name: bot
    token: ${TOKEN}
routes:
  - name: all
    from: -1001
    to: -1002
'''


class bad_configuration(cases.case):
    def setUp(self):
        super().setUp()
        self.environment['TOKEN'] = f'7001:{SECRET}'

    def refuses(self, text, *said):
        """Both commands refuse it with code 1, say all of `said`, and make no data directory."""
        checked = self.check(text)
        ran = self.run_program(BAUDOT, 'run', 'baudot.yaml')
        for done in (checked, ran):
            self.assertEqual((done.code, done.out), (1, ''), done.err)
            self.assertNotIn('\n\n', done.err)
            for words in said:
                self.assertIn(words, done.err)
        self.assertFalse((self.folder / 'data').exists())
        return checked.err

    def test_a_good_one_is_called_good_on_stdout(self):
        done = self.check(GOOD)
        self.assertEqual((done.code, done.err), (0, ''))
        self.assertEqual(done.out, 'baudot.yaml: good: 1 accounts, 1 routes\n')

    def test_broken_yaml_is_named_by_line_and_column_and_nothing_else_is_guessed(self):
        said = self.refuses(GOOD.replace('    from: -1001', '   from: -1001'),
                            'baudot.yaml:7:', 'check the indentation')
        self.assertEqual(said.count('error:'), 1, said)
        self.refuses(GOOD.replace('[', '') + 'journal: {keep: 7d', 'baudot.yaml:9:')
        self.refuses('data: "data\n', 'baudot.yaml:')
        self.refuses('routes: [1, 2\n', 'baudot.yaml:2:1: error:', 'is a ] or } missing?')
        self.refuses(GOOD.replace('  - name: bot', '\t- name: bot'), 'baudot.yaml:3:1',
                     'a tab indents this line; use spaces')

    def test_an_unknown_key_names_the_nearest_known_one(self):
        self.refuses(GOOD.replace('    to:', '    too:'),
                     'baudot.yaml:8:5: error: unknown key "too"; did you mean "to"?')
        self.refuses(GOOD + 'htpp: {port: 9090}\n',
                     'baudot.yaml:9:1: error: unknown key "htpp"; did you mean "http"?')

    def test_a_key_given_twice_names_the_line_of_the_first(self):
        self.refuses(GOOD + 'data: other\n',
                     'baudot.yaml:9:1: error: key "data" is given twice; the first is in line 1')

    def test_a_bad_pattern_is_named_by_its_own_place(self):
        said = self.refuses(GOOD + '    include: ["good", "(open"]\n', 'baudot.yaml:9:23: error:')
        self.assertIn('missing )', said)
        self.refuses(GOOD + '    exclude: "(?=look-ahead)"\n', 'baudot.yaml:9:14: error:')

    def test_every_mistake_is_told_at_once(self):
        said = self.refuses(GOOD.replace('-1001', 'nowhere').replace('data: data', 'dato: data')
                            + '    mode: copie\n')
        self.assertIn('baudot.yaml:1:1: error: unknown key "dato"; did you mean "data"?', said)
        self.assertIn('baudot.yaml:7:11: error: "from" is "nowhere"; it must be a chat id', said)
        self.assertIn('baudot.yaml:9:11: error: "mode" is "copie"; it must be one of copy', said)

    def test_an_empty_file_says_what_is_missing(self):
        for text in ('', '\n\n', '# nothing yet\n'):
            said = self.refuses(text)
            for key in ('data', 'accounts', 'routes'):
                self.assertIn(f'error: "{key}" is missing', said)

    def test_what_is_no_mapping_no_text_or_no_utf8_is_refused(self):
        self.refuses('- a list\n', 'baudot.yaml:1:1: error: the file must be a mapping')
        self.refuses(b'data: d\xffta\n', 'baudot.yaml:1:8: error: not UTF-8')
        self.refuses('data: d\x00ta\n', 'baudot.yaml:1:8: error: a control character')
        self.refuses(GOOD.encode('utf-16'), 'UTF-16', 'save it as UTF-8')

    def test_a_configuration_that_is_a_directory_absent_or_not_readable_is_refused(self):
        (self.folder / 'folder.yaml').mkdir()
        secret = self.write('closed.yaml', GOOD)
        secret.chmod(0)
        for name, why in (('folder.yaml', 'not a file'), ('absent.yaml', 'No such file'),
                          ('closed.yaml', 'Permission denied')):
            for command in ('check', 'run'):
                done = self.run_program(BAUDOT, command, name, **NOBODY)
                self.assertEqual((done.code, done.out), (1, ''))
                self.assertIn(f'{name}: error: cannot read it: ', done.err)
                self.assertIn(why, done.err)

    def test_ten_megabytes_are_refused_by_size(self):
        self.refuses('# ' + 'x' * 10_000_000,
                     'baudot.yaml: error: it has more than 1048576 bytes')

    def test_an_alias_bomb_is_refused_by_what_it_would_become(self):
        bomb = 'a: &a [x, x, x, x, x, x, x, x, x, x]\n'
        for before, name in zip('abcdefghi', 'bcdefghij'):
            bomb += f'{name}: &{name} [{", ".join([f"*{before}"] * 10)}]\n'
        self.refuses(bomb, 'more than', 'aliases count as what they stand for')

    def test_deep_nesting_is_refused(self):
        self.refuses('data: ' + '[' * 100_000 + ']' * 100_000, 'levels deep')

    def test_nothing_is_called_with_no_or_wrong_arguments(self):
        for arguments in ([], ['chek', 'x'], ['check'], ['run', 'a', 'b'], ['run', '--grace', 'x']):
            done = self.run_program(BAUDOT, *arguments)
            self.assertEqual((done.code, done.out), (2, ''), arguments)
            self.assertIn('--help', done.err)


class bad_token(cases.case):
    def refuses(self, token, *said, **how):
        text = GOOD.replace('${TOKEN}', token)
        for done in (self.check(text), self.run_program(BAUDOT, 'run', 'baudot.yaml', **how)):
            self.assertEqual((done.code, done.out), (1, ''), done.err)
            for words in said:
                self.assertIn(words, done.err)

    def test_a_token_in_the_file_is_refused_and_not_shown(self):
        self.refuses(f'"7001:{SECRET}"', 'baudot.yaml:4:12: error: "token" must not stand in the '
                     'file; write ${NAME} for an environment variable, or file:PATH')

    def test_an_absent_or_empty_variable_is_named(self):
        self.refuses('${ABSENT_TOKEN}', 'baudot.yaml:4:12: error: the environment variable '
                     '"ABSENT_TOKEN" is not set; set it, or use file:PATH')
        self.environment['EMPTY_TOKEN'] = ''
        self.refuses('${EMPTY_TOKEN}', 'baudot.yaml:4:12: error:', '"EMPTY_TOKEN" is empty')

    def test_an_absent_empty_or_wrong_token_file_is_named(self):
        self.refuses('file:absent', 'baudot.yaml:4:12: error: cannot read', 'No such file')
        self.write('empty', '\n')
        self.refuses('file:empty', 'baudot.yaml:4:12: error:', 'is empty')
        (self.folder / 'folder').mkdir()
        self.refuses('file:folder', 'baudot.yaml:4:12: error: cannot read', 'not a file')

    def test_a_token_file_that_everybody_can_read_is_a_warning(self):
        file = self.write('token', f'7001:{SECRET}\n')
        file.chmod(0o644)
        done = self.check(GOOD.replace('${TOKEN}', 'file:token'))
        self.assertEqual(done.code, 0)
        self.assertIn('baudot.yaml:4:12: warning: everybody on this machine can read "token"; '
                      'chmod 600 it', done.err)
        file.chmod(0o600)
        self.assertEqual(self.check(GOOD.replace('${TOKEN}', 'file:token')).err, '')

    def test_what_is_no_token_is_refused_by_its_place_before_anybody_is_asked(self):
        for wrong in ('no token', f'7001{SECRET}', f'bot7001:{SECRET}', f'7001:{SECRET} ',
                      f'7001:{SECRET}/../x', '7001:short'):
            self.environment['TOKEN'] = wrong
            self.refuses('${TOKEN}', 'baudot.yaml:4:12: error: the ',
                         'a bot token looks like 123456789:')

    def test_a_token_with_the_line_end_of_a_file_is_good(self):
        self.write('token', f'7001:{SECRET}\r\n').chmod(0o600)
        self.assertEqual(self.check(GOOD.replace('${TOKEN}', 'file:token')).code, 0)


if __name__ == '__main__':
    unittest.main()
