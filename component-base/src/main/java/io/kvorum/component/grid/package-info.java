/** The process's Hazelcast member: its configuration, how it joins and how a component shapes it. */
@NullMarked
package io.kvorum.component.grid;

import org.jspecify.annotations.NullMarked;
