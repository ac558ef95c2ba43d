package io.kvorum.apiserver;

import io.kvorum.component.ComponentProcess;

/** Starts an API server. */
public final class ApiServerMain {
    private ApiServerMain() {}

    public static void main(String[] args) {
        ComponentProcess.run(new ApiServer(), args);
    }
}
