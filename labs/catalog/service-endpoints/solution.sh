set -eu
kubectl -n "$LAB_NAMESPACE" patch service shop -p '{"spec":{"selector":{"app":"shop"}}}'
kubectl -n "$LAB_NAMESPACE" patch deployment shop --type=json \
  -p '[{"op":"replace","path":"/spec/template/spec/containers/0/readinessProbe/httpGet/port","value":8080}]'
kubectl -n "$LAB_NAMESPACE" patch service shop --type=json \
  -p '[{"op":"replace","path":"/spec/ports/0/targetPort","value":8080}]'
