set -eu
! kvorum lab run "$LAB" under-load.sh --to v1.36.1 --timeout 4s
kvorum lab check "$LAB" || true
kubectl -n "$LAB_NAMESPACE" patch pdb web -p '{"spec":{"minAvailable":3}}'
kvorum lab run "$LAB" under-load.sh --resume
kvorum lab check "$LAB" || true
kvorum lab run "$LAB" under-load.sh --back
