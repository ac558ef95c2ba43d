package io.kvorum.api.quota;

import io.kvorum.api.Quantity;
import java.util.Map;
import java.util.TreeMap;

/** Amounts of resources by their name in a quota, for example {@code pods} or {@code requests.cpu}, in order of names. */
public final class Usage {
    private final Map<String, Quantity> amounts = new TreeMap<>();

    /** Adds an amount to what is there of that name. */
    public Usage add(String name, Quantity amount) {
        amounts.merge(name, amount, Quantity::add);
        return this;
    }

    /** Adds all of another. */
    public Usage add(Usage other) {
        other.amounts.forEach(this::add);
        return this;
    }

    public Quantity of(String name) {
        return amounts.getOrDefault(name, Quantity.ZERO);
    }

    public boolean has(String name) {
        return amounts.containsKey(name);
    }

    public Map<String, Quantity> amounts() {
        return Map.copyOf(amounts);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Usage usage && amounts.equals(usage.amounts);
    }

    @Override
    public int hashCode() {
        return amounts.hashCode();
    }

    @Override
    public String toString() {
        return amounts.toString();
    }
}
