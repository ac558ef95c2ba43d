package io.kvorum.torture.check;

import io.kvorum.torture.history.Call;
import io.kvorum.torture.history.Event;
import io.kvorum.torture.history.Fate;
import io.kvorum.torture.history.Frame;
import io.kvorum.torture.history.History;
import io.kvorum.torture.history.HistoryReader;
import io.kvorum.torture.history.HistoryWriter;
import io.kvorum.torture.history.KeyRange;
import io.kvorum.torture.history.KeyValue;
import io.kvorum.torture.history.Reply;
import io.kvorum.torture.history.WatchRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How long a history takes to be written, read and checked; not a test. {@code write FILE OPERATIONS}, {@code check FILE} or,
 * without its watches, {@code check-keys FILE}.
 */
public final class Scale {
    private static final int KEYS = 2000;
    private static final int WATCHERS = 9;

    private final Random random = new Random(1);
    private final TreeMap<String, KeyValue> keys = new TreeMap<>();
    private final HistoryWriter writer;
    private final List<List<Event>> pending = new ArrayList<>();
    private long revision = 1;
    private long time = 1_000_000;
    private int values;

    private Scale(HistoryWriter writer) {
        this.writer = writer;
    }

    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[1]);
        long start = System.nanoTime();
        if (arguments[0].equals("write")) {
            try (HistoryWriter writer = HistoryWriter.create(file)) {
                new Scale(writer).write(Integer.parseInt(arguments[2]));
            }
            System.out.printf(Locale.ROOT, "written: %.1f s, %d MB%n", since(start), Files.size(file) >> 20);
            return;
        }
        History history = HistoryReader.read(file);
        System.out.printf(Locale.ROOT, "read: %.1f s%n", since(start));
        System.gc();
        System.out.println("heap: " + (used() >> 20) + " MB");
        if (arguments[0].equals("check-keys")) {
            history = History.of(history.operations(), List.of());
        }
        long read = System.nanoTime();
        Report report = Checks.run(history);
        System.out.printf(Locale.ROOT, "checked: %.1f s%n", since(read));
        System.out.println(history.operations().size() + " operations, " + report.revisions() + " revisions, "
                + report.unknownApplied() + " unknown applied, " + report.unseen() + " unseen, " + report.counts());
        report.violations().stream().limit(3).forEach(System.out::println);
    }

    private static double since(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static long used() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private void write(int operations) throws IOException {
        for (int i = 0; i < WATCHERS; i++) {
            KeyRange range = i == 0 ? KeyRange.all() : KeyRange.prefix("key/" + i);
            writer.frame(writer.watch(i, 90 + i, "m", 0, time, WatchRequest.of(range, 2)), new Frame.Created(time, 1));
            pending.add(new ArrayList<>());
        }
        for (int i = 0; i < operations; i++) {
            operation(i % 64);
            if (i % 16 == 0) {
                flush();
            }
        }
        flush();
    }

    private void operation(int client) throws IOException {
        String key = "key/" + random.nextInt(KEYS);
        int kind = random.nextInt(100);
        if (kind < 35) {
            call(client, new Call.Put(key, "value-" + ++values, 0, kind < 10));
        } else if (kind < 40) {
            call(client, new Call.Delete(KeyRange.key(key), false));
        } else if (kind < 50) {
            Call.Put one = new Call.Put(key, "value-" + ++values, 0, false);
            call(client, new Call.Txn(List.of(), List.of(one), List.of()));
        } else if (kind < 55) {
            call(
                    client,
                    new Call.Range(KeyRange.prefix(key.substring(0, Math.min(6, key.length()))), 0, false, 20, false));
        } else {
            call(client, new Call.Range(KeyRange.key(key), 0, kind < 65, 0, false));
        }
    }

    private void call(int client, Call call) throws IOException {
        time += 1000;
        int id = writer.begin(client, "m" + client % 3, client + 1, time - random.nextInt(50_000), call);
        boolean unknown = Writes.may(call) && random.nextInt(200) == 0;
        Reply reply = unknown && random.nextBoolean() ? new Reply.Compact(0) : execute(call);
        writer.end(id, time + random.nextInt(50_000), unknown ? new Fate.Unknown("deadline") : reply);
    }

    private Reply execute(Call call) {
        if (call instanceof Call.Put put) {
            @Nullable KeyValue before = put(put);
            return new Reply.Put(revision, put.prevKv() ? before : null);
        } else if (call instanceof Call.Txn txn) {
            put((Call.Put) txn.success().get(0));
            return new Reply.Txn(revision, true, List.of(new Reply.Put(0, null)));
        } else if (call instanceof Call.Delete delete) {
            @Nullable KeyValue before = keys.remove(delete.keys().key());
            if (before != null) {
                revision++;
                event(Event.delete(before.key(), revision, before));
            }
            return new Reply.Delete(revision, before == null ? 0 : 1, List.of());
        }
        Call.Range range = (Call.Range) call;
        List<KeyValue> all = List.copyOf(range.keys().of(keys).values());
        List<KeyValue> some =
                range.limit() == 0 || all.size() <= range.limit() ? all : all.subList(0, (int) range.limit());
        return new Reply.Range(revision, some, all.size(), some.size() < all.size());
    }

    private @Nullable KeyValue put(Call.Put put) {
        revision++;
        @Nullable KeyValue before = keys.get(put.key());
        KeyValue after = new KeyValue(
                put.key(),
                put.value(),
                before == null ? revision : before.createRevision(),
                revision,
                before == null ? 1 : before.version() + 1,
                0);
        keys.put(put.key(), after);
        event(Event.put(after, before));
        return before;
    }

    private void event(Event event) {
        pending.get(0).add(event);
        for (int i = 1; i < WATCHERS; i++) {
            if (event.kv().key().startsWith("key/" + i)) {
                pending.get(i).add(event);
            }
        }
    }

    private void flush() throws IOException {
        for (int i = 0; i < WATCHERS; i++) {
            if (!pending.get(i).isEmpty()) {
                writer.frame(i, new Frame.Events(time + 60_000, revision, false, pending.get(i)));
                pending.get(i).clear();
            }
        }
    }
}
