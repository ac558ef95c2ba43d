/**
 * Who manages which fields of an object: sets of fields, their wire form FieldsV1, what an update takes from others and
 * what a server-side apply merges, removes and refuses. Rules are those of Kubernetes' structured merge.
 */
@NullMarked
package io.kvorum.api.managed;

import org.jspecify.annotations.NullMarked;
