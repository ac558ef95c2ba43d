/** Keeps the numbered pods of each StatefulSet and their claims. */
@NullMarked
package io.kvorum.controllers.statefulset;

import org.jspecify.annotations.NullMarked;
