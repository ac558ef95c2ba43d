package io.kvorum.controllers;

import io.kvorum.component.ComponentProcess;

/** Starts a controller manager process. */
public final class ControllerManagerMain {
    private ControllerManagerMain() {}

    public static void main(String[] args) {
        ComponentProcess.run(new ControllerManager(), args);
    }
}
