#!/bin/sh
# entrypoint.sh ROLE FLAGS...: becomes the JVM of one component; `node` becomes nothing but a node's network, for the
# components that share it.
set -eu
role=$1
shift
case $role in
  store) main=io.kvorum.store.StoreMain heap=768 ;;
  apiserver) main=io.kvorum.apiserver.ApiServerMain heap=768 ;;
  balancer) main=io.kvorum.balancer.BalancerMain heap=128 ;;
  scheduler) main=io.kvorum.scheduler.SchedulerMain heap=256 ;;
  controller-manager) main=io.kvorum.controllers.ControllerManagerMain heap=256 ;;
  kubelet) main=io.kvorum.kubelet.KubeletMain heap=256 ;;
  kube-proxy) main=io.kvorum.proxy.KubeProxyMain heap=256 ;;
  gateway) main=io.kvorum.gateway.GatewayMain heap=256 ;;
  pki) main=io.kvorum.cli.pki.PkiMain heap=64 ;;
  node) main='' heap=0 ;;
  *)
    echo "entrypoint.sh: unknown role $role" >&2
    exit 2
    ;;
esac

# Nodes: addresses of their pods and of services are local ("any IP"), other nodes' pods are routed to them.
for range in ${LOCAL_RANGES:-}; do
  ip route replace local "$range" dev lo
done
for route in ${ROUTES:-}; do
  ip route replace "${route%%=*}" via "${route#*=}"
done
if [ "$role" = node ]; then
  exec sleep infinity
fi

classpath=$(LC_ALL=C ls /opt/kvorum/lib/*.jar | LC_ALL=C sort | tr '\n' ':')
exec java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -XX:+ExitOnOutOfMemoryError -Xms24m "-Xmx${heap}m" -Xss512k \
  -cp "${classpath%:}" "$main" "$@"
