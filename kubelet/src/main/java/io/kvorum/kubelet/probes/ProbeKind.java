package io.kvorum.kubelet.probes;

/** The three probes a container can have. */
public enum ProbeKind {
    LIVENESS("Liveness"),
    READINESS("Readiness"),
    STARTUP("Startup");

    private final String title;

    ProbeKind(String title) {
        this.title = title;
    }

    /** As events name it. */
    public String title() {
        return title;
    }
}
