# Watches ConfigMap counter and notes every number seen. For the student: kvorum lab run watch-resumes watch.sh [SECONDS]
set -u
seen=$LAB_STATE/seen
path=/api/v1/namespaces/$LAB_NAMESPACE/configmaps
end=$(($(date +%s) + ${1:-60}))
: >"$seen"
# An empty list carries one version only: that of the store.
version() { kubectl get --raw "$path?labelSelector=nobody%3Dhas-it" | sed 's/.*"resourceVersion":"\([0-9]*\)".*/\1/'; }
rv=
while [ "$(date +%s)" -lt "$end" ]; do
  if [ -z "$rv" ] || [ -n "${SKIP:-}" ]; then
    rv=$(version 2>/dev/null) || { rv=; sleep 0.3; continue; }
    case $rv in '' | *[!0-9]*) rv=; sleep 0.3; continue ;; esac
  fi
  echo "watching from version $rv" | tee -a "$seen"
  while IFS= read -r event; do
    next=$(printf '%s' "$event" | sed -n 's/.*"resourceVersion":"\([0-9]*\)".*/\1/p')
    [ -z "$next" ] || rv=$next
    number=$(printf '%s' "$event" | sed -n 's/.*"data":{"number":"\([0-9]*\)"}.*/\1/p')
    [ -z "$number" ] || echo "saw $number" | tee -a "$seen"
  done < <(timeout "$((end - $(date +%s) + 1))" kubectl get --raw "$path?watch=true&allowWatchBookmarks=true&resourceVersion=$rv" 2>/dev/null)
  echo "the watch ended after version $rv" | tee -a "$seen"
  sleep 0.3
done
