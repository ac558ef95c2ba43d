# check.sh saved|lost|back
orders() { kubectl -n "$LAB_NAMESPACE" --request-timeout=4s get configmaps -l what=order -o name 2>/dev/null | grep -c .; }
case $1 in
  saved)
    [ -s "$LAB_STATE/backup" ] || { echo "There is no backup at $LAB_STATE/backup yet; kvorum store save writes one."; exit 1; }
    said=$(kvorum store check "$LAB_STATE/backup" 2>&1) || { echo "The backup is not whole: $said"; exit 1; }
    echo "the backup is whole"
    ;;
  lost)
    left=$(ls "$KVORUM_HOME/$KVORUM_CLUSTER"/data/store-*/ 2>/dev/null | grep -vc '^/\|^$')
    if [ "$left" -gt 0 ] && [ "$(orders)" -gt 0 ]; then
      echo "The orders are all there; bring the disaster about: kvorum lab run disaster disaster.sh"
      exit 1
    fi
    echo "the store is gone"
    ;;
  back)
    found=$(orders)
    [ "$found" -eq 20 ] || { echo "$found of 20 orders are there; restore the backup and start the cluster."; exit 1; }
    if kubectl -n "$LAB_NAMESPACE" get configmap after-the-backup -o name >/dev/null 2>&1; then
      echo "ConfigMap after-the-backup is there, which no backup from before the disaster can have; was it restored at all?"
      exit 1
    fi
    echo "20 orders are back, and what was written after the backup is not"
    ;;
esac
