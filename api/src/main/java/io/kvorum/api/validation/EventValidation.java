package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules of Events, which are stored as those of the core group. Paths are upstream's internal names, whichever group
 * a request speaks.
 */
final class EventValidation implements KindValidation {
    private static final int MOST_NOTE = 1024;
    private static final int MOST_TEXT = 128;
    private static final String UNSET = "needs to be unset";
    private static final FieldPath ABOUT = FieldPath.of("involvedObject");
    private static final FieldPath CONTROLLER = FieldPath.of("reportingController");

    @Override
    public void create(ObjectNode event, ValidationOptions options, FieldErrors errors) {
        atAnyTime(event, errors);
        if (options.events()) {
            String name = Tree.text(event, "metadata", "name");
            errors.invalidEach(FieldPath.of("metadata", "name"), name, ObjectNames.dns1123Subdomain(name));
            series(event.get("series"), errors);
            newForm(event, errors);
        }
    }

    @Override
    public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        atAnyTime(next, errors);
        if (options.events()) {
            if (!Tree.semanticallyEqual(old.get("series"), next.get("series"))) {
                series(next.get("series"), errors);
            }
            unchanged(old, next, errors);
        }
    }

    /** Events with a time are of the new form and say who reports them; the others are about something in their namespace. */
    private static void atAnyTime(ObjectNode event, FieldErrors errors) {
        String namespace = Tree.text(event, "metadata", "namespace");
        String about = Tree.text(event, "involvedObject", "namespace");
        boolean timed = event.hasNonNull("eventTime");
        boolean home = namespace.equals("default") || (timed && namespace.equals("kube-system"));
        boolean matches = about.isEmpty() ? home || (!timed && namespace.isEmpty()) : timed || about.equals(namespace);
        if (!matches) {
            errors.invalid(ABOUT.child("namespace"), about, "does not match event.namespace");
        }
        if (timed) {
            reporter(event, errors);
            limited(event, "action", errors);
            limited(event, "reason", errors);
            atMost(event, "message", MOST_NOTE, errors);
        }
    }

    private static void reporter(ObjectNode event, FieldErrors errors) {
        String controller = Tree.text(event, "reportingComponent");
        if (controller.isEmpty()) {
            errors.required(CONTROLLER);
        }
        errors.invalidEach(CONTROLLER, controller, ObjectNames.qualifiedName(controller));
        limited(event, "reportingInstance", errors);
    }

    private static void limited(ObjectNode event, String field, FieldErrors errors) {
        Rules.requiredText(event, FieldPath.ROOT, errors, field);
        atMost(event, field, MOST_TEXT, errors);
    }

    private static void atMost(ObjectNode event, String field, int bytes, FieldErrors errors) {
        if (MetaValidation.bytes(Tree.text(event, field)) > bytes) {
            errors.invalid(FieldPath.of(field), "", "can have at most " + bytes + " characters");
        }
    }

    private static void series(@Nullable JsonNode series, FieldErrors errors) {
        if (series == null || !series.isObject()) {
            return;
        }
        if (Tree.number(series, "count") < 2) {
            errors.invalid(FieldPath.of("series", "count"), "", "should be at least 2");
        }
        if (!series.hasNonNull("lastObservedTime")) {
            errors.required(FieldPath.of("series", "lastObservedTime"));
        }
    }

    private static void newForm(ObjectNode event, FieldErrors errors) {
        if (!event.hasNonNull("eventTime")) {
            errors.required(FieldPath.of("eventTime"));
        }
        String type = Tree.text(event, "type");
        if (!type.equals("Normal") && !type.equals("Warning")) {
            errors.invalid(FieldPath.of("type"), "", "has invalid value: " + type);
        }
        for (String time : List.of("firstTimestamp", "lastTimestamp")) {
            if (event.hasNonNull(time)) {
                errors.invalid(FieldPath.of(time), "", UNSET);
            }
        }
        if (Tree.number(event, "count") != 0) {
            errors.invalid(FieldPath.of("count"), "", UNSET);
        }
        if (!Tree.text(event, "source", "component").isEmpty()
                || !Tree.text(event, "source", "host").isEmpty()) {
            errors.invalid(FieldPath.of("source"), "", UNSET);
        }
    }

    /** All but the series and the metadata; in upstream's order, where the reason comes twice. */
    private static void unchanged(ObjectNode old, ObjectNode next, FieldErrors errors) {
        errors.immutable(
                ABOUT,
                InternalForm.objectReference(old.path("involvedObject")),
                InternalForm.objectReference(next.path("involvedObject")));
        same(old, next, "reason", errors);
        same(old, next, "message", errors);
        errors.immutable(
                FieldPath.of("source"),
                InternalForm.eventSource(old.path("source")),
                InternalForm.eventSource(next.path("source")));
        sameTime(old, next, "firstTimestamp", errors);
        sameTime(old, next, "lastTimestamp", errors);
        if (Tree.number(old, "count") != Tree.number(next, "count")) {
            errors.invalid(FieldPath.of("count"), Tree.number(next, "count"), FieldErrors.IMMUTABLE);
        }
        same(old, next, "reason", errors);
        same(old, next, "type", errors);
        sameTime(old, next, "eventTime", errors);
        same(old, next, "action", errors);
        errors.immutable(FieldPath.of("related"), related(old), related(next));
        errors.immutable(CONTROLLER, text(old, "reportingComponent"), text(next, "reportingComponent"));
        same(old, next, "reportingInstance", errors);
    }

    private static void same(ObjectNode old, ObjectNode next, String field, FieldErrors errors) {
        errors.immutable(FieldPath.of(field), text(old, field), text(next, field));
    }

    private static void sameTime(ObjectNode old, ObjectNode next, String field, FieldErrors errors) {
        errors.immutable(FieldPath.of(field), old.get(field), next.get(field));
    }

    private static TextNode text(ObjectNode event, String field) {
        return TextNode.valueOf(Tree.text(event, field));
    }

    private static JsonNode related(ObjectNode event) {
        return event.hasNonNull("related")
                ? InternalForm.objectReference(event.path("related"))
                : NullNode.getInstance();
    }
}
