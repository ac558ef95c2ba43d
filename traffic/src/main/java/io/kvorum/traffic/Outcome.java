package io.kvorum.traffic;

/** How a request ended. Everything but {@link #OK} is a lost request. */
public enum Outcome {
    /** A whole answer with a status below 400. */
    OK("ok"),
    /** No connection: refused, unreachable, or not made in time. */
    CONNECT("connect"),
    /** The connection ended before the whole answer was there. */
    RESET("reset"),
    /** No whole answer within the time-out. */
    TIMEOUT("timeout"),
    /** Status 400 to 499. */
    CLIENT_ERROR("4xx"),
    /** Status 500 to 599. */
    SERVER_ERROR("5xx");

    private final String label;

    Outcome(String label) {
        this.label = label;
    }

    /** The name in tables and JSON. */
    public String label() {
        return label;
    }

    public boolean lost() {
        return this != OK;
    }
}
