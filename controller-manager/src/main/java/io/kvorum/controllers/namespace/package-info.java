/** Empties namespaces that are being deleted. */
@NullMarked
package io.kvorum.controllers.namespace;

import org.jspecify.annotations.NullMarked;
