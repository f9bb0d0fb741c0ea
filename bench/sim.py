#!/usr/bin/env python3
"""The local Telegram beside the plainest Beast server, under the same load.

One thread of wrk on 64 connections asks telegram-sim for getMe and for sendMessage (into one
channel, kept for ever, without limits or latency), and http_bench for "hello". Answers per second,
and CPU microseconds of the server per answer, which a busy machine does not distort.
"""
import lib
import lib_programs

CONNECTIONS = 64
RATIO_MIN = 0.4
CHANNEL = -1001000000001
TOKEN = f'1000:{"a" * 35}'
WORLD = {
    'bots': [{'id': 1000, 'username': 'bench_bot', 'token': TOKEN}],
    'chats': [{'id': CHANNEL, 'type': 'channel', 'title': 'Bench', 'admins': ['bench_bot']}],
}


class hello(lib_programs.program):
    """http_bench's Beast server: one thread, one answer."""

    def begin(self):
        port = lib_programs.free_port()
        self.url = f'http://127.0.0.1:{port}'
        self.start([lib.binary('http_bench'), 'beast', port])
        lib_programs.until('http_bench', lambda: lib_programs.answers(self.url))


def main():
    options = lib.arguments(__doc__)
    seconds = max(1, round(options.seconds))  # as wrk counts
    with lib_programs.local_telegram(options.folder, WORLD) as telegram, \
            hello(options.folder) as beast, lib.report('sim', options) as report:
        bot = f'{telegram.url}/bot{TOKEN}'
        for metric, url in (('getMe', f'{bot}/getMe'),
                            ('sendMessage', f'{bot}/sendMessage?chat_id={CHANNEL}&text=hello')):
            cpu = {'sim': [], 'beast': []}

            def side(name, server, url):
                def turn():
                    before = server.cpu()
                    rate = lib_programs.wrk_rate(url, CONNECTIONS, seconds)
                    cpu[name].append((server.cpu() - before) / (rate * seconds) * 1e6)
                    return rate
                return turn

            rates, _ = lib.interleaved({'sim': side('sim', telegram, url),
                                        'beast': side('beast', beast, beast.url)}, options.rounds)
            kept = len(rates['sim'])  # interleaved() throws its warm-up away; so do we
            report.add(metric, rates['sim'], 'answers/s', 'Beast "hello"', rates['beast'])
            report.add(f'{metric}_cpu', cpu['sim'][-kept:], 'us', 'Beast "hello"',
                       cpu['beast'][-kept:], lower_is_better=True)
            report.floor(metric, RATIO_MIN)


if __name__ == '__main__':
    main()
