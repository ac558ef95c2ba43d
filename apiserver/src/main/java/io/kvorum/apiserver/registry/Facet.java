package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** What admission sees when an object is changed: the object, or what a subresource shows of it. */
interface Facet {
    /** The object itself. */
    Facet WHOLE = new Facet() {
        @Override
        public String subresource(String asked) {
            return asked;
        }

        @Override
        public ObjectNode shown(ObjectNode object) {
            return object;
        }

        @Override
        public void take(ObjectNode shown, ObjectNode into) {
            // It is the object: what was changed in it is there.
        }
    };

    /** @param asked the one that is changed in the store */
    String subresource(String asked);

    ObjectNode shown(ObjectNode object);

    /** Puts what admission left of what it was shown into the object. */
    void take(ObjectNode shown, ObjectNode into);
}
