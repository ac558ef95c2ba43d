/** The controllers of bootstrap tokens: those that ran out are deleted, and {@code cluster-info} is signed by the others. */
@NullMarked
package io.kvorum.controllers.bootstrap;

import org.jspecify.annotations.NullMarked;
