#!/usr/bin/env python3
"""What point state costs per post and per read, beside RocksDB with its own defaults.

CPU microseconds, background threads included: apply (three rows and a removal per post, batches
of 64, the final flush), get of a stored and of an absent key, scan of one message's copies.
"""
import json

import lib


def main():
    options = lib.arguments(__doc__, lambda parser: parser.add_argument(
        '--posts', type=int, default=500_000, help='posts written before the reads'))
    program = lib.binary('store_bench')
    runs = {'ours': [], 'plain': []}

    def side(name):
        def turn():
            command = [program, name, options.folder, options.posts]
            figures = json.loads(lib.run(command).output)
            runs[name].append(figures)
            return figures['post']
        return turn

    kept, _ = lib.interleaved({name: side(name) for name in runs}, options.rounds)
    count = len(kept['ours'])  # interleaved() throws its warm-up away; so do we
    with lib.report('store', options) as out:
        for metric in ('post', 'get', 'absent', 'scan'):
            ours, plain = ([each[metric] for each in runs[name][-count:]] for name in runs)
            out.add(f'{metric}_cpu', ours, 'us', 'rocksdb defaults', plain, lower_is_better=True)


if __name__ == '__main__':
    main()
