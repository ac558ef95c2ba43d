package io.kvorum.component.fault;

import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.instance.impl.DefaultNodeExtension;
import com.hazelcast.instance.impl.Node;
import com.hazelcast.internal.networking.ChannelInitializer;
import com.hazelcast.internal.server.ServerContext;
import java.util.function.Function;

/** Hazelcast's node extension with the fault hook on every channel. Made to be extended. */
public class FaultNodeExtension extends DefaultNodeExtension {
    private final FaultRules faults;

    public FaultNodeExtension(Node node, FaultRules faults) {
        super(node);
        this.faults = faults;
    }

    @Override
    public Function<EndpointQualifier, ChannelInitializer> createChannelInitializerFn(ServerContext context) {
        Function<EndpointQualifier, ChannelInitializer> plain = super.createChannelInitializerFn(context);
        return qualifier -> HazelcastLink.around(plain.apply(qualifier), faults);
    }
}
