package io.kvorum.apiserver.request;

/** The form in which the client wants objects. */
public enum Representation {
    OBJECT,
    TABLE,
    PARTIAL,
    PARTIAL_LIST
}
