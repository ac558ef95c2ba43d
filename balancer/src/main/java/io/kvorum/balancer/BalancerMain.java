package io.kvorum.balancer;

import io.kvorum.component.ComponentProcess;

/** The balancer's process. */
public final class BalancerMain {
    private BalancerMain() {}

    public static void main(String[] args) {
        ComponentProcess.run(new BalancerComponent(), args);
    }
}
