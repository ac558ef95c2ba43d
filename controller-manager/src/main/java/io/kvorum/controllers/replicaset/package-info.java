/** Keeps as many pods as each ReplicaSet and each ReplicationController asks for. */
@NullMarked
package io.kvorum.controllers.replicaset;

import org.jspecify.annotations.NullMarked;
