set -eu
for n in $(seq 20); do
  printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: order-%s, labels: {what: order}}\ndata: {item: "%s"}\n---\n' "$n" "$n"
done | kubectl -n "$LAB_NAMESPACE" apply -f - >/dev/null
