#!/usr/bin/env python3
"""Breaks the program on purpose and shows which test notices.

    mutants.py [NAME...]      all of tests/mutants, or those named; --list names them,
                             --check sees that each still applies

A mutant is tests/mutants/NAME.patch: a diff against the tree, with these lines above it:

    Promise: P1
    Breaks: what is wrong now, in a sentence
    Test: engine_test --gtest_filter=relay.*

The committed tree is copied to build/mutants, so nothing here is touched. Each named test must
pass there unbroken, and fail with the patch. Exit code 0 only when every mutant is found.
"""
import argparse
import os
import pathlib
import re
import shutil
import shlex
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
MUTANTS = ROOT / 'tests' / 'mutants'
TREE = ROOT / 'build' / 'mutants'
SECONDS_MAX = 60  # of one test: a mutant that is found later than that is not found


class mutant:
    def __init__(self, path):
        text = path.read_text()
        self.name, self.path = path.stem, path
        self.promise, self.breaks, self.test = (
            re.search(rf'^{key}: (.+)$', text, re.M).group(1)
            for key in ('Promise', 'Breaks', 'Test'))
        self.target = shlex.split(self.test)[0]


def quiet(command, **options):
    """The exit code; output goes to a log that is shown when it matters."""
    with open(TREE / 'last.log', 'wb') as log:
        return subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, **options).returncode


def copy_tree():
    """HEAD in build/mutants; its build folder stays, so a second run compiles little."""
    TREE.mkdir(parents=True, exist_ok=True)
    for each in TREE.iterdir():
        if each.name not in ('build', 'last.log'):
            shutil.rmtree(each) if each.is_dir() else each.unlink()
    archive = subprocess.Popen(['git', '-c', f'safe.directory={ROOT}', 'archive', 'HEAD'],
                               cwd=ROOT, stdout=subprocess.PIPE)
    # Without the times of the commit: an unchanged file must not look older than its object.
    subprocess.run(['tar', '-x', '-m', '-C', TREE], stdin=archive.stdout, check=True)
    if archive.wait() != 0:
        sys.exit('mutants: git archive failed')


def build(targets):
    return quiet(['./dev', 'build', 'release', *targets], cwd=TREE)


def run(test):
    """True when it passed, and the seconds it took; a test that hangs has failed."""
    begin = time.monotonic()
    words = shlex.split(test)
    try:
        code = quiet([TREE / 'build/release/bin' / words[0], *words[1:]], timeout=SECONDS_MAX)
    except subprocess.TimeoutExpired:
        code = 1
    return code == 0, time.monotonic() - begin


def patch(path, *options):
    return quiet(['patch', '-p1', '--no-backup-if-mismatch', '-s', *options, '-i', path], cwd=TREE)


def rotten(chosen):
    """Those that no longer apply to the files as they are here."""
    command = ['patch', '-p1', '--dry-run', '--force', '--silent', '-i']
    return [each.name for each in chosen
            if subprocess.run([*command, each.path], cwd=ROOT, check=False,
                              capture_output=True).returncode != 0]


def try_one(each):
    """What happened, and whether that is good."""
    if patch(each.path) != 0:
        return 'the patch does not apply to this tree', False
    try:
        if build([each.target]) != 0:
            return 'it does not compile: see build/mutants/last.log', False
        passed, seconds = run(each.test)
        found = 'NOT FOUND' if passed else f'found in {seconds:.1f} s'
        return f'{found} by {each.test}', not passed
    finally:
        if patch(each.path, '-R') != 0:
            sys.exit(f'mutants: {each.name} cannot be taken back')


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('names', nargs='*', metavar='NAME')
    parser.add_argument('--list', action='store_true', help='names, promises and what they break')
    parser.add_argument('--check', action='store_true', help='only see that each still applies')
    options = parser.parse_args()
    chosen = [mutant(path) for path in sorted(MUTANTS.glob('*.patch'))
              if not options.names or path.stem in options.names]
    if unknown := set(options.names) - {each.name for each in chosen}:
        sys.exit(f'mutants: there is no {", ".join(sorted(unknown))}; --list names them')
    if options.list:
        for each in chosen:
            print(f'{each.name:32} {each.promise:6} {each.breaks}')
        return 0
    if options.check:
        if bad := rotten(chosen):
            sys.exit(f'mutants: no longer apply to this tree: {", ".join(bad)}')
        return 0

    copy_tree()
    print('mutants: building the tree as it is', file=sys.stderr)
    if build(sorted({each.target for each in chosen})) != 0:
        sys.exit('mutants: the tree does not build: see build/mutants/last.log')
    for test in sorted({each.test for each in chosen}):
        if not run(test)[0]:
            sys.exit(f'mutants: {test} fails without any mutant')

    missed = 0
    for each in chosen:
        says, good = try_one(each)
        missed += not good
        print(f'{"good" if good else "BAD ":5}{each.promise:6}{each.name:32}{says}', flush=True)
    print(f'{len(chosen) - missed} of {len(chosen)} mutants found', file=sys.stderr)
    return 1 if missed else 0


if __name__ == '__main__':
    sys.exit(main())
