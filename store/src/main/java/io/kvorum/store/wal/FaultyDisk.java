package io.kvorum.store.wal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A disk that is slow or fails by rules that come and go, and works like the one below it without any. Rules compose:
 * latencies add up, each failure strikes on its own. Thread-safe.
 */
public final class FaultyDisk implements Disk {
    private static final String NO_SPACE = "No space left on device";

    private final Disk disk;
    private final LongSupplier nanoTime;
    private final DoubleSupplier random;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    /** What was written and not fsynced since, by channel, while a rule keeps it back. */
    private final Map<FileChannel, ByteArrayOutputStream> held = new ConcurrentHashMap<>();

    private volatile List<Entry> active = List.of();

    /** What fails. */
    public enum Failure {
        NONE,
        WRITE,
        FSYNC,
        /** Writes fail because no space is left. */
        FULL,
        /**
         * Nothing fails, but what is written reaches the file whole only with the next fsync, and part of it before: a
         * member killed in between loses it, as when the power is cut.
         */
        UNSYNCED
    }

    /**
     * One rule.
     *
     * @param latency added to every write and every fsync
     * @param percent of the operations concerned that fail
     * @param expiresIn after this the rule ends by itself; null: never
     */
    public record Rule(
            String id,
            Duration latency,
            Failure failure,
            double percent,
            @Nullable Duration expiresIn) {
        public Rule {
            if (id.isEmpty()) {
                throw new IllegalArgumentException("a fault of the disk needs an id");
            }
            if (latency.isNegative()) {
                throw new IllegalArgumentException("fault " + id + ": latency must not be negative");
            }
            if (!(percent > 0 && percent <= 100)) {
                throw new IllegalArgumentException(
                        "fault " + id + ": failPercent must be above 0 and up to 100, not " + percent);
            }
        }
    }

    private record Entry(Rule rule, long until) {}

    public FaultyDisk(Disk disk) {
        this(disk, System::nanoTime, () -> ThreadLocalRandom.current().nextDouble());
    }

    FaultyDisk(Disk disk, LongSupplier nanoTime, DoubleSupplier random) {
        this.disk = disk;
        this.nanoTime = nanoTime;
        this.random = random;
    }

    /** Puts a rule in force, in place of the one with the same id. */
    public synchronized void set(Rule rule) {
        Duration lifetime = rule.expiresIn();
        entries.put(rule.id(), new Entry(rule, nanoTime.getAsLong() + (lifetime == null ? 0 : lifetime.toNanos())));
        active = List.copyOf(entries.values());
    }

    /** Takes a rule off; false when there is none with this id. */
    public synchronized boolean clear(String id) {
        boolean there = entries.remove(id) != null;
        active = List.copyOf(entries.values());
        return there;
    }

    private List<Rule> inForce() {
        List<Entry> all = active;
        if (all.isEmpty()) {
            return List.of();
        }
        List<Rule> rules = new ArrayList<>();
        long now = nanoTime.getAsLong();
        for (Entry entry : all) {
            if (entry.rule.expiresIn() == null || now - entry.until < 0) {
                rules.add(entry.rule);
            }
        }
        return rules;
    }

    @Override
    public void write(FileChannel channel, ByteBuffer bytes) throws IOException {
        List<Rule> rules = inForce();
        hold(rules);
        if (isFull(rules)) {
            // A part may still have fitted.
            int fits = wholeSectors(channel, bytes.remaining() / 2);
            disk.write(channel, bytes.slice(bytes.position(), fits));
            throw new IOException(NO_SPACE);
        }
        failWrites(rules);
        boolean holds = rules.stream().anyMatch(rule -> rule.failure == Failure.UNSYNCED && strikes(rule));
        if (holds || held.containsKey(channel)) {
            keep(channel, bytes);
        } else {
            disk.write(channel, bytes);
        }
    }

    /** Zeros are not held back: a file system may give a file its size before its content. */
    @Override
    public void allocate(FileChannel channel, long from, long to) throws IOException {
        List<Rule> rules = inForce();
        hold(rules);
        if (isFull(rules)) {
            disk.allocate(channel, from, from + (to - from) / 2);
            throw new IOException(NO_SPACE);
        }
        failWrites(rules);
        disk.allocate(channel, from, to);
    }

    private boolean isFull(List<Rule> rules) {
        return rules.stream().anyMatch(rule -> rule.failure == Failure.FULL && strikes(rule));
    }

    private void failWrites(List<Rule> rules) throws IOException {
        for (Rule rule : rules) {
            if (rule.failure == Failure.WRITE && strikes(rule)) {
                throw new IOException("Input/output error");
            }
        }
    }

    /** Lets some of the bytes through, so that a file may end in the middle of a record. */
    private void keep(FileChannel channel, ByteBuffer bytes) throws IOException {
        ByteArrayOutputStream rest = held.get(channel);
        if (rest == null) {
            rest = new ByteArrayOutputStream();
            held.put(channel, rest);
            int through = wholeSectors(channel, (int) (random.getAsDouble() * bytes.remaining()));
            disk.write(channel, bytes.slice(bytes.position(), through));
            bytes.position(bytes.position() + through);
        }
        byte[] left = new byte[bytes.remaining()];
        bytes.get(left);
        rest.writeBytes(left);
    }

    @Override
    public void sync(FileChannel channel) throws IOException {
        List<Rule> rules = inForce();
        hold(rules);
        for (Rule rule : rules) {
            if (rule.failure == Failure.FSYNC && strikes(rule)) {
                throw new IOException("fsync: Input/output error");
            }
        }
        ByteArrayOutputStream rest = held.remove(channel);
        if (rest != null) {
            disk.write(channel, ByteBuffer.wrap(rest.toByteArray()));
        }
        disk.sync(channel);
    }

    /** How many of the next bytes are written when it is about this many: disks write a sector or leave it. */
    private static int wholeSectors(FileChannel channel, int bytes) throws IOException {
        int beyond = (int) ((channel.position() + bytes) % Records.SECTOR_BYTES);
        return Math.max(0, bytes - beyond);
    }

    private boolean strikes(Rule rule) {
        return rule.percent >= 100 || random.getAsDouble() * 100 < rule.percent;
    }

    private static void hold(List<Rule> rules) {
        long nanos = rules.stream().mapToLong(rule -> rule.latency.toNanos()).sum();
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
