#!/bin/bash
# A real Request Tracker 5 in a temporary folder, on loopback, for tests.
#   rt.sh start DIR PORT    makes DIR (config, SQLite database, log, captured mail), starts RT, waits until it answers
#   rt.sh stop DIR          ends what start began; safe to call twice
#   rt.sh pause|resume DIR  stops and continues the processes (an RT that hangs)
# RT ends by itself when DIR is removed, or when the process RT_OWNER=PID ends.
# After start: DIR/url, DIR/token (user usher), DIR/mail/*.eml (what RT wanted to send), DIR/server.log.
# Users: usher (password usher-pass-1), root (password root-pass-1). Queue: Support, see seed.pl.
# Needs: request-tracker5 rt5-db-sqlite rt5-standalone starman. As root it runs as www-data, so DIR is best under /tmp.
# Exit: 0 ok, 77 RT is not installed, 1 anything else with the reason on stderr.
# The initialised database is kept in ${USHER_CACHE:-build/cache}/rt, by checksum of what made it (2.5 s -> 1.5 s).
set -u
HERE=$(cd "$(dirname "$0")" && pwd)
RT_SERVER=/usr/share/request-tracker5/libexec/rt-server
RT_SETUP=/usr/sbin/rt-setup-database-5
[ -x "$RT_SETUP" ] || RT_SETUP=$(command -v rt-setup-database-5 || true)
WORKERS=${RT_WORKERS:-2}

die() { echo "rt.sh: $*" >&2; exit 1; }

as_rt() {  # runs a command as the user RT runs as
  if [ "$(id -u)" = 0 ]; then runuser -u www-data -- "$@"; else "$@"; fi
}

rt_env() { echo "RT_SITE_CONFIG=$1/empty.pm RT_SITE_CONFIG_DIR=$1/conf"; }

write_config() {  # DIR PORT
  local dir=$1 port=$2
  mkdir -p "$dir"/{conf,db,mail} || return 1
  echo '1;' >"$dir/empty.pm"
  cat >"$dir/conf/00.pm" <<PM
Set(\$rtname, 'rt.test');
Set(\$Organization, 'rt.test');
Set(\$CorrespondAddress, 'support\@rt.test');
Set(\$CommentAddress, 'comment\@rt.test');
Set(\$WebDomain, '127.0.0.1');
Set(\$WebPort, $port);
Set(\$WebBaseURL, 'http://127.0.0.1:$port');
Set(\$WebPath, '');
Set(\$WebURL, 'http://127.0.0.1:$port/');
Set(\$MailCommand, 'sendmailpipe');
Set(\$SendmailPath, '$dir/sendmail');
Set(\$LogToSTDERR, 'warning');
Set(\$LogToSyslog, undef);
Set(\$LogToFile, undef);
Set(\$Timezone, 'UTC');
Set(\$DatabaseType, 'SQLite');
Set(\$DatabaseName, '$dir/db/rt.db');
1;
PM
  cat >"$dir/sendmail" <<SH
#!/bin/sh
# One file per message; the name appears only when the file is complete.
f="$dir/mail/\$\$.\$(date +%s%N)"
cat >"\$f.part" && mv "\$f.part" "\$f.eml"
SH
  chmod 755 "$dir" "$dir/sendmail"
  [ "$(id -u)" = 0 ] && chown -R www-data: "$dir"
  return 0
}

init_database() {  # DIR: an initialised database with our seed, from the cache when it is there
  local dir=$1 key cache
  cache=${USHER_CACHE:-$HERE/../../../build/cache}/rt
  key=$( { cat "$HERE/seed.pl" "$0"; dpkg-query -W -f '${Version}' request-tracker5 2>/dev/null; } | sha256sum | cut -c1-16)
  if [ -f "$cache/$key/rt.db" ]; then
    cp "$cache/$key/rt.db" "$dir/db/rt.db" && cp "$cache/$key/token" "$dir/token" || return 1
    [ "$(id -u)" = 0 ] && chown www-data: "$dir/db/rt.db" "$dir/token"
    return 0
  fi
  echo root-pass-1 >"$dir/rootpw"
  # shellcheck disable=SC2046
  as_rt env $(rt_env "$dir") "$RT_SETUP" --action init --skip-create --root-password-file "$dir/rootpw" >"$dir/setup.log" 2>&1 </dev/null ||
    { tail -5 "$dir/setup.log" >&2; return 1; }
  cp "$HERE/seed.pl" "$dir/seed.pl"
  # shellcheck disable=SC2046
  as_rt env $(rt_env "$dir") RT_TOKEN_FILE="$dir/token" "$RT_SETUP" --action insert --datafile "$dir/seed.pl" --skip-create \
    >>"$dir/setup.log" 2>&1 </dev/null || { tail -5 "$dir/setup.log" >&2; return 1; }
  [ -s "$dir/token" ] || { echo "no token was written" >&2; tail -5 "$dir/setup.log" >&2; return 1; }
  # A copy under a private name first: two programs may fill the cache at the same time.
  local staged="$cache/.$key.$$"
  if mkdir -p "$staged" 2>/dev/null; then
    cp "$dir/db/rt.db" "$staged/rt.db" && cp "$dir/token" "$staged/token" && chmod -R a+rX "$staged" &&
      mv -T "$staged" "$cache/$key" 2>/dev/null || rm -rf "$staged"
  fi
  return 0
}

