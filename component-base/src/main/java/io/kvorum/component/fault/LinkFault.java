package io.kvorum.component.fault;

import io.kvorum.component.fault.FaultRule.Breaking;
import java.util.EnumSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What all rules together do to one direction of the link to one peer. Times in nanoseconds, rate in bytes a second. */
record LinkFault(boolean cut, long delay, long jitter, long rate, double lossPercent, Set<Breaking> breaking) {
    /** TCP's smallest retransmission time-out on Linux; doubles with each loss of the same segment. */
    private static final long RETRANSMIT = 200_000_000L;

    private static final int MAX_RETRANSMITS = 5;

    LinkFault(boolean cut, long delay, long jitter, long rate, double lossPercent) {
        this(cut, delay, jitter, rate, lossPercent, Set.of());
    }

    static LinkFault of(FaultRule rule) {
        return new LinkFault(
                rule.cut(),
                rule.delay().toNanos(),
                rule.jitter().toNanos(),
                rule.rateBytesPerSecond(),
                rule.lossPercent(),
                rule.breaking());
    }

    /** Both at once: delays add up, the narrower rate counts, losses are independent, a cut or a break of either holds. */
    static LinkFault both(@Nullable LinkFault a, LinkFault b) {
        if (a == null) {
            return b;
        }
        long rate = a.rate == 0 ? b.rate : b.rate == 0 ? a.rate : Math.min(a.rate, b.rate);
        double passes = (100 - a.lossPercent) * (100 - b.lossPercent) / 100;
        Set<Breaking> breaking = EnumSet.noneOf(Breaking.class);
        breaking.addAll(a.breaking);
        breaking.addAll(b.breaking);
        return new LinkFault(
                a.cut || b.cut, a.delay + b.delay, a.jitter + b.jitter, rate, 100 - passes, Set.copyOf(breaking));
    }

    /** Whether what passes is held up at all. */
    boolean slows() {
        return delay > 0 || jitter > 0 || rate > 0 || lossPercent > 0;
    }

    static boolean isCut(@Nullable LinkFault fault) {
        return fault != null && fault.cut;
    }

    static boolean has(@Nullable LinkFault fault, Breaking breaking) {
        return fault != null && fault.breaking.contains(breaking);
    }

    /** How long one transmission is held up by delay, jitter and loss; the rate needs memory, see {@link LinkSchedule}. */
    long latency(RandomGenerator random) {
        long latency = delay;
        if (jitter > 0) {
            latency += (long) ((2 * random.nextDouble() - 1) * jitter);
        }
        if (lossPercent > 0) {
            long stall = RETRANSMIT;
            for (int i = 0; i < MAX_RETRANSMITS && random.nextDouble() * 100 < lossPercent; i++) {
                latency += stall;
                stall *= 2;
            }
        }
        return Math.max(0, latency);
    }
}
