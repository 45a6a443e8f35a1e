#!/usr/bin/env bash
# Makes .venv: the Python environment that every other command of this repository runs in.
#
# A shell script because it starts where there may be no Python yet. Everything that it installs is pinned with hashes
# in requirements/dev.txt, uv included; on Debian and Ubuntu it installs a missing Python itself when it runs as root.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly venv=.venv lock=requirements/dev.txt
readonly is_new_enough='import sys; sys.exit(sys.version_info[:2] < (3, 11))'

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "error: $*"
    exit 1
}

# The first Python that is new enough and can make environments (Debian splits that off). A name alone proves nothing:
# version managers leave shims that only fail. The last one is what install_python gives, whatever is first on PATH.
find_python() {
    local name
    for name in python3.13 python3.12 python3.11 python3 /usr/bin/python3; do
        if "$name" -c "$is_new_enough" 2>/dev/null && "$name" -c 'import ensurepip, venv' 2>/dev/null; then
            "$name" -c 'import sys; print(sys.executable)'
            return 0
        fi
    done
    return 1
}

install_python() {
    local wanted="python3 python3-venv"
    if ! command -v apt-get >/dev/null; then
        fail "Python 3.11 or newer with the venv module is needed; install it and run make again"
    fi
    if [ "$(id -u)" != 0 ]; then
        fail "Python 3.11 or newer with the venv module is needed; run: sudo apt-get install $wanted"
    fi
    say "Installing Debian packages: $wanted"
    local output
    # shellcheck disable=SC2086  # a list of words
    if ! output=$(apt-get update -qq 2>&1 &&
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $wanted 2>&1); then
        fail "apt-get cannot install $wanted: $output"
    fi
}

if ! "$venv/bin/python" -c "$is_new_enough" 2>/dev/null; then
    if ! python=$(find_python); then
        install_python
        python=$(find_python) || fail "this distribution's Python is older than 3.11; install a newer one, then run make again"
    fi
    say "Making the Python environment $venv with $python"
    rm -rf "$venv"
    "$python" -m venv "$venv"
fi

pinned_uv=$(sed -n 's/^uv==\([^ ;]*\).*/\1/p' "$lock")
if [ "$("$venv/bin/uv" --version 2>/dev/null | cut -d' ' -f2)" != "$pinned_uv" ]; then
    say "Installing uv $pinned_uv"
    # Only uv's own entry of the lock, hashes included.
    awk '/^uv==/ {on = 1} on {print} on && !/\\$/ {exit}' "$lock" |
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r /dev/stdin
fi

say "Installing what $lock lists"
export VIRTUAL_ENV="$PWD/$venv"
"$venv/bin/uv" pip sync --quiet --require-hashes "$lock"
"$venv/bin/uv" pip install --quiet --no-deps --no-build-isolation --editable .
