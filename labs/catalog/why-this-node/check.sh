# check.sh POD: runs, and is the pod from the start
set -- "$1" "$(kubectl -n "$LAB_NAMESPACE" get pod "$1" --ignore-not-found -o jsonpath='{.metadata.uid} {.status.phase} {.spec.nodeName}')"
before=$(awk -v pod="$1" '$1 == pod {print $2}' "$LAB_STATE/uids")
case $2 in
  "$before Running "*) echo "$1 runs on ${2##* }" ;;
  "$before "*)
    reason=$(kubectl -n "$LAB_NAMESPACE" get pod "$1" -o jsonpath='{.status.conditions[?(@.type=="PodScheduled")].message}')
    echo "$1 does not run yet. The scheduler says: ${reason:-nothing, it is starting}"
    exit 1
    ;;
  "")
    echo "Pod $1 is gone; it should run as it was. kvorum lab reset $LAB, then start again."
    exit 1
    ;;
  *)
    echo "Pod $1 was replaced by another; it should run as it was. kvorum lab reset $LAB, then start again."
    exit 1
    ;;
esac
