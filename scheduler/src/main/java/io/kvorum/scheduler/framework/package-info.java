/** The extension points of scheduling and what plugins see, in the terms of Kubernetes' scheduling framework. */
@NullMarked
package io.kvorum.scheduler.framework;

import org.jspecify.annotations.NullMarked;
