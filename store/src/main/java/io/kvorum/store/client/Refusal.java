package io.kvorum.store.client;

/** Why a request was refused for what it is; each has one error of etcd's API. */
public enum Refusal {
    /** A write names no key. */
    KEY_NOT_PROVIDED,
    /** A write that keeps value or lease is to a key that does not exist. */
    KEY_NOT_FOUND,
    /** A transaction would write one key twice. */
    DUPLICATE_KEY,
    LEASE_NOT_FOUND,
    /** A lease was asked for by an id that is taken. */
    LEASE_EXISTS,
    /** A time to live that no lease can have. */
    LEASE_TTL,
    /** The store is full and its alarm is on: reading, deleting and compacting go on. */
    NO_SPACE,
    /** More bytes than a request may have. */
    TOO_LARGE,
    /** Not of this protocol. */
    MALFORMED
}
