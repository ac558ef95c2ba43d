/** What both endpoint controllers know: which services a pod belongs to, and what changes of a pod they care about. */
@NullMarked
package io.kvorum.controllers.services;

import org.jspecify.annotations.NullMarked;
