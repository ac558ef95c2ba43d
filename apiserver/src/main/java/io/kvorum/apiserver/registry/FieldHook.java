package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Says in an object who manages its fields; called when it is decoded and defaulted, before admission. */
@FunctionalInterface
interface FieldHook {
    /** For objects that say it already. */
    FieldHook NONE = (old, next) -> {};

    /**
     * @param old what is stored
     * @param next what shall be; changed in place
     */
    void update(ObjectNode old, ObjectNode next);
}
