#!/usr/bin/env bash
# Builds the PgBouncer of a newer Debian from its source package into the folder $1 (Debian 12 has 1.18, which keeps no
# prepared statements in transaction mode) and prints the program's path. Needs apt, a C compiler and libssl-dev.
set -euo pipefail
folder="$(mkdir -p "$1" && cd "$1" && pwd)"
program="$folder/pgbouncer"
if [ ! -x "$program" ]; then
  work="$(mktemp -d)"
  trap 'rm -rf "$work"' EXIT
  chmod 755 "$work"
  mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
  mirror="$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | grep -m1 '/debian$')"
  echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" >"$work/sources.list"
  apt_of_source() {
    apt-get -qq -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null \
      -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" "$@"
  }
  {
    apt-get install -y -qq --no-install-recommends libevent-dev libc-ares-dev
    apt_of_source update
    cd "$work"
    apt_of_source source --download-only pgbouncer
    tar -xzf pgbouncer_*.orig.tar.gz
    cd pgbouncer-*/
    ./configure --disable-debug --without-systemd
    make -j2 pgbouncer
    cp pgbouncer "$program"
  } >"$work/log" 2>&1 || {
    tail -20 "$work/log" >&2
    exit 1
  }
fi
echo "$program"
