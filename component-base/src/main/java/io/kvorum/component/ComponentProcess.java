package io.kvorum.component;

/** Runs a component as this process: what every {@code main} calls. */
public final class ComponentProcess {
    private ComponentProcess() {}

    /**
     * Parses the command line, starts the component and returns when it serves; the process then lives until it is told
     * to stop. Exit codes: 0 orderly stop, 1 failure, 2 wrong usage.
     */
    public static void run(Component component, String[] args) {
        throw new UnsupportedOperationException();
    }
}
