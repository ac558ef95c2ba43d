package io.kvorum.apiserver.audit;

/** How much of a request is written down; each level has all of those before it. */
public enum AuditLevel {
    NONE("None"),
    METADATA("Metadata"),
    REQUEST("Request"),
    REQUEST_RESPONSE("RequestResponse");

    private final String text;

    AuditLevel(String text) {
        this.text = text;
    }

    public String text() {
        return text;
    }

    public boolean includes(AuditLevel other) {
        return compareTo(other) >= 0;
    }

    /** Fails with IllegalArgumentException for another text. */
    static AuditLevel of(String text) {
        for (AuditLevel level : values()) {
            if (level.text.equals(text)) {
                return level;
            }
        }
        throw new IllegalArgumentException("level: Unsupported value: \"" + text
                + "\": supported values: \"None\", \"Metadata\", \"Request\"," + " \"RequestResponse\"");
    }
}
