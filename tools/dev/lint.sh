#!/usr/bin/env bash
# What can be said about the sources without running them. lint.sh [--tidy]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tools/dev/say.sh

failed=()
check() {
    local what=$1
    shift
    step "lint: $what"
    "$@" || failed+=("$what")
}

formatted() { git ls-files -z '*.cpp' '*.hpp' | xargs -0 clang-format-19 --dry-run -Werror; }
scripts() {
    git ls-files -z dev .ci/run '*.sh' | xargs -0 shellcheck -x -e SC1091
    git ls-files -z '*.py' | xargs -0 -r -n 1 python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read(), sys.argv[1])'
}
tidy() {
    tools/dev/setup.sh tidy
    git ls-files -z 'src/*.cpp' | xargs -0 -P "$(nproc)" -n 1 clang-tidy-19 -p build/release --quiet
}
headers() {
    cmake --preset release >/dev/null
    cmake --build --preset release --target header_check | quiet_ninja
}

check 'style and layers' python3 tools/check_style.py
check 'the style check itself' python3 tools/check_style_test.py
check 'formatting' formatted
check 'scripts' scripts
check 'each header alone' headers
[ "${1:-}" != --tidy ] || check 'clang-tidy' tidy

if [ ${#failed[@]} -gt 0 ]; then
    fail "lint found something: ${failed[*]}"
    exit 1
fi
good 'lint: clean'
