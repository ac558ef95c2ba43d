# Restarts the Deployment under load and notes what was lost. For the student: kvorum lab run zero-downtime roll.sh
set -eu
strategy=$(kubectl -n "$LAB_NAMESPACE" get deployment web -o jsonpath='{.spec.strategy.type}')
probe=$(kubectl -n "$LAB_NAMESPACE" get deployment web -o jsonpath='{.spec.template.spec.containers[0].readinessProbe}')
# "Available" is not yet "listens" as long as nobody asks.
for i in $(seq 30); do
  kvorum traffic service/web -n "$LAB_NAMESPACE" --rate 20 --for 1s --fail-on-lost >/dev/null 2>&1 && break
  sleep 0.5
done
echo "rolling out with strategy $strategy, $([ -n "$probe" ] && echo with || echo without) readiness probe, under 100 requests a second ..."
(sleep 2 && kubectl -n "$LAB_NAMESPACE" rollout restart deployment web >/dev/null) &
kvorum traffic service/web -n "$LAB_NAMESPACE" --rate 100 --for "${1:-20s}" -o json >"$LAB_STATE/report.json"
wait
kubectl -n "$LAB_NAMESPACE" rollout status deployment web --timeout=120s >/dev/null
lost=$(tr -d ' \n' <"$LAB_STATE/report.json" | sed 's/.*"answered":[0-9]*,"lost":\([0-9]*\).*/\1/')
echo "$strategy $([ -n "$probe" ] && echo probe || echo blind) $lost" >>"$LAB_STATE/runs"
echo "lost requests: $lost"
