package io.kvorum.controllers.garbage;

import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.List;

/**
 * The owner references of one object, judged.
 *
 * @param solid owners that exist and stay
 * @param dangling owners that do not exist
 * @param waiting owners that are being deleted in the foreground and wait for their dependents
 */
record OwnerVerdict(List<OwnerReference> solid, List<OwnerReference> dangling, List<OwnerReference> waiting) {
    /** What follows for the object. */
    enum Action {
        /** Nothing: somebody owns it. */
        KEEP,
        /** It has an owner, but names others that are gone or going: those references are removed. */
        REMOVE_REFERENCES,
        /** Nobody owns it any more, and its owner waits for it while it has dependents itself: delete in the foreground. */
        DELETE_FOREGROUND,
        /** Nobody owns it any more. */
        DELETE
    }

    /** @param dependents how many objects depend on the judged one */
    Action action(int dependents) {
        if (!solid.isEmpty()) {
            return dangling.isEmpty() && waiting.isEmpty() ? Action.KEEP : Action.REMOVE_REFERENCES;
        }
        return !waiting.isEmpty() && dependents > 0 ? Action.DELETE_FOREGROUND : Action.DELETE;
    }
}
