/**
 * What a kubelet may do: the rules of {@code system:node}, of Secrets, ConfigMaps, volumes and tokens only those that a
 * pod on its node uses ({@link io.kvorum.apiserver.node.NodeAuthorizer}), and writes only to what belongs to its node
 * ({@link io.kvorum.apiserver.node.NodeRestriction}).
 */
@NullMarked
package io.kvorum.apiserver.node;

import org.jspecify.annotations.NullMarked;
