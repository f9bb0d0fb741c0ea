#!/usr/bin/env python3
"""The whole relay, durable, beside what nginx and wrk do on the same machine.

The real programs: `baudot run` with 20 bots that copy posts into 1,000 channels of telegram-sim,
without limits on either side; every step is journaled on the disk of --folder and synced before
it is acted on. Two shapes: 20 sources, each copied into 50 channels; and 1,000 sources, each
copied into one. A turn posts a stream flat out, as fast as the bots fetch it, and ends when
Telegram has the last copy. In between, wrk fetches from nginx an answer as large as Telegram's
to sendMessage. Both pairs are one thread that asks and one that answers.

The delay is from a post to its copy, at a steady rate of half of what a turn reached.
"""
import contextlib
import json
import statistics
import time

import lib
import lib_programs

BOTS = 20
DESTINATIONS = 1_000
FIRST_SOURCE, FIRST_DESTINATION = -1001000000001, -1002000000001
TEXT = 'A post of the length that posts have: two sentences, some of them with a link. ' * 3
PENDING_MAX = 1_000  # updates that wait for one bot
FIRST_TURN_COPIES = 20_000
SAMPLE = 7  # every so manieth destination is read back for its delays
WRK_CONNECTIONS = 64
RATIO_MIN, CPU_US_MAX = 0.1, 60


def token(bot):
    return f'{1000 + bot}:{"a" * 35}'


