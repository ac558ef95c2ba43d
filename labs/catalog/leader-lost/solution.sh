set -eu
. ../until-passed.sh
kvorum fault partition leader:store
until_passed 2
kubectl -n "$LAB_NAMESPACE" create configmap during
until_passed 3
kvorum fault heal
until_passed 4
