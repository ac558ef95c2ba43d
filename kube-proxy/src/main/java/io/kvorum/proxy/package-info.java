/**
 * kube-proxy: makes the addresses of services work on one node, in user space. {@link io.kvorum.proxy.rules} computes
 * from services and endpoint slices what is to be listened on and which endpoints stand behind it; {@link
 * io.kvorum.proxy.net} listens, chooses, connects and relays.
 */
@NullMarked
package io.kvorum.proxy;

import org.jspecify.annotations.NullMarked;
