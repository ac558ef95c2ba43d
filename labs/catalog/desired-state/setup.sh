set -eu
# What was there at the start, to tell later whether it was replaced.
kubectl -n "$LAB_NAMESPACE" get pods -l app=web -o jsonpath='{.items[*].metadata.uid}' >"$LAB_STATE/uids"
