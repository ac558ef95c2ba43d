# check.sh stopped|green|back
from=$(cat "$LAB_STATE/from")
status=$(kvorum upgrade --status -o json | tr -d '\n')
field() { printf '%s' "$status" | sed -n "s/.*\"$1\" *: *\"\{0,1\}\([^\",}]*\).*/\1/p"; }
phase=$(field phase)
server() { kubectl version -o json | sed -n '/serverVersion/,$ s/.*"gitVersion": "\(v[0-9.]*\).*/\1/p'; }
# Versions of the kubelets, each once.
nodes() { kubectl get nodes -o jsonpath='{range .items[*]}{.status.nodeInfo.kubeletVersion}{"\n"}{end}' | sed 's/+.*//' | sort -u; }
no() { echo "$1"; exit 1; }
none_lost() {
  [ -s "$LAB_STATE/runs" ] ||
    no "No upgrade ran under load yet: kvorum lab run $LAB under-load.sh and what kvorum upgrade is to do"
  while read -r answered lost code; do
    [ "$lost" -eq 0 ] || no "One of the runs lost $lost of $((answered + lost)) requests. Reset the lab and try again."
  done <"$LAB_STATE/runs"
}
all_ready() {
  # A pod that was moved a moment ago may still be starting.
  kubectl -n "$LAB_NAMESPACE" rollout status deployment/web --timeout=30s >/dev/null 2>&1 || true
  ready=$(kubectl -n "$LAB_NAMESPACE" get deployment web -o jsonpath='{.status.readyReplicas}')
  [ "${ready:-0}" -eq 4 ] || no "Deployment web has ${ready:-0} of 4 pods ready."
}
case $1 in
  stopped)
    [ -s "$LAB_STATE/runs" ] || no "No upgrade ran under load yet: kvorum lab run $LAB under-load.sh --to v1.36.1 --timeout 10s"
    [ "$phase" = stopped ] || no "The upgrade is $phase, it should have been stopped by the disruption budget."
    case $status in
      *"may not be evicted"*) ;;
      *) no "The upgrade was stopped by something else than the budget; kvorum upgrade --status says by what." ;;
    esac
    [ "$(server)" != "$from" ] || no "The control plane is still at $from."
    nodes | grep -qx "$from" || no "No node is at $from any more, so nothing was stopped."
    none_lost
    echo "the control plane is at $(server), the pods are where they were, and no request was lost"
    ;;
  green)
    [ "$phase" = done ] || no "The upgrade is $phase; mend the budget (kubectl -n $LAB_NAMESPACE edit pdb web), then --resume."
    [ "$(server)" != "$from" ] || no "The cluster is at $from again; upgrade it first."
    [ "$(nodes)" = "$(server)" ] || no "Nodes are at $(nodes | tr '\n' ' ')and the control plane is at $(server)."
    all_ready
    none_lost
    echo "everything is at $(server), and no request was lost"
    ;;
  back)
    [ "$phase" = done ] && [ "$(server)" = "$from" ] ||
      no "The control plane is at $(server), the upgrade is $phase: go back with kvorum lab run $LAB under-load.sh --back"
    [ "$(nodes)" = "$from" ] || no "Nodes are at $(nodes | tr '\n' ' ')still."
    all_ready
    none_lost
    echo "everything is at $from again, and no request was lost"
    ;;
esac
