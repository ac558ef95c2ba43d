package io.kvorum.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.testkit.history.HistoryCheck.Sort;
import io.kvorum.testkit.history.Write.Fate;
import io.kvorum.testkit.history.Write.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A right history passes; each kind of error planted in it is found, and as that kind. */
final class HistoryCheckTest {
    private final List<Write> writes = new ArrayList<>();
    private final List<Seen> events = new ArrayList<>();
    private final Map<String, String> last = new TreeMap<>();
    private final List<Read> reads = new ArrayList<>();

    /** Two watchers that saw: a created (11), b created (12), a updated (14), b deleted (15), c of a lost answer (17). */
    @BeforeEach
    void rightHistory() {
        write("w1", Kind.CREATE, "a", Fate.ACKNOWLEDGED, 11, 1);
        write("w2", Kind.CREATE, "b", Fate.ACKNOWLEDGED, 12, 2);
        write("w3", Kind.UPDATE, "a", Fate.ACKNOWLEDGED, 14, 3);
        write("w4", Kind.DELETE, "b", Fate.ACKNOWLEDGED, 15, 4);
        write("w5", Kind.CREATE, "", Fate.UNKNOWN, 0, 5);
        write("w6", Kind.CREATE, "", Fate.UNKNOWN, 0, 6);
        write("w7", Kind.UPDATE, "a", Fate.REFUSED, 0, 7);
        events.addAll(List.of(
                new Seen("ADDED", "a", "w1", 11),
                new Seen("ADDED", "b", "w2", 12),
                new Seen("MODIFIED", "a", "w3", 14),
                new Seen("DELETED", "b", "w2", 15),
                new Seen("ADDED", "c", "w5", 17)));
        last.put("a", "w3");
        last.put("c", "w5");
        reads.add(new Read(16, 450));
    }

    private void write(String id, Kind kind, String key, Fate fate, long version, int at) {
        writes.add(new Write(id, kind, key, fate, version, at * 100L, at * 100L + 10));
    }

    private HistoryCheck.Report check(List<Seen> second) {
        return HistoryCheck.of(new History(
                writes,
                List.of(
                        new WatchLog("one", 10, Map.of(), events, 0, 1),
                        new WatchLog("two", 10, Map.of(), second, 0, 2)),
                reads,
                last));
    }

    private HistoryCheck.Report check() {
        return check(events);
    }

    private List<Seen> changed(int index, Seen seen) {
        List<Seen> changed = new ArrayList<>(events);
        changed.set(index, seen);
        return changed;
    }

    @Test
    void aRightHistoryIsClean() {
        HistoryCheck.Report report = check();
        assertThat(report.clean()).as(report.toString()).isTrue();
    }

    @Test
    void aGapIsFound() {
        List<Seen> gap = new ArrayList<>(events);
        gap.remove(2);
        assertThat(check(gap).counts()).containsOnlyKeys(Sort.GAP);
        assertThat(check(gap).of(Sort.GAP).get(0)).contains("two did not see").contains("14");
    }

    @Test
    void aGapAtTheEndIsFoundByTheState() {
        assertThat(check(events.subList(0, 4)).counts()).containsOnlyKeys(Sort.GAP);
    }

    /** Not even the other watcher has it, only the writer's acknowledgement. */
    @Test
    void aGapThatAllWatchersShareIsFound() {
        events.remove(1);
        events.remove(2);
        assertThat(check().count(Sort.GAP)).isPositive();
    }

    @Test
    void anEventThatComesTwiceIsFound() {
        List<Seen> twice = new ArrayList<>(events);
        twice.add(3, events.get(2));
        assertThat(check(twice).counts()).containsOnlyKeys(Sort.STEP_BACK);
    }

    @Test
    void aStepBackInTimeIsFound() {
        List<Seen> back = new ArrayList<>(events);
        back.set(1, events.get(2));
        back.set(2, events.get(1));
        assertThat(check(back).count(Sort.STEP_BACK)).isEqualTo(1);
    }

