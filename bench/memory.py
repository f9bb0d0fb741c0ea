"""What is owed, in memory: per delivery and per chat, and how a start copes with 4 million of them.

The real relay, journal and store, filled with 4 million deliveries in a million chats, once from
sources of 50 destinations and once from sources of one, where every delivery is a plan of its own.
Then a start: until the state is recovered, until the first send, and what the process has in
memory then.
"""
import pathlib
import shutil
import tempfile

import lib

DELIVERIES, CHATS = 4_000_000, 1_000_000
ACCOUNT = 1000
BYTES_PER_DELIVERY_MAX, BYTES_PER_CHAT_MAX = 32, 64
FIRST_SEND_S_MAX, RESIDENT_MAX = 10, 256 << 20


def figures(*arguments):
    output = lib.run([lib.binary('memory_bench'), *arguments], timeout=3600).output
    return {name: float(value) for name, value in map(str.split, output.splitlines())}


def measure(report, options, fan_out):
    folder = pathlib.Path(tempfile.mkdtemp(dir=options.folder, prefix='memory_'))
    try:
        data = folder / 'data'
        made = figures('fill', data, DELIVERIES, CHATS, fan_out, ACCOUNT)
        found = figures('restart', data, ACCOUNT)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    name = f'1 to {fan_out}'
    each = (found['owed_bytes'] - CHATS * BYTES_PER_CHAT_MAX) / DELIVERIES
    report.add(f'{name}: beside {BYTES_PER_CHAT_MAX} bytes for a chat', each, 'bytes/delivery')
    report.floor(f'{name}: beside {BYTES_PER_CHAT_MAX} bytes for a chat',
                 value_max=BYTES_PER_DELIVERY_MAX)
    report.add(f'{name}: planned', DELIVERIES / made['seconds'], 'deliveries/s')
    report.add(f'{name}: recovered', found['recovered_seconds'], 's')
    report.add(f'{name}: first send', found['first_send_seconds'], 's')
    report.floor(f'{name}: first send', value_max=FIRST_SEND_S_MAX)
    report.add(f'{name}: resident', found['resident_bytes'] / (1 << 20), 'MiB')
    report.floor(f'{name}: resident', value_max=RESIDENT_MAX / (1 << 20))


def main():
    options = lib.arguments(__doc__)
    with lib.report('memory', options) as report:
        for fan_out in (50, 1):
            measure(report, options, fan_out)


if __name__ == '__main__':
    main()
