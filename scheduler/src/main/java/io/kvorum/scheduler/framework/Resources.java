package io.kvorum.scheduler.framework;

import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Amounts of resources. Immutable.
 *
 * @param milliCpu thousandths of a CPU
 * @param memory bytes
 * @param ephemeralStorage bytes
 * @param pods number of pods; 0 in a request
 * @param scalars everything else ({@code hugepages-2Mi}, {@code example.com/gpu}) in whole units
 */
public record Resources(long milliCpu, long memory, long ephemeralStorage, long pods, Map<String, Long> scalars) {
    public static final Resources NONE = new Resources(0, 0, 0, 0, Map.of());

    private static final BigDecimal THOUSAND = BigDecimal.valueOf(1000);
    /** Amounts are cut here, so that sums of many cannot overflow. */
    private static final BigDecimal MOST = BigDecimal.valueOf(Long.MAX_VALUE / 65_536);

    /** Amounts are rounded up. */
    public static Resources of(@Nullable Map<String, Quantity> quantities) {
        if (quantities == null || quantities.isEmpty()) {
            return NONE;
        }
        long cpu = 0;
        long memory = 0;
        long storage = 0;
        long pods = 0;
        Map<String, Long> scalars = new HashMap<>();
        for (Map.Entry<String, Quantity> entry : quantities.entrySet()) {
            BigDecimal amount = entry.getValue().getNumericalAmount();
            switch (entry.getKey()) {
                case "cpu" -> cpu = ceil(amount.multiply(THOUSAND));
                case "memory" -> memory = ceil(amount);
                case "ephemeral-storage" -> storage = ceil(amount);
                case "pods" -> pods = ceil(amount);
                default -> scalars.put(entry.getKey(), ceil(amount));
            }
        }
        return new Resources(cpu, memory, storage, pods, Map.copyOf(scalars));
    }

    private static long ceil(BigDecimal amount) {
        BigDecimal whole = amount.setScale(0, RoundingMode.CEILING);
        return whole.compareTo(MOST) >= 0 ? MOST.longValue() : whole.longValue();
    }

    public Resources plus(Resources other) {
        return new Resources(
                milliCpu + other.milliCpu,
                memory + other.memory,
                ephemeralStorage + other.ephemeralStorage,
                pods + other.pods,
                merge(other, 1));
    }

    public Resources minus(Resources other) {
        return new Resources(
                milliCpu - other.milliCpu,
                memory - other.memory,
                ephemeralStorage - other.ephemeralStorage,
                pods - other.pods,
                merge(other, -1));
    }

    /** The larger amount of each resource. */
    public Resources max(Resources other) {
        Map<String, Long> merged = scalars;
        if (!other.scalars.isEmpty()) {
            merged = new HashMap<>(scalars);
            for (Map.Entry<String, Long> entry : other.scalars.entrySet()) {
                merged.merge(entry.getKey(), entry.getValue(), Math::max);
            }
        }
        return new Resources(
                Math.max(milliCpu, other.milliCpu),
                Math.max(memory, other.memory),
                Math.max(ephemeralStorage, other.ephemeralStorage),
                Math.max(pods, other.pods),
                merged);
    }

    private Map<String, Long> merge(Resources other, int sign) {
        if (other.scalars.isEmpty()) {
            return scalars;
        }
        Map<String, Long> merged = new HashMap<>(scalars);
        other.scalars.forEach((name, amount) -> merged.merge(name, sign * amount, Long::sum));
        return merged;
    }
}
