kubectl label node --all disk-
if kubectl get node node-2 -o jsonpath='{.spec.taints[*].key}' | tr ' ' '\n' | grep -qx lab; then
  kubectl taint node node-2 lab- || exit 1
fi
kubectl patch node node-1 --subresource=status --type=merge \
  -p '{"status":{"capacity":{"example.com/lab-seats":null},"allocatable":{"example.com/lab-seats":null}}}'
