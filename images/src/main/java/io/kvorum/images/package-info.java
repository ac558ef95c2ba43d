/**
 * The programs behind the built-in images: small, quick to start, on the plain JDK. Each {@code main} runs in its own
 * JVM as the main process of a container, binds to {@code POD_IP} and finds the container's files below {@code
 * KVORUM_ROOT}. {@link io.kvorum.images.HttpServer} is their common HTTP/1.1 server.
 */
@NullMarked
package io.kvorum.images;

import org.jspecify.annotations.NullMarked;
