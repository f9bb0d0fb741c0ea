#!/usr/bin/env bash
# fuzz.sh [NAME [SECONDS]]: one fuzzer with its corpus of tests/fuzz/corpus/NAME, or the list.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tools/dev/say.sh

if [ $# -eq 0 ]; then
    find tests/fuzz -name '*_fuzz.cpp' -printf '%f\n' | sed 's/_fuzz\.cpp$//' | sort
    exit 0
fi
name=$1 seconds=${2:-60}
if [ ! -f "tests/fuzz/${name}_fuzz.cpp" ]; then
    fail "no fuzzer is called $name; ./dev fuzz lists them"
    exit 2
fi
./dev build fuzz --target "${name}_fuzz"
# New inputs go to the build folder; what is worth keeping is moved to the corpus by hand.
mkdir -p "build/fuzz/found/$name" "tests/fuzz/corpus/$name"
exec "build/fuzz/bin/${name}_fuzz" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
    -artifact_prefix="build/fuzz/found/$name-" "build/fuzz/found/$name" "tests/fuzz/corpus/$name"
