package io.kvorum.controllers.statefulset;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.kvorum.controllers.pods.PodControl;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The pods of StatefulSets and their claims: names, numbers, how they are made. */
final class StatefulPods {
    /** Name of the ControllerRevision a pod was made after. */
    static final String REVISION = "controller-revision-hash";

    private static final String POD_NAME = "statefulset.kubernetes.io/pod-name";
    private static final String POD_INDEX = "apps.kubernetes.io/pod-index";

    private StatefulPods() {}

    static String name(StatefulSet set, int ordinal) {
        return set.getMetadata().getName() + "-" + ordinal;
    }

    /** The number in a pod's name, -1 when the name is not one of the set's. */
    static int ordinal(StatefulSet set, Pod pod) {
        String name = pod.getMetadata().getName();
        String prefix = set.getMetadata().getName() + "-";
        String number = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
        return number.matches("0|[1-9][0-9]{0,8}") ? Integer.parseInt(number) : -1;
    }

    static String revision(Pod pod) {
        @Nullable Map<String, String> labels = pod.getMetadata().getLabels();
        @Nullable String revision = labels == null ? null : labels.get(REVISION);
        return revision == null ? "" : revision;
    }

    /** The pod with a number, after the template of the revision that is named. */
    static Pod pod(StatefulSet set, PodTemplateSpec template, String revision, int ordinal) {
        String name = name(set, ordinal);
        Pod pod = PodControl.fromTemplate(template, set);
        List<Volume> volumes = new ArrayList<>();
        for (PersistentVolumeClaim each : set.getSpec().getVolumeClaimTemplates()) {
            volumes.add(new VolumeBuilder()
                    .withName(each.getMetadata().getName())
                    .withNewPersistentVolumeClaim()
                    .withClaimName(each.getMetadata().getName() + "-" + name)
                    .endPersistentVolumeClaim()
                    .build());
        }
        pod.getSpec().getVolumes().stream()
                .filter(own -> volumes.stream().noneMatch(each -> each.getName().equals(own.getName())))
                .toList()
                .forEach(volumes::add);
        return new PodBuilder(pod)
                .editMetadata()
                .withName(name)
                .addToLabels(POD_NAME, name)
                .addToLabels(POD_INDEX, Integer.toString(ordinal))
                .addToLabels(REVISION, revision)
                .endMetadata()
                .editSpec()
                .withHostname(name)
                .withSubdomain(set.getSpec().getServiceName())
                .withVolumes(volumes)
                .endSpec()
                .build();
    }

    /** The claims that the pod with a number uses. */
    static List<PersistentVolumeClaim> claims(StatefulSet set, int ordinal) {
        return set.getSpec().getVolumeClaimTemplates().stream()
                .map(each -> {
                    Map<String, String> labels = new LinkedHashMap<>();
                    if (each.getMetadata().getLabels() != null) {
                        labels.putAll(each.getMetadata().getLabels());
                    }
                    if (set.getSpec().getSelector().getMatchLabels() != null) {
                        labels.putAll(set.getSpec().getSelector().getMatchLabels());
                    }
                    return new PersistentVolumeClaimBuilder(each)
                            .editMetadata()
                            .withNamespace(set.getMetadata().getNamespace())
                            .withName(each.getMetadata().getName() + "-" + name(set, ordinal))
                            .withLabels(labels)
                            .endMetadata()
                            .withStatus(null)
                            .build();
                })
                .toList();
    }
}
