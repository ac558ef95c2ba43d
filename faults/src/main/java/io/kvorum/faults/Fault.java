package io.kvorum.faults;

import java.util.List;

/** Something that is broken on purpose. Names are those of members, resolved when the fault is made. */
public sealed interface Fault {
    /** Members in different groups cannot reach each other, either way; members in no group reach everybody. */
    record Partition(List<List<String>> groups) implements Fault {}

    /** Nothing that {@code from} sends reaches {@code to}; the other direction is left alone. */
    record Cut(List<String> from, List<String> to) implements Fault {}

    /** Everything between the two sides takes {@code delayMillis} longer each way, give or take {@code jitterMillis}. */
    record Delay(List<String> one, List<String> other, long delayMillis, long jitterMillis) implements Fault {}

    /** The processes are killed (SIGKILL) and kept down until the fault is healed. */
    record Kill(List<String> members) implements Fault {}

    /** The processes are stopped (SIGSTOP) until the fault is healed (SIGCONT). */
    record Pause(List<String> members) implements Fault {}
}
