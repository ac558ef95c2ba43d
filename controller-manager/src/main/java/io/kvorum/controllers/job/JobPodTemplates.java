package io.kvorum.controllers.job;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.kvorum.controllers.pods.PodControl;
import java.util.ArrayList;
import java.util.List;

/** Makes the pods of a Job from its template. */
final class JobPodTemplates {
    private static final String INDEX_VARIABLE = "JOB_COMPLETION_INDEX";

    private JobPodTemplates() {}

    /** @param index completion index, or {@link CompletionIndexes#NONE} */
    static Pod pod(Job job, int index) {
        Pod pod = PodControl.fromTemplate(job.getSpec().getTemplate(), job);
        List<String> finalizers = new ArrayList<>(pod.getMetadata().getFinalizers());
        finalizers.add(JobPods.FINALIZER);
        PodBuilder builder =
                new PodBuilder(pod).editMetadata().withFinalizers(finalizers).endMetadata();
        if (index == CompletionIndexes.NONE) {
            return builder.build();
        }
        String name = job.getMetadata().getName() + "-" + index;
        boolean named = pod.getSpec().getHostname() != null;
        return builder.editMetadata()
                .withGenerateName(name + "-")
                .addToAnnotations(CompletionIndexes.ANNOTATION, Integer.toString(index))
                .addToLabels(CompletionIndexes.ANNOTATION, Integer.toString(index))
                .endMetadata()
                .editSpec()
                .withHostname(named ? pod.getSpec().getHostname() : name)
                .withContainers(withIndex(pod.getSpec().getContainers()))
                .withInitContainers(withIndex(pod.getSpec().getInitContainers()))
                .endSpec()
                .build();
    }

    private static List<Container> withIndex(List<Container> containers) {
        List<Container> all = new ArrayList<>();
        for (Container each : containers) {
            List<EnvVar> env = new ArrayList<>(each.getEnv());
            if (env.stream().noneMatch(variable -> variable.getName().equals(INDEX_VARIABLE))) {
                env.add(new EnvVarBuilder()
                        .withName(INDEX_VARIABLE)
                        .withNewValueFrom()
                        .withNewFieldRef()
                        .withFieldPath("metadata.labels['" + CompletionIndexes.ANNOTATION + "']")
                        .endFieldRef()
                        .endValueFrom()
                        .build());
            }
            all.add(new io.fabric8.kubernetes.api.model.ContainerBuilder(each)
                    .withEnv(env)
                    .build());
        }
        return all;
    }
}
