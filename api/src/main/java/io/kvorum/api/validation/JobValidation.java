package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import io.kvorum.api.cron.CronSchedule;
import io.kvorum.api.cron.TimeZones;
import io.kvorum.api.selector.LabelSelector;
import java.util.List;

/** The rules of jobs and cron jobs. */
final class JobValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");

    private JobValidation() {}

    static final KindValidation JOB = new KindValidation() {
        @Override
        public void create(ObjectNode job, ValidationOptions options, FieldErrors errors) {
            JsonNode spec = job.path("spec");
            if (!spec.hasNonNull("selector")) {
                errors.required(SPEC.child("selector"));
            } else {
                MetaValidation.selector(spec.path("selector"), SPEC.child("selector"), errors);
                JsonNode labels = Tree.at(spec, "template", "metadata", "labels");
                if (!LabelSelector.of(spec.path("selector")).matches(Tree.map(labels))) {
                    errors.invalid(
                            SPEC.child("template", "metadata", "labels"),
                            labels,
                            "`selector` does not match template `labels`");
                }
            }
            spec(spec, SPEC, errors);
        }

        @Override
        public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            create(next, options, errors);
            ObjectNode before = Tree.object(old, "spec");
            ObjectNode after = Tree.object(next, "spec");
            boolean elastic = Tree.text(after, "completionMode").equals("Indexed")
                    && Tree.number(after, "completions") == Tree.number(after, "parallelism");
            if (!elastic) {
                errors.immutable(SPEC.child("completions"), before.get("completions"), after.get("completions"));
            }
            errors.immutable(SPEC.child("selector"), before.get("selector"), after.get("selector"));
            template(old, before, after, errors);
            for (String field : List.of(
                    "completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy")) {
                errors.immutable(SPEC.child(field), before.get(field), after.get(field));
            }
        }
    };

    /** While a job is suspended and has not started, where its pods go may still change. */
    private static void template(ObjectNode old, ObjectNode before, ObjectNode after, FieldErrors errors) {
        ObjectNode oldTemplate = Tree.object(before, "template").deepCopy();
        boolean notStarted = Tree.flag(before, "suspend") && !old.path("status").hasNonNull("startTime");
        if (notStarted) {
            for (String field : List.of("nodeSelector", "affinity", "tolerations", "schedulingGates")) {
                replace(Tree.object(after, "template", "spec"), Tree.ensureObject(oldTemplate, "spec"), field);
            }
            for (String field : List.of("labels", "annotations")) {
                replace(Tree.object(after, "template", "metadata"), Tree.ensureObject(oldTemplate, "metadata"), field);
            }
        }
        errors.immutable(SPEC.child("template"), oldTemplate, after.get("template"));
    }

    private static void replace(ObjectNode from, ObjectNode to, String field) {
        JsonNode value = from.get(field);
        if (value == null) {
            to.remove(field);
        } else {
            to.set(field, value);
        }
    }

    private static void spec(JsonNode spec, FieldPath path, FieldErrors errors) {
        Rules.notNegative(
                spec,
                path,
                errors,
                "parallelism",
                "completions",
                "activeDeadlineSeconds",
                "backoffLimit",
                "ttlSecondsAfterFinished",
                "backoffLimitPerIndex",
                "maxFailedIndexes");
        String mode = Tree.text(spec, "completionMode");
        if (!mode.isEmpty()) {
            Rules.oneOf(spec, path, "completionMode", List.of("NonIndexed", "Indexed"), errors);
            if (mode.equals("Indexed")) {
                if (!spec.hasNonNull("completions")) {
                    errors.required(path.child("completions"), "when completion mode is Indexed");
                }
                if (Tree.number(spec, "parallelism") > 100_000) {
                    errors.invalid(
                            path.child("parallelism"),
                            Tree.number(spec, "parallelism"),
                            "must be less than or equal to 100000 when completion mode is Indexed");
                }
            } else if (spec.hasNonNull("backoffLimitPerIndex")) {
                errors.invalid(
                        path.child("backoffLimitPerIndex"),
                        Tree.number(spec, "backoffLimitPerIndex"),
                        "requires indexed completion mode");
            }
        }
        Rules.oneOf(spec, path, "podReplacementPolicy", List.of("Failed", "TerminatingOrFailed"), errors);
        FieldPath template = path.child("template");
        PodValidation.template(spec.path("template"), template, errors);
        if (Tree.text(spec, "template", "spec", "restartPolicy").equals("Always")) {
            errors.required(template.child("spec", "restartPolicy"), "valid values: \"OnFailure\", \"Never\"");
        }
        if (spec.hasNonNull("podFailurePolicy")
                && !Tree.text(spec, "template", "spec", "restartPolicy").equals("Never")) {
            errors.invalid(
                    template.child("spec", "restartPolicy"),
                    Tree.text(spec, "template", "spec", "restartPolicy"),
                    "only \"Never\" is supported when podFailurePolicy is specified");
        }
    }

    static final KindValidation CRON_JOB = (job, options, errors) -> {
        JsonNode spec = job.path("spec");
        if (Tree.text(spec, "schedule").isEmpty()) {
            errors.required(SPEC.child("schedule"));
        } else {
            String schedule = Tree.text(spec, "schedule");
            try {
                CronSchedule.parse(schedule);
            } catch (IllegalArgumentException wrong) {
                errors.invalid(SPEC.child("schedule"), schedule, String.valueOf(wrong.getMessage()));
            }
        }
        Rules.notNegative(
                spec, SPEC, errors, "startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit");
        Rules.requiredOneOf(spec, SPEC, "concurrencyPolicy", List.of("Allow", "Forbid", "Replace"), errors);
        timeZone(spec, errors);
        JsonNode template = spec.path("jobTemplate");
        FieldPath path = SPEC.child("jobTemplate");
        MetaValidation.template(template.path("metadata"), path.child("metadata"), errors);
        spec(template.path("spec"), path.child("spec"), errors);
        String name = Tree.text(job, "metadata", "name");
        if (name.length() > 52) {
            // Jobs made from it need 11 characters more.
            errors.invalid(FieldPath.of("metadata", "name"), name, "must be no more than 52 characters");
        }
    };

    private static void timeZone(JsonNode spec, FieldErrors errors) {
        String zone = Tree.text(spec, "timeZone");
        if (zone.isEmpty()) {
            if (spec.hasNonNull("timeZone")) {
                errors.invalid(SPEC.child("timeZone"), "", "timeZone must be nil or non-empty string");
            }
            return;
        }
        if (zone.equalsIgnoreCase("Local")) {
            errors.invalid(
                    SPEC.child("timeZone"),
                    zone,
                    "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones");
            return;
        }
        if (TimeZones.find(zone).isEmpty()) {
            errors.invalid(SPEC.child("timeZone"), zone, "unknown time zone " + zone);
        }
    }
}
