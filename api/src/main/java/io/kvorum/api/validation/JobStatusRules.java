package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What whoever runs a Job may say of it. Most rules hold only where what they are about has changed, so that a status
 * that is wrong already can still be mended piece by piece.
 */
final class JobStatusRules {
    private static final FieldPath STATUS = FieldPath.of("status");
    private static final FieldPath CONDITIONS = STATUS.child("conditions");
    private static final String COMPLETE = "Complete";
    private static final String FAILED = "Failed";
    private static final String TARGET = "FailureTarget";
    private static final String SUCCESS = "SuccessCriteriaMet";
    private static final String COMPLETED_AT = "completionTime";
    private static final String STARTED_AT = "startTime";
    private static final String COMPLETED_INDEXES = "completedIndexes";
    private static final String FAILED_INDEXES = "failedIndexes";
    private static final String UNCOUNTED = "uncountedTerminatedPods";
    private static final String ACTIVE = "active";
    private static final String TERMINATING = "terminating";

    private final JsonNode spec;
    private final JsonNode before;
    private final JsonNode after;
    private final FieldErrors errors;

    JobStatusRules(ObjectNode old, ObjectNode next, FieldErrors errors) {
        this.spec = next.path("spec");
        this.before = old.path("status");
        this.after = next.path("status");
        this.errors = errors;
    }

    void check() {
        Rules.notNegative(after, STATUS, errors, ACTIVE, "succeeded", "failed", "ready", TERMINATING);
        uncounted();
        ends();
        times();
        finished();
        indexes();
        if (changed("ready", ACTIVE) && Tree.number(after, "ready") > Tree.number(after, ACTIVE)) {
            errors.invalid(
                    STATUS.child("ready"), Tree.number(after, "ready"), "cannot set more ready pods than active");
        }
        success();
        backwards();
    }

    private void uncounted() {
        Set<String> seen = new HashSet<>();
        for (String list : List.of("succeeded", "failed")) {
            List<String> uids = Tree.texts(after, UNCOUNTED, list);
            for (int i = 0; i < uids.size(); i++) {
                FieldPath at = STATUS.child(UNCOUNTED, list).index(i);
                if (uids.get(i).isEmpty()) {
                    errors.invalid(at, "", "must not be empty");
                } else if (!seen.add(uids.get(i))) {
                    errors.duplicate(at, uids.get(i));
                }
            }
        }
    }

    /** The conditions that exclude and those that need each other. */
    private void ends() {
        boolean complete = is(after, COMPLETE);
        boolean failed = is(after, FAILED);
        if (complete && failed && (turned(COMPLETE) || turned(FAILED))) {
            errors.invalidWhole(CONDITIONS, "cannot set Complete=True and Failed=true conditions");
        }
        if (complete && is(after, TARGET) && (turned(COMPLETE) || turned(TARGET))) {
            errors.invalidWhole(CONDITIONS, "cannot set Complete=True and FailureTarget=true conditions");
        }
        if (failed && !is(after, TARGET) && turned(FAILED)) {
            errors.invalidWhole(
                    CONDITIONS, "cannot set Failed=True condition without the FailureTarget=true condition");
        }
        if (complete && !is(after, SUCCESS) && turned(COMPLETE)) {
            errors.invalidWhole(
                    CONDITIONS, "cannot set Complete=True condition without the SuccessCriteriaMet=true condition");
        }
    }

    private void times() {
        boolean complete = is(after, COMPLETE);
        FieldPath at = STATUS.child(COMPLETED_AT);
        if (turned(COMPLETE) || changed(COMPLETED_AT)) {
            if (after.hasNonNull(COMPLETED_AT) && !complete) {
                errors.invalid(
                        at,
                        after.get(COMPLETED_AT),
                        "cannot set completionTime when there is no Complete=True condition");
            } else if (!after.hasNonNull(COMPLETED_AT) && complete) {
                errors.required(at, "completionTime is required for Complete jobs");
            }
        }
        if (changed(STARTED_AT, COMPLETED_AT)
                && after.hasNonNull(STARTED_AT)
                && after.hasNonNull(COMPLETED_AT)
                && time(after, COMPLETED_AT).isBefore(time(after, STARTED_AT))) {
            errors.invalid(at, after.get(COMPLETED_AT), "completionTime cannot be set before startTime");
        }
    }

    private static Instant time(JsonNode status, String field) {
        return Instant.parse(Tree.text(status, field));
    }

    private void finished() {
        if (!finished(after)) {
            return;
        }
        boolean now = !finished(before);
        if (Tree.number(after, ACTIVE) > 0 && (now || changed(ACTIVE))) {
            errors.invalid(STATUS.child(ACTIVE), Tree.number(after, ACTIVE), "active>0 is invalid for finished job");
        }
        // Nothing to do is done without a start.
        boolean neverStarts =
                Tree.flag(spec, "suspend") && spec.hasNonNull("completions") && Tree.number(spec, "completions") == 0;
        if (!neverStarts && !after.hasNonNull(STARTED_AT) && (now || changed(STARTED_AT))) {
            errors.required(STATUS.child(STARTED_AT), "startTime is required for finished job");
        }
        JsonNode uncounted = after.path(UNCOUNTED);
        boolean some = !uncounted.path("succeeded").isEmpty()
                || !uncounted.path("failed").isEmpty();
        if (some && (now || changed(UNCOUNTED))) {
            errors.invalid(
                    STATUS.child(UNCOUNTED),
                    InternalForm.uncountedPods(uncounted),
                    "uncountedTerminatedPods needs to be empty for finished job");
        }
        if (Tree.number(after, TERMINATING) > 0 && (now || changed(TERMINATING))) {
            errors.invalid(
                    STATUS.child(TERMINATING),
                    Tree.number(after, TERMINATING),
                    "terminating>0 is invalid for finished job");
        }
    }

