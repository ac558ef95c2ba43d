/** Keeps one pod of each DaemonSet on every node that is meant. */
@NullMarked
package io.kvorum.controllers.daemonset;

import org.jspecify.annotations.NullMarked;
