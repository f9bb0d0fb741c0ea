#!/usr/bin/env python3
"""Made-up channel posts in the shape of real ones: Bot API updates, one JSON object a line.

Many scripts, emoji of many code units, entities with UTF-16 offsets, links, programs, texts that
several channels post, and single media where asked for. Lengths follow those of 18,935 real
posts. The same arguments give the same stream. What telegram-sim's replay reads, it can read.
"""
import argparse
import bisect
import collections
import json
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from posts_words import EMOJI, LANGUAGES, NAMES, PROGRAMS, SITES  # noqa: E402

BEGIN = 1704067200      # 2024-01-01, the date of the first post
CAPTION_POINTS_MAX = 1000  # Telegram allows 1,024
# The lengths of real texts in code points, by share of the posts that are at most as long.
LENGTHS = [(0, 1), (.01, 36), (.05, 75), (.1, 101), (.25, 151), (.5, 271), (.75, 447), (.9, 711),
           (.95, 932), (.99, 1549), (1, 3795)]
MEDIA = ['photo', 'photo', 'photo', 'video', 'animation', 'document', 'audio', 'voice']
WHOLE = {'text_link', 'code', 'pre', 'url', 'hashtag', 'mention', 'blockquote'}


def utf16_length(text):
    """In code units, as Telegram counts."""
    return len(text.encode('utf-16-le')) // 2


def draw_length(chance):
    """Code points of a text: the table, read between its rows."""
    share = chance.random()
    row = max(1, bisect.bisect_left([each for each, _ in LENGTHS], share))
    (low, short), (high, long) = LENGTHS[row - 1:row + 1]
    return round(short + (long - short) * (share - low) / (high - low))


class draft:
    """A text under construction, and its entities."""

    def __init__(self):
        self.text = ''
        self.units = 0
        self.entities = []

    def add(self, text, *kinds, **more):
        begin = self.units
        self.text += text
        self.units += utf16_length(text)
        for kind in kinds:
            self.mark(begin, kind, **more)
        return self

    def mark(self, begin, kind, **more):
        """From the code unit `begin` to the end of what is there."""
        self.entities.append({'type': kind, 'offset': begin, 'length': self.units - begin, **more})

    def sorted_entities(self):
        """In Telegram's order: outer before inner, styles inside all else."""
        return sorted(self.entities, key=lambda each: (each['offset'], -each['length'],
                                                       each['type'] not in WHOLE, each['type']))


