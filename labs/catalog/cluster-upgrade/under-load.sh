# kvorum upgrade under 100 requests a second, and what they came to. For the student:
# kvorum lab run cluster-upgrade under-load.sh --to v1.36.1
set -eu
[ $# -gt 0 ] || { echo "say what to do, for example: under-load.sh --to v1.36.1" >&2; exit 2; }
report=$LAB_STATE/report.json
load=
# However this ends, the load ends with it.
trap '[ -z "$load" ] || kill "$load" 2>/dev/null || true' EXIT
kvorum traffic service/web -n "$LAB_NAMESPACE" --rate 20 --for 1s --fail-on-lost >/dev/null ||
  { echo "Service web does not answer before the upgrade begins" >&2; exit 1; }
kvorum traffic service/web -n "$LAB_NAMESPACE" --rate 100 --for 15m -o json >"$report" 2>"$LAB_STATE/load.log" &
load=$!
sleep 2
code=0
kvorum upgrade "$@" || code=$?
sleep 2
kill "$load" 2>/dev/null || true
wait "$load" || true
load=
counts=$(tr -d ' \n' <"$report" | sed -n 's/.*"answered":\([0-9]*\),"lost":\([0-9]*\).*/\1 \2/p')
[ -n "$counts" ] || { echo "the load left no report: $(tail -n 1 "$LAB_STATE/load.log")" >&2; exit 1; }
echo "$counts $code" >>"$LAB_STATE/runs"
echo "requests answered: ${counts% *}, lost: ${counts#* }"
exit $code
