package io.kvorum.api.managed;

/** An object that is not of the type it should be of. The message is upstream's, with the path. */
public final class TypeMismatchException extends RuntimeException {
    TypeMismatchException(String message) {
        super(message, null, false, false);
    }
}
