#!/usr/bin/env python3
"""The front door as a script sees it: exit codes, streams, colours, packages, jobs, summary."""
import os
import pathlib
import pty
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def dev(*arguments, **environment):
    return subprocess.run([ROOT / 'dev', *arguments], capture_output=True, text=True, cwd='/',
                          stdin=subprocess.DEVNULL, env={**os.environ, **environment})


def shell(script, **environment):
    """Runs a script with the functions of ./dev at hand."""
    return subprocess.run(
        ['bash', '-euo', 'pipefail', '-c', f'source tools/dev/common.sh; {script}'],
        capture_output=True, text=True, cwd=ROOT, env={**os.environ, **environment})


def on_a_terminal(script, **environment):
    """stderr of the script when it is a terminal."""
    ours, theirs = pty.openpty()
    subprocess.run(['bash', '-c', f'source tools/dev/common.sh; {script}'], stderr=theirs,
                   cwd=ROOT, check=False, env={**os.environ, 'TERM': 'xterm', **environment})
    os.close(theirs)
    text = os.read(ours, 4096).decode()
    os.close(ours)
    return text


class calls(unittest.TestCase):
    def test_help_is_on_stdout_and_names_every_command(self):
        done = dev('help')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        for command in ('demo', 'run', 'test', 'bench', 'mutants', 'build', 'lint', 'format',
                        'fuzz', 'setup'):
            self.assertIn(f'\n  {command} ', done.stdout)

    def test_a_wrong_call_ends_with_2_and_leaves_stdout_empty(self):
        for call in (['nonsense'], ['build', 'nopreset'], ['test', '--nonsense'], ['run'],
                     ['lint', '--nonsense'], ['bench', 'nonsense'], ['fuzz', 'nonsense']):
            done = dev(*call)
            self.assertEqual((done.returncode, done.stdout), (2, ''), call)
            self.assertIn('dev: ', done.stderr)

    def test_fuzz_without_a_name_lists_the_fuzzers(self):
        names = {path.name[:-len('_fuzz.cpp')] for path in ROOT.glob('tests/fuzz/*_fuzz.cpp')}
        self.assertEqual(set(dev('fuzz').stdout.split()), names)


class colours(unittest.TestCase):
    def test_a_terminal_gets_colour_unless_told_otherwise(self):
        self.assertIn('\x1b[1m', on_a_terminal('say hello', NO_COLOR=''))
        self.assertNotIn('\x1b', on_a_terminal('say hello', NO_COLOR='1'))
        self.assertNotIn('\x1b', on_a_terminal('say hello', TERM='dumb'))

    def test_a_file_gets_neither_colour_nor_carriage_returns(self):
        done = shell('say hello; step works "again" true; summary')
        self.assertNotIn('\x1b', done.stderr)
        self.assertNotIn('\r', done.stderr)


class steps(unittest.TestCase):
    def test_all_steps_run_and_the_summary_names_the_failed_one_with_its_command(self):
        done = shell('step first "./dev first" false; step second "./dev second" echo ran; summary')
        self.assertEqual(done.returncode, 1)
        self.assertIn('ran', done.stdout)
        self.assertIn('failed: first. Again: ./dev first', done.stderr)
        self.assertNotIn('failed: second', done.stderr)

    def test_a_failure_inside_a_function_is_not_lost(self):
        done = shell('both() { false && true; }; step both "again" both; summary')
        self.assertEqual(done.returncode, 1)


class jobs(unittest.TestCase):
    def test_a_number_of_jobs_that_was_asked_for_is_taken(self):
        self.assertEqual(shell('jobs', BAUDOT_JOBS='7').stdout, '7\n')

    def test_there_are_between_one_job_and_one_per_core(self):
        count = int(shell('jobs', BAUDOT_JOBS='').stdout)
        self.assertTrue(1 <= count <= len(os.sched_getaffinity(0)))

    def test_little_memory_means_one_job(self):
        done = shell('awk() { echo 900000; }; jobs', BAUDOT_JOBS='')
        self.assertEqual(done.stdout, '1\n')


