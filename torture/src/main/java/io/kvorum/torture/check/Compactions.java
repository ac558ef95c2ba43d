package io.kvorum.torture.check;

import io.kvorum.torture.history.Call;
import io.kvorum.torture.history.Fate;
import io.kvorum.torture.history.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** To what revision the store may have been, and must have been, compacted by a time. */
final class Compactions {
    private final Steps asked;
    private final Steps done;

    Compactions(List<Operation> operations) {
        List<long[]> asked = new ArrayList<>();
        List<long[]> done = new ArrayList<>();
        for (Operation operation : operations) {
            if (operation.call() instanceof Call.Compact compact && !(operation.fate() instanceof Fate.Failed)) {
                asked.add(new long[] {operation.invoked(), compact.revision()});
                if (operation.ok()) {
                    done.add(new long[] {operation.completed(), compact.revision()});
                }
            }
        }
        this.asked = new Steps(asked);
        this.done = new Steps(done);
    }

    /** The greatest revision that was asked to be compacted to before {@code time}; 0 for none. */
    long askedBefore(long time) {
        return asked.before(time);
    }

    /** The greatest revision to which compaction had been acknowledged before {@code time}; 0 for none. */
    long doneBefore(long time) {
        return done.before(time);
    }

    /** A number that only rises, by time. */
    private static final class Steps {
        private final long[] times;
        private final long[] values;

        Steps(List<long[]> steps) {
            steps.sort(Comparator.comparingLong(step -> step[0]));
            times = steps.stream().mapToLong(step -> step[0]).toArray();
            values = steps.stream().mapToLong(step -> step[1]).toArray();
            for (int i = 1; i < values.length; i++) {
                values[i] = Math.max(values[i], values[i - 1]);
            }
        }

        long before(long time) {
            int place = Arrays.binarySearch(times, time);
            int before = place >= 0 ? place : -place - 1;
            while (before > 0 && times[before - 1] >= time) {
                before--;
            }
            return before == 0 ? 0 : values[before - 1];
        }
    }
}
