#!/usr/bin/env python3
"""The style check finds what it is there to find: each rule against a planted violation."""
import contextlib
import io
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import check_style as subject


def run(files):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            try:
                code = subject.main(root)
            except SystemExit as end:
                code = 1
                said.write(str(end))
        return code, said.getvalue()


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

    def test_layers_hold_for_generated_headers_and_folders_inside_a_module(self):
        self.finds({'src/base/bad.cpp': '#include "async/b.pb.h"\n'}, 'base may not include async')
        self.finds({'src/base/in/bad.cpp': '#include "async/in/b.hpp"\n'}, 'not include async')

    def test_an_include_that_hides_its_module(self):
        self.finds({'src/base/bad.cpp': '#include "a.hpp"\n'}, 'name the module')

    def test_tests_may_include_and_call_what_they_like(self):
        text = '#include "async/b.hpp"\nauto t = std::chrono::steady_clock::now();\n'
        self.assertEqual(run({**CLEAN, 'src/base/a_test.cpp': text})[0], 0)

    def test_threads_that_the_thread_sanitizer_would_not_see(self):
        files = {'src/base/a_test.cpp': 'std::thread one([] {});\n'}
        self.finds(files, 'it starts threads')
        self.finds({'src/base/a_test.cpp': 'blocking_pool two(2);\n'}, 'it starts threads')
        self.assertEqual(run({**CLEAN, **files, 'src/base/CMakeLists.txt': 'THREADS\n'})[0], 0)
        none = {'src/base/a_test.cpp': 'blocking_pool none_{0};\n'}
        self.assertEqual(run({**CLEAN, **none})[0], 0)

    def test_what_makes_a_test_show_nothing_or_fail_elsewhere(self):
        self.finds({'src/base/a_test.cpp': 'GTEST_SKIP() << "no zones";\n'}, 'shows nothing')
        self.finds({'src/base/a_test.cpp': 'path(__FILE__)\n'}, 'BAUDOT_SOURCE_DIR')

    def test_a_module_that_layers_does_not_name(self):
        self.finds({'src/rogue/a.cpp': '\n'}, 'rogue is missing in src/layers.txt')

    def test_a_cycle_in_layers(self):
        self.finds({'src/layers.txt': 'base: async\nasync: base\n'}, 'before they are defined')

    def test_a_banned_call(self):
        for call in ('auto t = std::chrono::steady_clock::now();', 'std::random_device seed;',
                     'co_spawn(e, f(), asio::detached);', 'std::thread worker(f);', 'assert(x);',
                     'std::this_thread::sleep_for(1s);', 'asio::experimental::channel<void()> c;'):
            self.finds({'src/base/bad.cpp': call + '\n'}, 'bad.cpp:1: banned')

    def test_a_reason_excuses_one_line(self):
        text = 'std::thread a(f);  // style-ok: the thread class\nstd::thread b(f);\n'
        code, said = run({**CLEAN, 'src/base/bad.cpp': text})
        self.assertEqual((code, said.count('banned')), (1, 1))

    def test_a_heavy_header_stays_inside_its_module(self):
        heavy = {'src/base/h.hpp': '#pragma once\n#include <rocksdb/db.h>\n',
                 'src/base/in.cpp': '#include "base/h.hpp"\n'}
        self.assertEqual(run({**CLEAN, **heavy})[0], 0)
        self.finds({**heavy, 'src/async/b.cpp': '#include "base/h.hpp"\n'}, 'stays inside base')

    def test_a_header_that_surprises_whoever_includes_it(self):
        self.finds({'src/base/bad.hpp': '#pragma once\nusing namespace std;\n'}, 'open a namespace')
        self.finds({'src/base/bad.hpp': 'int f();\n'}, '#pragma once is missing')

    def test_text_that_is_not_clean_anywhere_in_the_tree(self):
        self.finds({'docs/a.md': 'word \n'}, 'docs/a.md:1: white space')
        self.finds({'docs/a.md': 'word'}, 'does not end')
        self.finds({'tools/a.sh': 'cd /ho' + 'me/someone\n'}, 'a path of one machine')

    def test_builds_and_recorded_bytes_are_not_text(self):
        self.assertEqual(run({**CLEAN, 'build/dev/a.txt': 'x ', 'tests/golden/a.txt': 'x '})[0], 0)

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