class packages(unittest.TestCase):
    def missing(self, installed, groups='build lint test'):
        # dpkg-query is replaced: it knows only these packages.
        return shell('source tools/dev/setup.sh; '
                     f'dpkg-query() {{ printf "installed %s\\n" {installed}; }}; '
                     f'missing_packages {groups}').stdout.split()

    def listed(self, groups):
        rows = [line.split() for line in (ROOT / 'tools/dev/packages.txt').read_text().splitlines()]
        return {row[1] for row in rows if row[0] in groups}

    def test_nothing_is_missing_when_all_is_installed(self):
        self.assertEqual(self.missing(' '.join(self.listed({'build', 'lint', 'test'}))), [])

    def test_only_the_missing_ones_of_the_groups_are_named(self):
        most = self.listed({'build', 'lint'}) - {'clang-19', 'shellcheck'}
        self.assertEqual(self.missing(' '.join(most), 'build lint'), ['clang-19', 'shellcheck'])


class tests(unittest.TestCase):
    def left_out(self, step, **environment):
        """The label patterns that ctest is told to leave out; of several it takes none alone."""
        done = shell('source tools/dev/test.sh; build() { :; }; nproc() { echo 2; }; '
                     f'ctest() {{ printf "%s\\n" "$@" >&2; }}; {step}', **environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        words = done.stderr.splitlines()
        return [words[at + 1] for at, word in enumerate(words) if word == '-LE']

    def test_integration_leaves_out_what_other_steps_run(self):
        patterns = self.left_out('integration')
        self.assertEqual(len(patterns), 1, patterns)
        for label in ('unit', 'lint', 'crash', 'sim', 'campaign', 'long'):
            self.assertRegex(label, patterns[0])
        self.assertNotRegex('integration', patterns[0])

    def test_a_long_run_leaves_out_nothing_that_is_long(self):
        self.assertNotRegex('long', self.left_out('long=1; in_release')[0])
        self.assertRegex('long', self.left_out('in_release')[0])


class fuzzing(unittest.TestCase):
    def fuzz(self, program, script='fuzz odd 7'):
        """`program`: what the fuzzer called odd does, as a script."""
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / 'odd_fuzz').write_text(f'#!/bin/sh\n{program}\n')
            (folder / 'odd_fuzz').chmod(0o755)
            done = shell(f'source tools/dev/test.sh; {script}', fuzz_folder=name,
                         fuzz_programs=name)
            return done, (folder / 'odd.log').read_text()

    def test_a_finding_fails_and_what_shows_it_again_is_printed(self):
        done, log = self.fuzz('echo "all about it"; '
                              'echo "Test unit written to build/x/odd-crash-1"; exit 77')
        self.assertEqual(done.returncode, 1)
        self.assertIn('./dev fuzz odd build/x/odd-crash-1', done.stderr)
        self.assertIn('all about it', done.stderr)

    def test_without_a_finding_only_the_figures_are_printed(self):
        done, log = self.fuzz('echo "$@"; echo "stat::number_of_executed_units: 12"')
        self.assertEqual(done.returncode, 0)
        self.assertEqual(done.stderr, 'fuzz odd: 12 inputs in 7 s, no finding\n')
        self.assertIn('-max_total_time=7 ', log)
        self.assertIn('tests/fuzz/corpus/odd\n', log)

    def test_every_fuzzer_runs_12_seconds_or_5_minutes_and_one_finding_fails_the_step(self):
        all_of_them = 'build() { :; }; fuzzers() { printf "odd\\nodd\\n"; }; '
        done, log = self.fuzz('exit 0', f'{all_of_them} fuzz_all')
        self.assertEqual(done.returncode, 0)
        self.assertEqual(done.stderr.count('in 12 s'), 2)
        done, log = self.fuzz('exit 0', f'{all_of_them} long=1; fuzz_all')
        self.assertEqual(done.stderr.count('in 300 s'), 2)
        done, log = self.fuzz('exit 1', f'{all_of_them} fuzz_all')
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(done.stderr.count('is a finding'), 2)


class seeds(unittest.TestCase):
    def test_a_commit_gives_one_seed_and_no_commit_gives_1(self):
        script = 'source tools/dev/test.sh; git() { echo 0000000000ffabcdef; }; seed_of_commit'
        self.assertEqual(shell(script).stdout, '255\n')
        self.assertEqual(shell(script.replace('echo 0000000000ffabcdef', 'return 1')).stdout, '1\n')


if __name__ == '__main__':
    unittest.main()
