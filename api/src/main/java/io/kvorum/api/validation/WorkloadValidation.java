package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.IntOrString;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import io.kvorum.api.selector.LabelSelector;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules of Deployment, ReplicaSet, StatefulSet, DaemonSet, ReplicationController, PodTemplate, ControllerRevision. */
final class WorkloadValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final String STATEFUL_SET_FIELDS =
            "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy',"
                    + " 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
    private static final Set<String> STATEFUL_SET_MUTABLE = Set.of(
            "replicas",
            "ordinals",
            "template",
            "updateStrategy",
            "revisionHistoryLimit",
            "persistentVolumeClaimRetentionPolicy",
            "minReadySeconds");

    private WorkloadValidation() {}

    static final KindValidation POD_TEMPLATE = (object, options, errors) ->
            PodValidation.template(object.path("template"), FieldPath.of("template"), errors);

    static final KindValidation DEPLOYMENT = new SelectorImmutable() {
        @Override
        public void create(ObjectNode deployment, ValidationOptions options, FieldErrors errors) {
            JsonNode spec = deployment.path("spec");
            Rules.notNegative(spec, SPEC, "replicas", errors);
            if (selector(spec, "deployment", "invalid label selector", errors)) {
                alwaysRunning(spec, "ReplicaSet", errors);
            }
            deploymentStrategy(spec.path("strategy"), SPEC.child("strategy"), errors);
            Rules.notNegative(spec, SPEC, errors, "minReadySeconds", "revisionHistoryLimit");
            if (spec.hasNonNull("progressDeadlineSeconds")) {
                Rules.notNegative(spec, SPEC, "progressDeadlineSeconds", errors);
                long deadline = Tree.number(spec, "progressDeadlineSeconds");
                if (deadline <= Tree.number(spec, "minReadySeconds")) {
                    errors.invalid(
                            SPEC.child("progressDeadlineSeconds"), deadline, "must be greater than minReadySeconds");
                }
            }
        }

        @Override
        public void updateStatus(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            ReplicaStatusRules.deployment(old, next, errors);
        }
    };

    static final KindValidation REPLICA_SET = new SelectorImmutable() {
        @Override
        public void create(ObjectNode replicaSet, ValidationOptions options, FieldErrors errors) {
            JsonNode spec = replicaSet.path("spec");
            Rules.notNegative(spec, SPEC, errors, "replicas", "minReadySeconds");
            // The word is upstream's.
            if (selector(spec, "deployment", "invalid label selector", errors)) {
                alwaysRunning(spec, "ReplicaSet", errors);
            }
        }

        @Override
        public void updateStatus(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            ReplicaStatusRules.replicas(next, errors);
        }
    };

    static final KindValidation REPLICATION_CONTROLLER = new KindValidation() {
        @Override
        public void create(ObjectNode controller, ValidationOptions options, FieldErrors errors) {
            controller(controller, errors);
        }

        @Override
        public void updateStatus(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            ReplicaStatusRules.replicas(next, errors);
        }
    };

    private static void controller(ObjectNode controller, FieldErrors errors) {
        JsonNode spec = controller.path("spec");
        Rules.notNegative(spec, SPEC, errors, "minReadySeconds", "replicas");
        JsonNode selector = spec.path("selector");
        if (!selector.isObject() || selector.isEmpty()) {
            errors.required(SPEC.child("selector"));
        }
        if (!spec.hasNonNull("template")) {
            errors.required(SPEC.child("template"));
            return;
        }
        JsonNode labels = Tree.at(spec, "template", "metadata", "labels");
        if (!selector.isEmpty() && !LabelSelector.ofLabels(Tree.map(selector)).matches(Tree.map(labels))) {
            mismatch(spec, errors);
        }
        alwaysRunning(spec, "ReplicationController", errors);
    }

    static final KindValidation STATEFUL_SET = new KindValidation() {
        private void check(ObjectNode set, FieldErrors errors) {
            JsonNode spec = set.path("spec");
            String policy = Tree.text(spec, "podManagementPolicy");
            if (policy.isEmpty()) {
                errors.required(SPEC.child("podManagementPolicy"));
            } else if (!List.of("OrderedReady", "Parallel").contains(policy)) {
                errors.invalid(SPEC.child("podManagementPolicy"), policy, "must be 'OrderedReady' or 'Parallel'");
            }
            JsonNode update = spec.path("updateStrategy");
            FieldPath updatePath = SPEC.child("updateStrategy");
            switch (Tree.text(update, "type")) {
                case "" -> errors.required(updatePath);
                case "OnDelete" -> {
                    if (update.hasNonNull("rollingUpdate")) {
                        errors.invalid(
                                updatePath.child("rollingUpdate"),
                                update.get("rollingUpdate"),
                                "only allowed for updateStrategy 'RollingUpdate'");
                    }
                }
                case "RollingUpdate" ->
                    rollingSet(update.path("rollingUpdate"), updatePath.child("rollingUpdate"), errors);
                default ->
                    errors.invalid(
                            updatePath, InternalForm.updateStrategy(update), "must be 'RollingUpdate' or 'OnDelete'");
            }
            retention(spec.path("persistentVolumeClaimRetentionPolicy"), errors);
            Rules.notNegative(spec, SPEC, errors, "replicas", "minReadySeconds");
            Rules.notNegative(spec.path("ordinals"), SPEC.child("ordinals"), "start", errors);
            Rules.notNegative(spec, SPEC, "revisionHistoryLimit", errors);
            if (selector(spec, "statefulset", "", errors)) {
                // Its pods mount volumes that are not in the template but come from claims: as upstream, the spec of
                // the template is looked at in the pods made of it, and not before.
                MetaValidation.template(Tree.at(spec, "template", "metadata"), SPEC.child("template"), errors);
            }
            alwaysRestarts(spec, "StatefulSet", errors);
        }

        @Override
        public void create(ObjectNode set, ValidationOptions options, FieldErrors errors) {
            check(set, errors);
            // Sets of old may have a name that no Service can have, and change for all that.
            String service = Tree.text(set, "spec", "serviceName");
            if (!service.isEmpty()) {
                errors.invalidEach(SPEC.child("serviceName"), service, ObjectNames.dns1123Label(service));
            }
        }

        @Override
        public void updateStatus(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            ReplicaStatusRules.statefulSet(old, next, errors);
        }

        @Override
        public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            check(next, errors);
            ObjectNode before = Tree.object(old, "spec").deepCopy();
            ObjectNode after = Tree.object(next, "spec").deepCopy();
            before.remove(STATEFUL_SET_MUTABLE);
            after.remove(STATEFUL_SET_MUTABLE);
            if (!Tree.semanticallyEqual(before, after)) {
                errors.forbidden(SPEC, STATEFUL_SET_FIELDS);
            }
        }
    };

    private static void rollingSet(JsonNode rolling, FieldPath at, FieldErrors errors) {
        Rules.notNegative(rolling, at, "partition", errors);
        if (rolling.hasNonNull("maxUnavailable")) {
            if (Rules.isZero(IntOrString.from(rolling.get("maxUnavailable")))) {
                errors.invalid(at.child("maxUnavailable"), rolling.get("maxUnavailable"), "cannot be 0");
            }
            Rules.countOrPercent(rolling, at, "maxUnavailable", errors);
        }
    }

    private static void retention(JsonNode policy, FieldErrors errors) {
        if (!policy.isObject()) {
            return;
        }
        FieldPath at = SPEC.child("persistentVolumeClaimRetentionPolicy");
        List<String> policies = List.of("Retain", "Delete");
        for (String field : List.of("whenDeleted", "whenScaled")) {
            String value = Tree.text(policy, field);
            if (!policies.contains(value)) {
                errors.notSupported(at.child(field), value, policies);
            }
        }
    }

    static final KindValidation DAEMON_SET = new SelectorImmutable() {
        @Override
        public void create(ObjectNode set, ValidationOptions options, FieldErrors errors) {
            JsonNode spec = set.path("spec");
            selector(spec, "daemonset", null, errors);
            alwaysRunning(spec, "DaemonSet", errors);
            Rules.notNegative(spec, SPEC, errors, "minReadySeconds", "revisionHistoryLimit");
            JsonNode update = spec.path("updateStrategy");
            FieldPath path = SPEC.child("updateStrategy");
            List<String> types = List.of("RollingUpdate", "OnDelete");
            String type = Tree.text(update, "type");
            if (!types.contains(type)) {
                errors.notSupported(path, InternalForm.updateStrategy(update), types);
            }
            if (type.equals("RollingUpdate") && !update.hasNonNull("rollingUpdate")) {
                errors.required(path.child("rollingUpdate"));
            } else if (type.equals("RollingUpdate")) {
                JsonNode rolling = update.path("rollingUpdate");
                FieldPath at = path.child("rollingUpdate");
                Rules.countOrPercent(rolling, at, "maxUnavailable", errors);
                Rules.countOrPercent(rolling, at, "maxSurge", errors);
                boolean noSurge = Rules.isZero(IntOrString.from(rolling.get("maxSurge")));
                boolean noneDown = Rules.isZero(IntOrString.from(rolling.get("maxUnavailable")));
                if (noSurge && noneDown) {
                    errors.required(at.child("maxUnavailable"), "cannot be 0 when maxSurge is 0");
                } else if (!noSurge && !noneDown) {
                    errors.invalid(
                            at.child("maxSurge"),
                            rolling.get("maxSurge"),
                            "may not be set when maxUnavailable is non-zero");
                }
            }
        }

        @Override
        public void updateStatus(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            ReplicaStatusRules.daemonSet(old, next, errors);
        }
    };

    static final KindValidation CONTROLLER_REVISION = new KindValidation() {
        @Override
        public void create(ObjectNode revision, ValidationOptions options, FieldErrors errors) {
            if (!revision.hasNonNull("data")) {
                errors.required(FieldPath.of("data"), "data is mandatory");
            }
            if (Tree.number(revision, "revision") < 0) {
                errors.invalid(FieldPath.of("revision"), Tree.number(revision, "revision"), Rules.NOT_NEGATIVE);
            }
        }

        @Override
        public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            create(next, options, errors);
            errors.immutable(FieldPath.of("data"), old.get("data"), next.get("data"));
        }
    };

    /** Kinds whose selector is fixed once and for all. */
    private abstract static class SelectorImmutable implements KindValidation {
        @Override
        public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            create(next, options, errors);
            errors.immutable(
                    SPEC.child("selector"), Tree.at(old, "spec", "selector"), Tree.at(next, "spec", "selector"));
        }
    }

    /**
     * The selector is there, and selects the template's pods.
     *
     * @param whenWrong said of a selector that cannot be read, beside what is wrong with it; null when nothing is
     * @return whether there is a selector that can be read, so that the template is worth a look
     */
    private static boolean selector(JsonNode spec, String kind, @Nullable String whenWrong, FieldErrors errors) {
        FieldPath path = SPEC.child("selector");
        JsonNode selector = spec.path("selector");
        if (!selector.isObject()) {
            // Upstream asks this of no daemon set, whose template does not match then.
            if (whenWrong != null) {
                errors.required(path);
            }
            mismatch(spec, errors);
            return true;
        }
        int before = errors.size();
        MetaValidation.selector(selector, path, errors);
        boolean readable = errors.size() == before;
        if (selector.path("matchLabels").isEmpty()
                && selector.path("matchExpressions").isEmpty()) {
            errors.invalid(path, selector, "empty selector is invalid for " + kind);
        } else if (readable) {
            JsonNode labels = Tree.at(spec, "template", "metadata", "labels");
            if (!LabelSelector.of(selector).matches(Tree.map(labels))) {
                mismatch(spec, errors);
            }
        } else if (whenWrong != null) {
            errors.invalid(path, selector, whenWrong);
        }
        return readable || whenWrong == null;
    }

    private static void mismatch(JsonNode spec, FieldErrors errors) {
        errors.invalid(
                SPEC.child("template", "metadata", "labels"),
                Tree.at(spec, "template", "metadata", "labels"),
                "`selector` does not match template `labels`");
    }

    /** Long-running workloads: their template is that of a pod which always restarts. */
    private static void alwaysRunning(JsonNode spec, String kind, FieldErrors errors) {
        PodValidation.template(spec.path("template"), SPEC.child("template"), errors);
        alwaysRestarts(spec, kind, errors);
    }

    /** Pods that always restart and have no deadline. */
    private static void alwaysRestarts(JsonNode spec, String kind, FieldErrors errors) {
        FieldPath template = SPEC.child("template");
        String policy = Tree.text(spec, "template", "spec", "restartPolicy");
        if (!policy.isEmpty() && !policy.equals("Always")) {
            errors.notSupported(template.child("spec", "restartPolicy"), policy, List.of("Always"));
        }
        if (Tree.at(spec, "template", "spec").hasNonNull("activeDeadlineSeconds")) {
            errors.forbidden(
                    template.child("spec", "activeDeadlineSeconds"),
                    "activeDeadlineSeconds in " + kind + " is not Supported");
        }
    }

    private static void deploymentStrategy(JsonNode strategy, FieldPath path, FieldErrors errors) {
        String type = Tree.text(strategy, "type");
        if (type.equals("Recreate")) {
            if (strategy.hasNonNull("rollingUpdate")) {
                errors.forbidden(
                        path.child("rollingUpdate"), "may not be specified when strategy `type` is 'Recreate'");
            }
            return;
        }
        if (!type.equals("RollingUpdate")) {
            errors.notSupported(path, InternalForm.updateStrategy(strategy), List.of("Recreate", "RollingUpdate"));
            return;
        }
        JsonNode rolling = strategy.path("rollingUpdate");
        FieldPath at = path.child("rollingUpdate");
        if (!rolling.isObject()) {
            errors.required(at, "this should be defaulted and never be nil");
            return;
        }
        Rules.countOrPercent(rolling, at, "maxUnavailable", errors);
        Rules.countOrAnyPercent(rolling, at, "maxSurge", errors);
        IntOrString surge = IntOrString.from(rolling.get("maxSurge"));
        if (Rules.isZero(surge) && Rules.isZero(IntOrString.from(rolling.get("maxUnavailable")))) {
            errors.invalid(
                    at.child("maxUnavailable"), rolling.get("maxUnavailable"), "may not be 0 when `maxSurge` is 0");
        }
    }
}
