# shellcheck shell=bash
# ./dev test: what a change must pass, from nothing in at most 40 minutes on two cores.
#
#   build        release, everything
#   unit         unit tests and the lints that are tests, release
#   integration  whole programs, release: whatever has no other label
#   asan         unit tests again; only they are built, with -O1
#   tsan         of these, those that run more than one thread; with --long all
#   fuzz         every fuzzer for 12 s, with --long 5 minutes; asan has built them
#   campaigns    labels crash, sim and campaign, release, within a budget of seconds
#
# A campaign reads BAUDOT_SEED and BAUDOT_SECONDS: it begins with that seed and stops adding runs
# when its seconds are over. Tests labelled long run with --long (BAUDOT_LONG=1) only.

campaign_labels='^(crash|sim|campaign)$'

test_steps=(build unit integration asan tsan fuzz campaigns)
ctest_extra=()
long=0

command_test() {
    local wanted=() name
    while [ $# -gt 0 ]; do
        case $1 in
            --long) long=1 ;;
            --) shift && ctest_extra=("$@") && break ;;
            build | unit | integration | asan | tsan | fuzz | campaigns) wanted+=("$1") ;;
            *) wrong "test: no step '$1'; there are: ${test_steps[*]}" ;;
        esac
        shift
    done
    if [ ${#wanted[@]} -eq 0 ]; then wanted=("${test_steps[@]}"); fi

    need build test
    export BAUDOT_SEED=${BAUDOT_SEED:-$(seed_of_commit)}
    export BAUDOT_LONG=$long
    say "BAUDOT_SEED=$BAUDOT_SEED"

    for name in "${wanted[@]}"; do
        case $name in
            build) step "build release" "./dev build release" build release ;;
            unit) step "unit tests" "./dev test unit" in_release -L '^(unit|lint)$' ;;
            integration) step "integration tests" "./dev test integration" integration ;;
            asan) step "unit tests, address and undefined" "./dev test asan" sanitized asan ;;
            tsan) step "unit tests, threads" "./dev test tsan" sanitized tsan ;;
            fuzz) step "fuzzers" "BAUDOT_SEED=$BAUDOT_SEED ./dev test fuzz" fuzz_all ;;
            campaigns) step "crash and simulation campaigns" \
                "BAUDOT_SEED=$BAUDOT_SEED ./dev test campaigns" campaigns ;;
        esac
        # Without programs nothing else can run.
        # shellcheck disable=SC2154  # of common.sh
        if [ "$name" = build ] && [ "${step_results[0]}" != passed ]; then break; fi
    done
    summary
}

# The first 12 digits of the commit: other runs with every commit, the same runs for one commit.
seed_of_commit() {
    local commit
    commit=$(git -c safe.directory="$PWD" rev-parse HEAD 2>/dev/null) || commit=1
    echo $((16#${commit:0:12}))
}

# run_ctest PRESET OPTIONS... [-- PREFIX...]: with the options that a person added. Labels to leave
# out go into `exclude`: of two -LE, ctest leaves out what matches both.
exclude='^$'
run_ctest() {
    local preset=$1 options=() prefix=() none=ignore
    shift
    while [ $# -gt 0 ] && [ "$1" != -- ]; do options+=("$1") && shift; done
    [ $# -eq 0 ] || prefix=("${@:2}")
    local without=$exclude
    [ $long -eq 1 ] || without="$without|^long\$"
    options+=(-LE "$without")
    # A kind of test may not exist yet; but a filter that a person typed must match something.
    [ ${#ctest_extra[@]} -eq 0 ] || none=error
    "${prefix[@]}" ctest --preset "$preset" --no-tests=$none "${options[@]}" "${ctest_extra[@]}" >&2
}

in_release() {
    build release && run_ctest release "$@" -j "$(nproc)"
}

integration() {
    local exclude="^(unit|lint)\$|$campaign_labels"
    build release && run_ctest release -j "$(nproc)"
}

sanitized() {
    local prefix=()
    # TSan needs addresses where it expects them; a container may forbid to ask for that.
    if [ "$1" = tsan ] && setarch -R true 2>/dev/null; then prefix=(setarch -R); fi
    local tests=unit
    if [ "$1" = tsan ] && [ $long -eq 0 ]; then tests=threads; fi
    build "$1" "${tests}_tests" &&
        run_ctest "$1" -L "^$tests\$" -j "$(nproc)" -- "${prefix[@]}"
}

# As many at a time as there are cores; all of them, also when one finds something.
fuzz_all() {
    local seconds=12
    [ $long -eq 0 ] || seconds=300
    build asan fuzzers || return
    export -f fuzz say
    export bold red plain
    # shellcheck disable=SC2016  # the inner shell expands it
    fuzzers | xargs -P "$(nproc)" -I '{}' bash -c 'fuzz "$@"' _ '{}' "$seconds"
}

# The budget is shared among the campaigns that exist. Those that measure waits hold a lock and run
# one after another; the simulation, which measures none, takes what they leave.
campaigns() {
    build release || return
    local count seconds=${BAUDOT_CAMPAIGN_SECONDS:-360}
    [ $long -eq 0 ] || seconds=$((seconds * 10))
    count=$(ctest --preset release -N -L "$campaign_labels" | sed -n 's/^Total Tests: //p')
    if [ "${count:-0}" -eq 0 ]; then
        say "no campaign in this tree"
        return 0
    fi
    export BAUDOT_SECONDS=$((seconds / count))
    say "$count campaigns, BAUDOT_SECONDS=$BAUDOT_SECONDS each, BAUDOT_SEED=$BAUDOT_SEED"
    run_ctest release -L "$campaign_labels" -j 2
}
