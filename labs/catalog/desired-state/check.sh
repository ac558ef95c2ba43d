# check.sh replaced|node|back
now=$(kubectl -n "$LAB_NAMESPACE" get pods -l app=web --field-selector=status.phase=Running \
  -o jsonpath='{range .items[*]}{.metadata.uid} {.spec.nodeName} {.metadata.deletionTimestamp}{"\n"}{end}')
living=$(printf '%s\n' "$now" | awk 'NF == 2' | grep -c .)
case $1 in
  replaced)
    kept=0
    for uid in $(cat "$LAB_STATE/uids"); do
      printf '%s\n' "$now" | grep -q "$uid" && kept=$((kept + 1))
    done
    if [ "$kept" -gt 0 ]; then
      echo "$kept of the three pods from the start are still there; delete them all (label app=web)."
      exit 1
    fi
    [ "$living" -eq 3 ] || { echo "All pods were replaced, but only $living of 3 run yet; look again in a moment."; exit 1; }
    echo "all three pods are new, and three run"
    ;;
  node)
    down=$(kubectl get nodes -o jsonpath='{range .items[*]}{.metadata.name} {.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}' |
      awk '$2 != "True" {print $1}' | head -n 1)
    [ -n "$down" ] || { echo "Every node is Ready. Kill the kubelet of one: kvorum fault kill kubelet-node-1"; exit 1; }
    there=$(printf '%s\n' "$now" | awk -v node="$down" 'NF == 2 && $2 == node' | grep -c .)
    if [ "$there" -gt 0 ] || [ "$living" -ne 3 ]; then
      echo "Node $down is NotReady; $((living - there)) of 3 pods run elsewhere so far. Give the controllers a few seconds."
      exit 1
    fi
    echo "$down" >"$LAB_STATE/node"
    echo "node $down is lost and all three pods run elsewhere"
    ;;
  back)
    node=$(cat "$LAB_STATE/node")
    ready=$(kubectl get node "$node" -o jsonpath='{.status.conditions[?(@.type=="Ready")].status}')
    [ "$ready" = True ] || { echo "Node $node is not Ready yet; heal the fault: kvorum fault heal"; exit 1; }
    all=$(kubectl -n "$LAB_NAMESPACE" get pods -l app=web -o name | grep -c .)
    [ "$all" -eq 3 ] || { echo "$all pods are listed, 3 are wanted; $node is still cleaning up."; exit 1; }
    echo "node $node is back and clean; three pods"
    ;;
esac
