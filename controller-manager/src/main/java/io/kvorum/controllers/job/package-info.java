/** Runs the pods of Jobs to completion, and deletes finished Jobs whose time is over. */
@NullMarked
package io.kvorum.controllers.job;

import org.jspecify.annotations.NullMarked;
