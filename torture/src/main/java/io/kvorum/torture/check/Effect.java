package io.kvorum.torture.check;

import io.kvorum.torture.history.Call;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What something that may have happened would have written.
 *
 * @param sure whether these are all keys; it may have deleted others as well when it touches blurred ones
 */
record Effect(Set<String> puts, Set<String> deletes, boolean sure) {

    /** What the call would write now, in each way it could go. */
    static List<Effect> of(Call call, KvState state, Blur blur) {
        if (!(call instanceof Call.Txn txn)) {
            return List.of(of(Writes.steps(call, true), state, blur));
        }
        if (!blur.touches(txn.compares())) {
            return List.of(of(txn.branch(state.holds(txn.compares())), state, blur));
        }
        return List.of(of(txn.success(), state, blur), of(txn.failure(), state, blur));
    }

    private static Effect of(List<Call.Step> steps, KvState state, Blur blur) {
        Set<String> puts = new HashSet<>();
        Set<String> deletes = new HashSet<>();
        boolean sure = true;
        for (Call.Step step : steps) {
            if (step instanceof Call.Put put) {
                puts.add(put.key());
            } else if (step instanceof Call.Delete delete) {
                deletes.addAll(state.in(delete.keys()).keySet());
                sure &= !blur.touches(delete);
            }
        }
        return new Effect(puts, deletes, sure);
    }

    /** What the end of a lease would take away. */
    static Effect ofEnd(Set<String> attached, boolean sure) {
        return new Effect(Set.of(), Set.copyOf(attached), sure);
    }

    Set<String> keys() {
        Set<String> keys = new HashSet<>(puts);
        keys.addAll(deletes);
        return keys;
    }

    /** Whether it writes anything, as far as is known. */
    boolean possible() {
        return !sure || !puts.isEmpty() || !deletes.isEmpty();
    }

    /** Whether it can have been the revision of which nothing but the deletion of {@code gone} was seen. */
    boolean fits(Set<String> gone, long revision, Blur blur, Coverage coverage) {
        List<String> written = new ArrayList<>(puts);
        for (String key : deletes) {
            // A blurred key need not have been there any more.
            if (!gone.contains(key) && !blur.of(key)) {
                written.add(key);
            }
        }
        return deletes.containsAll(gone) && written.stream().noneMatch(key -> coverage.of(key, revision));
    }
}
