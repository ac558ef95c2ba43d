package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Reserves what objects of a resource own exclusively, such as cluster IPs. Called before each attempt to write, with a
 * cache that has seen why the attempt before failed; fills in the object what it reserved.
 */
public interface Reservations {
    Reservations NONE = new Reservations() {
        @Override
        public Attachment create(ObjectNode object) {
            return Attachment.NONE;
        }

        @Override
        public Attachment update(ObjectNode object, ObjectNode old) {
            return Attachment.NONE;
        }

        @Override
        public Attachment delete(ObjectNode old) {
            return Attachment.NONE;
        }
    };

    /** Fails with an ApiException when what the object asks for is taken. */
    Attachment create(ObjectNode object);

    Attachment update(ObjectNode object, ObjectNode old);

    Attachment delete(ObjectNode old);
}
