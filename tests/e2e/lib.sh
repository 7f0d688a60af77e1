# What the scripts of the clients share. They are run by ./run, which sets WIZER, ORIGINAL and WORK (a directory with the npm
# packages of package.json), and print `ok   what` or `FAIL what` for each check; further lines begin with spaces.
set -euo pipefail
shopt -s inherit_errexit
export RUST_BACKTRACE=0 NODE_NO_WARNINGS=1
e2e=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$e2e/../.." && pwd)
modules=$WORK/node_modules

say() { # what, command...; the output is shown when the command fails
  local what=$1 output
  shift
  if output=$("$@" 2>&1); then
    echo "ok   $what"
  else
    echo "FAIL $what"
    if [ -n "$output" ]; then head -40 <<<"$output" | sed 's/^/       /'; fi
    return 1
  fi
}

check() { say "$@" || true; }

same_file() { # expected, actual
  diff -u --label expected --label actual "$1" "$2"
}

# Shows what a script of checks printed, with a word on what was checked before each line.
relay() { # words, command...
  local words=$1 output status=0
  shift
  output=$("$@" 2>&1) || status=$?
  sed -E "s/^(ok  |FAIL) /\1 $words/" <<<"$output"
  if [ "$status" -ne 0 ] && ! grep -q '^FAIL' <<<"$output"; then echo "FAIL $words$* exits with $status"; fi
}

compare() { # what, options of compare.mjs, ours, theirs
  local what=$1
  shift
  relay "$what has " node "$e2e/compare.mjs" "$@"
}

# A deterministic program: in the original's layout it is the original's file, and in ours no larger.
same_bytes() { # what, name (of -ours.wasm and -original.wasm), command that initializes it without an output
  local what=$1 name=$2
  shift 2
  in_its_layout() { "$@" --layout=compatible -o "$name-compatible.wasm" && cmp "$name-compatible.wasm" "$name-original.wasm"; }
  check "$what is the original's to the byte with --layout=compatible" in_its_layout "$@"
  check "$what is no larger than the original's without" \
    test "$(stat -c %s "$name-ours.wasm")" -le "$(stat -c %s "$name-original.wasm")"
}
