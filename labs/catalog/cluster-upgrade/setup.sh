# Notes which version the cluster is at, so that reset can lead back there.
set -eu
case $(kvorum upgrade --status -o json | tr -d ' \n') in
  *'"phase":"stopped"'* | *'"phase":"running"'*)
    echo "an upgrade of this cluster is not finished; go on with kvorum upgrade --resume or undo it with --back" >&2
    exit 1
    ;;
esac
kubectl version -o json | sed -n '/serverVersion/,$ s/.*"gitVersion": "\(v[0-9.]*\).*/\1/p' >"$LAB_STATE/from"
[ -s "$LAB_STATE/from" ] || { echo "cannot tell the version of the API server" >&2; exit 1; }
: >"$LAB_STATE/runs"
