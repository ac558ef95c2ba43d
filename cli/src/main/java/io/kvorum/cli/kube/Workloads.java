package io.kvorum.cli.kube;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Whether the applications have all the pods they ask for. */
public final class Workloads {
    private final KubeApi api;

    public Workloads(KubeApi api) {
        this.api = api;
    }

    /** Names of Deployments and of ReplicaSets of their own that lack ready pods, with how many they have. */
    public List<String> unready() throws InterruptedException {
        List<String> unready = new ArrayList<>();
        for (String resource : List.of("deployments", "replicasets", "statefulsets")) {
            for (JsonNode workload : api.list("/apis/apps/v1/" + resource)) {
                JsonNode meta = workload.path("metadata");
                boolean owned = !meta.path("ownerReferences").isEmpty();
                int wanted = workload.path("spec").path("replicas").asInt(1);
                JsonNode status = workload.path("status");
                int ready = status.path("readyReplicas").asInt();
                boolean seen = status.path("observedGeneration").asLong()
                        >= meta.path("generation").asLong();
                if (!owned && (!seen || ready < wanted)) {
                    unready.add(resource.substring(0, resource.length() - 1) + " "
                            + meta.path("namespace").asText() + "/"
                            + meta.path("name").asText() + " (" + ready + " of " + wanted + " ready)");
                }
            }
        }
        return unready;
    }
}