class author:
    """Writes texts in one language."""

    def __init__(self, chance, words):
        self.chance = chance
        self.words = words

    def phrase(self, count):
        return self.words.gap.join(self.chance.sample(self.words.words, count))

    def url(self):
        return f'{self.chance.choice(SITES)}{self.chance.randrange(10, 99999)}'

    def decorated(self, to):
        """A few words that are not plain."""
        kind = self.chance.choices(
            ['text_link', 'bold', 'italic', 'code', 'url', 'mention', 'hashtag', 'underline',
             'strikethrough', 'spoiler', 'both'], [9, 8, 3, 2, 2, 1, 1, 1, 1, 1, 1])[0]
        words = self.phrase(self.chance.randint(1, 3))
        if kind == 'text_link':
            to.add(words, kind, url=self.url())
        elif kind == 'both':
            begin = to.units
            to.add(words, 'text_link', url=self.url()).add(' ' + self.phrase(1)).mark(begin, 'bold')
        elif kind == 'code':
            to.add(self.chance.choice(NAMES), kind)
        elif kind == 'url':
            to.add(self.url(), kind)
        elif kind == 'mention':
            to.add(f'@channel_{self.chance.randrange(100, 999)}', kind)
        elif kind == 'hashtag':
            to.add('#' + self.tag(), kind)
        else:
            to.add(words, kind)

    def tag(self):
        return self.chance.choice([word for word in self.words.words if word.isalpha()])

    def sentence(self, to):
        words = self.phrase(self.chance.randint(2, 8))
        to.add(words[0].upper() + words[1:])
        if self.chance.random() < .2:
            to.add(' ')
            self.decorated(to)
            to.add(' ').add(self.phrase(self.chance.randint(1, 5)))
        if self.chance.random() < .1:
            to.add(' ' + self.chance.choice(EMOJI))
        to.add(self.words.stop)

    def title(self, to):
        if self.chance.random() < .5:
            to.add(self.chance.choice(EMOJI) + ' ')
        to.add(self.phrase(self.chance.randint(2, 6)), 'bold').add('\n\n')

    def paragraph(self, to, points):
        begin, length = to.units, len(to.text)
        while True:
            self.sentence(to)
            if len(to.text) - length >= points:
                break
            to.add(self.words.pause)
        if self.chance.random() < .04:
            to.mark(begin, 'blockquote')

    def digest(self, to):
        for _ in range(self.chance.randint(4, 20)):
            to.add(self.chance.choice(EMOJI) + ' ')
            to.add(self.phrase(self.chance.randint(2, 5)), 'text_link', url=self.url()).add('\n')

    def tail(self, to):
        to.add('\n\n')
        if self.chance.random() < .15:
            shown, program = self.chance.choice(PROGRAMS)
            to.add(program, 'pre', **({'language': shown} if shown else {})).add('\n\n')
        kind = self.chance.choices(['text_link', 'url', 'hashtag', 'mention'], [10, 2, 2, 1])[0]
        if kind == 'text_link':
            to.add(self.words.more, kind, url=self.url())
        elif kind == 'url':
            to.add(self.url(), kind)
        elif kind == 'hashtag':
            to.add('#' + self.tag(), kind).add(' ').add('#' + self.tag(), kind)
        else:
            to.add(f'@channel_{self.chance.randrange(100, 999)}', kind)

    def write(self, points):
        to = draft()
        if points < 40:
            to.add(self.chance.choice(EMOJI) if points < 8 else self.phrase(max(1, points // 7)))
            return to
        if self.chance.random() < .8:
            self.title(to)
        if self.chance.random() < .06:
            self.digest(to)
        tail = 20 if self.chance.random() < .8 else 0
        while True:
            self.paragraph(to, min(points - len(to.text) - tail, self.chance.randint(60, 300)))
            if len(to.text) >= points - tail:
                break
            to.add('\n\n')
        if tail:
            self.tail(to)
        return to


class publisher:
    """Draws one post after the other, each with a channel, a text and perhaps a medium."""

    def __init__(self, chance, channels, media, repeats):
        self.chance = chance
        self.media = media if isinstance(media, list) else [media] * len(channels)
        self.repeats = repeats
        # Half of the channels write in one language each, the others in any.
        self.authors = [author(chance, words) for words in LANGUAGES]
        self.recent = collections.deque(maxlen=50)  # (channel, draft)

    def draft_for(self, place, points_max):
        others = [text for where, text in self.recent
                  if where != place and len(text.text) <= points_max]
        if others and self.chance.random() < self.repeats:
            return self.chance.choice(others)
        own = place % 2 == 0
        writer = self.authors[place // 2 % len(self.authors)] if own else \
            self.chance.choice(self.authors)
        made = writer.write(min(draw_length(self.chance), points_max))
        while len(made.text) > points_max:
            made = writer.write(draw_length(self.chance))
        self.recent.append((place, made))
        return made

    def content(self, place):
        if self.chance.random() >= self.media[place]:
            made = self.draft_for(place, 4000)
            entities = made.sorted_entities()
            return {'text': made.text, **({'entities': entities} if entities else {})}
        kind = self.chance.choice(MEDIA)
        fields = medium(self.chance, kind)
        if kind == 'voice' or self.chance.random() < .2:
            return fields
        made = self.draft_for(place, CAPTION_POINTS_MAX)
        entities = made.sorted_entities()
        fields['caption'] = made.text
        if entities:
            fields['caption_entities'] = entities
        return fields


def medium(chance, kind):
    """The fields of a message with a file. Its bytes are nowhere: it is copied by its id."""
    def file(size, **more):
        unique = f'{chance.getrandbits(72):018x}'
        return {'file_id': f'generated-{unique}', 'file_unique_id': unique, 'file_size': size,
                **more}

    size = chance.randrange(20_000, 20_000_000)
    if kind == 'photo':
        return {kind: [file(1_500, width=90, height=60),
                       file(size // 40, width=1280, height=853)]}
    if kind == 'video':
        return {kind: file(size, width=1280, height=720, duration=chance.randrange(3, 600),
                           mime_type='video/mp4')}
    if kind == 'animation':  # Telegram gives it as a document as well, for old programs
        made = file(size, width=480, height=270, duration=chance.randrange(1, 20),
                    file_name='animation.mp4', mime_type='video/mp4')
        return {kind: made, 'document': {key: made[key] for key in
                                         ('file_id', 'file_unique_id', 'file_size', 'file_name',
                                          'mime_type')}}
    if kind == 'document':
        return {kind: file(size, file_name=f'отчёт {chance.randrange(2000, 2030)}.pdf',
                           mime_type='application/pdf')}
    if kind == 'audio':
        return {kind: file(size, duration=chance.randrange(60, 600), performer='Émile & Søren',
                           title=f'Étude {chance.randrange(1, 24)}', mime_type='audio/mpeg')}
    return {kind: file(size // 100, duration=chance.randrange(1, 120), mime_type='audio/ogg')}


def make_channels(count, chance):
    """Ids and titles of as many channels."""
    made = []
    for place in range(count):
        words = LANGUAGES[place // 2 % len(LANGUAGES)]
        made.append((-1_001_000_000_000 - chance.randrange(10 ** 8) * 10 - place % 10,
                     f'{chance.choice(words.channels)} {place + 1}'))
    return made


def generate(posts, seed=1, channels=20, media=0.0, repeats=0.03, gap=2200.0):
    """Yields `posts` updates as dictionaries, in order of time.

    channels: how many, or a list of (id, title). media: the share of posts with a file, or a
    list of shares, one for each channel.
    repeats: the share of texts that another channel posted shortly before. gap: the mean time
    between two posts, in seconds.
    """
    chance = random.Random(seed)
    if isinstance(channels, int):
        channels = make_channels(channels, chance)
    source = publisher(chance, channels, media, repeats)
    last_id = [chance.randrange(1, 5000) for _ in channels]
    date = float(BEGIN)
    for number in range(posts):
        place = chance.randrange(len(channels))
        last_id[place] += 1 if chance.random() < .9 else chance.randint(2, 9)  # some were deleted
        chat = {'id': channels[place][0], 'title': channels[place][1], 'type': 'channel'}
        yield {'update_id': 700_000_000 + number, 'channel_post': {
            'message_id': last_id[place], 'sender_chat': chat, 'chat': chat, 'date': int(date),
            **source.content(place)}}
        date += chance.expovariate(1 / gap)


def line(update):
    return json.dumps(update, ensure_ascii=False)


def share(text):
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError('a share is between 0 and 1')
    return value


def positive(kind):
    def read(text):
        value = kind(text)
        if value <= 0:
            raise argparse.ArgumentTypeError('more than 0 is wanted')
        return value
    return read


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--posts', type=positive(int), default=1000, help='default 1000')
    parser.add_argument('--seed', type=int, default=1, help='default 1')
    parser.add_argument('--channels', type=positive(int), default=20, help='default 20')
    parser.add_argument('--media', type=share, default=0.0,
                        help='share of posts with a photo, video, animation, document, audio or '
                             'voice; default 0')
    parser.add_argument('--repeats', type=share, default=0.03,
                        help='share of texts that another channel posted before; default 0.03')
    parser.add_argument('--gap', type=positive(float), default=2200.0,
                        help='mean seconds between two posts; default 2200, as the real ones')
    given = vars(parser.parse_args())
    sys.stdout.reconfigure(encoding='utf-8')
    for update in generate(**given):
        print(line(update))


if __name__ == '__main__':
    try:
        main()
    except BrokenPipeError:  # `| head`: enough was read
        sys.stderr.close()
