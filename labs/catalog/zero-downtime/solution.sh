set -eu
kvorum lab run "$LAB" roll.sh 8s
kubectl -n "$LAB_NAMESPACE" patch deployment web --patch-file mended.yaml
kubectl -n "$LAB_NAMESPACE" rollout status deployment web --timeout=120s >/dev/null
kvorum lab run "$LAB" roll.sh 20s