    private void indexes() {
        boolean completedChanged = changed(COMPLETED_INDEXES);
        boolean failedChanged = changed(FAILED_INDEXES);
        long completions = Tree.number(spec, "completions");
        IndexIntervals completed = IndexIntervals.parse(Tree.text(after, COMPLETED_INDEXES), completions);
        IndexIntervals failed = IndexIntervals.parse(Tree.text(after, FAILED_INDEXES), completions);
        boolean counted = spec.hasNonNull("completions");
        boolean perIndex = spec.hasNonNull("backoffLimitPerIndex");
        if (completedChanged && counted && !completed.problem().isEmpty()) {
            wrongIndexes(COMPLETED_INDEXES, "error parsing completedIndexes: " + completed.problem());
        }
        if (failedChanged && counted && perIndex && !failed.problem().isEmpty()) {
            wrongIndexes(FAILED_INDEXES, "error parsing failedIndexes: " + failed.problem());
        }
        if (completedChanged && !Tree.text(after, COMPLETED_INDEXES).isEmpty() && !JobValidation.indexed(spec)) {
            wrongIndexes(COMPLETED_INDEXES, "cannot set non-empty completedIndexes when non-indexed completion mode");
        }
        if (failedChanged && !perIndex && after.hasNonNull(FAILED_INDEXES)) {
            wrongIndexes(FAILED_INDEXES, "cannot set non-null failedIndexes when backoffLimitPerIndex is null");
        }
        long both = completed.overlap(failed);
        if ((completedChanged || failedChanged) && counted && both >= 0) {
            wrongIndexes(FAILED_INDEXES, "failedIndexes and completedIndexes overlap at index: " + both);
        }
    }

    private void wrongIndexes(String field, String detail) {
        errors.invalid(STATUS.child(field), Tree.text(after, field), detail);
    }

    private void success() {
        boolean met = is(after, SUCCESS);
        if (met && is(after, FAILED)) {
            errors.invalidWhole(CONDITIONS, "cannot set SuccessCriteriaMet=True and Failed=true conditions");
        }
        if (met && is(after, TARGET)) {
            errors.invalidWhole(CONDITIONS, "cannot set SuccessCriteriaMet=True and FailureTarget=true conditions");
        }
        if (spec.hasNonNull("successPolicy") && !met && is(after, COMPLETE)) {
            errors.invalidWhole(
                    CONDITIONS, "cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True");
        }
    }

    /** What may not be taken back. */
    private void backwards() {
        for (String end : List.of(FAILED, COMPLETE, TARGET)) {
            if (is(before, end) && !is(after, end)) {
                errors.invalidWhole(CONDITIONS, "cannot disable the terminal " + end + "=True condition");
            }
        }
        if (Tree.number(after, "failed") < Tree.number(before, "failed")) {
            errors.invalid(STATUS.child("failed"), Tree.number(after, "failed"), "cannot decrease the failed counter");
        }
        boolean elastic =
                JobValidation.indexed(spec) && Tree.semanticallyEqual(spec.get("completions"), spec.get("parallelism"));
        if (!elastic && Tree.number(after, "succeeded") < Tree.number(before, "succeeded")) {
            errors.invalid(
                    STATUS.child("succeeded"),
                    Tree.number(after, "succeeded"),
                    "cannot decrease the succeeded counter");
        }
        if (before.hasNonNull(COMPLETED_AT) && after.hasNonNull(COMPLETED_AT) && changed(COMPLETED_AT)) {
            errors.invalid(STATUS.child(COMPLETED_AT), after.get(COMPLETED_AT), "completionTime cannot be mutated");
        }
        if (before.hasNonNull(STARTED_AT) && changed(STARTED_AT) && !Tree.flag(spec, "suspend")) {
            errors.required(STATUS.child(STARTED_AT), "startTime cannot be removed for unsuspended job");
        }
        if (is(before, SUCCESS) && !is(after, SUCCESS)) {
            errors.invalidWhole(CONDITIONS, "cannot disable the SuccessCriteriaMet=True condition");
        }
        if (is(before, COMPLETE) && !is(before, SUCCESS) && is(after, SUCCESS)) {
            errors.invalidWhole(
                    CONDITIONS, "cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions");
        }
    }

    private boolean changed(String... fields) {
        for (String field : fields) {
            if (!Tree.semanticallyEqual(before.get(field), after.get(field))) {
                return true;
            }
        }
        return false;
    }

    private boolean turned(String type) {
        return is(before, type) != is(after, type);
    }

    private static boolean finished(JsonNode status) {
        return is(status, COMPLETE) || is(status, FAILED);
    }

    private static boolean is(JsonNode status, String type) {
        return Tree.items(status, "conditions").stream()
                .anyMatch(condition -> Tree.text(condition, "type").equals(type)
                        && Tree.text(condition, "status").equals("True"));
    }
}
