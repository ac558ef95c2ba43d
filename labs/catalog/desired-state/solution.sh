set -eu
. ../until-passed.sh
kubectl -n "$LAB_NAMESPACE" delete pod -l app=web
until_passed 2
kvorum fault kill kubelet-node-1
until_passed 3
kvorum fault heal
until_passed 4
