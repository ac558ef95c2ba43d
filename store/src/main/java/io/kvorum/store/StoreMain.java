package io.kvorum.store;

import io.kvorum.component.ComponentProcess;
import io.kvorum.store.server.StoreComponent;

/** Starts a process of the store. */
public final class StoreMain {
    private StoreMain() {}

    public static void main(String[] args) {
        ComponentProcess.run(new StoreComponent(), args);
    }
}
