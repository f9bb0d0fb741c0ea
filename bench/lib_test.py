"""The benchmark library: figures, ratios, refusals, the JSON form."""
import contextlib
import io
import json
import pathlib
import sys
import tempfile
import types
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import lib


def printed(fill, as_json=True):
    out, err = io.StringIO(), io.StringIO()
    code = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            with lib.report('journal', types.SimpleNamespace(json=as_json)) as report:
                fill(report)
        except SystemExit as end:
            code = end.code
    return [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue(), code


class figures(unittest.TestCase):
    def test_the_ratio_is_the_quotient_of_the_medians(self):
        lines, _, _ = printed(lambda report: report.add(
            'append', [10, 30, 20], 'records/s', anchor='rocksdb', beside=[5, 4, 100]))
        self.assertEqual(lines, [{'bench': 'journal', 'metric': 'append', 'value': 20,
                                  'unit': 'records/s', 'anchor': 'rocksdb', 'ratio': 4.0}])

    def test_a_latency_half_as_long_is_two_times_better(self):
        lines, _, _ = printed(lambda report: report.add(
            'p50', [1.0], 'ms', anchor='fio', beside=[2.0], lower_is_better=True))
        self.assertEqual(lines[0]['ratio'], 2.0)

    def test_no_ratio_is_given_when_the_disk_changed_its_pace(self):
        lines, text, code = printed(lambda report: (
            report.add('append', [9], 'records/s', anchor='rocksdb', beside=[1],
                       disk=[0.0002, 0.0004]),
            report.floor('append', ratio_min=20)))
        self.assertIsNone(lines[0]['ratio'])
        self.assertIn('moved 2.0x', text)
        self.assertEqual(code, 0)  # not judged is not missed

    def test_a_missed_floor_ends_with_1_and_says_which(self):
        _, text, code = printed(lambda report: (
            report.add('append', [3], 'records/s', anchor='rocksdb', beside=[2]),
            report.floor('append', ratio_min=2)))
        self.assertEqual(code, 1)
        self.assertIn('append: 1.50x, at least 2x', text)

    def test_without_json_nothing_is_on_stdout(self):
        lines, text, _ = printed(lambda report: report.add('append', [1234567], 'records/s'), False)
        self.assertEqual(lines, [])
        self.assertIn('1,234,567', text)

    def test_quantiles_are_values_that_occurred(self):
        self.assertEqual(lib.quantile([4, 1, 3, 2], 0.5), 2)
        self.assertEqual(lib.quantile(list(range(1, 101)), 0.99), 99)
        self.assertEqual(lib.quantile([7], 0.01), 7)

    def test_numbers_keep_four_digits(self):
        self.assertEqual([lib.number(value) for value in (0, 0.01234, 1.5, 12.345, 123456)],
                         ['0', '0.0123', '1.500', '12.35', '123,456'])


class runs(unittest.TestCase):
    def test_sides_take_turns_and_the_warm_up_is_thrown_away(self):
        order = []
        values, disk = lib.interleaved({'a': lambda: order.append('a') or len(order),
                                        'b': lambda: order.append('b') or len(order)}, rounds=3)
        self.assertEqual(''.join(order), 'abbaabba')
        self.assertEqual(values, {'a': [4, 5, 8], 'b': [3, 6, 7]})
        self.assertEqual(disk, [])

    def test_the_disk_is_probed_before_the_first_turn_and_after_each(self):
        with tempfile.TemporaryDirectory() as folder:
            _, disk = lib.interleaved({'a': lambda: 1}, rounds=2, folder=folder)
        self.assertEqual(len(disk), 3)
        self.assertTrue(all(seconds > 0 for seconds in disk))

    def test_the_cpu_time_of_a_child_is_its_own(self):
        busy = lib.run([sys.executable, '-c',
                        'while __import__("time").process_time() < 0.3: pass'])
        idle = lib.run([sys.executable, '-c', 'print("done")'])
        self.assertGreater(busy.cpu, 0.28)
        self.assertLess(idle.cpu, busy.cpu)
        self.assertEqual(idle.output, 'done\n')

    def test_a_child_that_hangs_is_ended(self):
        hung = lib.run(['sleep', '60'], timeout=0.05, check=False)
        self.assertEqual(hung.code, -9)
        self.assertLess(hung.wall, 30)


if __name__ == '__main__':
    unittest.main()
