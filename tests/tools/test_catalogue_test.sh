#!/usr/bin/env bash
# docs/test-catalogue.md tells the truth: every row is there once, every test it names exists, and a row without one says why.
#   tests/tools/test_catalogue_test.sh [TABLE]     TABLE: another file to check (to see that the check can fail)
# shellcheck disable=SC2016  # backticks are Markdown here
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 2
table=${1:-docs/test-catalogue.md}
bad=0
wrong() { echo "$table: $*"; bad=1; }

for prefix in SMTP:22 MIME:17 MAIL:18; do
  for n in $(seq -w 1 "${prefix#*:}"); do
    row="${prefix%:*}-$n"
    count=$(grep -c "^| $row |" "$table")
    [ "$count" = 1 ] || wrong "$row stands $count times"
  done
done

while IFS='|' read -r _ row _ _ tests reason _; do
  row=$(xargs <<<"$row")
  names=$(grep -o '`[^`]*: [^`]*`' <<<"$tests" | tr -d '`')
  [ -n "$names" ] || [ -n "${reason// /}" ] || wrong "$row has no test and no reason"
  while read -r name; do
    [ -n "$name" ] || continue
    file=${name%%: *} test=${name#*: }
    [[ $file == */* ]] || file=tests/connectors/email/$file
    if [ ! -f "$file" ]; then
      wrong "$row: there is no $file"
    elif [[ $file == *.cpp ]]; then
      grep -qE "^TEST(_F|_P)?\(${test%%.*}, ${test#*.}\)" "$file" || wrong "$row: no $test in $file"
    else
      # An apostrophe in a title is escaped there.
      grep -qF -- "$test" <(sed "s/\\\\'/'/g" "$file") || wrong "$row: no test with the words '$test' in $file"
    fi
  done <<<"$names"
done < <(grep -E '^\| (SMTP|MIME|MAIL)-[0-9]+ \|' "$table")

[ $bad = 0 ] && echo "$(grep -oE '`[^`]*\.(cpp|mjs): [^`]*`' "$table" | sort -u | wc -l) tests named in $table exist"
exit $bad
