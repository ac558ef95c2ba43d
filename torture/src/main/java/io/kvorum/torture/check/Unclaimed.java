package io.kvorum.torture.check;

import io.kvorum.torture.history.Call;
import io.kvorum.torture.history.Fate;
import io.kvorum.torture.history.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Explains revisions that no answer claims and no written value betrays: deletions that were only watched, and revisions
 * of which nothing was seen. They are the work of deletions of unknown fate, or of leases that ended.
 */
final class Unclaimed {
    private final KvState state;
    private final Blur blur;
    private final Sightings sightings;
    private final Claims claims;
    private final Leases leases;
    private final Coverage coverage;
    private final Findings findings;
    /** Writes of unknown fate of which no trace was found. */
    private final List<Operation> unknown;
    /** Those that failed: never an explanation, but good to name. */
    private final List<Operation> failed;

    /** Of the unknown ones, those that delete one key, by key. */
    private final Map<String, List<Operation>> deletersOfOne = new HashMap<>();
    /** And those that may delete more. */
    private final List<Operation> deletersOfMany = new ArrayList<>();

    /** Leases that writes of unknown fate may have attached to keys. */
    private final Set<Long> leasesOfUnknown = new HashSet<>();

    private final Map<Long, List<Operation>> explanations = new HashMap<>();
    private final Map<Integer, Long> explained = new HashMap<>();

    Unclaimed(
            List<Operation> operations,
            KvState state,
            Blur blur,
            Sightings sightings,
            Claims claims,
            Leases leases,
            Coverage coverage,
            Findings findings) {
        this.state = state;
        this.blur = blur;
        this.sightings = sightings;
        this.claims = claims;
        this.leases = leases;
        this.coverage = coverage;
        this.findings = findings;
        this.unknown = operations.stream()
                .filter(operation -> Writes.may(operation.call()) && Writes.unknown(operation))
                .filter(operation -> !claims.applied(operation))
                .toList();
        this.failed = operations.stream()
                .filter(operation -> Writes.may(operation.call()) && operation.fate() instanceof Fate.Failed)
                .toList();
        unknown.forEach(this::index);
    }

    private void index(Operation operation) {
        Writes.puts(operation.call(), put -> {
            if (put.lease() != 0) {
                leasesOfUnknown.add(put.lease());
            }
        });
        if (operation.call() instanceof Call.Delete delete && delete.keys().single()) {
            deletersOfOne
                    .computeIfAbsent(delete.keys().key(), key -> new ArrayList<>())
                    .add(operation);
        } else if (!(operation.call() instanceof Call.Put)) {
            deletersOfMany.add(operation);
        }
    }

    private List<Operation> deletersOf(Set<String> gone) {
        List<Operation> deleters = new ArrayList<>();
        if (gone.size() == 1) {
            deleters.addAll(deletersOfOne.getOrDefault(gone.iterator().next(), List.of()));
        }
        deleters.addAll(deletersOfMany);
        return deleters;
    }

    /** How many deletions of unknown fate were found to have been done. */
    int applied() {
        return explained.size();
    }

    /** Finds who deleted the keys that were seen to go at {@code revision}. Blurs those that may have gone with them. */
    void deleted(long revision, Evidence evidence) {
        Set<String> gone = evidence.keys().keySet();
        if (gone.stream().anyMatch(blur::of)) {
            // It is not known of which lease they were, nor whether they were there for a deletion to find.
            possible(revision).forEach(one -> blurOthers(one.effect(), gone, revision));
            return;
        }
        long seen = sightings.first(revision);
        List<Operation> by = new ArrayList<>();
        for (Operation operation : deletersOf(gone)) {
            if (operation.invoked() < seen && canHaveBeen(operation, gone, revision)) {
                by.add(operation);
            }
        }
        long lease = commonLease(gone);
        Effect end = Effect.ofEnd(state.attached(lease), true);
        boolean leaseFits = lease != 0 && end.fits(gone, revision, blur, coverage);
        if (leaseFits && leases.mayBeOverBy(lease, seen)) {
            blurOthers(end, gone, revision);
            by.forEach(operation -> blurOthers(operation, gone, revision));
            if (by.isEmpty()) {
                leases.ended(lease, revision);
            }
            return;
        }
        explanations.put(revision, by);
        if (!explain(revision, new HashSet<>())) {
            nobody(revision, evidence, lease, leaseFits);
            return;
        }
        by.forEach(operation -> blurOthers(operation, gone, revision));
    }