class shape:
    """A world with `fan_out` destinations for each source, Baudot on it, and its figures."""

    def __init__(self, fan_out, options):
        self.fan_out, self.seconds = fan_out, options.seconds
        self.sources = [FIRST_SOURCE - n for n in range(DESTINATIONS // fan_out)]
        self.next_id = 10  # of a post in each source
        self.copies = FIRST_TURN_COPIES
        self.cpu, self.sim_cpu, self.per_commit = [], [], []
        self.folder = options.folder

    def __enter__(self):
        with contextlib.ExitStack() as programs:
            self.telegram = programs.enter_context(
                lib_programs.local_telegram(self.folder, self.world()))
            self.baudot = programs.enter_context(lib_programs.baudot(
                self.folder, self.config(), {f'TOKEN_{n}': token(n) for n in range(BOTS)}))
            self.programs = programs.pop_all()
        return self

    def __exit__(self, *_):
        self.programs.close()

    def destinations(self, source):
        begin = source * self.fan_out
        return [FIRST_DESTINATION - n for n in range(begin, begin + self.fan_out)]

    def bot(self, source):
        return source * BOTS // len(self.sources)

    def world(self):
        chats = []
        for n, source in enumerate(self.sources):
            for chat in [source, *self.destinations(n)]:
                chats.append({'id': chat, 'title': f'channel {chat}',
                              'admins': [f'bench_{self.bot(n)}_bot']})
        return {'bots': [{'id': 1000 + n, 'username': f'bench_{n}_bot', 'token': token(n)}
                         for n in range(BOTS)], 'chats': chats}

    def config(self):
        return {'pace': 'off',
                'accounts': [{'name': f'bot{n}', 'token': f'${{TOKEN_{n}}}',
                              'api': self.telegram.url} for n in range(BOTS)],
                'routes': [{'name': f'r{n}', 'from': [source], 'to': self.destinations(n)}
                           for n, source in enumerate(self.sources)]}

    def answer_to_a_send(self):
        return self.telegram.bot_call_bytes(token(0), 'sendMessage', {
            'chat_id': FIRST_DESTINATION, 'text': TEXT})

    def post(self, each_source, per_second=None):
        """That many posts in each source, at a pace or flat out."""
        lines = [json.dumps({'channel_post': {
            # A unit of the date is the time between two posts, which `speed` says.
            'message_id': self.next_id + n, 'date': 1 + n * len(self.sources) + at, 'text': TEXT,
            'chat': {'id': source, 'type': 'channel', 'title': 'x'}}})
            for n in range(each_source) for at, source in enumerate(self.sources)]
        self.next_id += each_source
        bots = ','.join(str(1000 + n) for n in range(BOTS))
        # Flat out means as fast as the bots fetch; a pace does not heed them.
        pace = f'speed={per_second}' if per_second else f'pending_max={PENDING_MAX}&speed=0'
        return self.telegram.call(f'replays?bots={bots}&{pace}', '\n'.join(lines).encode())['id']

    def is_posted(self, replay):
        return self.telegram.call(f'replays/{replay}')['done']

    def newest(self):
        """The newest message of each destination: its copies, when it has nothing else."""
        return {each['id']: each['last_message_id'] for each in self.telegram.call('chats')
                if each['id'] <= FIRST_DESTINATION}

    def copied(self):
        return self.telegram.call('stats')['methods'].get('copyMessage', {'ok': 0})['ok']

    def relay(self, each_source, per_second=None):
        """Posts and waits; copies per second."""
        copies = each_source * DESTINATIONS
        goal = self.copied() + copies
        start = time.perf_counter()
        self.post(each_source, per_second)
        lib_programs.until('the copies', lambda: self.copied() >= goal)
        return copies / (time.perf_counter() - start)

    def __call__(self):
        """One turn: copies per second; what they cost is kept aside."""
        each_source = max(1, round(self.copies / DESTINATIONS))
        before = self.costs()
        rate = self.relay(each_source)
        cpu, sim_cpu, commits = (b - a for a, b in zip(before, self.costs()))
        copies = each_source * DESTINATIONS
        self.cpu.append(cpu / copies * 1e6)
        self.sim_cpu.append(sim_cpu / copies * 1e6)
        self.per_commit.append(copies / commits)
        self.copies = rate * self.seconds
        return rate

    def costs(self):
        return (self.baudot.cpu(), self.telegram.cpu(),
                self.baudot.figure('baudot_journal_commits'))

    def delays(self, copies_per_second):
        """Milliseconds from a post to its copy, in every SAMPLE-th destination."""
        last = {each['id']: each['last_message_id'] for each in self.telegram.call('chats')}
        per_second = copies_per_second / self.fan_out
        self.relay(max(1, round(per_second * self.seconds / len(self.sources))), per_second)
        posted = {(source, each['message_id']): each['unix_us'] for source in self.sources
                  for each in self.history(source, last)}
        return [(copy['unix_us'] - posted[copy['cause']['from_chat'],
                                          copy['cause']['from_message']]) / 1e3
                for n in range(0, DESTINATIONS, SAMPLE)
                for copy in self.history(FIRST_DESTINATION - n, last)]

    def history(self, chat, last):
        return self.telegram.call(f'chats/{chat}/messages?after={last[chat]}&limit=1000000')


def tell(report, name, side, rates, options, beside):
    """The figures of one shape."""
    metric = f'{name}: copies'
    report.add(metric, rates, 'copies/s', 'nginx and wrk', beside)
    report.add(f'{name}: CPU of baudot', side.cpu[-options.rounds:], 'us/copy')
    report.add(f'{name}: CPU of telegram-sim', side.sim_cpu[-options.rounds:], 'us/copy')
    report.add(f'{name}: copies per fdatasync', side.per_commit[-options.rounds:], 'copies')
    half = statistics.median(rates) / 2
    delays = [side.delays(half) for _ in range(options.rounds)]
    for share in (0.5, 0.99):
        report.add(f'{name}: delay p{share * 100:.0f} at half that rate',
                   [lib.quantile(each, share) for each in delays], 'ms')
    report.floor(metric, ratio_min=RATIO_MIN)


def main():
    options = lib.arguments(__doc__)
    wide, narrow = '1 to 50', '1 to 1'
    with (lib.report('relay', options) as report,
          shape(DESTINATIONS // BOTS, options) as fan_out, shape(1, options) as single,
          lib_programs.nginx(options.folder, fan_out.answer_to_a_send()) as server):
        for cold in (fan_out, single):
            cold()  # opens its connections
        runs, disk = lib.interleaved(
            {wide: fan_out, 'nginx': lambda: server.rate(WRK_CONNECTIONS, options.seconds),
             narrow: single}, options.rounds, options.folder)
        tell(report, wide, fan_out, runs[wide], options, runs['nginx'])
        # Of a copy alone: with one to one, each copy also pays for a post of its own.
        report.floor(f'{wide}: CPU of baudot', value_max=CPU_US_MAX)
        tell(report, narrow, single, runs[narrow], options, runs['nginx'])
        report.add('fdatasync of the disk meanwhile', [each * 1e3 for each in disk], 'ms')


if __name__ == '__main__':
    main()
