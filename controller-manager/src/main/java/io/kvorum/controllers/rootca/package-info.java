/** Publishes the cluster's certificate authority in every namespace. */
@NullMarked
package io.kvorum.controllers.rootca;

import org.jspecify.annotations.NullMarked;