    private boolean canHaveBeen(Operation operation, Set<String> gone, long revision) {
        return Effect.of(operation.call(), state, blur).stream()
                .anyMatch(effect -> effect.fits(gone, revision, blur, coverage));
    }

    private void blurOthers(Operation operation, Set<String> gone, long revision) {
        for (Effect effect : Effect.of(operation.call(), state, blur)) {
            if (effect.fits(gone, revision, blur, coverage)) {
                blurOthers(effect, gone, revision);
            }
        }
    }

    private void blurOthers(Effect effect, Set<String> gone, long revision) {
        for (String key : effect.keys()) {
            if (!gone.contains(key) && !coverage.of(key, revision)) {
                blur.add(key);
            }
        }
    }

    /** Kuhn's augmenting path: one operation explains one revision at most, and may leave one to another. */
    private boolean explain(long revision, Set<Integer> tried) {
        for (Operation operation : explanations.getOrDefault(revision, List.of())) {
            if (tried.add(operation.id())) {
                @Nullable Long other = explained.get(operation.id());
                if (other == null || explain(other, tried)) {
                    explained.put(operation.id(), revision);
                    return true;
                }
            }
        }
        return false;
    }

    private long commonLease(Set<String> keys) {
        long common = 0;
        for (String key : keys) {
            var kv = state.get(key);
            if (kv == null || kv.lease() == 0 || (common != 0 && common != kv.lease())) {
                return 0;
            }
            common = kv.lease();
        }
        return common;
    }

    private void nobody(long revision, Evidence evidence, long lease, boolean leaseFits) {
        String what = evidence + " was seen";
        @Nullable Operation guarantee = lease == 0 ? null : leases.guarantee(lease);
        if (leaseFits && guarantee != null) {
            long seen = sightings.first(revision);
            findings.add(
                    Kind.LEASE_TOO_SHORT,
                    evidence.seenBy(),
                    what + ", which nobody deleted: the keys of lease " + lease + ", "
                            + leases.early(lease, seen) + " before its time, which operation " + guarantee.id()
                            + " renewed",
                    guarantee);
        } else if (lease != 0 && guarantee != null && leases.mayBeOverBy(lease, sightings.first(revision))) {
            Set<String> left = new HashSet<>(state.attached(lease));
            left.removeAll(evidence.keys().keySet());
            findings.add(
                    Kind.LEASE_TORN,
                    evidence.seenBy(),
                    what + ", but not of the other keys of lease " + lease + ": " + left);
        } else {
            refusedOrNobody(revision, evidence, what);
        }
    }

    private void refusedOrNobody(long revision, Evidence evidence, String what) {
        for (Operation operation : failed) {
            if (canHaveBeen(operation, evidence.keys().keySet(), revision)) {
                findings.add(
                        Kind.FAILED_WRITE_APPLIED,
                        evidence.seenBy(),
                        what + ", which only operation " + operation.id() + " can have done (" + operation + ")",
                        operation);
                return;
            }
        }
        findings.add(Kind.WRITTEN_BY_NOBODY, evidence.seenBy(), what + ", a deletion that nobody asked for");
    }

    /** A revision of which nothing was seen: what can have been written in it is blurred. */
    void unseen(long revision) {
        List<Blur.Possible> possible = possible(revision);
        possible.removeIf(one -> !one.effect().fits(Set.of(), revision, blur, coverage));
        if (!blur.hole(revision, possible)) {
            findings.add(
                    Kind.REVISION_UNEXPLAINED,
                    sightings.witness(revision),
                    "nothing was seen of revision " + revision + ", and there are not enough writes of unknown fate and"
                            + " leases that can have been it");
        }
    }

    /** All that can have happened by the time the revision was seen. */
    private List<Blur.Possible> possible(long revision) {
        long seen = sightings.first(revision);
        List<Blur.Possible> possible = new ArrayList<>();
        for (Operation operation : unknown) {
            if (operation.invoked() < seen) {
                for (Effect effect : Effect.of(operation.call(), state, blur)) {
                    possible.add(new Blur.Possible(operation.id(), effect));
                }
            }
        }
        Set<Long> ends = new HashSet<>(leasesOfUnknown);
        ends.addAll(state.leases());
        for (long lease : ends) {
            if (leases.mayBeOverBy(lease, seen)) {
                Set<String> attached = state.attached(lease);
                boolean sure =
                        !leasesOfUnknown.contains(lease) && attached.stream().noneMatch(blur::of);
                possible.add(new Blur.Possible(~lease, Effect.ofEnd(attached, sure)));
            }
        }
        possible.removeIf(one -> !one.effect().possible());
        return possible;
    }
}
