set -eu
kubectl -n "$LAB_NAMESPACE" run hello --image=busybox -- sh -c \
  'echo "I am process $$$$"; trap "echo bye; exit 0" TERM; while true; do sleep 0.2; done'
kubectl -n "$LAB_NAMESPACE" wait --for=condition=Ready pod/hello --timeout=30s
kvorum lab check "$LAB" || true
for i in $(seq 50); do
  pid=$(kubectl -n "$LAB_NAMESPACE" logs hello | grep -o '[0-9]*' | head -n 1)
  [ -z "$pid" ] || break
  sleep 0.2
done
kill -9 "$pid"
kvorum lab check "$LAB" || true
kubectl -n "$LAB_NAMESPACE" delete pod hello
