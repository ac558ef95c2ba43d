package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** What to do with an object after looking at its present version. */
public sealed interface Change {
    /** Leave it as it is. */
    record Keep() implements Change {}

    /** Write this, together with the attachment. */
    record Put(ObjectNode object, Attachment attachment) implements Change {}

    /** Remove it, together with the attachment. */
    record Remove(Attachment attachment) implements Change {}
}
