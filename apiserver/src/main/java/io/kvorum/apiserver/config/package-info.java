/** Files of {@code apiserver.config.k8s.io}: read once at the start, strictly. */
@NullMarked
package io.kvorum.apiserver.config;

import org.jspecify.annotations.NullMarked;
