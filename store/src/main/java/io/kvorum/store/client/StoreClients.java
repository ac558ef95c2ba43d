package io.kvorum.store.client;

import io.kvorum.component.ComponentContext;

/** Connects components to the store. */
public final class StoreClients {
    private StoreClients() {}

    /** The cluster's store, reached over the bus. Costs nothing until it is used; needs no closing. */
    public static Store connect(ComponentContext context) {
        return new BusStore(context.vertx(), context.bus());
    }
}
