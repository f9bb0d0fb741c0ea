"""What the demo plays: bots, channels, routes, the configuration, and what must come of it."""
import dataclasses
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import posts  # noqa: E402

READER, POSTER = 'demo_reader_bot', 'demo_poster_bot'

# Titles, and for the sources the share of posts that are a photo, video, document...
SOURCES = {'Harbour': .2, 'Gallery': .7, 'City desk': .2, 'Rivers': .3, 'Weather': 0, 'Wire': 0}
DESTINATIONS = ['All news', 'Forwards', 'Bridges', 'Ticker']
# Which bot posts there; the reader is in all sources, the poster in none.
POSTERS = {'All news': READER, 'Forwards': READER, 'Bridges': READER, 'Ticker': POSTER}


@dataclasses.dataclass(frozen=True)
class route:
    name: str
    sources: list
    destinations: list
    shows: str  # for people
    mode: str = 'copy'
    include: list = dataclasses.field(default_factory=list)
    exclude: list = dataclasses.field(default_factory=list)

    def selects(self, text):
        """The plain reading of a route: any of include, none of exclude, anywhere in the text."""
        return (not self.include or any(re.search(each, text) for each in self.include)) and \
            not any(re.search(each, text) for each in self.exclude)


ROUTES = [
    route('all-news', ['Harbour', 'Gallery', 'City desk'], ['All news'],
          'many to one; text and media are copied'),
    route('forwards', ['Rivers'], ['Forwards', 'Bridges'],
          'one to many; forwarded, so that readers see the source', mode='forward'),
    route('bridges', ['Harbour', 'Gallery', 'City desk', 'Weather'], ['Bridges'],
          'only posts about bridges or rivers, and none about winter',
          include=['(?i)bridge|brücke|river', 'мост|река', '橋|桥|川', 'पुल', 'الجسر'],
          exclude=['(?i)winter', 'зима', '冬']),
    route('ticker', ['Weather', 'Wire'], ['Ticker'],
          'by a bot that is not in the source: it writes the text anew'),
]


def make_stream(ids, capacity, seed):
    """Posts for the six sources, and the copies that must come of them: (updates, copies), the
    copies as a list for each post. They end when a destination has `capacity` of them. ids: of a
    channel, by title."""
    channels = [(ids[title], title) for title in SOURCES]
    endless = posts.generate(10 ** 9, seed=seed, channels=channels, media=list(SOURCES.values()),
                             repeats=.1, gap=1000)
    count = dict.fromkeys((ids[title] for title in DESTINATIONS), 0)
    updates, copies = [], []
    for update in endless:
        wanted = list(expected_copies(ids, update))
        for each in wanted:
            count[each['to']] += 1
        if max(count.values()) > capacity:
            return updates, copies
        updates.append(update)
        copies.append(wanted)


def expected_copies(ids, update):
    """What must come of one post: lines of an expectation file. Nobody asked Baudot."""
    post = update['channel_post']
    text = post.get('text', post.get('caption', ''))
    for each in ROUTES:
        if post['chat']['title'] not in each.sources or not each.selects(text):
            continue
        for to in each.destinations:
            yield {'from': post['chat']['id'], 'message': post['message_id'], 'to': ids[to],
                   'mode': each.mode, 'text': text,
                   'entities': post.get('entities', post.get('caption_entities', []))}


def configuration(ids, url, data):
    """baudot.yaml, as a person would write it."""
    def quoted(items):
        return '[' + ', '.join(json.dumps(each, ensure_ascii=False) for each in items) + ']'

    lines = [
        '# Written by ./dev demo.',
        f'data: {json.dumps(str(data))}  # journal and store: what was relayed, and what is owed',
        '',
        'accounts:                      # the first that can post to a destination delivers',
        '  - name: reader',
        '    token: ${READER_TOKEN}     # from the environment; file:PATH is the other way',
        f'    api: {url}  # the local Telegram; leave it out for the real one',
        '  - name: poster',
        '    token: ${POSTER_TOKEN}',
        f'    api: {url}',
        '',
        'routes:']
    for each in ROUTES:
        lines += [f'  - name: {each.name}  # {each.shows}',
                  f'    from: [{", ".join(str(ids[title]) for title in each.sources)}]'
                  f'  # {", ".join(each.sources)}',
                  f'    to: [{", ".join(str(ids[title]) for title in each.destinations)}]'
                  f'  # {", ".join(each.destinations)}',
                  f'    mode: {each.mode}']
        if each.include:
            lines.append(f'    include: {quoted(each.include)}')
        if each.exclude:
            lines.append(f'    exclude: {quoted(each.exclude)}')
    lines += ['',
              '# As fast as the local Telegram allows. Leave it out for the real one: then the',
              '# documented rates are kept, 20 a minute for a channel.',
              'pace: "off"']
    return '\n'.join(lines) + '\n'
