/** The Vert.x cluster manager of Kvorum: membership from Hazelcast, registrations derived from member attributes. */
@NullMarked
package io.kvorum.bus.cluster;

import org.jspecify.annotations.NullMarked;
