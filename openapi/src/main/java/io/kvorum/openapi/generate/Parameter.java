package io.kvorum.openapi.generate;

/** A parameter of an operation other than the body. */
record Parameter(String name, In in, String type, boolean required, String description) {
    enum In {
        PATH,
        QUERY
    }

    static Parameter required(String name, In in, String type, String description) {
        return new Parameter(name, in, type, true, description);
    }

    static Parameter query(String name, String type, String description) {
        return new Parameter(name, In.QUERY, type, false, description);
    }
}
