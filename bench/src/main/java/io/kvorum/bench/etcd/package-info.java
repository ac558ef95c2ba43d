/**
 * The store side by side with etcd: the same client library, the same machine, the same minutes. What is measured is
 * behind {@link io.kvorum.bench.etcd.Contender}; measurements alternate between the two.
 */
@NullMarked
package io.kvorum.bench.etcd;

import org.jspecify.annotations.NullMarked;
