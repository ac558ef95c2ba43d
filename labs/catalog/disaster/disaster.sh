# All store members are killed and their disks are lost. For the student: kvorum lab run disaster disaster.sh
set -eu
[ -s "$LAB_STATE/backup" ] || { echo "There is no backup yet; this would be the end of everything. Save first." >&2; exit 1; }
kubectl -n "$LAB_NAMESPACE" create configmap after-the-backup >/dev/null
kvorum fault kill role:store
cluster=$KVORUM_HOME/$KVORUM_CLUSTER
for member in "$cluster"/data/store-*; do
  rm -rf "${member:?}"/*
done
echo "all members of the store are dead, and their disks are empty"
