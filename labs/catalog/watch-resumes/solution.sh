set -eu
kvorum lab run "$LAB" watch.sh 40 >/dev/null &
watcher=$!
kvorum lab run "$LAB" count.sh 45 >/dev/null &
counter=$!
trap 'kill $watcher $counter 2>/dev/null || true' EXIT
for i in $(seq 100); do
  [ "$(grep -c '^saw' "$LAB_STATE/seen" 2>/dev/null || true)" -lt 5 ] 2>/dev/null || break
  sleep 0.2
done
kvorum fault kill apiserver-0 --for 2s
wait $counter
wait $watcher
