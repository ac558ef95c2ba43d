package io.kvorum.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** A fault in force; closing it heals it. */
public final class InjectedFault implements AutoCloseable {
    private final Faults faults;
    private final JsonNode description;

    InjectedFault(Faults faults, JsonNode description) {
        this.faults = faults;
        this.description = description;
    }

    /** As {@code kvorum fault list} shows it. */
    public String id() {
        return description.path("id").asText();
    }

    /** The fault with the names that its expressions stood for: {@code partition store-1 / store-0,store-2}. */
    public String resolved() {
        return description.path("resolved").asText();
    }

    /** The components that were told of it. */
    public List<String> members() {
        List<String> names = new ArrayList<>();
        description.path("members").forEach(name -> names.add(name.asText()));
        return names;
    }

    /** Whether it is still in force. */
    public boolean active() {
        return faults.active().stream()
                .anyMatch(fault -> fault.path("id").asText().equals(id()));
    }

    /** Ends it; nothing happens if it has ended. */
    public void heal() {
        faults.heal(id());
    }

    @Override
    public void close() {
        heal();
    }

    @Override
    public String toString() {
        return id() + " " + resolved();
    }
}
