package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import io.kvorum.api.cron.CronSchedule;
import io.kvorum.api.cron.TimeZones;
import io.kvorum.api.selector.LabelSelector;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The rules of jobs and cron jobs. */
final class JobValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final String PER_INDEX = "backoffLimitPerIndex";
    private static final String MAX_FAILED = "maxFailedIndexes";
    private static final Pattern HTTP_PATH = Pattern.compile("[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+");
    private static final int MOST_INDEXES = 100_000;
    private static final int MOST_OF_MANY = 10_000;
    private static final int MOST_MANAGER = 63;

    private JobValidation() {}

    static final KindValidation JOB = new KindValidation() {
        @Override
        public void create(ObjectNode job, ValidationOptions options, FieldErrors errors) {
            generatedSelector(job, errors);
            check(job, errors);
            podNames(job, errors);
        }

        @Override
        public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            check(next, errors);
            ObjectNode before = Tree.object(old, "spec");
            ObjectNode after = Tree.object(next, "spec");
            completions(before, after, errors);
            errors.immutable(SPEC.child("selector"), before.get("selector"), after.get("selector"));
            template(old, before, after, errors);
            for (String field : List.of(
                    "completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy")) {
                errors.immutable(SPEC.child(field), before.get(field), after.get(field));
            }
        }

        @Override
        public void updateStatus(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            new JobStatusRules(old, next, errors).check();
        }
    };

    private static void check(ObjectNode job, FieldErrors errors) {
        JsonNode spec = job.path("spec");
        spec(spec, SPEC, errors);
        if (!spec.hasNonNull("selector")) {
            errors.required(SPEC.child("selector"));
            return;
        }
        int before = errors.size();
        MetaValidation.selector(spec.path("selector"), SPEC.child("selector"), errors);
        JsonNode labels = Tree.at(spec, "template", "metadata", "labels");
        if (errors.size() == before && !LabelSelector.of(spec.path("selector")).matches(Tree.map(labels))) {
            errors.invalid(
                    SPEC.child("template", "metadata", "labels"),
                    labels,
                    "`selector` does not match template `labels`");
        }
    }

    /** A selector that is the job's own: nobody has put others' names in its place. */
    private static void generatedSelector(ObjectNode job, FieldErrors errors) {
        JsonNode spec = job.path("spec");
        if (Tree.flag(spec, "manualSelector") || !spec.hasNonNull("selector")) {
            return;
        }
        Map<String, String> expected = new LinkedHashMap<>();
        expected.put("controller-uid", Tree.text(job, "metadata", "uid"));
        expected.put("job-name", Tree.text(job, "metadata", "name"));
        expected.put("batch.kubernetes.io/controller-uid", Tree.text(job, "metadata", "uid"));
        expected.put("batch.kubernetes.io/job-name", Tree.text(job, "metadata", "name"));
        JsonNode labels = Tree.at(spec, "template", "metadata", "labels");
        expected.forEach((label, value) -> {
            FieldPath at = SPEC.child("template", "metadata", "labels").key(label);
            if (!labels.hasNonNull(label)) {
                errors.required(at, "must be '" + value + "'");
            } else if (!Tree.text(labels, label).equals(value)) {
                errors.invalid(at, labels, "must be '" + value + "'");
            }
        });
        FieldErrors wrong = new FieldErrors();
        MetaValidation.selector(spec.path("selector"), SPEC.child("selector"), wrong);
        if (wrong.isEmpty() && !LabelSelector.of(spec.path("selector")).matches(expected)) {
            errors.invalid(SPEC.child("selector"), spec.get("selector"), "`selector` not auto-generated");
        }
    }

    /** The pods of an indexed job bear its name and their index, as one label. */
    private static void podNames(ObjectNode job, FieldErrors errors) {
        long completions = Tree.number(job, "spec", "completions");
        if (!indexed(job.path("spec")) || completions <= 0) {
            return;
        }
        String name = Tree.text(job, "metadata", "name");
        String last = name + "-" + (completions - 1);
        if (!ObjectNames.dns1123Label(last).isEmpty()) {
            errors.invalid(
                    FieldPath.of("metadata", "name"),
                    name,
                    "will not able to create pod with invalid DNS label: " + last);
        }
    }

    static boolean indexed(JsonNode spec) {
        return Tree.text(spec, "completionMode").equals("Indexed");
    }

    private static void completions(ObjectNode before, ObjectNode after, FieldErrors errors) {
        FieldPath at = SPEC.child("completions");
        if (!indexed(after)) {
            errors.immutable(at, before.get("completions"), after.get("completions"));
        } else if (after.hasNonNull("completions")
                && !Tree.semanticallyEqual(before.get("completions"), after.get("completions"))
                && Tree.number(after, "completions") != Tree.number(after, "parallelism")) {
            errors.invalid(at, after.get("completions"), "can only be modified in tandem with spec.parallelism");
        }
    }

    /** While a job is suspended and has not started, where its pods go may still change. */
    private static void template(ObjectNode old, ObjectNode before, ObjectNode after, FieldErrors errors) {
        ObjectNode oldTemplate = Tree.object(before, "template").deepCopy();
        boolean notStarted = Tree.flag(before, "suspend") && !old.path("status").hasNonNull("startTime");
        if (notStarted) {
            ObjectNode spec = Tree.ensureObject(oldTemplate, "spec");
            for (String field : List.of("nodeSelector", "tolerations", "schedulingGates")) {
                replace(Tree.object(after, "template", "spec"), spec, field);
            }
            nodeAffinity(Tree.object(after, "template", "spec", "affinity"), spec);
            for (String field : List.of("labels", "annotations")) {
                replace(Tree.object(after, "template", "metadata"), Tree.ensureObject(oldTemplate, "metadata"), field);
            }
        }
        errors.immutable(SPEC.child("template"), oldTemplate, after.get("template"));
    }

    /** Pods' likes of each other stay; what they want of nodes is of the new template. */
    private static void nodeAffinity(ObjectNode wanted, ObjectNode spec) {
        ObjectNode affinity = Tree.object(spec, "affinity").deepCopy();
        replace(wanted, affinity, "nodeAffinity");
        if (affinity.isEmpty()) {
            spec.remove("affinity");
        } else {
            spec.set("affinity", affinity);
        }
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
        if (spec.hasNonNull(MAX_FAILED) && !spec.hasNonNull(PER_INDEX)) {
            errors.required(path.child(PER_INDEX), "when maxFailedIndexes is specified");
        }
        if (spec.hasNonNull("managedBy")) {
            managedBy(Tree.text(spec, "managedBy"), path.child("managedBy"), errors);
        }
        Rules.oneOf(spec, path, "completionMode", List.of("NonIndexed", "Indexed"), errors);
        String mode = Tree.text(spec, "completionMode");
        if (indexed(spec)) {
            indexes(spec, path, errors);
        } else if (mode.isEmpty() || mode.equals("NonIndexed")) {
            for (String field : List.of(PER_INDEX, MAX_FAILED)) {
                if (spec.hasNonNull(field)) {
                    errors.invalid(path.child(field), Tree.number(spec, field), "requires indexed completion mode");
                }
            }
        }
        JobPolicyRules.failures(spec, path.child("podFailurePolicy"), errors);
        JobPolicyRules.success(spec, path.child("successPolicy"), errors);
        Rules.oneOf(
                spec,
                path,
                "podReplacementPolicy",
                spec.hasNonNull("podFailurePolicy") ? List.of("Failed") : List.of("Failed", "TerminatingOrFailed"),
                errors);
        FieldPath template = path.child("template");
        PodValidation.template(spec.path("template"), template, errors);
        String restart = Tree.text(spec, "template", "spec", "restartPolicy");
        FieldPath at = template.child("spec", "restartPolicy");
        if (restart.isEmpty() || restart.equals("Always")) {
            errors.required(at, "valid values: \"OnFailure\", \"Never\"");
        } else if (!List.of("OnFailure", "Never").contains(restart)) {
            errors.notSupported(at, restart, List.of("OnFailure", "Never"));
        } else if (spec.hasNonNull("podFailurePolicy") && !restart.equals("Never")) {
            errors.invalid(at, restart, "only \"Never\" is supported when podFailurePolicy is specified");
        }
    }

    /** The limits of jobs that count their pods. */
    private static void indexes(JsonNode spec, FieldPath path, FieldErrors errors) {
        if (!spec.hasNonNull("completions")) {
            errors.required(path.child("completions"), "when completion mode is Indexed");
        }
        long completions = Tree.number(spec, "completions");
        long parallelism = Tree.number(spec, "parallelism");
        long failures = Tree.number(spec, MAX_FAILED);
        if (parallelism > MOST_INDEXES) {
            errors.invalid(
                    path.child("parallelism"),
                    parallelism,
                    "must be less than or equal to 100000 when completion mode is Indexed");
        }
        if (spec.hasNonNull("completions") && failures > completions) {
            errors.invalid(path.child(MAX_FAILED), failures, "must be less than or equal to completions");
        }
        if (failures > MOST_INDEXES) {
            errors.invalid(path.child(MAX_FAILED), failures, "must be less than or equal to 100000");
        }
        if (completions <= MOST_INDEXES || !spec.hasNonNull(PER_INDEX)) {
            return;
        }
        if (!spec.hasNonNull(MAX_FAILED)) {
            errors.required(path.child(MAX_FAILED), "must be specified when completions is above 100000");
        }
        for (String field : List.of("parallelism", MAX_FAILED)) {
            if (Tree.number(spec, field) > MOST_OF_MANY) {
                errors.invalid(
                        path.child(field),
                        Tree.number(spec, field),
                        "must be less than or equal to 10000 when completions are above 100000 and used with backoff"
                                + " limit per index");
            }
        }
    }

    private static void managedBy(String name, FieldPath at, FieldErrors errors) {
        int slash = name.indexOf('/');
        if (name.isEmpty()) {
            errors.required(at);
        } else if (slash <= 0 || slash == name.length() - 1) {
            errors.invalid(at, name, "must be a domain-prefixed path (such as \"acme.io/foo\")");
        } else {
            errors.invalidEach(at, name.substring(0, slash), ObjectNames.dns1123Subdomain(name.substring(0, slash)));
            String path = name.substring(slash + 1);
            if (!HTTP_PATH.matcher(path).matches()) {
                errors.invalid(at, path, "Invalid path (regex used for validation is '" + HTTP_PATH.pattern() + "')");
            }
        }
        if (MetaValidation.bytes(name) > MOST_MANAGER) {
            errors.tooLong(at, MOST_MANAGER);
        }
    }

    static final KindValidation CRON_JOB = new KindValidation() {
        @Override
        public void create(ObjectNode job, ValidationOptions options, FieldErrors errors) {
            cron(job, errors);
            timeZone(job.path("spec"), errors);
            String name = Tree.text(job, "metadata", "name");
            if (name.length() > 52) {
                // Jobs made from it need 11 characters more.
                errors.invalid(FieldPath.of("metadata", "name"), name, "must be no more than 52 characters");
            }
        }

        @Override
        public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            cron(next, errors);
            JsonNode before = old.path("spec");
            JsonNode after = next.path("spec");
            if (!Tree.text(before, "timeZone").equals(Tree.text(after, "timeZone"))) {
                timeZone(after, errors);
            }
        }
    };

    private static void cron(ObjectNode job, FieldErrors errors) {
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
        Rules.notNegative(spec, SPEC, "startingDeadlineSeconds", errors);
        Rules.requiredOneOf(spec, SPEC, "concurrencyPolicy", List.of("Allow", "Forbid", "Replace"), errors);
        JsonNode wanted = Tree.at(spec, "jobTemplate", "spec");
        FieldPath path = SPEC.child("jobTemplate", "spec");
        spec(wanted, path, errors);
        if (wanted.hasNonNull("selector")) {
            errors.invalid(path.child("selector"), wanted.get("selector"), "`selector` will be auto-generated");
        }
        if (Tree.flag(wanted, "manualSelector")) {
            errors.notSupported(path.child("manualSelector"), true, List.of("nil", "false"));
        }
        Rules.notNegative(spec, SPEC, errors, "successfulJobsHistoryLimit", "failedJobsHistoryLimit");
    }

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
