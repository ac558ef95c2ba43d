package io.kvorum.api.proto;

/** Bytes that are no message of their type. */
final class MalformedMessageException extends Exception {
    private static final long serialVersionUID = 1;

    MalformedMessageException(String message) {
        super(message);
    }
}
