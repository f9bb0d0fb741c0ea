#!/usr/bin/env python3
"""docs/rules.md, played: every example is a route of one Baudot between channels of a local
Telegram, its posts are posted, and what must come out is what stands there.

The form of an example is said in the page itself.
"""
import dataclasses
import json
import pathlib
import re
import unittest

import cases
from cases import PATIENCE_S, until
from text_apis import text_apis

PAGE = pathlib.Path(__file__).resolve().parents[2] / 'docs/rules.md'
FENCE = re.compile(r'^```(\S*) ?(.*)\n((?:(?!```).*\n)*)```$', re.MULTILINE)
FENCE_LINE = re.compile(r'^[ \t]*(```|~~~).*$', re.MULTILINE)
TRANSLATIONS = {'awesome message': 'отличное сообщение', 'good morning': 'guten Morgen',
                'cost': 'kosten'}
DESTINATIONS = (-1001111111111, -1002222222222)  # as the page calls them
NAMES_DESTINATIONS = re.compile(r'^to:', re.MULTILINE)
FORM = re.compile(r'(?:^    ```.*\n)+', re.MULTILINE)  # where the page says its own form


@dataclasses.dataclass
class message:
    html: str
    more: dict = dataclasses.field(default_factory=dict)
    destination: int = DESTINATIONS[0]


@dataclasses.dataclass
class example:
    line: int
    yaml: str
    beside: list = dataclasses.field(default_factory=list)  # further routes
    posts: list = dataclasses.field(default_factory=list)
    copies: list = dataclasses.field(default_factory=list)  # in the order of the page
    errors: list = dataclasses.field(default_factory=list)
    files: dict = dataclasses.field(default_factory=dict)  # beside the configuration

    def __str__(self):
        return f'docs/rules.md:{self.line}'


def read_message(words, body):
    destination, _, rest = words.partition(' ')
    if not destination.startswith('-100'):
        destination, rest = DESTINATIONS[0], words
    return message(body.removesuffix('\n'), json.loads(rest or '{}'), int(destination))


def examples(page):
    """Every example, in order; what has no meaning in its place is an error of the page."""
    page = FORM.sub(lambda form: '\n' * form[0].count('\n'), page)
    found = []
    fences = list(FENCE.finditer(page))
    for line in FENCE_LINE.finditer(page):
        assert any(line.start() == each.start() or line.end() == each.end() for each in fences), \
            f'docs/rules.md:{page.count(chr(10), 0, line.start()) + 1}: a fence that opens nothing'
    for fence in fences:
        kind, words, body = fence.groups()
        line = page.count('\n', 0, fence.start()) + 1
        if kind == 'yaml':
            found.append(example(line, body))
            continue
        assert found, f'docs/rules.md:{line}: {kind} before the first yaml'
        if kind == 'error':
            found[-1].errors.append(body.strip())
        elif kind == 'beside':
            found[-1].beside.append(body)
        elif kind == 'lua' and words:
            found[-1].files[words] = body
        elif kind in ('post', 'copy'):
            {'post': found[-1].posts, 'copy': found[-1].copies}[kind].append(
                read_message(words, body))
        else:
            raise AssertionError(f'docs/rules.md:{line}: no example has {kind or "this"}')
    for each in found:
        assert bool(each.posts) != bool(each.errors), f'{each}: posts, or an error'
        assert each.errors or can_fail(each), f'{each}: it holds without its rules, too'
    return found


def can_fail(one):
    """Whether its copies are others than those of routes that take all or nothing."""
    copied = [(each.destination, each.html) for each in one.copies]
    of_all = [(DESTINATIONS[0], each.html) for each in one.posts for _ in (one.yaml, *one.beside)]
    return bool(copied) and copied != of_all


def in_links(chat):
    """A channel without a username, in the addresses of its messages."""
    return f't.me/c/{-chat - 10 ** 12}/'


def indented(yaml):
    return ''.join(f'    {line}' if line.strip() else line for line in yaml.splitlines(True))


