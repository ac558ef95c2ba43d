package io.kvorum.faults;

import java.util.List;

/** Three stores of which the second leads, an API server and two nodes. */
final class TestTopology {
    static final Topology TOPOLOGY = new Topology(List.of(
            new Member("store-0", "store", "", "127.1.0.10", false),
            new Member("store-1", "store", "", "127.1.0.11", true),
            new Member("store-2", "store", "", "127.1.0.12", false),
            new Member("apiserver-0", "apiserver", "", "127.1.0.40", false),
            new Member("kubelet-node-1", "kubelet", "node-1", "127.1.4.1", false),
            new Member("kube-proxy-node-1", "kube-proxy", "node-1", "127.1.8.1", false),
            Member.pods("node-1", "127.1.64.0/24"),
            Member.clients("127.0.0.1")));

    private TestTopology() {}
}
