#!/bin/sh
# Prints the mutants' table of docs/checker.md, from what lastword-check says about each of them.
# Needs jq. JOBS of them are checked at the same time, 4 by default.
# usage: table.sh LASTWORD_CHECK FOLDER_OF_BUILT_MUTANTS [FLAG...], such as --hold 300ms
set -eu
check=$1
built=$2
shift 2
sources=$(dirname "$0")
rows=$(mktemp -d)
trap 'rm -rf "$rows"' EXIT

row_of() {
  name=$1
  shift
  "$check" --json "$rows/$name.json" "$@" -- "$built/$name" > /dev/null 2>&1 || true
  wrong=$(sed -n '1s|^/\* \(.*\) \*/$|\1|p' "$sources/$name.c")
  jq -r --arg name "$name" --arg wrong "$wrong" '
    def row(rule; says): "| `\($name)` | \($wrong) | \(rule) | \(says | gsub("\\|"; "\\|")) |";
    [.cases[] | select(.outcome == "fail")] as $failed
    | [.cases[] | select((.id == "4.3/closes" or .id == "5.2/descriptors")
                     and .outcome == "warning")] as $careless
    | if ($failed | length) > 0
      then row([$failed[].id] | join(", "); $failed[0].reason)
      elif ($careless | length) > 0
      then row($careless[0].id + " (a warning)"; $careless[0].reason)
      else row("none"; "\(.headline); scope: \(.scope.measured)") end' \
    "$rows/$name.json" > "$rows/$name.row"
}

echo '| mutant | what is wrong with it | rule | what the report says |'
echo '|---|---|---|---|'
running=0
for source in "$sources"/*.c; do
  name=$(basename "$source" .c)
  case $name in
    drops_*) continue ;;                   # only --stress can tell
    endless_*) accepts='--accepts 0' ;;
    *) accepts='--accepts 3' ;;
  esac
  # shellcheck disable=SC2086 # two words
  row_of "$name" $accepts "$@" &
  running=$((running + 1))
  if [ "$running" -ge "${JOBS:-4}" ]; then
    wait
    running=0
  fi
done
wait
cat "$rows"/*.row
