# shellcheck shell=bash
# What every command of ./dev shares. Sourced; the working directory is the root of the tree.

# ccache must give the same answer in every copy of the tree, and for every preset's folder.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
export ASAN_SYMBOLIZER_PATH=/usr/bin/llvm-symbolizer-19
export TSAN_SYMBOLIZER_PATH=$ASAN_SYMBOLIZER_PATH UBSAN_SYMBOLIZER_PATH=$ASAN_SYMBOLIZER_PATH
export PYTHONDONTWRITEBYTECODE=1

if [ -t 2 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
    bold=$'\e[1m' red=$'\e[31m' green=$'\e[32m' plain=$'\e[0m'
else
    bold='' red='' green='' plain=''
fi

say() { printf '%s\n' "$bold$*$plain" >&2; }
fail() { printf '%s\n' "${red}dev: $*$plain" >&2 && exit 1; }
wrong() { printf '%s\n' "${red}dev: $*$plain" >&2 && exit 2; }

trap 'exit 130' INT

# need GROUP...: packages of these groups, installed when one is missing.
need() {
    # shellcheck source=tools/dev/setup.sh
    source tools/dev/setup.sh
    install_groups "$@"
}

# Compile jobs at once: one per core, and 1.2 GB of memory for each (Beast needs as much).
# A container's limit counts, not the machine's memory.
jobs() {
    if [ -n "${BAUDOT_JOBS:-}" ]; then
        echo "$BAUDOT_JOBS"
        return
    fi
    local cores memory_kb limit
    cores=$(nproc)
    memory_kb=$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo)
    limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || echo max)
    if [[ $limit =~ ^[0-9]+$ ]] && ((limit / 1024 < memory_kb)); then
        memory_kb=$((limit / 1024))
    fi
    local by_memory=$((memory_kb / 1200000))
    ((by_memory < 1)) && by_memory=1
    echo $((by_memory < cores ? by_memory : cores))
}

preset_exists() { grep -q "\"name\": \"$1\", \"inherits\": \"base\"" CMakePresets.json; }

# configure PRESET: only when needed; ninja itself sees changed CMakeLists.txt files, but not
# changed presets.
configure() {
    local folder=build/$1
    mkdir -p build
    if [ ! -f "$folder/build.ninja" ] || [ CMakePresets.json -nt "$folder/build.ninja" ]; then
        cmake --preset "$1" >"build/configure-$1.log" 2>&1 || {
            cat "build/configure-$1.log" >&2
            rm -f "$folder/build.ninja"
            return 1
        }
        touch "$folder/build.ninja"
    fi
}

# build PRESET [TARGET...]. One build per folder at a time: two would break each other.
build() {
    local preset=$1
    shift
    mkdir -p build
    (
        flock 8
        configure "$preset" || exit 1
        local args=()
        [ $# -eq 0 ] || args=(--target "$@")
        # On a terminal ninja draws one moving line. Into a file that line would be thousands:
        # every hundredth then, and whatever a compiler said.
        if [ -t 2 ]; then
            cmake --build "build/$preset" -j "$(jobs)" "${args[@]}" >&2
        else
            cmake --build "build/$preset" -j "$(jobs)" "${args[@]}" | every_hundredth >&2
        fi
    ) 8>"build/$preset.lock"
}

every_hundredth() {
    awk '/^\[[0-9]+\/[0-9]+\] / { if (++seen % 100 == 0) print; next } { print; fflush() }'
}

# Files of the tree by ending, each followed by a zero byte. The new ones too.
tree_files() {
    git -c safe.directory="$PWD" ls-files -z --cached --others --exclude-standard -- "$@"
}
cpp_files() { tree_files '*.cpp' '*.hpp' | existing; }
existing() {
    local file
    while IFS= read -r -d '' file; do
        [ ! -f "$file" ] || printf '%s\0' "$file"
    done
}

benchmarks() {
    find bench -maxdepth 1 -name '*.py' ! -name 'lib*.py' -printf '%f\n' | sed 's/\.py$//' | sort
}
fuzzers() {
    find tests/fuzz -name '*_fuzz.cpp' -printf '%f\n' | sed 's/_fuzz\.cpp$//' | sort
}

# fuzz NAME SECONDS: a finding is saved, and what shows it again is printed. What the fuzzer says
# goes to a log; inputs that reach new code stay in build/fuzz/found. One that is worth keeping is
# copied to tests/fuzz/corpus.
fuzz() {
    local name=$1 seconds=$2 folder=${fuzz_folder:-build/fuzz} runs finding
    local program=${fuzz_programs:-build/asan/bin}/${name}_fuzz log=$folder/$name.log
    mkdir -p "$folder/found/$name" "$folder/findings"
    if "$program" -max_total_time="$seconds" -seed=$((${BAUDOT_SEED:-0} % 1000000007)) \
        -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$folder/findings/$name-" \
        "$folder/found/$name" "tests/fuzz/corpus/$name" >"$log" 2>&1; then
        runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
        say "fuzz $name: ${runs:-0} inputs in $seconds s, no finding"
        return 0
    fi
    tail -n 40 "$log" >&2
    finding=$(sed -n 's/.*Test unit written to //p' "$log")
    say "${red}fuzz $name: ${finding:-no input} is a finding. Again: ./dev fuzz $name $finding"
    return 1
}

# ---- steps with a summary: lint and test run all of them and tell at the end ----
# shellcheck disable=SC2034  # read by test.sh
step_names=() step_results=() step_seconds=() step_repeat=()

# step NAME REPEAT COMMAND...: runs it, notes the time and the outcome; never ends the script.
# REPEAT is what a person types to see this failure again.
step() {
    local name=$1 repeat=$2 begin=$SECONDS code=0
    shift 2
    say "== $name"
    "$@" || code=$?
    [ $code -ne 130 ] || exit 130
    step_names+=("$name") step_seconds+=($((SECONDS - begin))) step_repeat+=("$repeat")
    if [ $code -eq 0 ]; then step_results+=(passed); else step_results+=(FAILED); fi
    return 0
}

# summary: the table; returns 1 when a step failed.
summary() {
    local i failed=0 colour
    printf '\n' >&2
    for i in "${!step_names[@]}"; do
        colour=$green
        [ "${step_results[i]}" = passed ] || colour=$red
        printf '  %s%-6s%s  %3dm%02ds  %s\n' "$colour" "${step_results[i]}" "$plain" \
            $((step_seconds[i] / 60)) $((step_seconds[i] % 60)) "${step_names[i]}" >&2
    done
    for i in "${!step_names[@]}"; do
        [ "${step_results[i]}" = passed ] && continue
        failed=1
        printf '%s\n' "${red}failed: ${step_names[i]}. Again: ${step_repeat[i]}$plain" >&2
    done
    printf '  %s\n' "in all $((SECONDS / 60)) min $((SECONDS % 60)) s" >&2
    return $failed
}
