#!/bin/sh
# Fetches Apache Kafka, a real broker, for the tests of the event bus. Needs Maven and a Java of version 17 or later.
# Prints the folder of its jars. It is kept outside the repository: in $TRADEWRIGHT_CACHE, else in the user's cache folder.
set -eu
version=4.3.1
cache="${TRADEWRIGHT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tradewright}"
folder="$cache/kafka-$version"
if [ ! -d "$folder" ]; then
  command -v mvn >/dev/null || { echo 'expected Maven on the PATH, found none: apt-get install maven' >&2; exit 1; }
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  cat >"$work/pom.xml" <<EOF
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>scratch</groupId><artifactId>scratch</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$version</version></dependency>
  </dependencies>
</project>
EOF
  (cd "$work" && mvn -q -B dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$work/jars") >&2
  mkdir -p "$cache"
  mv "$work/jars" "$folder.$$"
  mv "$folder.$$" "$folder"
fi
echo "$folder"
