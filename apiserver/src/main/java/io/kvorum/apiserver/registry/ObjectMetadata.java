package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The metadata that the server owns: names it generates, uids, times, and what an update must not change. */
final class ObjectMetadata {
    private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
    private static final String PHASE_TIME = "lastPhaseTransitionTime";
    private static final int SUFFIX = 5;
    private static final int MOST_BASE = 63 - SUFFIX;

    private final Clock clock;
    private final RandomGenerator random;

    ObjectMetadata(Clock clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    String now() {
        return Instant.now(clock).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    Instant instant() {
        return Instant.now(clock).truncatedTo(ChronoUnit.SECONDS);
    }

    /** Sets the namespace of the request; 400 when the object names another. */
    void checkNamespace(Served served, String namespace, ObjectNode object) {
        ObjectNode metadata = Tree.ensureObject(object, "metadata");
        String given = Tree.text(metadata, "namespace");
        if (!served.info().namespaced()) {
            metadata.remove("namespace");
            return;
        }
        if (given.isEmpty()) {
            metadata.put("namespace", namespace);
        } else if (!given.equals(namespace)) {
            throw ApiException.badRequest(
                    "the namespace of the provided object does not match the namespace sent on the request");
        }
    }

    /** Sets the name of the request; 400 when the object names another. */
    void checkName(String name, ObjectNode object) {
        ObjectNode metadata = Tree.ensureObject(object, "metadata");
        String given = Tree.text(metadata, "name");
        if (given.isEmpty()) {
            metadata.put("name", name);
        } else if (!given.equals(name)) {
            throw ApiException.badRequest(
                    "the name of the object (" + given + ") does not match the name on the URL (" + name + ")");
        }
    }

    /** Makes the metadata of a new object the server's: name, uid, creation time; nothing a client may not set. */
    void fillNew(ObjectNode object, String generateName) {
        ObjectNode metadata = Tree.ensureObject(object, "metadata");
        if (!Tree.text(metadata, "resourceVersion").isEmpty()) {
            throw new ApiException(
                    500, "InternalError", "resourceVersion should not be set on objects to be created", null);
        }
        metadata.remove(List.of("resourceVersion", "selfLink", "deletionTimestamp", "deletionGracePeriodSeconds"));
        if (Tree.text(metadata, "name").isEmpty() && !generateName.isEmpty()) {
            rename(object, generateName);
        }
        metadata.put("uid", ObjectUid.next(random));
        metadata.put("creationTimestamp", now());
    }

    void rename(ObjectNode object, String generateName) {
        StringBuilder name = new StringBuilder(generateName.substring(0, Math.min(MOST_BASE, generateName.length())));
        for (int i = 0; i < SUFFIX; i++) {
            name.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        Tree.ensureObject(object, "metadata").put("name", name.toString());
    }

    /**
     * Carries what an update must not change from {@code old} to {@code next}, and checks whom the update is meant for.
     *
     * <p>Errors: Conflict when {@code next} names another uid or resourceVersion; Invalid when it must name a
     * resourceVersion and does not.
     */
    void carryOver(Served served, ObjectNode old, ObjectNode next) {
        ObjectNode before = Tree.object(old, "metadata");
        ObjectNode after = Tree.ensureObject(next, "metadata");
        String name = Tree.text(before, "name");
        String revision = Tree.text(after, "resourceVersion");
        String uid = Tree.text(after, "uid");
        if (!uid.isEmpty() && !uid.equals(Tree.text(before, "uid"))) {
            throw ApiException.conflict(
                    served.info().group(),
                    served.info().resource(),
                    name,
                    "StorageError: invalid object, Code: 4, Key: /registry/"
                            + served.info().resource() + "/"
                            + served.path(Tree.text(before, "namespace"), name)
                            + ", ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: "
                            + uid + ", UID in object meta: " + Tree.text(before, "uid"));
        }
        if (revision.isEmpty() || revision.equals("0")) {
            if (!served.strategy().allowUnconditionalUpdate()) {
                throw ApiException.invalid(
                        served.info().group(),
                        served.info().kind(),
                        name,
                        List.of(new ApiException.Cause(
                                "FieldValueInvalid",
                                "Invalid value: 0: must be specified for an update",
                                "metadata.resourceVersion")));
            }
        } else if (!revision.equals(Tree.text(before, "resourceVersion"))) {
            throw Transactions.conflict(served, name);
        }
        for (String field : List.of("uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds")) {
            JsonNode value = before.get(field);
            if (value == null) {
                after.remove(field);
            } else {
                after.set(field, value);
            }
        }
        after.remove("selfLink");
        after.set("resourceVersion", before.path("resourceVersion"));
    }

    /** Whoever is being deleted gets no new finalizers. */
    void checkFinalizers(Served served, ObjectNode old, ObjectNode next) {
        if (!Tree.has(old.get("metadata"), "deletionTimestamp")) {
            return;
        }
        List<String> added = new ArrayList<>(Tree.texts(next, "metadata", "finalizers"));
        added.removeAll(Set.copyOf(Tree.texts(old, "metadata", "finalizers")));
        if (!added.isEmpty()) {
            StringBuilder names = new StringBuilder();
            added.forEach(name -> names.append(names.length() == 0 ? "" : ", ")
                    .append('"')
                    .append(name)
                    .append('"'));
            throw ApiException.invalid(
                    served.info().group(),
                    served.info().kind(),
                    Tree.text(old, "metadata", "name"),
                    List.of(new ApiException.Cause(
                            "FieldValueForbidden",
                            "Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"
                                    + names + "}",
                            "metadata.finalizers")));
        }
    }

    /** Whether {@code next} is the last of an object under deletion: its grace is over and no finalizer is left. */
    static boolean endsWithThisUpdate(Served served, ObjectNode old, ObjectNode next) {
        JsonNode before = old.path("metadata");
        // Namespaces have finalizers of their content, too.
        boolean space = served.stored().equals("core/namespaces");
        return before.hasNonNull("deletionTimestamp")
                && Tree.number(before, "deletionGracePeriodSeconds") == 0
                && Tree.items(next, "metadata", "finalizers").isEmpty()
                && !(space && !Tree.items(next, "spec", "finalizers").isEmpty())
                && (!Tree.items(before, "finalizers").isEmpty()
                        || space && !Tree.items(old, "spec", "finalizers").isEmpty());
    }

    /** Puts the times of what has just come about. @param old null for a new object */
    void stampTimes(Served served, @Nullable ObjectNode old, ObjectNode object) {
        stampPhase(served, old, object);
        if (served.stored().equals("resource.k8s.io/resourceslices")) {
            for (ObjectNode device : Tree.objects(object, "spec", "devices")) {
                Tree.objects(device, "taints").forEach(taint -> Tree.setDefault(taint, "timeAdded", now()));
            }
        }
    }

    /** A volume tells since when it has been in its phase; KEP-3762. */
    private void stampPhase(Served served, @Nullable ObjectNode old, ObjectNode object) {
        if (!served.stored().equals("core/persistentvolumes") || !(object.get("status") instanceof ObjectNode status)) {
            return;
        }
        JsonNode before = old == null ? Tree.newObject() : old.path("status");
        boolean changed = !Tree.text(before, "phase").equals(Tree.text(status, "phase"));
        if (changed && before.path(PHASE_TIME).equals(status.path(PHASE_TIME))) {
            status.put(PHASE_TIME, now());
        }
    }
}