    @Test
    void anAcknowledgedWriteThatIsNowhereIsFound() {
        write("w8", Kind.CREATE, "d", Fate.ACKNOWLEDGED, 16, 4);
        HistoryCheck.Report report = check();
        assertThat(report.count(Sort.LOST_WRITE)).isEqualTo(1);
        assertThat(report.of(Sort.LOST_WRITE).get(0)).contains("w8");
    }

    @Test
    void anAcknowledgedUpdateThatWasUndoneIsFound() {
        last.put("a", "w1");
        assertThat(check().count(Sort.LOST_WRITE)).isEqualTo(1);
    }

    @Test
    void anAcknowledgedDeletionThatDidNothingIsFound() {
        events.remove(3);
        last.put("b", "w2");
        assertThat(check().count(Sort.LOST_WRITE)).isEqualTo(1);
    }

    @Test
    void anAcknowledgedDeletionWithoutAVersionIsHeldToo() {
        write("w8", Kind.DELETE, "c", Fate.ACKNOWLEDGED, 0, 8);
        assertThat(check().counts()).containsOnlyKeys(Sort.LOST_WRITE);
        events.add(new Seen("DELETED", "c", "w5", 18));
        last.remove("c");
        assertThat(check().clean()).as(check().toString()).isTrue();
    }

    /** A server that repeated a write whose answer it had lost, and made two objects. */
    @Test
    void aWriteThatTookEffectTwiceIsFound() {
        events.add(new Seen("ADDED", "c2", "w5", 18));
        last.put("c2", "w5");
        assertThat(check().counts()).containsOnlyKeys(Sort.DOUBLED_WRITE);
        assertThat(check().count(Sort.DOUBLED_WRITE)).isEqualTo(2); // by its events, and by what is there
    }

    @Test
    void effectsOfRefusedAndOfUnsentWritesAreFound() {
        events.add(new Seen("MODIFIED", "a", "w7", 18));
        last.put("a", "w7");
        assertThat(check().counts()).containsOnlyKeys(Sort.PHANTOM_WRITE);
        events.add(new Seen("ADDED", "e", "w99", 19));
        last.put("e", "w99");
        assertThat(check().count(Sort.PHANTOM_WRITE)).isEqualTo(4);
    }

    @Test
    void watchersThatWereToldDifferentThingsAreFound() {
        assertThat(check(changed(2, new Seen("MODIFIED", "a", "w6", 14))).count(Sort.DISAGREEMENT))
                .isPositive();
        events.set(2, new Seen("MODIFIED", "a", "w6", 14));
        last.put("a", "w6");
        assertThat(check().count(Sort.DISAGREEMENT))
                .as("against the acknowledgement")
                .isEqualTo(1);
    }

    @Test
    void anEventThatCannotFollowIsFound() {
        assertThat(check(changed(2, new Seen("ADDED", "a", "w3", 14))).count(Sort.NONSENSE))
                .isEqualTo(1);
    }

    @Test
    void aReadThatMissesAnAcknowledgedWriteIsFound() {
        reads.add(new Read(13, 320));
        assertThat(check().counts()).containsOnlyKeys(Sort.STALE_READ);
        reads.set(1, new Read(13, 305)); // asked before the write was acknowledged
        assertThat(check().clean()).isTrue();
    }

    @Test
    void whatWasThereBeforeIsNotWrittenByAnybody() {
        Map<String, String> first = new HashMap<>(Map.of("old", "w0"));
        write("w0", Kind.CREATE, "old", Fate.ACKNOWLEDGED, 9, 0);
        last.put("old", "w0");
        HistoryCheck.Report report = HistoryCheck.of(
                new History(writes, List.of(new WatchLog("one", 10, first, events, 0, 1)), reads, last));
        assertThat(report.clean()).as(report.toString()).isTrue();
    }
}
