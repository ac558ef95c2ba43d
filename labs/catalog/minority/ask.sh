# ask.sh 0|1 WORDS: kubectl against one API server, past the balancer
address=$(kvorum status | awk -v name="apiserver-$1" '$1 == name {print $4}')
[ -n "$address" ] || { echo "there is no apiserver-$1" >&2; exit 1; }
shift
exec kubectl --server="https://$address:6443" --request-timeout=4s -n "$LAB_NAMESPACE" "$@"
