/**
 * Request bodies in Kubernetes' protobuf form, turned into JSON before anything else sees them. Answers are JSON: every
 * client that speaks protobuf accepts it.
 */
@NullMarked
package io.kvorum.apiserver.protobuf;

import org.jspecify.annotations.NullMarked;
