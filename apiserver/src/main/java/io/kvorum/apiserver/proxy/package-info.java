/**
 * Requests that another server answers: the {@code proxy} subresources of pods, services and nodes, and extension API
 * servers. What such a server says is passed on as it comes, with back-pressure, and ends when the client goes away.
 */
@NullMarked
package io.kvorum.apiserver.proxy;

import org.jspecify.annotations.NullMarked;
