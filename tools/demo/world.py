"""The local Telegram as the demo sees it: its control API, and how far the copies are."""
import collections
import json
import math
import urllib.error
import urllib.parse
import urllib.request

from programs import trouble

CALL_MAX_S = 30


class world:
    """Calls of /sim/v1; docs/telegram-sim.md says what there is."""

    def __init__(self, url):
        self.url = url

    def call(self, path, body=None, method=None):
        """Objects go as JSON, text as it is."""
        data = body if body is None or isinstance(body, bytes) else \
            json.dumps(body, ensure_ascii=False).encode()
        request = urllib.request.Request(f'{self.url}/sim/v1/{path}', data=data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=CALL_MAX_S) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            raise trouble(f'telegram-sim refused {path}: {error.read().decode()}') from None
        except OSError as error:
            raise trouble(f'telegram-sim does not answer: {error}') from None

    def ask(self, path, body=None, method=None):
        return json.loads(self.call(path, body, method))


def nearest_rank(sorted_values, share):
    return sorted_values[max(0, math.ceil(share * len(sorted_values)) - 1)]


class progress:
    """Which of the expected copies are there, and how long after their posts, by the world's own
    clock. A second copy of a post, or a strange one, does not count here: the score tells."""

    def __init__(self, telegram, sources, destinations, expected):
        self.telegram = telegram
        self.sources = sources
        self.destinations = destinations
        self.last_id = dict.fromkeys([*sources, *destinations], 0)
        self.posted_at = {}  # (chat, message) -> microseconds
        self.delays = []     # seconds, sorted by figures()
        self.missing = {(each['from'], each['message'], each['to']) for each in expected}
        # A text that was written anew says nothing of its source: the first that is missing.
        self.by_text = collections.defaultdict(collections.deque)
        for each in expected:
            self.by_text[each['to'], each['text']].append((each['from'], each['message']))

    def new_messages(self, chat):
        found = self.telegram.ask(f'chats/{chat}/messages?after={self.last_id[chat]}')
        if found:
            self.last_id[chat] = found[-1]['message_id']
        return found

    def look(self):
        # The copies first: then their posts are surely among those that are read next.
        copies = [(chat, each) for chat in self.destinations for each in self.new_messages(chat)]
        for chat in self.sources:
            for each in self.new_messages(chat):
                self.posted_at[chat, each['message_id']] = each['unix_us']
        for chat, each in copies:
            self.note(chat, each)

    def note(self, chat, message):
        cause = message['cause']
        if cause['kind'] in ('bot_copy', 'bot_forward'):
            origin = cause['from_chat'], cause['from_message']
        elif cause['kind'] == 'bot_method' and self.by_text[chat, message['text']]:
            origin = self.by_text[chat, message['text']].popleft()
        else:
            return
        if (*origin, chat) in self.missing:
            self.missing.remove((*origin, chat))
            self.delays.append((message['unix_us'] - self.posted_at[origin]) / 1e6)

    @property
    def delivered(self):
        return len(self.delays)

    def delay(self, share):
        """Seconds, or none before the first copy."""
        return nearest_rank(sorted(self.delays), share) if self.delays else None
