#!/bin/sh
# Builds FerretDB, a server that speaks MongoDB's protocol, for the tests of the MongoDB bar store. Needs Go, and a Go module proxy.
# Prints the program's path. It is kept outside the repository: in $TRADEWRIGHT_CACHE, else in the user's cache folder.
set -eu
version=v1.24.0
cache="${TRADEWRIGHT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tradewright}"
program="$cache/ferretdb-$version"
if [ ! -x "$program" ]; then
  command -v go >/dev/null || { echo 'expected Go on the PATH, found none: https://go.dev/dl/' >&2; exit 1; }
  source=$(mktemp -d)
  trap 'chmod -R u+w "$source"; rm -rf "$source"' EXIT
  module=$(cd "$source" && go mod init scratch >/dev/null 2>&1 && go mod download -json "github.com/FerretDB/FerretDB@$version" |
    sed -n 's/^[[:space:]]*"Dir": "\(.*\)",*$/\1/p')
  cp -r "$module" "$source/ferretdb"
  chmod -R u+w "$source/ferretdb"
  # A release's archive has no version in it, and the program refuses to start without one.
  echo "$version" >"$source/ferretdb/build/version/version.txt"
  mkdir -p "$cache"
  (cd "$source/ferretdb" && go build -o "$program.$$" ./cmd/ferretdb) >&2
  mv "$program.$$" "$program"
fi
echo "$program"
