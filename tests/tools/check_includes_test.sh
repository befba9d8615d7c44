#!/usr/bin/env bash
# tools/check_includes must accept a tree whose arrows hold and name the line of every planted violation.
set -uo pipefail
CHECK=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/tools/check_includes
TREE=$(mktemp -d) || exit 1
trap 'rm -rf "$TREE"' EXIT
failed=0

fresh_tree() {  # a small tree that is right
  rm -rf "${TREE:?}"/*
  mkdir -p "$TREE"/{base/net,base/sql,kb,dialogs,connectors/email,web,gateway/{store,flow,api,app}}
  echo '#include <string>' >"$TREE/base/id.h"
  echo '#include <boost/beast/core.hpp>' >"$TREE/base/net/inner.h"
  echo '#include "base/net/inner.h"' >"$TREE/base/net/server.cpp"
  echo '#include "base/id.h"' >"$TREE/base/net/http.h"
  echo '#include "base/id.h"' >"$TREE/kb/index.h"
  printf '%s\n' '// #include "gateway/flow/turn.h" is only talked about here' '#include "kb/index.h"' >"$TREE/kb/index.cpp"
  echo '#include "base/id.h"' >"$TREE/dialogs/engine.h"
  echo '#include "base/net/http.h"' >"$TREE/connectors/message.h"
  echo '#include "web/assets.h"' >"$TREE/web/assets.cpp"
  echo '' >"$TREE/web/assets.h"
  echo '#include "connectors/message.h"' >"$TREE/gateway/store/ledger.h"
  printf '%s\n' '#include "gateway/store/ledger.h"' '#include "kb/index.h"' '#include "dialogs/engine.h"' >"$TREE/gateway/flow/turn.h"
  printf '%s\n' '#include "gateway/flow/turn.h"' '#include "web/assets.h"' '#include <nlohmann/json.hpp>' >"$TREE/gateway/api/pages.cpp"
  echo '#include "gateway/api/routes.h"' >"$TREE/gateway/app/main.cpp"
  echo '#include "base/id.h"' >"$TREE/gateway/api/routes.h"
}

expect_right() {  # NAME
  local out
  out=$("$CHECK" "$TREE" 2>&1) && return
  failed=1
  echo "FAILED: $1: was refused: $out"
}
expect_broken() {  # FILE INCLUDE-LINE WORDS: the include is planted as line 2 of FILE
  fresh_tree
  printf '%s\n' '// planted' "$2" >"$TREE/$1"
  local out code
  out=$("$CHECK" "$TREE" 2>&1)
  code=$?
  if [ $code != 1 ] || [[ $out != *"$1:2: "*"$3"* ]]; then
    failed=1
    echo "FAILED: '$2' in $1: exit $code, wanted 1 and \"$1:2: …$3…\", got: $out"
  fi
}

fresh_tree
expect_right "a tree whose arrows hold"
"$CHECK" "$TREE/base" >/dev/null 2>&1
[ $? = 2 ] || { failed=1; echo "FAILED: a folder without rooms must be exit 2"; }

# Arrows between rooms.
expect_broken base/clock.h '#include "kb/index.h"' 'base may not use kb'
expect_broken kb/search.cpp '#include "dialogs/engine.h"' 'kb may not use dialogs'
expect_broken kb/search.cpp '#include "connectors/message.h"' 'kb may not use connectors'
expect_broken dialogs/parse.cpp '#include "kb/index.h"' 'dialogs may not use kb'
expect_broken connectors/email/mime.cpp '#include "dialogs/engine.h"' 'connectors may not use dialogs'
expect_broken connectors/email/mime.cpp '#include "gateway/store/ledger.h"' 'connectors may not use gateway/store'
expect_broken connectors/page.cpp '#include "web/assets.h"' 'connectors may not use web'
expect_broken gateway/store/cases.cpp '#include "gateway/flow/turn.h"' 'gateway/store may not use gateway/flow'
expect_broken gateway/store/cases.cpp '#include "kb/index.h"' 'gateway/store may not use kb'
expect_broken gateway/flow/intake.cpp '  #  include "gateway/api/routes.h"' 'gateway/flow may not use gateway/api'
expect_broken gateway/flow/intake.cpp '#include "web/assets.h"' 'gateway/flow may not use web'
expect_broken gateway/api/routes.cpp '#include "gateway/app/main.h"' 'gateway/api may not use gateway/app'
expect_broken gateway/loose.cpp '#include "base/id.h"' 'stands in no room'
expect_broken gateway/flow/intake.cpp '#include "turn.h"' 'from the root of the repository'
expect_broken gateway/flow/intake.cpp '#include "../store/ledger.h"' 'from the root of the repository'

# Libraries with one home.
expect_broken connectors/email/smtp.cpp '#include <boost/beast/http.hpp>' 'only inside base/net/'
expect_broken gateway/api/tls.cpp '#include <openssl/ssl.h>' 'only inside base/net/'
expect_broken base/crypto.cpp '#include <boost/asio/ssl.hpp>' 'only inside base/net/'
expect_broken gateway/store/raw.cpp '#include <sqlite3.h>' 'only inside base/sql/'

# Purity.
expect_broken kb/loader.cpp '#include <fstream>' 'is pure'
expect_broken dialogs/run.cpp '#include <boost/asio/awaitable.hpp>' 'is pure'
expect_broken dialogs/run.cpp '#include "base/sql/database.h"' 'is pure'

# Heavy libraries do not cross a folder's edge, not even through a second header.
heavy_edge() {  # WHAT
  fresh_tree
  echo "#include <$1>" >"$TREE/connectors/email/inner.h"
  echo '#include "connectors/email/inner.h"' >"$TREE/connectors/email/outer.h"
  echo '#include "connectors/email/outer.h"' >"$TREE/connectors/email/mime.cpp"
  expect_right "<$1> shared inside connectors/email"
  echo '#include "connectors/email/outer.h"' >"$TREE/gateway/flow/intake.cpp"
  local out
  out=$("$CHECK" "$TREE" 2>&1)
  [[ $? = 1 && $out == *"gateway/flow/intake.cpp:1: "*"<$1>"* ]] || { failed=1; echo "FAILED: <$1> leaked unseen: $out"; }
}
for library in nlohmann/json.hpp yaml-cpp/yaml.h gmime/gmime.h re2/re2.h unicode/brkiter.h; do heavy_edge $library; done

[ $failed = 0 ] && echo "check_includes finds every planted violation"
exit $failed
