set -eu
until_passed() {
  for i in $(seq 60); do
    kvorum lab check "$LAB" | grep -q "Step $1 of\|is solved" && return 0
    sleep 0.5
  done
  return 1
}
kubectl -n "$LAB_NAMESPACE" delete pod -l app=web
until_passed 2
kvorum fault kill kubelet-node-1
until_passed 3
kvorum fault heal
until_passed 4
