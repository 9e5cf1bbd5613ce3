#!/bin/sh
# A real PostgreSQL 17 with pgvector for the tests, in a Debian of its own under the cache folder. Needs root, a Debian or Ubuntu
# with debootstrap (installed when missing) and, the first time, the network.
#
#   TEST_DATABASE_URL="$(bin/postgres-for-tests.sh)" npm test     starts it, or finds it running; prints its address alone
#   bin/postgres-for-tests.sh stop                                stops it; the folder stays for the next time
#
# Where none can be had it says so in one line on stderr, prints no address and succeeds: the tests then run on PGlite alone.
set -u

cache="${XDG_CACHE_HOME:-$HOME/.cache}/svyaz-test-postgres"
root="$cache/root"
log="$cache/log"
bin=/usr/lib/postgresql/17/bin
data=/var/lib/postgresql/svyaz-test

give_up() {
  echo "### NO POSTGRESQL: $1; the tests run on PGlite alone (log: $log) ###" >&2
  exit 0
}

# The server and its tools run as the chroot's own postgres user, without the lock's descriptor.
inside() { chroot --userspec=postgres:postgres "$root" env LC_ALL=C.UTF-8 "$@" 9>&-; }
running() { [ -d "$root$data" ] && inside "$bin/pg_ctl" status -D "$data" >/dev/null 2>&1; }

case "${1:-start}" in
  start) ;;
  stop)
    if running; then inside "$bin/pg_ctl" stop -D "$data" -m fast -w >/dev/null; fi
    exit 0
    ;;
  *)
    echo "usage: $0 [start|stop]" >&2
    exit 2
    ;;
esac

[ "$(id -u)" = 0 ] || { log=none; give_up "this needs root"; }
mkdir -p "$cache" || give_up "$cache cannot be made"
exec 9>"$cache/lock"
flock -w 600 9 || give_up "another start is under way"

if running; then
  cat "$cache/url"
  exit 0
fi

if [ ! -e "$root/.complete" ]; then
  : >"$log"
  rm -rf "$root"
  if ! command -v debootstrap >/dev/null; then
    { apt-get update && apt-get install -y --no-install-recommends debootstrap; } >>"$log" 2>&1 9>&- || give_up "debootstrap cannot be installed"
  fi
  debootstrap --variant=minbase --include=postgresql-17,postgresql-17-pgvector trixie "$root" http://deb.debian.org/debian \
    >>"$log" 2>&1 9>&- || give_up "debootstrap failed"
  touch "$root/.complete"
fi

# Anew each time: tests want an empty server, and a new one costs two seconds.
rm -rf "$root$data"
password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
[ -n "$port" ] || give_up "no free port was found"
(umask 077 && printf '%s' "$password" >"$root/tmp/password") && chroot "$root" chown postgres:postgres /tmp/password
inside "$bin/initdb" -N -D "$data" -U svyaz --pwfile=/tmp/password --auth=scram-sha-256 -E UTF8 --locale=C.UTF-8 >>"$log" 2>&1
made=$?
rm -f "$root/tmp/password"
[ "$made" = 0 ] || give_up "initdb failed"
# A chroot has no /dev/shm; what the tests write need not survive a power cut.
cat >>"$root$data/postgresql.conf" <<END
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = ''
dynamic_shared_memory_type = mmap
fsync = off
max_connections = 200
END
inside "$bin/pg_ctl" start -D "$data" -w -t 60 -l "$data/server.log" >>"$log" 2>&1 || give_up "the server did not start"
(umask 077 && echo "postgresql://svyaz:$password@127.0.0.1:$port/postgres" >"$cache/url")
cat "$cache/url"
