/**
 * Clients that torture a store in etcd's protocol and record what they see. Every client is pinned to one member, so that
 * what a cut-off member tells is heard, and repeats nothing: a call without an answer is of unknown fate.
 */
@NullMarked
package io.kvorum.torture.load;

import org.jspecify.annotations.NullMarked;