def part_of(wanted, found):
    """Whether `wanted` is in `found`, object by object."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        return all(key in found and part_of(value, found[key]) for key, value in wanted.items())
    return wanted == found


class the_form(unittest.TestCase):
    """What is no example is an error: nothing of the page is passed over."""
    GOOD = '```yaml\ninclude: a\n```\n```post\na\n```\n```copy\na\n```\n```post\nb\n```\n'

    def test_a_good_page_is_read(self):
        self.assertEqual([len(each.posts) for each in examples(self.GOOD + '\n' + self.GOOD)],
                         [2, 2])

    def test_what_has_no_meaning_is_an_error(self):
        for more in ('```yml\na: b\n```\n', '```\nx\n```\n', '```posts\nx\n```\n',
                     '```lua\nx\n```\n', '```post\nx\n',
                     '  ```post\nx\n  ```\n', '~~~post\nx\n~~~\n'):
            with self.subTest(more), self.assertRaises(AssertionError):
                examples(self.GOOD + more)

    def test_an_example_that_holds_whatever_the_rules_say_is_an_error(self):
        route = '```yaml\ninclude: a\n```\n'
        post, copy = '```post\na\n```\n', '```copy\na\n```\n'
        for bad in (route + post, route + post + copy):
            with self.subTest(bad), self.assertRaises(AssertionError):
                examples(bad)


class the_page(cases.case):
    def setUp(self):
        super().setUp()
        self.examples = examples(PAGE.read_text())
        self.environment['TOKEN'] = cases.token(7001)
        self.apis = text_apis(TRANSLATIONS)
        self.addCleanup(self.apis.close)

    def route(self, name, what, source, destinations):
        """The routes of an example, in their order."""
        return ''.join(self.one_route(f'{name}{" beside" * at}', yaml, source, destinations)
                       for at, yaml in enumerate((what.yaml, *what.beside)))

    @staticmethod
    def one_route(name, yaml, source, destinations):
        for written, real in zip(DESTINATIONS, destinations):
            yaml = yaml.replace(str(written), str(real))
        if not NAMES_DESTINATIONS.search(yaml):
            yaml += f'to: {destinations[0]}\n'
        return f'  - name: {name}\n    from: {source}\n{indented(yaml)}'

    def file(self, url, routes):
        return (f'data: {self.folder / "data"}\npace: "off"\naccounts:\n'
                f'  - {{name: bot, token: "${{TOKEN}}", api: "{url}"}}\n'
                f'apis: {json.dumps(self.apis.settings())}\nroutes:\n'
                + ''.join(routes))

    def write_files(self, what):
        for name, body in what.files.items():
            self.write(name, body)

    def test_names_what_is_wrong(self):
        wrong = [each for each in self.examples if each.errors]
        self.assertTrue(wrong)
        for each in wrong:
            self.write_files(each)
            with self.subTest(str(each)):
                done = self.check(self.file('http://localhost',
                                            [self.route('wrong', each, -1001, DESTINATIONS)]))
                self.assertEqual(done.code, 1, done.err)
                self.assertRegex(done.err, r'baudot.yaml:[1-9][0-9]*:[1-9][0-9]*: error: ')
                for words in each.errors:
                    self.assertIn(words, done.err)

    def test_does_what_it_says(self):
        right = [each for each in self.examples if each.posts]
        self.assertTrue(right)
        world = self.telegram()
        world.bot('relay_bot', 7001)
        chats = [world.channel('The Source', ['relay_bot'],
                               **({} if number % 3 else {'username': f'chat_{number}'}))
                 for number in range(3 * len(right) + 2)]
        places = [(chats[at], chats[at + 1:at + 3]) for at in range(0, 3 * len(right), 3)]
        for at, each in enumerate(right):
            self.write_files(each)
            for one in each.posts + each.copies:
                one.html = one.html.replace('the_source', f'chat_{3 * at}')
                for written, real in zip(DESTINATIONS, places[at][1]):
                    one.html = one.html.replace(in_links(written), in_links(real))
        routes = [self.route(f'example {each.line}', each, *place)
                  for each, place in zip(right, places)]
        # Posts of one bot are planned in their order: when the last one is there, all are planned.
        routes.append(f'  - {{name: last, from: {chats[-2]}, to: {chats[-1]}}}\n')
        node = self.relay(self.write('baudot.yaml', self.file(world.url, routes)))
        node.says('running')
        for each, (source, _) in zip(right, places):
            for post in each.posts:
                world.call(f'chats/{source}/messages',
                           {'text': post.html, 'parse_mode': 'HTML', 'find_entities': True,
                            **post.more})
        world.post(chats[-2], 'last')
        until('the last post', lambda: world.size(chats[-1]), PATIENCE_S)
        for each, (_, destinations) in zip(right, places):  # but for those that an API answers
            wanted = [copy.destination for copy in each.copies]
            for written, real in zip(DESTINATIONS, destinations):
                until(f'{each}, {written}',
                      lambda: world.size(real) >= wanted.count(written), PATIENCE_S)
        self.assertEqual(node.stop(), 0)  # what is owed is sent before
        scratch = world.channel('scratch', ['relay_bot'])
        for each, (_, destinations) in zip(right, places):
            for written, real in zip(DESTINATIONS, destinations):
                with self.subTest(f'{each}, {written}'):
                    self.compare(world, scratch, world.history(real),
                                 [copy for copy in each.copies if copy.destination == written])

    def compare(self, world, scratch, found, wanted):
        """The same texts with the same entities, and what else was asked for."""
        self.assertEqual([each['text'] for each in found],
                         [self.body(world, scratch, each)['text'] for each in wanted])
        for has, copy in zip(found, wanted):
            self.assertEqual(has.get('entities', []),
                             self.body(world, scratch, copy).get('entities', []), has['text'])
            self.assertTrue(part_of(copy.more, has), f'{copy.more} is not in {has}')

    @staticmethod
    def body(world, scratch, copy):
        """Text and entities as they stand in a history; nobody sees the scratch chat."""
        if not copy.html:
            return {'text': ''}
        number = world.call(f'chats/{scratch}/messages',
                            {'text': copy.html, 'parse_mode': 'HTML',
                             'find_entities': True})['message_id']
        return world.call(f'chats/{scratch}/messages/{number}')


if __name__ == '__main__':
    unittest.main()
