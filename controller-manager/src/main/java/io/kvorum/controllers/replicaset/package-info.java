/** Keeps as many pods as each ReplicaSet asks for. */
@NullMarked
package io.kvorum.controllers.replicaset;

import org.jspecify.annotations.NullMarked;
