# Leads the cluster back to the version it had. The application goes first: nobody waits for it any more.
set -eu
kubectl -n "$LAB_NAMESPACE" delete pdb,deployment --all --ignore-not-found >/dev/null
[ -s "$LAB_STATE/from" ] || exit 0
from=$(cat "$LAB_STATE/from")
status() { kvorum upgrade --status -o json | tr -d ' \n'; }
server() { kubectl version -o json | sed -n '/serverVersion/,$ s/.*"gitVersion": "\(v[0-9.]*\).*/\1/p'; }
case $(status) in
  *'"phase":"stopped"'* | *'"phase":"running"'*) kvorum upgrade --back ;;
esac
# A student who went on to other versions is some steps away.
[ "$(server)" = "$from" ] || kvorum upgrade --back || true
[ "$(server)" = "$from" ] || kvorum upgrade --to "$from"
