/** The generic registry: create, get, list, watch, update, patch, delete of any resource, and the subresources. */
@NullMarked
package io.kvorum.apiserver.registry;

import org.jspecify.annotations.NullMarked;
