package io.kvorum.component.fault;

import io.netty.channel.ChannelHandler;

/** The fault hook for components that open Netty channels themselves instead of by Vert.x' transport. */
public final class ChannelHooks {
    private ChannelHooks() {}

    /** A new hook for one accepted channel, to be the first in its pipeline. */
    public static ChannelHandler accepted(FaultRules rules) {
        return new FaultHandler(rules, null, true);
    }
}
