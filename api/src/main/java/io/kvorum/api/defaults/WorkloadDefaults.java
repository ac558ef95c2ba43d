package io.kvorum.api.defaults;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;

/** Defaults of the groups apps and batch. */
final class WorkloadDefaults {
    private static final int BACKOFF_LIMIT = 6;

    private WorkloadDefaults() {}

    static void apps(String kind, ObjectNode object) {
        if (kind.equals("ControllerRevision")) {
            Tree.setDefault(object, "revision", 0);
            return;
        }
        ObjectNode spec = Tree.ensureObject(object, "spec");
        PodDefaults.template(spec);
        switch (kind) {
            case "Deployment" -> deployment(spec);
            case "ReplicaSet" -> Tree.setDefault(spec, "replicas", 1);
            case "StatefulSet" -> statefulSet(spec);
            case "DaemonSet" -> daemonSet(spec);
            default -> throw new IllegalStateException("no such kind in apps: " + kind);
        }
    }

    private static void deployment(ObjectNode spec) {
        Tree.setDefault(spec, "replicas", 1);
        ObjectNode strategy = Tree.ensureObject(spec, "strategy");
        Tree.setDefaultIfEmpty(strategy, "type", "RollingUpdate");
        if (Tree.text(strategy, "type").equals("RollingUpdate")) {
            ObjectNode rolling = Tree.ensureObject(strategy, "rollingUpdate");
            Tree.setDefault(rolling, "maxUnavailable", "25%");
            Tree.setDefault(rolling, "maxSurge", "25%");
        }
        Tree.setDefault(spec, "revisionHistoryLimit", 10);
        Tree.setDefault(spec, "progressDeadlineSeconds", 600);
    }

    private static void statefulSet(ObjectNode spec) {
        Tree.setDefaultIfEmpty(spec, "podManagementPolicy", "OrderedReady");
        ObjectNode update = Tree.ensureObject(spec, "updateStrategy");
        if (Tree.text(update, "type").isEmpty()) {
            update.put("type", "RollingUpdate");
        }
        if (Tree.text(update, "type").equals("RollingUpdate")) {
            Tree.setDefault(Tree.ensureObject(update, "rollingUpdate"), "partition", 0);
        }
        ObjectNode retention = Tree.ensureObject(spec, "persistentVolumeClaimRetentionPolicy");
        Tree.setDefaultIfEmpty(retention, "whenDeleted", "Retain");
        Tree.setDefaultIfEmpty(retention, "whenScaled", "Retain");
        Tree.setDefault(spec, "replicas", 1);
        Tree.setDefault(spec, "revisionHistoryLimit", 10);
        PodDefaults.dropEmpty(spec, "serviceName");
        for (ObjectNode claim : Tree.objects(spec, "volumeClaimTemplates")) {
            claim.put("apiVersion", "v1");
            claim.put("kind", "PersistentVolumeClaim");
            Tree.ensureObject(claim, "metadata");
            CoreDefaults.claim(claim);
        }
    }

    private static void daemonSet(ObjectNode spec) {
        ObjectNode update = Tree.ensureObject(spec, "updateStrategy");
        Tree.setDefaultIfEmpty(update, "type", "RollingUpdate");
        if (Tree.text(update, "type").equals("RollingUpdate")) {
            ObjectNode rolling = Tree.ensureObject(update, "rollingUpdate");
            Tree.setDefault(rolling, "maxUnavailable", 1);
            Tree.setDefault(rolling, "maxSurge", 0);
        }
        Tree.setDefault(spec, "revisionHistoryLimit", 10);
    }

    static void batch(String kind, ObjectNode object) {
        ObjectNode spec = Tree.ensureObject(object, "spec");
        if (kind.equals("Job")) {
            job(spec);
        } else if (kind.equals("CronJob")) {
            Tree.setDefaultIfEmpty(spec, "concurrencyPolicy", "Allow");
            Tree.setDefault(spec, "suspend", false);
            Tree.setDefault(spec, "successfulJobsHistoryLimit", 3);
            Tree.setDefault(spec, "failedJobsHistoryLimit", 1);
            ObjectNode template = Tree.ensureObject(spec, "jobTemplate");
            Tree.ensureObject(template, "metadata");
            PodDefaults.template(Tree.ensureObject(template, "spec"));
        }
    }

    private static void job(ObjectNode spec) {
        PodDefaults.template(spec);
        if (!spec.hasNonNull("completions") && !spec.hasNonNull("parallelism")) {
            spec.put("completions", 1);
        }
        Tree.setDefault(spec, "parallelism", 1);
        Tree.setDefault(
                spec, "backoffLimit", spec.hasNonNull("backoffLimitPerIndex") ? Integer.MAX_VALUE : BACKOFF_LIMIT);
        Tree.setDefault(spec, "completionMode", "NonIndexed");
        Tree.setDefault(spec, "suspend", false);
        Tree.setDefault(spec, "manualSelector", false);
        boolean hasFailurePolicy = spec.hasNonNull("podFailurePolicy");
        Tree.setDefault(spec, "podReplacementPolicy", hasFailurePolicy ? "Failed" : "TerminatingOrFailed");
        for (ObjectNode rule : Tree.objects(spec, "podFailurePolicy", "rules")) {
            for (ObjectNode pattern : Tree.objects(rule, "onPodConditions")) {
                Tree.setDefaultIfEmpty(pattern, "status", "True");
            }
        }
    }
}
