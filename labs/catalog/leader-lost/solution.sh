set -eu
until_passed() {
  for i in $(seq 60); do
    kvorum lab check "$LAB" | grep -q "Step $1 of\|is solved" && return 0
    sleep 0.5
  done
  return 1
}
kvorum fault partition leader:store
until_passed 2
kubectl -n "$LAB_NAMESPACE" create configmap during
until_passed 3
kvorum fault heal
until_passed 4
