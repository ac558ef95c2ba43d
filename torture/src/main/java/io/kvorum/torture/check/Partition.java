package io.kvorum.torture.check;

import io.kvorum.torture.history.Call;
import io.kvorum.torture.history.KeyRange;
import io.kvorum.torture.history.Operation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Operations put into groups that have no key in common: a history is linearizable when each of them is. */
final class Partition {
    /** The group's name of each key, by way of other keys of the group. */
    private final TreeMap<String, String> parents = new TreeMap<>();

    private Partition() {}

    static Collection<List<Operation>> of(List<Operation> operations) {
        Partition partition = new Partition();
        for (Operation operation : operations) {
            ranges(operation.call()).forEach(range -> partition.parents.put(range.key(), range.key()));
        }
        Map<String, List<Operation>> groups = new LinkedHashMap<>();
        operations.forEach(operation -> partition.join(operation.call()));
        for (Operation operation : operations) {
            String any = ranges(operation.call()).iterator().next().key();
            groups.computeIfAbsent(partition.group(any), group -> new ArrayList<>())
                    .add(operation);
        }
        return groups.values();
    }

    private void join(Call call) {
        Set<KeyRange> ranges = ranges(call);
        String group = group(ranges.iterator().next().key());
        for (KeyRange range : ranges) {
            parents.put(group(range.key()), group);
            for (String key : List.copyOf(range.of(parents).keySet())) {
                parents.put(group(key), group);
            }
        }
    }

    private String group(String key) {
        String at = key;
        for (String parent = parents.get(at); parent != null && !parent.equals(at); parent = parents.get(at)) {
            at = parent;
        }
        return at;
    }

    /** What keys the call is about; never empty. */
    private static Set<KeyRange> ranges(Call call) {
        Set<KeyRange> ranges = new HashSet<>();
        if (call instanceof Call.Put put) {
            ranges.add(KeyRange.key(put.key()));
        } else if (call instanceof Call.Delete delete) {
            ranges.add(delete.keys());
        } else if (call instanceof Call.Range range) {
            ranges.add(range.keys());
        } else if (call instanceof Call.Txn txn) {
            txn.compares().forEach(compare -> ranges.add(KeyRange.key(compare.key())));
            txn.success().forEach(step -> ranges.addAll(ranges(step)));
            txn.failure().forEach(step -> ranges.addAll(ranges(step)));
        }
        if (ranges.isEmpty()) {
            ranges.add(KeyRange.key(""));
        }
        return ranges;
    }
}
