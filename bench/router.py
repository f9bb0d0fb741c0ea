"""The router: CPU time to choose the routes of a post, by the number of patterns.

Half of the patterns have classes and gaps. 512 different posts of about 300 bytes, one route with
all patterns; and a route for each pattern, which adds what routes cost. The anchor is RE2, one
pattern after the other.
"""
import json

import lib

COUNTS = (1, 100, 1_000, 10_000)
AGAINST_A_HUNDRED_MAX = 3  # what 10,000 patterns may cost


def figures():
    output = lib.run([lib.binary('router_bench'), '--benchmark_format=json',
                      '--benchmark_filter=compiled|one_by_one', '--benchmark_min_time=0.2'],
                     timeout=600).output
    return {each['name']: each['cpu_time'] for each in json.loads(output)['benchmarks']}


def main():
    options = lib.arguments(__doc__)
    taken = []
    for turn in range(min(options.rounds, 3)):
        lib.progress(f'{turn + 1}')
        taken.append(figures())
    lib.progress('')

    def of(name, count):
        return [each[f'{name}/{count}'] for each in taken]
    with lib.report('router', options) as report:
        for count in COUNTS:
            report.add(f'{count:,} patterns', of('compiled_in_one_route', count), 'ns/post',
                       lower_is_better=True, anchor='RE2, one by one',
                       beside=of('one_by_one', count))
        for count in COUNTS:
            report.add(f'{count:,} in a route each', of('compiled', count), 'ns/post',
                       lower_is_better=True, anchor='RE2, one by one',
                       beside=of('one_by_one', count))
        growth = 'from 100 to 10,000'
        report.add(growth, of('compiled_in_one_route', 10_000), 'ns/post', lower_is_better=True,
                   anchor='100 patterns', beside=of('compiled_in_one_route', 100))
        report.floor(growth, ratio_min=1 / AGAINST_A_HUNDRED_MAX)


if __name__ == '__main__':
    main()
