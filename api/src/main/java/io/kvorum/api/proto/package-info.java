/**
 * Objects in Kubernetes' protobuf form, read into the JSON trees everything else works with. Needs no protobuf library:
 * what there is to know of the messages was written down at build time.
 */
@NullMarked
package io.kvorum.api.proto;

import org.jspecify.annotations.NullMarked;
