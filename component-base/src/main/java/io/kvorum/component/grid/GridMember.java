package io.kvorum.component.grid;

import com.hazelcast.config.Config;
import com.hazelcast.instance.impl.Node;
import io.kvorum.component.fault.FaultNodeExtension;
import io.kvorum.component.fault.FaultRules;

/** How a component shapes the process's Hazelcast member; every method has a default that changes nothing. */
public interface GridMember {
    /** A member as {@link Grid#config} makes it. */
    GridMember PLAIN = new GridMember() {};

    /** Adds to the prepared configuration (CP subsystem, services, serializers). Called once per start, off the event loop. */
    default void configure(Config config, GridSettings settings) {}

    /**
     * Makes the node extension. A component that needs its own (persistence, for instance) extends {@link
     * FaultNodeExtension} and passes both arguments on, so that the fault hook stays in place.
     */
    default FaultNodeExtension nodeExtension(Node node, FaultRules faults) {
        return new FaultNodeExtension(node, faults);
    }
}
