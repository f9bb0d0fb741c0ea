#!/usr/bin/env python3
"""The style check finds what it is there to find: each rule against a planted violation."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

CHECK = pathlib.Path(__file__).resolve().parent / 'check_style.py'


def run(files):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        done = subprocess.run([sys.executable, CHECK, folder], capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr


LAYERS = 'base:\nasync: base\n'
CLEAN = {'src/layers.txt': LAYERS, 'src/base/a.hpp': '#pragma once\n',
         'src/async/b.cpp': '#include "base/a.hpp"\n'}


class check_style(unittest.TestCase):
    def finds(self, files, what):
        code, said = run({**CLEAN, **files})
        self.assertEqual(code, 1, said)
        self.assertIn(what, said)

    def test_a_clean_tree_passes(self):
        self.assertEqual(run(CLEAN), (0, ''))

    def test_an_include_against_the_layers(self):
        self.finds({'src/base/bad.cpp': '#include "async/b.hpp"\n'}, 'base may not include async')

    def test_a_module_that_layers_does_not_name(self):
        self.finds({'src/rogue/a.cpp': '\n'}, 'rogue is missing in src/layers.txt')

    def test_a_cycle_in_layers(self):
        self.finds({'src/layers.txt': 'base: async\nasync: base\n'}, 'before they are defined')

    def test_a_banned_call(self):
        self.finds({'src/base/bad.cpp': 'auto t = std::chrono::steady_clock::now();\n'}, 'banned')

    def test_work_left_open(self):
        self.finds({'src/base/bad.cpp': '// TO' + 'DO later\n'}, 'finish it')

    def test_a_file_and_a_function_too_long(self):
        body = ''.join(f'    f({n});\n' for n in range(80))
        self.finds({'src/base/bad.cpp': 'void g() {\n' + body + '}\n'}, 'function of 82 lines')
        self.finds({'src/base/bad.cpp': '//\n' * 501}, '501 lines')

    def test_a_line_too_wide(self):
        self.finds({'src/base/bad.cpp': '// ' + 'x' * 100 + '\n'}, '103 columns')


if __name__ == '__main__':
    unittest.main(argv=[sys.argv[0], '-q'])
