# Sourced by the scripts of the strategies; they set $space before. Not a program of its own.
#
# KVORUM  the command (default: the one of this source tree)
# RATE    requests a second (default 200)
# OUTPUT  json: the reports as JSON documents on standard output
# CHART   where the picture goes (default: result.svg beside the script)
# KEEP    set it to keep the namespace at the end
set -eu
kvorum=${KVORUM:-$(cd ../../.. && pwd)/kvorum}
rate=${RATE:-200}
chart=${CHART:-result.svg}
# So that the marks in a report name no folder of this machine.
PATH=$(dirname "$kvorum"):$PATH
export PATH

k() { "$kvorum" kubectl -n "$space" "$@"; }

# What is said on the way goes to standard error, so that standard output has the reports alone.
say() { printf '\n== %s\n' "$*" >&2; }

traffic() { "$kvorum" traffic -n "$space" --rate "$rate" ${OUTPUT:+-o "$OUTPUT"} "$@"; }

# A command for traffic's --at.
kubectl="kvorum kubectl -n $space"

finish() {
  code=$?
  [ -n "${KEEP:-}" ] || "$kvorum" kubectl delete namespace "$space" --timeout=60s >&2 || true
  exit $code
}

begin() {
  trap finish EXIT
  "$kvorum" kubectl get namespace "$space" >/dev/null 2>&1 || "$kvorum" kubectl create namespace "$space" >&2
  k apply -f app.yaml >&2
  for deployment in $(k get deployments -o name); do
    k rollout status "$deployment" --timeout=120s >&2
  done
}

# For strategies that need the Gateway API: starts a gateway if there is none, and waits until it takes traffic.
begin_with_gateway() {
  "$kvorum" kubectl get gatewayclass kvorum >/dev/null 2>&1 || "$kvorum" scale gateway 1
  begin
  k wait --for=condition=Programmed gateway/web --timeout=120s >&2
}
