package io.kvorum.apiserver.request;

/** A stream that holds something and is told when nobody reads it any more. */
public interface ClosableStream {
    /** Gives up what it holds; does nothing the second time, or after its end. */
    void close();
}