start() {
  local dir=$1 port=$2
  { [ -x "$RT_SERVER" ] && [ -n "$RT_SETUP" ] && command -v starman >/dev/null; } || {
    echo "rt.sh: Request Tracker 5 is not installed (request-tracker5 rt5-db-sqlite rt5-standalone starman)" >&2
    exit 77
  }
  mkdir -p "$dir" && dir=$(cd "$dir" && pwd) || die "cannot make $dir"
  stop "$dir"
  write_config "$dir" "$port" || die "cannot write the configuration to $dir"
  [ -f "$dir/db/rt.db" ] || init_database "$dir" || die "the database could not be initialised (see $dir/setup.log)"
  echo "http://127.0.0.1:$port" >"$dir/url"
  cd "$dir" || die "cannot enter $dir"
  # A session of its own, so that stop can end the master and its workers together.
  if [ "$(id -u)" = 0 ]; then
    # shellcheck disable=SC2046
    setsid setpriv --reuid=www-data --regid=www-data --init-groups env $(rt_env "$dir") HOME="$dir" \
      "$RT_SERVER" --server Starman --host 127.0.0.1 --port "$port" --workers "$WORKERS" >>"$dir/server.log" 2>&1 </dev/null &
  else
    # shellcheck disable=SC2046
    setsid env $(rt_env "$dir") "$RT_SERVER" --server Starman --host 127.0.0.1 --port "$port" --workers "$WORKERS" \
      >>"$dir/server.log" 2>&1 </dev/null &
  fi
  local pid=$!
  echo "$pid" >"$dir/pid"
  watch_over "$dir" "$pid"
  local i
  for i in $(seq 1 300); do
    if [ "$(curl -s -o /dev/null -m 5 -w '%{http_code}' "http://127.0.0.1:$port/REST/2.0/rt")" = 401 ]; then
      echo "ready $(cat "$dir/url")"
      return 0
    fi
    kill -0 "$pid" 2>/dev/null || { tail -5 "$dir/server.log" >&2; die "RT ended at once (see $dir/server.log)"; }
    sleep 0.1
  done
  stop "$dir"
  die "RT did not answer within 30 s (see $dir/server.log)"
}

# Ends RT when its folder is removed, or when the process that asked for it (RT_OWNER) is gone: a killed test leaves nothing behind.
watch_over() {  # DIR PID
  (
    while kill -0 "$2" 2>/dev/null; do  # the process, not its group: setsid may not have made that yet
      [ "$(cat "$1/pid" 2>/dev/null)" = "$2" ] && { [ -z "${RT_OWNER:-}" ] || kill -0 "$RT_OWNER" 2>/dev/null; } || {
        kill -CONT -- "-$2" 2>/dev/null
        kill -TERM -- "-$2" 2>/dev/null
        sleep 3
        kill -KILL -- "-$2" 2>/dev/null  # whoever did not listen
        exit 0
      }
      sleep 2
    done
  ) >/dev/null 2>&1 </dev/null &
}

signal_all() {  # DIR SIGNAL: the master and its workers (its process group, which setsid made)
  local pid
  pid=$(cat "$1/pid" 2>/dev/null) || return 0
  [ -n "$pid" ] && kill "-$2" -- "-$pid" 2>/dev/null
  return 0
}

stop() {
  local dir=$1 pid i
  pid=$(cat "$dir/pid" 2>/dev/null) || return 0
  signal_all "$dir" CONT
  signal_all "$dir" TERM
  for i in $(seq 1 50); do
    kill -0 -- "-$pid" 2>/dev/null || break
    [ "$i" = 30 ] && signal_all "$dir" KILL
    sleep 0.1
  done
  rm -f "$dir/pid"
}

case "${1:-}" in
  start) [ $# = 3 ] || die "usage: rt.sh start DIR PORT"; start "$2" "$3" ;;
  stop) [ $# = 2 ] || die "usage: rt.sh stop DIR"; stop "$2" ;;
  pause) signal_all "$2" STOP ;;
  resume) signal_all "$2" CONT ;;
  *) die "usage: rt.sh start DIR PORT | stop DIR | pause DIR | resume DIR" ;;
esac
