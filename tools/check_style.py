#!/usr/bin/env python3
"""Rules that no compiler checks: who may include whom, banned calls, sizes, clean text.

Run from the root of the tree. Prints every violation; exits 1 if there is one.
A line that must break a rule says why: `// style-ok: <why>`.
"""
import os
import pathlib
import re
import sys

FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 70
LINE_COLUMNS_MAX = 100

BANNED = [
    (r'\b(steady|system|high_resolution)_clock::now\b',
     'take the time from timer_service or a parameter'),
    (r'\bstd::random_device\b|\bs?rand\(', 'take a seed from the configuration'),
    (r'\bthis_thread::sleep', 'co_await timers.sleep_until()'),
    (r'\basio::detached\b', 'spawn in a task_group: a detached exception is lost'),
    (r'\bexperimental::awaitable_operators\b', 'with_deadline or task_group'),
    (r'\bexperimental::(basic_)?(concurrent_)?channel\b', 'mailbox: a channel loses messages'),
    (r'\bstd::(thread|async)\b',
     'threads are made in app/ and the thread classes of async/ only'),
    (r'\bassert\(', 'BAUDOT_ASSERT stays on in release builds'),
]
BANNED_IN_TESTS = [
    (r'\b__FILE__\b', 'ccache makes __FILE__ relative: BAUDOT_SOURCE_DIR finds files'),
    (r'\bGTEST_SKIP\b', 'a test that is left out shows nothing: ./dev setup installs its needs'),
]
# What starts a thread, in a test.
THREADED = (r'\bstd::j?thread\b|\b(thread_writer|rocksdb_store|stream_log)\b'
            r'|\bblocking_pool \w+[({][1-9]')
# Each costs seconds wherever a header takes it; so such a header stays inside its module.
HEAVY = r'#include (<(boost/beast|rocksdb|yaml-cpp|google/protobuf|spdlog)\b|".*\.pb\.h")'

CODE = {'.cpp', '.hpp', '.py', '.sh'}
TEXT = CODE | {'.md', '.txt', '.cmake', '.json', '.yaml', '.yml', '.proto', '.supp', ''}
SKIPPED_FOLDERS = {'.git', 'build', 'node_modules', '__pycache__', '.cache', 'corpus', 'golden'}
# Words for work that is not finished, in pieces: this file is checked too.
LEFT_OPEN = r'\b(TO' r'DO|FIX' r'ME|XX' r'X)\b'
MACHINE_PATH = r'(?<![\w.])/(home|root|work|Users)/\w'


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


def functions(lines):
    """(first line, length) of each function: an unindented line that ends in `{`, up to `}`."""
    opened = 0
    for number, line in enumerate(lines, 1):
        if re.match(r'\S.*\) .*\{$|\S.*\)( const)?( noexcept)? ?\{$', line):
            opened = number
        if line == '}' and opened:
            yield opened, number - opened + 1
            opened = 0


def heavy_headers(root):
    """Headers that include a heavy library, as others would include them."""
    return {str(path.relative_to(root / 'src')) for path in (root / 'src').rglob('*.hpp')
            if re.search('^' + HEAVY, path.read_text(encoding='utf-8'), re.M)}


def check_source(path, module, allowed, heavy, lines):
    """C++ of a module: layers and bans. Tests may include what they like, and have other bans."""
    if path.stem.endswith(('_test', '_fixture')):
        for number, line in enumerate(lines, 1):
            for pattern, instead in BANNED_IN_TESTS:
                if re.search(pattern, line):
                    yield number, instead
        return
    is_header = path.suffix == '.hpp'
    if is_header and '#pragma once' not in lines:
        yield 1, '#pragma once is missing'
    for number, line in enumerate(lines, 1):
        if 'style-ok:' in line:
            continue
        code = line.split('//')[0]
        for pattern, instead in BANNED:
            if re.search(pattern, code):
                yield number, f'banned: {instead}'
        if is_header and re.match(r'using namespace\b', code):
            yield number, 'a header must not open a namespace for others'
        include = re.match(r'#include "([^"]+)"', code)
        if include:
            target, slash, _ = include[1].partition('/')
            if not slash:
                yield number, f'"{include[1]}": name the module, "{module}/{include[1]}"'
            elif target not in allowed[module]:
                yield number, f'{module} may not include {target} (src/layers.txt)'
            elif target != module and include[1] in heavy:
                yield number, f'{include[1]} includes a heavy library: it stays inside {target}'


def threads_unknown(root):
    """Modules whose tests start threads, and which the thread sanitizer would not see."""
    for module in sorted(path for path in (root / 'src').iterdir() if path.is_dir()):
        build = module / 'CMakeLists.txt'
        if build.is_file() and re.search(r'\bTHREADS\b', build.read_text()):
            continue
        for path in sorted(module.rglob('*.?pp')):
            is_of_tests = path.stem.endswith(('_test', '_fixture'))
            if is_of_tests and re.search(THREADED, path.read_text(encoding='utf-8')):
                yield path


def check_text(path, lines, text):
    """Every file that people write."""
    is_code = path.suffix in CODE
    if is_code and len(lines) > FILE_LINES_MAX:
        yield 1, f'{len(lines)} lines, at most {FILE_LINES_MAX}: split the file'
    if path.suffix in ('.cpp', '.hpp'):
        for number, length in functions(lines):
            if length > FUNCTION_LINES_MAX:
                yield number, f'function of {length} lines, at most {FUNCTION_LINES_MAX}'
    for number, line in enumerate(lines, 1):
        if is_code and len(line) > LINE_COLUMNS_MAX:
            yield number, f'{len(line)} columns, at most {LINE_COLUMNS_MAX}'
        if line != line.rstrip():
            yield number, 'white space at the end of the line'
        if re.search(LEFT_OPEN, line):
            yield number, 'work left open: finish it'
        if re.search(MACHINE_PATH, line):
            yield number, 'a path of one machine'
    if text and not text.endswith('\n'):
        yield len(lines), 'the last line does not end'


def text_files(root):
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(set(folders) - SKIPPED_FOLDERS)
        for name in sorted(names):
            path = pathlib.Path(folder, name)
            # Without an ending: the scripts; .git of a linked working tree is a file of git's.
            if path.suffix in TEXT and name not in ('.git', 'package-lock.json'):
                yield path


def check(root, path, allowed, heavy):
    try:
        text = path.read_text(encoding='utf-8')
    except UnicodeDecodeError:
        return
    lines = text.splitlines()
    yield from check_text(path, lines, text)
    parts = path.relative_to(root).parts
    if parts[0] == 'src' and path.suffix in ('.cpp', '.hpp'):
        if parts[1] not in allowed:
            yield 1, f'module {parts[1]} is missing in src/layers.txt'
        else:
            yield from check_source(path, parts[1], allowed, heavy, lines)


def main(root):
    allowed = layers(root)
    heavy = heavy_headers(root)
    found = 0
    for path in text_files(root):
        for number, why in check(root, path, allowed, heavy):
            print(f'{path.relative_to(root)}:{number}: {why}')
            found += 1
    for path in threads_unknown(root):
        print(f'{path.relative_to(root)}: it starts threads: say THREADS in its CMakeLists.txt')
        found += 1
    # Not an error: the order is fixed before the last module is written.
    for module in allowed:
        if not (root / 'src' / module).is_dir():
            print(f'note: src/layers.txt names {module}, which is not there yet', file=sys.stderr)
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else '.').resolve()))
