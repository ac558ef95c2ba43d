# Counts upwards in ConfigMap counter, and tries again what fails. For the student: kvorum lab run watch-resumes count.sh [TO]
set -u
touch "$LAB_STATE/written"
last=$(kubectl -n "$LAB_NAMESPACE" get configmap counter -o jsonpath='{.data.number}')
for n in $(seq $((last + 1)) $((last + ${1:-60}))); do
  tries=0
  until kubectl -n "$LAB_NAMESPACE" patch configmap counter --request-timeout=2s --type=merge -p "{\"data\":{\"number\":\"$n\"}}" >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || { echo "giving up at $n" >&2; exit 1; }
    sleep 0.2
  done
  echo "$n" | tee -a "$LAB_STATE/written"
  sleep 0.1
done
