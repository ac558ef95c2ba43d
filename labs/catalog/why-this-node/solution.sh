set -eu
kubectl label node node-1 disk=ssd
kubectl taint node node-2 lab-
kubectl -n "$LAB_NAMESPACE" delete pod sitter
kubectl -n "$LAB_NAMESPACE" wait --for=condition=Ready pod/picky pod/shy pod/hungry --timeout=60s
