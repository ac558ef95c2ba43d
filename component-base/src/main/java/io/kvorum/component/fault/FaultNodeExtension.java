package io.kvorum.component.fault;

import com.hazelcast.instance.impl.DefaultNodeExtension;
import com.hazelcast.instance.impl.Node;

/** Hazelcast's node extension with the fault hook on every channel. Made to be extended. */
public class FaultNodeExtension extends DefaultNodeExtension {
    private final FaultRules faults;

    public FaultNodeExtension(Node node, FaultRules faults) {
        super(node);
        this.faults = faults;
    }
}
