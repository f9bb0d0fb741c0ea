#!/usr/bin/env python3
"""docs/telegram-sim.md, read as a person does who types what stands there."""
import pathlib
import re
import unittest
import urllib.error
import urllib.request

from cases import BIN, programs

HANDBOOK = pathlib.Path(__file__).resolve().parents[2] / 'docs/telegram-sim.md'
ROW = re.compile(r'\| `(GET|POST|PUT|DELETE) ([^`]+)` \| (?:`(.+?)` )?\|')


class the_control_api(unittest.TestCase):
    def test_answers_each_call_of_the_handbook_in_the_order_in_which_they_stand(self):
        world, _ = self.enterContext(programs.running_telegram(BIN))
        calls = ROW.findall(HANDBOOK.read_text())
        self.assertGreater(len(calls), 30)
        for method, path, body in calls:
            with self.subTest(f'{method} {path}'):
                asked = urllib.request.Request(f'{world.url}/sim/v1/{path}', body.encode() or None,
                                               method=method)
                try:
                    urllib.request.urlopen(asked, timeout=programs.PATIENCE_S).close()
                except urllib.error.HTTPError as refused:
                    self.fail(refused.read().decode())


if __name__ == '__main__':
    unittest.main()
