/** What Vert.x' HTTP server lacks for Kubernetes. */
@NullMarked
package io.kvorum.component.http;

import org.jspecify.annotations.NullMarked;
