"""What is wrong with what stands in the destinations, by the origin that the world recorded."""
import collections
import dataclasses


@dataclasses.dataclass
class verdict:
    """Counts by (destination, copy); `wrong` is what no policy allows, a line each."""
    lost: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    doubled: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    wrong: list = dataclasses.field(default_factory=list)


def judge(expected, found):
    """Compares copies by destination. `expected` is in order; `found` as it stands there."""
    made = verdict()
    for destination, wanted in expected.items():
        wanted_count = collections.Counter(wanted)
        found_count = collections.Counter(found[destination])
        for copy, count in (wanted_count - found_count).items():
            made.lost[destination, copy] = count
        for copy, count in (found_count - wanted_count).items():
            if copy in wanted_count:
                made.doubled[destination, copy] = count
            else:
                made.wrong.append(f'unexpected in {destination}: {copy}')
        made.wrong.extend(disorder(destination, found[destination]))
    return made


def disorder(destination, copies):
    """A copy that stands behind one of a later post of its source; a second one does, too."""
    newest = {}
    for copy in copies:
        if copy.message < newest.get(copy.source, 0):
            yield f'out of order in {destination}: {copy} behind {newest[copy.source]}'
        newest[copy.source] = max(copy.message, newest.get(copy.source, 0))


def beyond(seen, allowed):
    """What was seen more often than it was allowed, a line each."""
    for (destination, copy), count in (seen - allowed).items():
        yield f'{copy} in {destination}: {count} more than Baudot named'
