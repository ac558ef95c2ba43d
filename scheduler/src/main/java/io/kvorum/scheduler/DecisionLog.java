package io.kvorum.scheduler;

import io.kvorum.client.ObjectKey;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The last decision for each of the pods decided most recently, for those who ask why. Belongs to one context. */
final class DecisionLog {
    private static final int REMEMBERED = 2048;

    /**
     * A decision.
     *
     * @param uid of the pod, for a pod of the same name may follow
     * @param attempt which try it was, from 1
     * @param node empty when there was none
     * @param message why there was none
     * @param nominated where room was being made; empty for nowhere
     */
    record Decided(Instant time, String uid, int attempt, String node, String message, String nominated) {}

    private final Map<ObjectKey, Decided> decisions = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ObjectKey, Decided> eldest) {
            return size() > REMEMBERED;
        }
    };

    void put(ObjectKey pod, Decided decision) {
        decisions.put(pod, decision);
    }

    /** Null when it is forgotten, was never made here, or was about another pod of the name. */
    @Nullable
    Decided get(ObjectKey pod, String uid) {
        @Nullable Decided found = decisions.get(pod);
        return found != null && found.uid.equals(uid) ? found : null;
    }
}
