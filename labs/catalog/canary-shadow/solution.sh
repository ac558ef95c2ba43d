set -eu
kubectl -n "$LAB_NAMESPACE" apply -f solved.yaml
for i in $(seq 20); do
  kvorum lab check "$LAB" | grep -q "Step 3 of" && break
  sleep 0.5
done
kubectl -n "$LAB_NAMESPACE" patch httproute shop --type=json \
  -p '[{"op":"replace","path":"/spec/rules/0/backendRefs/1/weight","value":0}]'
