set -eu
kubectl taint node node-2 lab=why:NoSchedule --overwrite
# Extended resources belong to the node's status; a device plugin would report them.
kubectl patch node node-1 --subresource=status --type=merge \
  -p '{"status":{"capacity":{"example.com/lab-seats":"2"},"allocatable":{"example.com/lab-seats":"2"}}}'
kubectl -n "$LAB_NAMESPACE" apply -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata: {name: sitter}
spec:
  terminationGracePeriodSeconds: 0
  nodeSelector: {kubernetes.io/hostname: node-1}
  containers:
    - name: main
      image: pause
      resources: {requests: {example.com/lab-seats: "1"}, limits: {example.com/lab-seats: "1"}}
YAML
kubectl -n "$LAB_NAMESPACE" wait --for=condition=Ready pod/sitter --timeout=60s
kubectl -n "$LAB_NAMESPACE" apply -f pods.yaml
kubectl -n "$LAB_NAMESPACE" get pods picky hungry shy -o jsonpath='{range .items[*]}{.metadata.name} {.metadata.uid}{"\n"}{end}' \
  >"$LAB_STATE/uids"
