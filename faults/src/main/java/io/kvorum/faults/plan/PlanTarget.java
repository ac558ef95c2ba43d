package io.kvorum.faults.plan;

import io.kvorum.faults.Fault;
import io.kvorum.faults.Topology;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** The cluster that a plan is run against. Blocking; every failure is a {@link io.kvorum.faults.FaultException}. */
public interface PlanTarget {
    /**
     * A fault in force.
     *
     * @param id as {@code kvorum fault list} shows it
     * @param resolved the fault with the names of members
     */
    record Injected(String id, String resolved) {}

    /** @param duration zero: until healed */
    Injected inject(Fault fault, Duration duration);

    /** Ends a fault; nothing happens if it has ended. */
    void heal(String id);

    /** The members now, with who leads now. */
    Topology topology();

    /** Names of the components that are ready. */
    Set<String> ready();

    /** Ids of the faults that are active. */
    List<String> active();
}
