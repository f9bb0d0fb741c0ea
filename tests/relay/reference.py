"""What must come out: the routes read over the posts, one by one, slowly and in plain sight.

It shares nothing with the router but the words of the configuration. A pattern means the same in
RE2 and here; those that do not (\\b, \\d and \\w of other scripts, $ before a last line break) are
not used.
"""
import re
import typing


class copy(typing.NamedTuple):
    """What stands in a destination because of a post. Two routes may want the same one."""
    source: int
    message: int
    mode: str  # copy, or forward


def is_wanted(route, text):
    """No include: all; otherwise one that is found. And no exclude that is found."""
    included = not route.include or any(re.search(each, text) for each in route.include)
    return included and not any(re.search(each, text) for each in route.exclude)


def expected_copies(posts, routes, destinations):
    """For each destination, every copy in the order in which the posts came."""
    expected = {each: [] for each in destinations}
    for post in posts:
        for route in routes:
            if post['chat']['id'] not in route.sources:
                continue
            if not is_wanted(route, post['text']):
                continue
            for destination in route.destinations:
                expected[destination].append(
                    copy(post['chat']['id'], post['message_id'], route.mode))
    return expected


def expectation_lines(expected):
    """As telegram-sim's score wants it."""
    for destination, copies in expected.items():
        for each in copies:
            yield {'from': each.source, 'message': each.message, 'to': destination,
                   'mode': each.mode}
