package io.kvorum.store.client;

/**
 * One version of a key.
 *
 * @param createRevision revision at which the key was last created
 * @param modRevision revision of this version
 * @param version 1 at creation, one more with each change
 * @param lease id of the attached lease, 0 for none
 */
public record KeyValue(
        ByteSequence key, ByteSequence value, long createRevision, long modRevision, long version, long lease) {}
