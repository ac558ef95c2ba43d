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
import java.util.function.Predicate;
import java.util.stream.Collectors;
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
            return;
        }
        long seen = sightings.first(revision);
        List<Operation> by = new ArrayList<>();
        for (Operation operation : deletersOf(gone)) {
            if (operation.invoked() < seen && effects(operation).stream().anyMatch(fits(gone, revision))) {
                by.add(operation);
            }
        }
        long lease = commonLease(gone);
        boolean leaseFits = lease != 0 && fits(gone, revision).test(state.attached(lease));
        if (leaseFits && leases.mayBeOverBy(lease, seen)) {
            blurOthers(state.attached(lease), gone);
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
        by.forEach(operation -> effects(operation).forEach(effect -> blurOthers(effect, gone)));
    }

    private void blurOthers(Set<String> effect, Set<String> gone) {
        for (String key : effect) {
            if (!gone.contains(key) && effect.containsAll(gone)) {
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

    /** All of {@code gone}, and nothing else that would have been seen to go. */
    private Predicate<Set<String>> fits(Set<String> gone, long revision) {
        return effect -> effect.containsAll(gone)
                && effect.stream().allMatch(key -> gone.contains(key) || blur.of(key) || !coverage.of(key, revision));
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

    /** What keys the call would delete now, in each way it could go, if it did nothing but delete. */
    private List<Set<String>> effects(Operation operation) {
        if (operation.call() instanceof Call.Delete delete) {
            return List.of(deletes(List.of(delete)));
        } else if (operation.call() instanceof Call.Txn txn) {
            return branches(txn).stream()
                    .filter(steps -> steps.stream().noneMatch(Call.Put.class::isInstance))
                    .map(this::deletes)
                    .toList();
        }
        return List.of();
    }

    private List<List<Call.Step>> branches(Call.Txn txn) {
        if (blur.touches(txn.compares())) {
            return List.of(txn.success(), txn.failure());
        }
        return List.of(txn.branch(state.holds(txn.compares())));
    }

    private Set<String> deletes(List<Call.Step> steps) {
        if (steps.size() == 1
                && steps.get(0) instanceof Call.Delete delete
                && delete.keys().single()) {
            String key = delete.keys().key();
            return state.get(key) == null ? Set.of() : Set.of(key);
        }
        return steps.stream()
                .filter(Call.Delete.class::isInstance)
                .flatMap(step -> state.in(((Call.Delete) step).keys()).keySet().stream())
                .collect(Collectors.toSet());
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
            if (effects(operation).stream().anyMatch(fits(evidence.keys().keySet(), revision))) {
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
        long seen = sightings.first(revision);
        List<Blur.Possible> possible = new ArrayList<>();
        for (Operation operation : unknown) {
            if (operation.invoked() < seen) {
                everyEffect(operation, possible);
            }
        }
        for (long lease : state.leases()) {
            if (leases.mayBeOverBy(lease, seen)) {
                possible.add(new Blur.Possible(~lease, Set.copyOf(state.attached(lease)), true));
            }
        }
        possible.removeIf(one -> one.keys().stream().anyMatch(key -> coverage.of(key, revision)));
        if (!blur.hole(revision, possible)) {
            findings.add(
                    Kind.REVISION_UNEXPLAINED,
                    sightings.witness(revision),
                    "nothing was seen of revision " + revision + ", and there are not enough writes of unknown fate and"
                            + " leases that can have been it");
        }
    }

    /** What the call could write now, in each way it could go. */
    private void everyEffect(Operation operation, List<Blur.Possible> effects) {
        for (List<Call.Step> steps : everyBranch(operation.call())) {
            Set<String> keys = new HashSet<>(deletes(steps));
            boolean sure = true;
            for (Call.Step step : steps) {
                if (step instanceof Call.Put put) {
                    keys.add(put.key());
                } else if (step instanceof Call.Delete && blur.touches(step)) {
                    sure = false;
                }
            }
            if (!sure || !keys.isEmpty()) {
                effects.add(new Blur.Possible(operation.id(), keys, sure));
            }
        }
    }

    private List<List<Call.Step>> everyBranch(Call call) {
        return call instanceof Call.Txn txn ? branches(txn) : List.of(Writes.steps(call, true));
    }
}
