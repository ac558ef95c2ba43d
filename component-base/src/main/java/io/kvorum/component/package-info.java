/**
 * One way to start a process: flags to a typed configuration, identity and own address, Hazelcast and Vert.x, the bus,
 * logs, health, metrics, fault hooks, the control socket, orderly shutdown. A component implements {@link
 * io.kvorum.component.Component}; its {@code main} is one call of {@link io.kvorum.component.ComponentProcess#run}.
 */
@NullMarked
package io.kvorum.component;

import org.jspecify.annotations.NullMarked;
