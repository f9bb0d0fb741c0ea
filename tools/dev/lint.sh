# shellcheck shell=bash
# ./dev lint: everything that can be said about a change without running it.

command_lint() {
    local all=0
    case ${1:-} in
        '') ;;
        --all) all=1 ;;
        *) wrong "lint: --all or nothing" ;;
    esac
    need build lint
    step "style, layers, bans" "python3 tools/check_style.py" python3 tools/check_style.py
    step "formatting" "./dev format" lint_format
    step "shell scripts" "./dev lint" lint_shell
    step "python scripts" "./dev lint" lint_python
    step "headers compile alone" "./dev build dev header_check" build dev header_check
    step "clang-tidy" "./dev lint$([ $all -eq 0 ] || echo ' --all')" lint_tidy $all
    summary
}

lint_format() { cpp_files | xargs -r0 -P "$(nproc)" -n 16 clang-format-19 --dry-run -Werror >&2; }

lint_shell() {
    { printf 'dev\0.ci/run\0' && tree_files '*.sh'; } | existing | xargs -r0 shellcheck -x >&2
}

lint_python() {
    # Compiled in memory: py_compile would leave __pycache__ beside the sources.
    tree_files '*.py' | existing | xargs -r0 python3 -c '
import ast, sys
for name in sys.argv[1:]:
    ast.parse(open(name, encoding="utf-8").read(), name)' >&2
}

# What this branch changed; on the main line itself the last commit. A header has no command of
# its own in the database: it is read through the .cpp files that include it.
tidy_files() {
    local base git=(git -c safe.directory="$PWD")
    if [ "$1" -eq 0 ]; then
        base=${BAUDOT_LINT_BASE:-}
        for name in origin/main main origin/HEAD; do
            [ -n "$base" ] || base=$("${git[@]}" merge-base HEAD "$name" 2>/dev/null) || base=''
        done
        if [ -z "$base" ] || [ "$base" = "$("${git[@]}" rev-parse HEAD)" ]; then
            base=$("${git[@]}" rev-parse -q --verify HEAD~1) || base=''
        fi
        if [ -n "$base" ]; then
            { "${git[@]}" diff --name-only -z --diff-filter=d "$base" -- '*.cpp' &&
                "${git[@]}" ls-files -z --others --exclude-standard -- '*.cpp'; } | existing
            return
        fi
    fi
    tree_files '*.cpp' | existing
}

lint_tidy() {
    local files=() known=()
    configure dev || return
    # Generated headers must be there before anything that includes them can be read.
    ninja -C build/dev -t targets all 2>/dev/null | grep -q '^baudot_model:' &&
        { build dev baudot_model || return; }
    mapfile -d '' files < <(tidy_files "$1")
    local file
    for file in "${files[@]}"; do
        # Fuzzers and the like are in no command of this preset.
        ! grep -qF "\"file\": \"$PWD/$file\"" build/dev/compile_commands.json || known+=("$file")
    done
    say "${#known[@]} files"
    [ ${#known[@]} -gt 0 ] || return 0
    printf '%s\0' "${known[@]}" |
        xargs -0 -P "$(jobs)" -n 4 clang-tidy-19 -p build/dev --quiet --warnings-as-errors='*' >&2 \
            2> >(grep -v -E '^[0-9]+ warnings? (generated|treated)' >&2)
}
