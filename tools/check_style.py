#!/usr/bin/env python3
"""Rules that no compiler checks: who may include whom, banned calls, sizes.

Run from the root of the tree. Prints every violation; exits 1 if there is one.
A line that must break a rule says why: `// style-ok: <why>`.
"""
import pathlib
import re
import sys

FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 70
LINE_COLUMNS_MAX = 100

BANNED = [
    (r'\b(steady|system|high_resolution)_clock::now\b', 'take the time from timer_service or a parameter'),
    (r'\bstd::random_device\b|\bs?rand\(', 'take a seed from the configuration'),
    (r'\bthis_thread::sleep', 'co_await timers.sleep_until()'),
    (r'\basio::detached\b', 'spawn in a task_group: a detached exception is lost'),
    (r'\bexperimental::awaitable_operators\b', 'with_deadline or task_group'),
    (r'\bstd::(thread|async)\b', 'threads are made in app/ and the thread classes of async/ only'),
    (r'\bassert\(', 'BAUDOT_ASSERT stays on in release builds'),
]


def layers(root):
    allowed = {}
    for line in (root / 'src/layers.txt').read_text().splitlines():
        if line and not line.startswith('#'):
            module, _, seen = line.partition(':')
            unknown = [name for name in seen.split() if name not in allowed]
            if unknown:
                sys.exit(f'src/layers.txt: {module} names {unknown} before they are defined')
            allowed[module] = {module, *seen.split()}
    return allowed


def check(path, module, allowed):
    lines = path.read_text().splitlines()
    if len(lines) > FILE_LINES_MAX:
        yield 1, f'{len(lines)} lines, at most {FILE_LINES_MAX}: split the file'
    is_test = path.stem.endswith('_test')
    opened = 0
    for number, line in enumerate(lines, 1):
        if len(line) > LINE_COLUMNS_MAX:
            yield number, f'{len(line)} columns, at most {LINE_COLUMNS_MAX}'
        # A function's body begins at an unindented line that ends in `{`.
        if re.match(r'\S.*\) .*\{$|\S.*\)( const)?( noexcept)? ?\{$', line):
            opened = number
        if line == '}' and opened:
            if number - opened + 1 > FUNCTION_LINES_MAX:
                yield opened, f'function of {number - opened + 1} lines, at most {FUNCTION_LINES_MAX}'
            opened = 0
        if re.search(r'\b(TODO|FIXME|XXX)\b', line):
            yield number, 'work left open: finish it'
        if 'style-ok:' in line:
            continue
        code = line.split('//')[0]
        for pattern, instead in BANNED:
            if not is_test and re.search(pattern, code):
                yield number, f'banned: {instead}'
        include = re.match(r'#include "([\w/]+)\.hpp"', line)
        if include and not is_test:
            target = include[1].split('/')[0]
            if target not in allowed[module]:
                yield number, f'{module} may not include {target} (src/layers.txt)'


def main(root):
    allowed = layers(root)
    found = 0
    for path in sorted((root / 'src').rglob('*.[ch]pp')):
        module = path.relative_to(root / 'src').parts[0]
        if module not in allowed:
            sys.exit(f'{path}: module {module} is missing in src/layers.txt')
        for number, why in check(path, module, allowed):
            print(f'{path.relative_to(root)}:{number}: {why}')
            found += 1
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else '.').resolve()))
