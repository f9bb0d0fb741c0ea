"""Twelve routes of both modes from 20 channels into 8, fed with real posts.

The destinations, by number: 0 an archive of everything; 1 and 2 the same news twice; 3 forwards
of two routes; 4 where routes overlap, so that a post stands there up to three times; 5 many small
ones; 6 of a bot that sees only some sources; 7 of the same bot from sources that it does not see,
where text has to be sent anew.
"""
import collections
import dataclasses
import gzip
import json
import pathlib
import sys

from reference import copy, expectation_lines

ROOT = pathlib.Path(__file__).resolve().parents[2]
RECORDED = ROOT.parent / 'shared' / 'data' / 'channel_posts.jsonl.gz'
POSTS = 18_935  # in RECORDED, and so many are made where it is absent
SOURCES, DESTINATIONS = 20, 8
SEEN_BY_POSTER = 5  # sources of which both bots are members: such a post comes twice


def load():
    """Every post, as an update of the Bot API; made-up ones where there is no recording."""
    if not RECORDED.exists():
        return made_up(POSTS)
    with gzip.open(RECORDED, 'rt', encoding='utf-8') as lines:
        return [json.loads(line) for line in lines]


def made_up(count):
    sys.path.insert(0, str(ROOT / 'tools'))
    import posts  # only where it is needed
    return list(posts.generate(count, channels=SOURCES))


@dataclasses.dataclass(frozen=True)
class route:
    name: str
    sources: list
    destinations: list
    mode: str = 'copy'
    include: list = dataclasses.field(default_factory=list)
    exclude: list = dataclasses.field(default_factory=list)
    options: dict = dataclasses.field(default_factory=dict)

    def configuration(self, on_uncertain):
        return {'name': self.name, 'from': self.sources, 'to': self.destinations,
                'mode': self.mode, 'include': self.include, 'exclude': self.exclude,
                'on_uncertain': on_uncertain, **self.options}


def make_routes(sources, destinations, unseen):
    """`unseen`: sources without the poster whose texts are all different."""
    s, d = sources, destinations
    return [
        route('archive', s, [d[0]], include=['[A-Z]{2}', '(?i)видео|news|新']),
        route('dated', s[2:12], [d[1], d[2]], include=['[0-9]{4}', r'https?://']),
        route('short news', s[10:14], [d[3]], 'forward', exclude=['\n\n.*\n\n']),
        route('city', s[6:9], [d[4]], include=['(?i)москв|new', '—'], exclude=['[!?]']),
        route('city, as it was', s[7:12], [d[4]], 'forward', include=['(?i)москв|new']),
        route('city, again', s[7:9], [d[4]], include=['^[^a-zA-Zа-яА-ЯёЁ]']),
        route('spread', [s[12]], [d[1], d[2], d[5]], 'forward', include=['(?i)при|st']),
        route('of both bots', s[:SEEN_BY_POSTER], [d[6]], exclude=['(?i)росси|data|the|при']),
        route('as forwards', s[3:SEEN_BY_POSTER], [d[6]], 'forward', include=['[A-Z]{2}']),
        route('sent anew', unseen, [d[7]]),
        route('quiet', s[13:17], [d[5]], include=['(?i)видео|news|при|st'],
              options={'silent': True, 'protect': True}),
        route('late', s[16:20], [d[3]], 'forward', include=['[0-9]{2}'],
              exclude=[r'https?://', '(?i)подпи[сш]']),
    ]


def different_texts(updates, sources):
    """Two of the sources in which, taken together, no text stands twice."""
    texts = collections.defaultdict(list)
    for each in updates:
        texts[each['channel_post']['chat']['id']].append(each['channel_post']['text'])
    for first in sources:
        for second in sources[sources.index(first) + 1:]:
            both = texts[first] + texts[second]
            if len(set(both)) == len(both):
                return [first, second]
    raise AssertionError('every pair of sources has a text twice')


class scenario:
    """The posts, the chats that they come from and go to, and the routes between these."""

    def __init__(self, updates):
        self.updates = updates
        self.posts = [each['channel_post'] for each in updates]
        self.sources = list(dict.fromkeys(each['chat']['id'] for each in self.posts))
        assert len(self.sources) == SOURCES
        self.destinations = [-1_002_000_000_001 - number for number in range(DESTINATIONS)]
        unseen = different_texts(updates, self.sources[SEEN_BY_POSTER:])
        self.routes = make_routes(self.sources, self.destinations, unseen)
        # Text that was sent anew has no origin in the world; here it names its post.
        self.sent_anew = {each['text']: copy(each['chat']['id'], each['message_id'], 'copy')
                          for each in self.posts if each['chat']['id'] in unseen}
        self.tokens = {}
        self.modes = {each.name: each.mode for each in self.routes}

    def build(self, world):
        """Bots and channels; the reader may post to the first six destinations."""
        for name in ('reader', 'poster'):
            self.tokens[name.upper()] = world.call('bots', {'username': f'{name}_bot'})['token']
        admins = {chat: ['reader_bot'] for chat in self.sources}
        for chat in self.sources[:SEEN_BY_POSTER]:
            admins[chat] = ['reader_bot', 'poster_bot']
        for number, chat in enumerate(self.destinations):
            admins[chat] = ['reader_bot'] if number < 6 else ['poster_bot']
        for chat, bots in admins.items():
            world.call('chats', {'id': chat, 'title': f'chat {chat}', 'admins': bots})

    def configure(self, folder, url, on_uncertain, posts_to=None, **more):
        """`posts_to`: a proxy in front of Baudot, for webhooks instead of polls; `more`: other
        sections of the file."""
        path = folder / 'baudot.yaml'
        made = {'data': str(folder / 'data'), 'pace': 'off', **more,
                'accounts': [{'name': name.lower(), 'token': f'${{{name}}}', 'api': url}
                             for name in self.tokens],
                'routes': [each.configuration(on_uncertain) for each in self.routes]}
        if posts_to:
            made['webhook'] = {'port': 0}
            for each in made['accounts']:
                each['webhook'] = {'url': f'{posts_to}/{each["name"]}'}
        path.write_text(json.dumps(made))
        return path

    def secrets_in(self, text):
        """Names of the bots whose secret, the part behind the colon, is in it."""
        return [name for name, token in self.tokens.items() if token.split(':')[1] in text]

    def replay(self, world, updates):
        """Posts them as fast as the local Telegram can, which goes on by itself."""
        lines = '\n'.join(json.dumps(each, ensure_ascii=False) for each in updates)
        return world.call('replays', lines.encode())['id']

    def copies(self, world):
        """How many messages the bots have posted."""
        return sum(each['messages'] for each in world.call('chats')
                   if each['id'] in self.destinations)

    def found(self, world):
        """The copies that stand in each destination, in order."""
        return {each: [self.origin(message) for message in world.history(each)
                       if message['cause']['kind'].startswith('bot_')]
                for each in self.destinations}

    def named(self, record):
        """(destination, copy) of a delivery that a line of Baudot's log is about."""
        return (record['destination'],
                copy(record['source'], record['message'], self.modes[record['route']]))

    def expectation(self, expected):
        """As telegram-sim's score wants it."""
        return '\n'.join(map(json.dumps, expectation_lines(expected))).encode()

    def origin(self, message):
        cause = message['cause']
        if cause['kind'] == 'bot_method':
            return self.sent_anew[message['text']]
        mode = {'bot_copy': 'copy', 'bot_forward': 'forward'}[cause['kind']]
        return copy(cause['from_chat'], cause['from_message'], mode)
