# shellcheck shell=bash
# Text for people, on stderr. Colour only on a terminal and without NO_COLOR.
if [ -t 2 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$'\e[1m' red=$'\e[31m' green=$'\e[32m' plain=$'\e[0m'
else
    bold='' red='' green='' plain=''
fi

step() { printf '%s== %s%s\n' "$bold" "$*" "$plain" >&2; }
fail() { printf '%sdev: %s%s\n' "$red" "$*" "$plain" >&2; }
good() { printf '%s%s%s\n' "$green" "$*" "$plain" >&2; }

# On a terminal ninja draws one moving line. Into a file that line is thousands: every
# hundredth, and whatever a compiler said.
quiet_ninja() {
    if [ -t 1 ]; then
        cat
    else
        awk '/^\[[0-9]+\/[0-9]+\]/ { if (++seen % 100 == 0) print; next } { print }'
    fi
}
