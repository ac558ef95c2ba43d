package io.kvorum.store.mvcc;

/**
 * Names one request of one client, so that a repeated one is answered from memory and not carried out again.
 *
 * @param client random number of the client process
 * @param sequence rises by one with each request of the client
 * @param answeredBelow the client has its answer to, or has given up, every request with a smaller sequence
 * @param retry whether the request may have been sent before
 */
public record RequestId(long client, long sequence, long answeredBelow, boolean retry) {}
