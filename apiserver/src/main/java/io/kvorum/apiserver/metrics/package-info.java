/** Meters under the names that kube-apiserver has for what they count. */
@NullMarked
package io.kvorum.apiserver.metrics;

import org.jspecify.annotations.NullMarked;
