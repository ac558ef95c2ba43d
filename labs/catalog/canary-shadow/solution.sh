set -eu
. ../until-passed.sh
kubectl -n "$LAB_NAMESPACE" apply -f solved.yaml
until_passed 3
kubectl -n "$LAB_NAMESPACE" patch httproute shop --type=json \
  -p '[{"op":"replace","path":"/spec/rules/0/backendRefs/1/weight","value":0}]'
