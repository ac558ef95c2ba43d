/** When things are due by a schedule in the form of cron. */
@NullMarked
package io.kvorum.api.cron;

import org.jspecify.annotations.NullMarked;
