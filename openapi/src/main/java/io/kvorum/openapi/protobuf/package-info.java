/** The OpenAPI v2 document in gnostic's protobuf form. */
@NullMarked
package io.kvorum.openapi.protobuf;

import org.jspecify.annotations.NullMarked;
