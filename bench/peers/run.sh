#!/bin/sh
# Runs other backtesters and indicator libraries on the bars of our own benchmark and prints a table with ratios. Optional: needs
# python3 with venv, npm and a package registry. Everything is installed under build/, nothing into this project.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
node="$root/node_modules/.bin/node"
work="$root/build/peers-work"
mkdir -p "$work" "$root/build/peers-npm"

if [ ! -x "$root/build/peers/bin/python" ]; then python3 -m venv "$root/build/peers"; fi
"$root/build/peers/bin/pip" install --quiet --disable-pip-version-check backtesting vectorbt backtrader ||
  echo 'some Python peers could not be installed; those present are measured' >&2
[ -f "$root/build/peers-npm/package.json" ] || echo '{ "private": true }' >"$root/build/peers-npm/package.json"
npm install --prefix "$root/build/peers-npm" --no-audit --no-fund --ignore-scripts --silent \
  indicatorts technicalindicators trading-signals @ixjb94/indicators ||
  echo 'some npm peers could not be installed; those present are measured' >&2

"$node" "$root/bench/peers/export-bars.ts" "$work"
: >"$work/results.jsonl"
# Ours first and last, so that the ratio shows how much the machine drifted meanwhile.
"$node" "$root/bench/peers/ours.ts" "$work/results.jsonl"
for peer in vectorbt backtesting backtrader; do
  "$root/build/peers/bin/python" "$root/bench/peers/backtesters.py" "$peer" "$work" >>"$work/results.jsonl" ||
    echo "$peer was not measured" >&2
done
"$node" "$root/bench/peers/ours.ts" "$work/results.jsonl"
"$node" "$root/bench/peers/print-table.ts" "$work/results.jsonl"
"$node" --expose-gc "$root/bench/run.ts" --only indicator
